"""What leaves gridctl: screens of real terminals under tmux in every size and language, pipes, formats, pager and --watch."""

import csv
import io
import json
import random
import re
import subprocess
from datetime import datetime

import openpyxl
import pytest
from harness import size
from scripted import GRIDCTL, NOW, Fault, a_row, environment, gridctl, on_terminal, script  # noqa: F401
from tmux import Screen, columns, needs_tmux

pytestmark = needs_tmux
LONG_PLACE = "彭浦新村街道闻喜路一千二百弄三十五号四百零二室地下车库入口"
LONG_TEXT = "居民反映楼道堆物影响消防通道" * 6

NUMBER = "20261123-0000001"


def clock(remaining, due, day=23400, calendar="office"):
    return {"name": "handle", "state": "running", "due_at": due, "remaining": remaining,
            **({"calendar": calendar, "day_seconds": day} if calendar else {})}


def listed():
    late, soon = "2026-11-20T09:00:00+08:00", "2026-11-23T15:00:00+08:00"
    return [a_row(1, due_at=late, clocks=[clock(-(2 * 23400 + 4 * 3600), late)], urgency="emergency", address=LONG_PLACE, text=LONG_TEXT),
            a_row(2, due_at=soon, clocks=[clock(3 * 3600, soon)], urgency="urgent", estate_name="一个名字很长的住宅小区"),
            a_row(3, due_at=None, urgency="normal", state="suspended", state_name="挂账")]


def answer(rows=None, **more):
    return {"cases": listed() if rows is None else rows, "now": NOW, **more}


def shown(s, width, env, *args, height=40):
    with Screen(width, height, env) as screen:
        screen.run([GRIDCTL, "--socket", s.url, *args])
        assert screen.wait_exit() == 0, screen.text()
        return screen.lines(), screen.text(colors=True)


def piece(line, start, end):
    """What stands between two columns of a line."""
    out, at = "", 0
    for c in line:
        out += c if start <= at < end else ""
        at += columns(c)
    return out


# -- sizes and languages -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("lang", ["zh_CN.UTF-8", "C", "en_US.UTF-8"])
def test_every_line_fits_and_no_place_is_cut(script, width, lang):
    lines, _ = shown(script(case__list=lambda _: answer()), width, {"LANG": lang}, "case", "list")
    assert all(columns(line) <= width for line in lines), lines
    text = "\n".join(lines)
    zh = lang.startswith("zh")
    # A place goes on in further lines of its column: every character of it is there, in order.
    start, end = (columns(lines[0][:lines[0].index(name)]) for name in (("地点", "承办") if zh else ("place", "unit")))
    assert LONG_PLACE in re.sub(r"\s", "", "".join(piece(line, start, end) for line in lines)), text
    assert lines[1].startswith("X!!" if lang == "C" else "✗!!") and all(row["number"] in text for row in listed())
    assert ("…" in text) == (lang != "C" and (zh or width > 60)) and ("超期" in text) == zh, text


@pytest.mark.parametrize("width", [60, 80, 120])
def test_lines_of_a_table_are_equally_wide(script, folder, width):
    s = script(case__list=lambda _: answer())
    with Screen(width, 40, {"LANG": "zh_CN.UTF-8", "NO_COLOR": "1"}) as screen:
        raw = screen.record(folder / "raw")
        screen.run([GRIDCTL, "--socket", s.url, "case", "list"])
        assert screen.wait_exit() == 0
        screen.wait("已全部列出")
    lines = [line for line in raw.read_bytes().decode().replace("\r", "").split("\n") if line and "已全部列出" not in line]
    assert len(lines) >= 4 and len({columns(line) for line in lines}) == 1, lines


def test_a_pipe_is_whole_and_plain(script):
    done = gridctl("case", "list", to=script(case__list=lambda _: answer()), lang="zh_CN.UTF-8", env={"TERM": "xterm-256color"})
    assert "\x1b" not in done.out and LONG_PLACE in done.out and LONG_TEXT in done.out
    assert len({columns(line) for line in done.out.splitlines()}) == 1, done.out


@pytest.mark.parametrize("env, sign, colored", [
    ({"LANG": "zh_CN.UTF-8"}, "✗!!", True), ({"LANG": "zh_CN.UTF-8", "NO_COLOR": "1"}, "✗!!", False),
    ({"LANG": "zh_CN.UTF-8", "TERM": "dumb"}, "X!!", False), ({"LANG": "C"}, "X!!", True)])
def test_urgency_is_more_than_colour(script, env, sign, colored):
    lines, codes = shown(script(case__list=lambda _: answer()), 120, env, "case", "list")
    assert lines[1].startswith(sign) and ("\x1b[31m" in codes) == colored, codes
    assert any(line.startswith("!  ") for line in lines)


def test_ascii_is_asked_for(script):
    lines, _ = shown(script(case__list=lambda _: answer()), 120, {"LANG": "zh_CN.UTF-8"}, "case", "list", "--ascii")
    assert lines[1].startswith("X!!") and "…" not in "".join(lines) and "~" in "".join(lines)


# -- what remains --------------------------------------------------------------------------------------------------


def test_what_remains_is_told_in_the_clocks_own_time(script):
    s = script(case__list=lambda _: answer())
    out = gridctl("case", "list", to=s, lang="zh_CN.UTF-8")
    assert "超期 2 天 4 小时" in out.out and "剩 3 小时" in out.out and out.err == "共 3 件，已全部列出\n"
    natural = gridctl("case", "list", "--natural", to=s, lang="zh_CN.UTF-8").out
    assert "超期 3 天 3 小时" in natural and "剩 3 小时" in natural
    assert "2 d 4 h overdue" in gridctl("case", "list", to=s).out


def test_over_by_no_working_time_is_over(script):
    late = "2026-11-23T11:30:00+08:00"
    out = gridctl("case", "list", to=script(case__list=lambda _: answer([a_row(1, due_at=late, clocks=[clock(0, late)])])), lang="zh_CN").out
    assert "超期 不足 1 分钟" in out


def test_the_foot_says_how_to_see_more(script):
    done = gridctl("case", "list", to=script(case__list=lambda _: answer(cursor="abc\x1b[2J")))
    assert "3 shown; there are more: --all, or --cursor abc" in done.err and "\x1b" not in done.err


# -- formats -------------------------------------------------------------------------------------------------------


@pytest.fixture
def cases(script):
    return script(case__list=lambda _: answer(), case__get=lambda _: {**a_row(1), "tasks": [{"unit": "a", "n": 1}, {"unit": "b", "n": 2}]})


def test_csv_is_read_back(cases):
    done = gridctl("case", "list", "--csv", to=cases)
    rows = list(csv.DictReader(io.StringIO(done.out, newline="")))
    assert done.out.count("\r\n") == 4 and [r["number"] for r in rows] == [r["number"] for r in listed()]
    assert rows[1]["text"] == "三楼漏水\n第二行" and rows[0]["unit"] == "firm_a" and rows[0]["unit_name"] == "甲物业"
    assert rows[0]["due_at"] == "2026-11-20T09:00:00+08:00" and rows[2]["due_at"] == "" and rows[0]["text"] == LONG_TEXT


def test_plain_keeps_a_row_a_line(cases):
    head, *rows = gridctl("case", "list", "--plain=number,text", to=cases).out.splitlines()
    assert head == "number\ttext" and rows[1] == "20261123-0000002\t三楼漏水\\n第二行" and len(rows) == 3


def test_json_is_reduced_to_fields(cases):
    out = json.loads(gridctl("case", "list", "--json=number,clocks.name,urgency", to=cases).out)
    assert out[0] == {"number": "20261123-0000001", "clocks": [{"name": "handle"}], "urgency": "emergency"}
    one = json.loads(gridctl("case", "show", "20261123-0000001", "--json=number,tasks.unit,tasks.n", to=cases).out)
    assert one == {"number": "20261123-0000001", "tasks": [{"unit": "a", "n": 1}, {"unit": "b", "n": 2}]}
    lines = gridctl("case", "list", "--jsonl=number", to=cases).out.splitlines()
    assert [json.loads(line) for line in lines] == [{"number": r["number"]} for r in listed()]
    assert [json.loads(line) for line in gridctl("case", "list", "--jsonl", to=cases).out.splitlines()] == listed()


@pytest.mark.parametrize("flag", ["--json", "--jsonl", "--plain", "--csv"])
def test_an_unknown_field_lists_the_known(cases, flag):
    done = gridctl("case", "list", f"{flag}=number,numbr", to=cases)
    assert done.returncode == 2 and done.out == "" and "numbr" in done.err and "number" in done.err and "clocks.name" in done.err
    assert gridctl("case", "list", f"{flag}=closed_at", to=cases).returncode == 0  # known, though no case has it


def test_a_workbook_has_numbers_and_dates(cases, folder):
    file = folder / "list.xlsx"
    done = gridctl("case", "list", "--xlsx", file, to=cases)
    assert done.returncode == 0 and done.out == "" and str(file) in done.err
    sheet = openpyxl.load_workbook(file).active
    head = [c.value for c in sheet[1]]
    row = dict(zip(head, sheet[2]))
    assert sheet.freeze_panes == "A2" and row["due_at"].value == datetime(2026, 11, 20, 9) and row["due_at"].is_date
    assert row["number"].value == "20261123-0000001" and row["text"].value == LONG_TEXT and sheet.max_row == 4


def test_numbers_of_a_workbook_are_numbers(script, folder):
    s = script(rules__versions=lambda _: {"versions": [{"version": 7, "active": True, "stored_at": NOW}]})
    assert gridctl("rules", "versions", "--xlsx", folder / "v.xlsx", to=s).returncode == 0
    sheet = openpyxl.load_workbook(folder / "v.xlsx").active
    row = dict(zip([c.value for c in sheet[1]], [c.value for c in sheet[2]]))
    assert row["version"] == 7 and row["active"] is True


@pytest.mark.parametrize("args, what", [
    (["case", "show", NUMBER, "--csv"], "one list"), (["case", "accept", NUMBER, "--plain"], "one list"),
    (["report", "nightly", "--csv"], "one list"), (["case", "list", "--csv", "--plain"], "choose one")])
def test_formats_are_refused_before_anything_is_done(script, args, what):
    s = script()
    done = gridctl(*args, to=s)
    assert done.returncode == 2 and what in done.err and s.calls == []


def test_a_workbook_that_cannot_be_written(cases):
    done = gridctl("case", "list", "--xlsx", "/nowhere/at/all.xlsx", to=cases)
    assert done.returncode == 1 and "/nowhere/at/all.xlsx" in done.err


# -- the pager -----------------------------------------------------------------------------------------------------


def many(n=200):
    return answer([a_row(i, text="x", clocks=[]) for i in range(n)])


def test_what_is_longer_than_the_screen_is_paged(script, folder):
    s = script(case__list=lambda _: many())
    with Screen(100, 20, {"LANG": "C.UTF-8"}) as screen:
        screen.run([GRIDCTL, "--socket", s.url, "case", "list"])
        screen.wait(lambda t: "20261123-0000010" in t and screen.running())
        screen.wait(lambda t: screen.lines()[-1].startswith(":"))
        screen.keys("q")
        assert screen.wait_exit() == 0 and "20261123-0000199" not in screen.text(history=True)


@pytest.mark.parametrize("args, env, n", [(["--no-pager"], {}, 200), ([], {"PAGER": ""}, 200), ([], {"GRIDCTL_PAGER": "cat"}, 200), ([], {}, 5)])
def test_no_pager(script, args, env, n):
    s = script(case__list=lambda _: many(n))
    with Screen(100, 20, {"LANG": "C.UTF-8", **env}) as screen:
        screen.run([GRIDCTL, "--socket", s.url, "case", "list", *args])
        assert screen.wait_exit() == 0 and f"20261123-{n - 1:07}" in screen.text(history=True)


def test_the_pager_is_named(script, folder):
    s = script(case__list=lambda _: many())
    with Screen(100, 20, {"LANG": "C.UTF-8", "PAGER": "false", "GRIDCTL_PAGER": f"tee {folder}/paged >/dev/null"}) as screen:
        screen.run([GRIDCTL, "--socket", s.url, "case", "list"])
        assert screen.wait_exit() == 0
    assert (folder / "paged").read_text().count("20261123-") == 200


def test_a_pager_that_leaves_early_is_no_fault(script):
    s = script(case__list=lambda _: many(2000))
    with Screen(100, 20, {"LANG": "C.UTF-8", "GRIDCTL_PAGER": "head -n 3"}) as screen:
        screen.run([GRIDCTL, "--socket", s.url, "case", "list"])
        assert screen.wait_exit() == 0 and "writing" not in screen.text(history=True)


# -- watch ---------------------------------------------------------------------------------------------------------


def test_watch_shows_what_changes_and_ends_with_ctrl_c(script):
    rows = listed()
    s = script(case__list=lambda _: answer(list(rows)))
    with Screen(100, 30, {"LANG": "zh_CN.UTF-8"}) as screen:
        screen.run([GRIDCTL, "--socket", s.url, "case", "list", "--watch=0.2"])
        screen.wait("20261123-0000003")
        assert re.match(r"\d\d:\d\d:\d\d  gridctl case list  每 0.2 秒刷新", screen.lines()[0])
        rows.append(a_row(4))
        screen.wait("20261123-0000004")
        del rows[1:]
        screen.wait_gone("20261123-0000002")
        screen.keys("C-c")
        assert screen.wait_exit() == 0


def test_watch_says_that_the_daemon_is_lost_and_tries_again(script, folder):
    s = script(case__list=lambda _: answer())
    with Screen(100, 30, {"LANG": "C.UTF-8"}) as screen:
        screen.run([GRIDCTL, "--socket", s.url, "case", "list", "--watch=0.2"])
        screen.wait("20261123-0000003")
        s.answers["case.list"] = lambda _: None  # hangs up
        screen.wait(lambda t: "gridctl:" in t and "20261123-0000003" not in t)
        s.answers["case.list"] = lambda _: answer()
        screen.wait("20261123-0000003")
        screen.keys("C-c")
        assert screen.wait_exit() == 0


@pytest.mark.parametrize("args", [["case", "accept", NUMBER, "--watch"], ["case", "list", "--watch"], ["case", "list", "--watch=x"]])
def test_watch_is_for_reading_on_a_terminal(script, args):
    s = script()
    assert gridctl(*args, to=s).returncode == 2 and s.calls == []


# -- encodings -----------------------------------------------------------------------------------------------------


GB = [{"LANG": "zh_CN.GB18030"}, {"LANG": "C", "LC_ALL": "zh_CN.GBK"}, {"LANG": "zh_CN.UTF-8", "GRIDCTL_CHARSET": "gb18030"}]


def run_bytes(s, *args, env, stdin=None):
    return subprocess.run([str(GRIDCTL), *args, "--socket", s.url], env=environment(**{"lang": env["LANG"], **{k: v for k, v in env.items() if k != "LANG"}}),
                          input=stdin, capture_output=True, timeout=60)


@pytest.mark.parametrize("env", GB)
def test_a_gb18030_terminal_reads_chinese(script, env):
    done = run_bytes(script(case__list=lambda _: answer()), "case", "list", env=env)
    text = done.stdout.decode("gb18030")
    assert "超期 2 天 4 小时" in text and "一个名字很长的住宅小区" in text and done.stderr.decode("gb18030") == "共 3 件，已全部列出\n"


def test_what_gbk_does_not_have_is_an_escape(script):
    done = run_bytes(script(case__list=lambda _: answer([a_row(1, text="漏水😀é")])), "case", "list", env={"LANG": "zh_CN.GBK"})
    assert "漏水\\U0001f600" in done.stdout.decode("gbk")


@pytest.mark.parametrize("env", GB)
def test_what_is_typed_there_arrives_as_utf8(script, env):
    s = script(case__note=lambda _: {"case": "1", "state": "handling", "version": 2}, case__submit=lambda _: {"case": "1", "state": "triage"})
    run_bytes(s, "case", "note", NUMBER, "联通的井盖".encode("gb18030"), env=env)
    assert s.params("case.note")[0]["note"] == "联通的井盖"
    run_bytes(s, "case", "submit", "-", env=env, stdin='{"text":"三楼漏水"}'.encode("gb18030"))
    assert s.params("case.submit")[0]["text"] == "三楼漏水"


def test_json_to_a_pipe_is_utf8_always(script):
    done = run_bytes(script(case__list=lambda _: answer()), "case", "list", "--json", env=GB[0])
    assert json.loads(done.stdout.decode("utf-8")) == answer()


def test_a_gb18030_screen_is_bytes_of_it(script, folder):
    s = script(case__list=lambda _: answer())
    with Screen(100, 30, {"LANG": "zh_CN.GB18030"}) as screen:
        raw = screen.record(folder / "raw")
        screen.run([GRIDCTL, "--socket", s.url, "case", "list"])
        assert screen.wait_exit() == 0
        screen.wait(lambda _: "已全部列出".encode("gb18030") in raw.read_bytes())
    assert "超期 2 天 4 小时" in raw.read_bytes().decode("gb18030")


# -- hostile text --------------------------------------------------------------------------------------------------


HOSTILE = ["\x1b[2J", "\x1b]0;title\x07", "\x9b31m", "\x85", "\x7f", "\u200e", "\u200f", "\u202a", "\u202e", "\u2066", "\u2069", "\u061c", "\u2028",
           "\u2029", "\u200b", "\ufeff", "\u00ad", "\u0301", "\U000e0041", "\U0001f1e6", "\r", "\n", "\t", "漏水", "abc", " ", "é", "\ufffe"]
OURS = re.compile(r"\x1b\[(?:0|1|2|31|33)?m")
FORBIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]")


def hostile(dice):
    random_char = lambda: chr(dice.choice([dice.randrange(1, 0xD800), dice.randrange(0xE000, 0x110000)]))  # noqa: E731
    return "".join(dice.choice(HOSTILE) if dice.random() < 0.7 else random_char() for _ in range(dice.randrange(1, 20)))


@pytest.mark.parametrize("command", [["case", "list"], ["case", "list", "--csv"], ["case", "list", "--plain"], ["case", "list", "--jsonl"],
                                     ["case", "list", "--json"], ["case", "show", NUMBER]])
def test_no_control_character_reaches_the_terminal(script, command):
    # 5 texts a row: 100,000 in the long size for each command; the unit test runs as many in every size.
    dice = random.Random(20261123)
    rows = [a_row(i, text=hostile(dice), address=hostile(dice), estate_name=hostile(dice), unit_name=hostile(dice), class_name=hostile(dice))
            for i in range(size(200, 1000, 20000))]
    one = {**rows[0], "attrs": {hostile(dice): row["text"] for row in rows}, "result": hostile(dice)}
    s = script(case__list=lambda _: {"cases": rows, "now": NOW, "cursor": hostile(dice)}, case__get=lambda _: one)
    text = OURS.sub("", on_terminal(*command, "--no-pager", to=s, LANG="zh_CN.UTF-8", TERM="xterm-256color"))
    assert not FORBIDDEN.search(text), FORBIDDEN.search(text)
    assert len(text) > len(rows) * 20


def test_hostile_errors_are_harmless(script):
    def refuse(_):
        raise Fault(-32004, "conflict", "no\x1b[2J\u202e", state="handling", case="1\x1b[31m", allowed=["case.x\x9b"], detail="\x07",
                    changed=[{"type": "t\x1b", "actor": "\u2066", "at": NOW}], errors=[{"path": "/params/\x1b[2J", "message": "\u202e"}])

    done = gridctl("case", "accept", NUMBER, to=script(case__accept=refuse))
    assert done.returncode == 6 and not FORBIDDEN.search(done.err), done.err
