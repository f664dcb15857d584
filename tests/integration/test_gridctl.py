"""gridctl against a scripted daemon: its words, its exit codes, its tables, and what it makes of bad files and bad replies."""

import functools
import json
import re
import shlex
import signal
import subprocess
import threading
import unicodedata
from collections import defaultdict

import pytest
from harness import ROOT, SMALL, size
from scripted import NOW, NUMBER, Fault, a_row, gridctl, on_terminal, script, start  # noqa: F401


def width(text):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


GROUPS = gridctl("help").out.split("\n\noptions of every command:")[0].split("\n\n")[1:]  # the first is the daily one
LISTED = ["board", *re.findall(r"^  ([a-z]+(?: [a-z]+)?)\s", "\n".join(GROUPS[1:]), re.M)]


@functools.cache
def help_of(words):
    done = gridctl("help", *words.split())
    assert done.returncode == 0, done.err
    return done.out


# -- words, help, usage --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed, meant", [("cas list", "case list"), ("case lst", "case list"), ("list", "case list"),
                                          ("rule check x", "rules check"), ("bord", "board"), ("accept", "case accept"),
                                          ("supervison open", "supervision open"), ("case finsh x", "case finish")])
def test_did_you_mean(typed, meant):
    done = gridctl(*typed.split())
    assert done.returncode == 2
    assert f"did you mean “{meant}”?" in done.err and not done.out


def test_nothing_near_points_to_help():
    done = gridctl("frobnicate", "everything")
    assert done.returncode == 2 and "try: gridctl help" in done.err


@pytest.mark.parametrize("args", [["case", "list", "--stat", "x"], ["case", "show"], ["case", "show", "1", "2"], ["case"],
                                  ["case", "list", "--limit", "many"], ["case", "list", "--limit"], ["case", "submit", "--attr", "x"],
                                  ["case", "list", "-q"], ["system", "ping", "--socket", "http://x"],
                                  ["case", "import", "x.csv"], ["rpc", "call", "system.ping", "{"], ["case", "finish", "1"],
                                  ["case", "mark", "1", "m", "v", "w"], ["request", "decide", "1-R1", "maybe"],
                                  ["case", "accept", "1", "--expect-version", "x"], ["case", "note", "1", "x", "--note", "y"],
                                  ["case", "deadline", "1", "contact", "x", "--at", "y"]])
def test_wrong_usage_is_2_and_says_what_next(args):
    done = gridctl(*args)
    assert done.returncode == 2, done.err
    assert done.err.startswith("gridctl: ") and not done.out


def test_unknown_option_names_the_nearest():
    assert "did you mean --state?" in gridctl("case", "list", "--stat", "x").err


def test_every_command_has_help_with_its_options_and_an_example():
    assert len(LISTED) >= 50
    for i, words in enumerate(LISTED):
        out = help_of(words)
        assert f"usage: gridctl {words}" in out and f"example:\n  gridctl {words}" in out
        if i % size(9, 3, 1) == 0:
            assert gridctl(*words.split(), "--help").out == out


@pytest.mark.parametrize("words", LISTED)
def test_every_example_is_sound(script, folder, words):
    example = help_of(words).split("example:\n  gridctl ", 1)[1]
    s = script()
    s.answers = defaultdict(lambda: lambda _: {}, {"rpc.discover": lambda _: {"methods": [{"name": "case.list"}]}})
    config = folder / "gridctl/filters.yaml"
    config.parent.mkdir()
    config.write_text("morning: {overdue: any}\n", "utf-8")
    done = gridctl(*shlex.split(example), "--timeout", "1", to=s, env={"XDG_CONFIG_HOME": str(folder)}, leaks=True)
    assert done.returncode not in (2, 5), done.err


def test_the_overview_begins_with_the_day_and_goes_on_by_nouns():
    source = (ROOT / "clients/gridctl/cli/commands.c").read_text("utf-8")
    daily = {"board", *re.findall(r'\.shortcut = "([^"]+)"', source)}
    assert GROUPS[0].startswith("daily:\n") and set(re.findall(r"^  ([a-z]+)\s", GROUPS[0], re.M)) == daily
    for group in GROUPS[1:]:
        assert len(set(re.findall(r"^  ([a-z]+)\s", group, re.M))) == 1, group
    assert "日常:\n" in gridctl("help", lang="zh_CN").out and "complete-words" not in gridctl("help").out
    assert gridctl("case", "--help").out == gridctl("help", "case").out and "case list" in gridctl("help", "case").out


def test_the_man_page_is_made_from_the_table():
    page = (ROOT / "docs/man/gridctl.1.scd").read_text("utf-8")
    made = page.split("by `gridctl help man`\n", 1)[1].split("\n; end\n", 1)[0]
    assert made == gridctl("help", "man").out, "stale: put there what `gridctl help man` prints"
    assert all(f"\n*{words}*" in made for words in LISTED)


def test_every_method_has_its_command_and_every_command_its_method():
    """Those that no person types are the daemon's own affairs between programs."""
    table = (ROOT / "daemon/methods/methods.def").read_text("utf-8")
    methods = set(re.findall(r'^METHOD\(\w+,\s*"([^"]+)"', table, re.M))
    source = (ROOT / "clients/gridctl/cli/commands.c").read_text("utf-8")
    assert set(re.findall(r'\.method = "([^"]+)"', source)) <= methods
    assert methods - {words.replace(" ", ".") for words in LISTED} <= {
        "session.login", "rpc.discover", "case.get", "case.find", "events.subscribe"}


def test_every_word_of_the_lifecycle_has_its_chinese():
    table = (ROOT / "daemon/cases/lifecycle.def").read_text("utf-8")
    words = (ROOT / "clients/gridctl/term/words.c").read_text("utf-8")
    states = re.findall(r'^STATE\(\w+,\s*"([^"]+)",\s*"([^"]+)"', table, re.M)
    events = re.findall(r'^COMMAND\(\w+,\s*(?:"[^"]+"|NULL),\s*"([^"]+)",\s*"([^"]+)"', table, re.M)
    assert len(states) == 8 and len(events) > 30
    for word, zh in states + events:
        assert f'{{"{word}", "{zh}"}}' in words, word


def test_help_is_chinese_where_the_language_is():
    assert "列出案件" in gridctl("help", lang="zh_CN.UTF-8").out
    assert "列出案件" in gridctl("help", env={"GRIDCTL_LANG": "zh"}).out
    assert "list cases" in gridctl("help", lang="zh_CN.UTF-8", env={"GRIDCTL_LANG": "en"}).out


def test_version():
    assert re.fullmatch(r"gridctl \d+\.\d+\.\d+\n", gridctl("--version").out)


# -- errors and exit codes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("code, reason, expected", [(-32001, "unauthenticated", 4), (-32002, "forbidden", 4), (-32003, "not_found", 5),
                                                    (-32004, "conflict", 6), (-32005, "overloaded", 7), (-32006, "unavailable", 7),
                                                    (-32007, "outcome_unknown", 1), (-32602, "invalid_params", 1),
                                                    (-32603, "internal", 1)])
def test_exit_codes_of_refusals(script, code, reason, expected):
    def refuse(_):
        raise Fault(code, reason, "because of it")

    done = gridctl("case", "show", NUMBER, to=script(case__get=refuse))
    assert done.returncode == expected
    assert "because of it" in done.err and "try:" in done.err and not done.out


def refusal(**data):
    def refuse(_):
        raise Fault(-32004, "conflict", "not now", **data)

    return refuse


def test_conflict_says_what_is_possible_and_what_to_type(script):
    changed = [{"version": v, "type": "task.accepted", "at": NOW, "actor": f"actor{v}"} for v in range(2, 8)]
    s = script(case__finish=refusal(state="closed", version=7, changed=changed, allowed=["case.note", "case.reopen", "case.new"]),
               request__decide=refusal(state="dispatched", version=2, allowed=["case.accept"]),
               case__accept=refusal(state="merged", version=2, allowed=[]))
    done = gridctl("case", "finish", NUMBER, "solved", to=s)
    assert done.returncode == 6 and not done.out
    assert "possible now: case note, case reopen, case.new\n" in done.err and f"try: gridctl case reopen {NUMBER} REASON\n" in done.err
    assert "2026-11-23 12:00:00  task.accepted by actor7" in done.err and "actor4" not in done.err
    assert "现在可以：case note" in gridctl("case", "finish", NUMBER, "solved", to=s, lang="zh_CN").err
    # who expected another version is shown what happened first
    done = gridctl("case", "finish", NUMBER, "solved", "--expect-version", "3", to=s)
    assert f"try: gridctl case history {NUMBER}\n" in done.err and s.params("case.finish")[-1]["expect_version"] == 3
    # the case is found in the name of a request, and by an outside number
    assert f"try: gridctl case accept {NUMBER}\n" in gridctl("request", "decide", f"{NUMBER}-R1", "yes", to=s).err
    assert "try: gridctl case show hotline/SH-1\n" in gridctl("case", "accept", "hotline/SH-1", to=s).err


def test_a_key_with_another_body_names_the_case(script):
    done = gridctl("case", "submit", "--text", "x", to=script(case__submit=refusal(case=NUMBER)))
    assert done.returncode == 6 and f"try: gridctl case show {NUMBER}\n" in done.err


def test_a_refusal_cannot_play_with_the_terminal(script):
    s = script(case__accept=refusal(state="x", version=1, allowed=["a\x1b[2J\u202e"], case="\x1b[31m1",
                                    changed=[{"type": "\x9b2J", "at": NOW, "actor": "\x07\u2066"}]))
    err = gridctl("case", "accept", NUMBER, to=s).err
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", err), err


def test_all_faults_of_params_are_listed(script):
    def refuse(_):
        raise Fault(-32602, "invalid_params", "2 faults", errors=[
            {"path": "/params/estate", "code": "unknown", "message": "no estate pp-9", "suggestion": "pp-001"},
            {"path": "/params/source/ref", "code": "missing", "message": "is missing"}])

    done = gridctl("case", "submit", "--estate", "pp-9", to=script(case__submit=refuse))
    assert "  estate: no estate pp-9; did you mean pp-001?\n" in done.err and "  source.ref: is missing\n" in done.err


def test_unreachable_is_7(folder):
    done = gridctl("system", "ping", "--socket", folder / "nobody.sock")
    assert done.returncode == 7 and "nobody.sock" in done.err and "./start" in done.err
    assert gridctl("system", "ping", "--socket", "tcp://127.0.0.1:1").returncode == 7


def test_socket_comes_from_the_environment(script):
    s = script(system__ping=lambda _: {"pong": True, "ready": True})
    done = gridctl("system", "ping", env={"GRIDD_SOCKET": s.url})
    assert done.returncode == 0 and done.out == "ready\n"


def test_not_ready_is_7(script):
    done = gridctl("system", "ping", to=script(system__ping=lambda _: {"pong": True, "ready": False, "why": "database away"}))
    assert done.returncode == 7 and "database away" in done.err


def test_hang_up_is_7(script):
    assert gridctl("case", "show", NUMBER, to=script(case__get=lambda _: None)).returncode == 7


def test_silence_ends_at_the_timeout(script):
    done = gridctl("case", "show", NUMBER, "--timeout", "1", to=script(case__get=lambda _: b""))
    assert done.returncode == 7 and "no reply in time" in done.err


@pytest.mark.parametrize("reply", [b"HTTP/1.1 400 Bad Request\n", b"\xff\xfe\n", b'{"a":1,"a":2}\n', b"[\n"])
def test_a_peer_that_is_no_gridd(script, reply):
    assert gridctl("case", "show", NUMBER, to=script(case__get=lambda _: reply)).returncode == 7


ODD_REPLIES = ["[]", "7", '"x"', "{}", '{"id":1,"result":null}', '{"id":1,"result":[1]}',
               '{"id":1,"result":{"cases":[7,null,{}],"now":3}}', '{"id":null,"error":{}}', '{"id":1,"error":7}']
READERS = ["case list", "case show 1", "case history 1", "system info", "rules explain", "rules show", "db verify", "case submit",
           "case clock 1 c", "case ledger 1", "case why 1", "case accept 1", "case reveal 1 x", "supervision list", "notify list",
           "notify test x", "report agenda", "events read", "events follow", "rules versions", "calendar plan"]


# Each command and each reply several times; each command with each reply in the long size.
@pytest.mark.parametrize("command, reply", [(command, reply) for i, command in enumerate(READERS) for k, reply in enumerate(ODD_REPLIES)
                                            if (i + k) % size(9, 3, 1) == 0])
def test_odd_replies_break_nothing(script, command, reply):
    def answer(_):
        return reply.encode() + b"\n"

    s = script()
    s.answers = defaultdict(lambda: answer)
    assert gridctl(*command.split(), "--timeout", "1", to=s).returncode in range(0, 8)


def test_db_verify_says_no_with_3(script):
    result = {"ok": False, "checks": [{"name": "case.version", "bad": 2, "examples": [NUMBER, "b"]}, {"name": "event.hash", "bad": 0}]}
    done = gridctl("db", "verify", to=script(db__verify=lambda _: result))
    assert done.returncode == 3 and NUMBER in done.out and "NOT ok" in done.out


def test_interrupt_is_130(script):
    started = threading.Event()

    def never(_):
        started.set()
        return b""

    s = script(case__get=never)
    process = start("case", "show", NUMBER, to=s, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    assert started.wait(20)
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 130


def test_full_disk_is_a_failure(script):
    s = script(case__list=lambda _: {"cases": [a_row()], "now": NOW})
    with open("/dev/full", "wb") as full:
        process = start("case", "list", to=s, stdout=full, stderr=subprocess.PIPE)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 1 and b"writing the output" in err


# -- params --------------------------------------------------------------------------------------------------------


def test_submit_puts_each_option_where_it_belongs(script):
    s = script(case__submit=lambda _: {"case": NUMBER, "state": "dispatched", "version": 1, "unit": "firm_a", "rule": "leak", "similar": []})
    done = gridctl("case", "submit", "--class", "E70-05", "--condition=2", "-t", "三楼漏水", "--estate", "pp-001", "--grid", "g1",
                   "--address", "试验路100弄3号", "--channel", "patrol", "--ref", "R-1", "--urgency", "urgent", "--tag", "a", "--tag", "b",
                   "--attr", "floor=3", "--attr", "a.b=x=y", "--observed-at", NOW, "--received-at", NOW, "--key", "k", "--dry-run",
                   "--place-x", "121.45", "--town", "310106999", to=s)
    assert done.returncode == 0 and done.out.startswith(NUMBER)
    assert s.params("case.submit") == [{
        "class": "E70-05", "condition": "2", "text": "三楼漏水", "estate": "pp-001", "grid": "g1", "address": "试验路100弄3号",
        "source": {"channel": "patrol", "ref": "R-1"}, "urgency": "urgent", "tags": ["a", "b"], "attrs": {"floor": "3", "a.b": "x=y"},
        "observed_at": NOW, "received_at": NOW, "key": "k", "dry_run": True, "place": {"x": 121.45}, "town": "310106999"}]


def test_submit_reads_json_and_options_stand_over_it(script, folder):
    s = script(case__submit=lambda _: {"case": NUMBER, "state": "triage"})
    text = json.dumps({"text": "甲", "source": {"channel": "patrol", "ref": "1"}, "class": "E1"}).encode()
    (folder / "one.json").write_bytes(text)
    gridctl("case", "submit", "-", "--class", "E2", "--ref", "2", to=s, stdin=text)
    gridctl("case", "submit", folder / "one.json", to=s)
    assert s.params("case.submit") == [{"text": "甲", "source": {"channel": "patrol", "ref": "2"}, "class": "E2"}, json.loads(text)]


@pytest.mark.parametrize("text", [b"{", b"[]", b"{'a':1}", b'{"a":1,"a":2}', "{\"a\":\"小区\"}".encode("gb18030")])
def test_submit_refuses_what_is_not_json(script, text):
    s = script()
    assert gridctl("case", "submit", "-", to=s, stdin=text).returncode == 2
    assert not s.calls


def test_the_token_goes_with_every_call(script, folder):
    s = script(case__list=pages, case__submit=lambda _: {"case": NUMBER}, anything=lambda _: {})
    env = {"GRIDD_TOKEN": "id.secret"}
    (folder / "one.jsonl").write_text('{"text":"甲"}\n', "utf-8")
    gridctl("case", "list", "--all", to=s, env=env)
    gridctl("case", "import", folder / "one.jsonl", to=s, env=env)
    gridctl("rpc", "call", "anything", to=s, env=env)
    assert len(s.calls) == 5 and all(p["auth"] == "id.secret" for _, p in s.calls)
    gridctl("rpc", "call", "anything", '{"auth":"own"}', "--token", "other", to=s, env=env)
    gridctl("rpc", "call", "anything", "--token", "other", to=s, env=env)
    gridctl("rpc", "call", "anything", to=s)
    assert [p.get("auth") for _, p in s.calls[5:]] == ["own", "other", None]


def test_list_filters(script):
    s = script(case__list=lambda _: {"cases": [], "now": NOW})
    done = gridctl("case", "list", "--state", "triage", "--state", "handling", "--state", "closed", "-u", "desk", "--class", "c", "--estate", "e", "--grid", "g", "--channel", "patrol",
                   "--tag", "t", "--overdue", "any", "--due-before", NOW, "--received-since", NOW, "--updated-since", NOW,
                   "--returns-min", "2", "--text", "x", "--sort", "overdue", "-n", "7", "--cursor", "c1", to=s)
    assert done.returncode == 0
    assert s.params("case.list") == [{
        "state": ["triage", "handling", "closed"], "unit": "desk", "class": "c", "estate": "e", "grid": "g", "channel": "patrol", "tag": "t", "overdue": "any",
        "due_before": NOW, "received_since": NOW, "updated_since": NOW, "returns_min": 2, "text": "x",
        "sort": "overdue", "limit": 7, "cursor": "c1"}]


def test_a_case_may_be_named_by_its_outside_number(script):
    s = script(case__get=lambda _: a_row(), case__history=lambda _: {"events": []})
    gridctl("case", "show", "hotline/SH-1/2", to=s)
    gridctl("case", "history", NUMBER, to=s)
    assert s.calls == [("case.get", {"case": {"channel": "hotline", "ref": "SH-1/2"}}), ("case.history", {"case": NUMBER})]


def test_rpc_call(script):
    s = script(anything=lambda p: {"got": p, "price": 1.50})
    done = gridctl("rpc", "call", "anything", '{"漏":1}', to=s)
    assert json.loads(done.out) == {"got": {"漏": 1}, "price": 1.5} and done.out.count("\n") == 1
    assert json.loads(gridctl("rpc", "call", "anything", "-", to=s, stdin=b'{"x":2}').out)["got"] == {"x": 2}


def test_advance(script):
    s = script(test__advance=lambda _: {"now": NOW, "fired": 3, "jobs": 1})
    done = gridctl("test", "advance", "--by", "240min", to=s)
    assert s.params("test.advance") == [{"by": "240min"}] and done.out == "now 2026-11-23 12:00:00; 3 fired, 1 jobs\n"


# -- tables and pages ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["C", "en_US.UTF-8", "zh_CN.UTF-8", "zh_CN.GB18030", "nonsense"])
def test_chinese_columns_line_up(script, lang):
    rows = [a_row(1), a_row(2, state="handling", state_name="处置中", **{"class": "E1", "class_name": "路", "class_name_en": "r"}),
            a_row(3, estate_name="一个名字很长的住宅小区", due_at=None, text="x")]
    done = gridctl("case", "list", to=script(case__list=lambda _: {"cases": rows, "now": NOW}), lang=lang)
    head, *body = [line for line in done.out.splitlines() if line]
    zh = lang.startswith("zh")
    starts = [width(head[:head.index(title)]) for title in (["编号", "承办", "到期"] if zh else ["number", "unit", "due"])]
    for line, row in zip(body, rows):
        for start, text in zip(starts, [row["number"], "甲物业" if zh else "Firm A", ("剩" if zh else "3 h") if row["due_at"] else "- "]):
            assert width(line[:line.index(text)]) == start, done.out
    assert ("待处置" in done.out) == zh and ("dispatched" in done.out) != zh


@pytest.mark.parametrize("due, en, zh", [
    ("2026-11-23T12:35:00+08:00", "35 min left", "剩 35 分钟"), ("2026-11-23T15:00:00+08:00", "3 h left", "剩 3 小时"),
    ("2026-11-27T13:00:00+08:00", "4 d 1 h left", "剩 4 天 1 小时"), ("2026-11-23T03:30:00Z", "30 min overdue", "超期 30 分钟"),
    ("2026-11-21T11:00:00+08:00", "2 d 1 h overdue", "超期 2 天 1 小时")])
def test_due_is_said_from_now(script, due, en, zh):
    s = script(case__list=lambda _: {"cases": [a_row(due_at=due)], "now": NOW})
    assert en in gridctl("case", "list", to=s).out and zh in gridctl("case", "list", to=s, lang="zh_CN").out


def test_what_citizens_wrote_cannot_play_with_the_terminal(script):
    nasty = "a\x1b[2Jb\x07\x7fc\x9b31md\u202eevil\u2066x\r\nsecond\x1b]0;t\x07"
    case = a_row(text=nasty, estate_name="\x1b[31mred", address=nasty, attrs={"k\x1b": nasty})
    answers = {"case__list": lambda _: {"cases": [case], "now": NOW}, "case__get": lambda _: case,
               "case__history": lambda _: {"events": [{"version": 1, "type": "case.submitted", "at": NOW, "data": {"t": nasty}}]}}
    s = script(**answers)
    for command in (["case", "list"], ["case", "show", NUMBER], ["case", "history", NUMBER]):
        out = gridctl(*command, to=s).out
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", out), out
        assert "␛" in out or "\\u001b" in out


def test_json_on_a_terminal_is_pretty_and_harmless(script):
    value = {"text": "漏\u009b\u202e", "n": [1]}
    s = script(case__get=lambda _: value)
    text = on_terminal("case", "show", NUMBER, "--json", to=s)
    assert json.loads(text) == value and '\n  "text": "漏\\u009b\\u202e"' in text


@pytest.mark.parametrize("env, colored", [({"TERM": "xterm"}, True), ({"TERM": "xterm", "NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)])
def test_colors_only_where_wanted(script, env, colored):
    s = script(case__list=lambda _: {"cases": [a_row(due_at="2026-11-21T11:00:00+08:00")], "now": NOW})
    assert ("\x1b[31m" in on_terminal("case", "list", to=s, **env)) == colored
    assert "\x1b" not in gridctl("case", "list", to=s, env=env).out


def test_json_goes_out_as_it_came(script):
    s = script(case__list=lambda _: {"cases": [a_row()], "now": NOW, "new_member": 1.10})
    done = gridctl("case", "list", "--json", to=s)
    assert done.out.count("\n") == 1 and json.loads(done.out) == {"cases": [a_row()], "now": NOW, "new_member": 1.1}


def pages(params, of=1200):
    start, n = int(params.get("cursor", 0)), params.get("limit", 50)
    result = {"cases": [a_row(i) for i in range(start, min(start + n, of))], "now": NOW}
    if start + n < of:
        result["cursor"] = str(start + n)
    return result


def test_all_pages_are_followed(script):
    s = script(case__list=pages)
    done = gridctl("case", "list", "--all", to=s)
    numbers = re.findall(r"^ *(20261123-\d+)", done.out, re.M)
    assert len(numbers) == len(set(numbers)) == 1200 and [p.get("limit") for p in s.params("case.list")] == [500] * 3
    assert len(json.loads(gridctl("case", "list", "--all", "--json", to=s).out)["cases"]) == 1200


def test_one_page_says_that_there_are_more(script):
    done = gridctl("case", "list", to=script(case__list=pages))
    assert len(done.out.splitlines()) == 51 and "--cursor 50" in done.err


def test_board_counts_by_unit(script):
    rows = [a_row(1), a_row(2, due_at="2026-11-20T12:00:00+08:00"), a_row(3, due_at="2026-11-24T09:00:00+08:00"),
            a_row(4, unit="roads", unit_name="道路办", due_at=None)]
    s = script(case__list=lambda p: {"cases": rows[2:], "now": NOW} if "cursor" in p else {"cases": rows[:2], "now": NOW, "cursor": "2"})
    done = gridctl("board", "--json", to=s)
    assert json.loads(done.out)["total"] == {"open": 4, "due_today": 1, "overdue": 1, "longest_overdue_seconds": 3 * 86400}
    assert json.loads(done.out)["units"][0] == {"unit": "firm_a", "open": 3, "due_today": 1, "overdue": 1, "longest_overdue_seconds": 3 * 86400}
    out = gridctl("board", to=s, lang="zh_CN").out
    assert re.search(r"甲物业\s+3\s+1\s+1\s+3 天", out) and re.search(r"合计\s+4\s+1\s+1\s+3 天", out)
    assert all(p["state"] == ["triage", "dispatched", "handling", "finished", "suspended"] for p in s.params("case.list"))


def test_show_prints_the_whole_text_tasks_and_clocks(script):
    case = a_row(tasks=[{"unit": "firm_a", "unit_name": "甲物业", "kind": "lead", "state": "finished", "given_at": NOW}],
                 clocks=[{"name": "accept", "state": "running", "limit": "4wh", "started_at": NOW, "due_at": NOW, "overdue_seconds": 7200}],
                 source={"channel": "patrol", "channel_name": "网格巡查", "ref": "R-1"}, attrs={"floor": "3"}, tags=["a"])
    out = gridctl("case", "show", NUMBER, to=script(case__get=lambda _: case), lang="zh_CN").out
    for text in ["待处置", "内容      三楼漏水\n          第二行", "地点      一号小区 (pp-001)", "来源      网格巡查 (patrol)", "floor=3", "已完成", "接单", "超期 2 小时"]:
        assert text in out, out


def test_explain_shows_rule_limits_and_trace(script):
    result = {"routed": True, "unit": "firm_a", "responsible": "firm_a", "handlers": ["firm_a", "housing"], "assist": ["c001"],
              "rule": {"id": "leak", "file": "rules/all.yaml", "line": 12}, "propose": False, "emergency": False, "estate": "pp-001",
              "estate_from": "address: 试验路100弄", "limits": [{"clock": "handle", "limit": "3wd", "calendar": "office", "from": "town"}],
              "due": {"handle": NOW}, "clocks": [], "passed_over": 4, "cut": False,
              "trace": [{"rule": "leak", "file": "rules/all.yaml", "line": 12, "condition": "class: E70-05", "answer": "yes", "because": "it is"},
                        {"rule": "leak", "file": "rules/all.yaml", "line": 12, "condition": "open: x", "answer": "cannot_tell"}]}
    s = script(rules__explain=lambda _: result)
    out = gridctl("rules", "explain", "--class", "E70-05", "--at", NOW, to=s).out
    assert s.params("rules.explain") == [{"class": "E70-05", "at": NOW}]
    for text in ["leak  rules/all.yaml:12", "firm_a → housing", "address: 试验路100弄", "2026-11-23 12:00", "✓", "4 earlier rules"]:
        assert text in out, out


# -- rules check needs no daemon ------------------------------------------------------------------------------------


def test_rules_check(folder):
    done = gridctl("rules", "check", SMALL)
    assert done.returncode == 0 and done.out.startswith("ok") and "试验镇" in done.out
    assert gridctl("rules", "check", folder / "nothing").returncode == 1


def test_rules_check_says_no_with_3(folder):
    (folder / "town.yaml").write_text("format: 1\ntown: {cod: x}\n")
    done = gridctl("rules", "check", folder)
    assert done.returncode == 3 and re.search(r"town\.yaml:\d+:\d+: ", done.out) and "^" in done.out
