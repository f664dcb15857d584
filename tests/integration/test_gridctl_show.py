"""gridctl case show, why and history: whole screens, at several widths, in both languages, of a case that had everything."""

import json
import os
import re
import subprocess
import unicodedata

import pytest
from hard_case import ADDRESS, LINK, TEXT, hard_town, live
from harness import BUILD, PENGPU, run, wait_until
from principals import principal, token
from scripted import NOW, NUMBER, Fault, a_row, environment, gridctl, on_terminal, script  # noqa: F401

FIRM = principal("firm", "unit", unit="firm_a")
ZH, EN = "zh_CN", "C"


def width(line):
    marks = [unicodedata.combining(c) or unicodedata.category(c) in ("Mn", "Me", "Cf") for c in line]
    return sum(0 if mark else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c, mark in zip(line, marks))


def fits(out, columns):
    """Every line is as narrow as the terminal, and there is nothing but text."""
    wide = [line for line in out.split("\n") if width(line) > columns]
    assert not wide, "\n".join(wide)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", out), repr(out)
    return out


def said(out):
    """What a screen says, as if it hadn't been broken into lines."""
    return re.sub(r"\s+", "", out)


@pytest.fixture(scope="module")
def town(module_folder):
    t = hard_town(module_folder, people=[FIRM])
    try:
        t.hard = live(t)
        yield t
        assert t.daemon.call("db.verify")["ok"]
        t.daemon.stop()
    finally:
        t.daemon.close()


@pytest.fixture
def screen(town):
    """screen("boss", "show", N, columns=80) is what he sees; columns None: on a pipe that nobody measured."""
    def call(who, verb, case, *args, lang=ZH, columns=120):
        size = {"COLUMNS": str(columns)} if columns else {}
        env = environment(lang, GRIDD_SOCKET=str(town.daemon.socket), GRIDD_TOKEN=token(who), **size)
        if not columns:
            env.pop("COLUMNS", None)
        done = run([BUILD / "gridctl", "case", verb, case, *args], env=env)
        assert done.returncode == 0 and "Sanitizer" not in done.stderr and not done.stderr, done.stderr
        return done.stdout if "--json" in args else fits(done.stdout, columns or 100)

    return call


def commands(out):
    """The commands that a page says may be done next, as one would copy them: a line ends where it has no backslash."""
    found, lines = [], iter(out.split("\n"))
    for line in lines:
        if re.match("可做|do next", line):
            break
    else:
        return found
    while not re.match("另可|with a word", line):
        if (at := line.find("gridctl ")) >= 0:
            found.append(line[at:])
            while found[-1].endswith("\\"):
                found[-1] += "\n" + next(lines)
        line = next(lines, "另可")
    return found


def type_in(town, who, command, *more):
    """As a shell takes it."""
    env = environment(EN, GRIDD_SOCKET=str(town.daemon.socket), GRIDD_TOKEN=token(who))
    env["PATH"] = f"{BUILD}:{env['PATH']}"
    return subprocess.run(["bash", "-c", " ".join([command, *more])], env=env, capture_output=True, text=True, timeout=60)


# -- the whole case ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("columns", [60, 80, 120, None])
def test_show_has_every_part(screen, town, columns):
    out = screen("boss", "show", town.hard, columns=columns)
    assert re.match(rf"{town.hard}  处置中  处置 超期 2 天 5 小时  ! 紧急\s+E70-05 房屋漏水", out), out
    for text in [ADDRESS, TEXT, "永和新城(pp-001)", "承办示例甲物业(firm_a)，自2026-11-2314:00，已接单2026-11-2315:00，未到场",
                 "责任主体示例甲物业(firm_a)", "已退单派单2026-11-2309:00，结束2026-11-2309:30，不属本单位职责", "逾期未接单",
                 "!处置超期2天5小时到期2026-12-0317:00限3wd延期1次，责任示例甲物业", "督办剩2天1小时", "全程剩11天1小时",
                 "接单到期未办", "按时完成发现、接单3次", f"{town.hard}-D1超期待回复示例甲物业回复期限2026-12-1017:00，签发boss",
                 "依据leak-estaterules/estates.yaml:", "（规则包第1版）；限发现24uh、全程20wd", "升级第1级", "退单1次", "王**", "138****1234",
                 "要求保密", "12345市民热线", LINK, "经过2026-11-2510:00挂账boss", "另有较早7条：gridctlcasehistory", "2026-12-0815:00督办boss",
                 f"gridctlcaseurge{town.hard}", f"gridctlcasefinish{town.hard}solved--forfirm_a", "另可gridctlcasedispatch"]:
        assert text in said(out), (text, out)
    assert "13800001234" not in out and "王小明" not in out and "\x1b" not in out
    assert columns != 120 or len(out.splitlines()) <= 40, out


@pytest.mark.parametrize("columns", [60, 80, 120, None])
def test_show_in_english(screen, town, columns):
    out = screen("boss", "show", town.hard, lang=EN, columns=columns)
    for text in ["handle 2 d 5 h overdue", "! urgent", "E70-05 Leak in a building", "not arrived yet", "2 d 1 h left", "extended 1x",
                 "borne by Example Property A", "ran out", "in time discover, accept (3x)", "limits discover 24uh", "to level 1", "confidential",
                 "7 earlier: gridctl case history", "supervision.opened", "do next", "with a word gridctl case dispatch"]:
        assert said(text) in said(out), (text, out)
    assert not re.search("[\u3002\uff0c\uff1b\uff1a]", re.sub(re.escape(said(TEXT)), "", said(out)).replace("“说明超期原因，两日内办结”", ""))


def test_the_rules_place_is_where_it_stands(screen, town):
    where = re.search(r"leak-estate  (rules/\S+\.yaml):(\d+)", screen("boss", "show", town.hard))
    line = (PENGPU / where[1]).read_text("utf-8").splitlines()[int(where[2]) - 1]
    assert "leak-estate" in line


def test_columns_line_up(screen, town):
    out = screen("boss", "show", town.hard).splitlines()
    clocks = [re.search(r"^.*  (?=限 \d+(uh|wh|wd)(  |$))", line) for line in out]
    clocks = [c[0] for c in clocks if c]
    assert len(clocks) == 4 and len({width(c) for c in clocks}) == 1, clocks
    headings = [width(re.match(r"(\S+ +)", line)[1]) for line in out[1:] if line[0] != " "]
    assert set(headings) == {10}, headings


@pytest.mark.parametrize("columns", [60, 80, 120])
@pytest.mark.parametrize("who", ["boss", "desk", "office", "firm", "platform"])
def test_what_may_be_done_can_be_done(screen, town, who, columns):
    """Each command is copied off the screen and given to a shell, at widths where it is broken as well."""
    for verb in ("show", "why"):
        found = commands(screen(who, verb, town.hard, columns=columns))
        assert found or who == "office", (who, verb)
        for command in found:
            done = type_in(town, who, command, "--dry-run")
            assert done.returncode == 0 and "dry run" in done.stdout, (command, done.stderr)


def next_step(screen, town, who, case, holding):
    """The command with those words, done for good."""
    out = screen(who, "show", case)
    found = [c for c in commands(out) if holding in c]
    assert len(found) == 1, (holding, out)
    done = type_in(town, who, found[0])
    assert done.returncode == 0, (found, done.stderr)
    return out


def test_a_case_is_brought_to_its_end_by_what_its_page_says(screen, town):
    case = town.submit("E70-05", "pp-001")
    assert f"case accept {case} --for firm_a" in next_step(screen, town, "desk", case, "--for firm_a")
    town.by("firm_a", "request.ask", case, what="extend", reason="material")
    out = screen("boss", "show", case)
    assert re.search(rf"^待审申请  {case}-R1，示例甲物业 \(firm_a\)，延期，处置，待配件材料，", out, re.M), out
    assert [c for c in commands(out) if "decide" in c] == [f"gridctl request decide {case}-R1 yes", f"gridctl request decide {case}-R1 no"]
    next_step(screen, town, "boss", case, "R1 yes")
    order = town.boss.call("supervision.open", case=case, kind="leader", demand="今日回复")["order"]
    town.desk.call("supervision.reply", {"order": order, "text": "正在施工", "for": {"unit": "firm_a"}})
    next_step(screen, town, "boss", case, f"{order} accept")
    # A unit speaks for itself.
    assert f"case finish {case} solved\n" in next_step(screen, town, "firm", case, "case finish") + "\n"
    next_step(screen, town, "boss", case, f"verify {case} pass")
    out = screen("boss", "show", case)
    assert re.match(rf"{case}  结案", out) and "处置结果  实际解决，结案 2026-12-08" in out, out
    assert [row["outcome"] if "outcome" in row else row["state"] for row in town.get(case)["supervisions"]] == ["accepted"]


def test_show_of_a_desks_case_says_why_it_is_there(screen, town):
    case = town.submit("E70-03", "pp-001")
    out = screen("boss", "show", case)
    assert "建议派往  " in out and "待派遣因" in out and f"gridctl case dispatch {case}" in commands(out), out


def test_json_is_the_case_and_the_history_if_asked(screen, town):
    plain = json.loads(screen("boss", "show", town.hard, "--json"))
    assert plain == town.boss.call("case.get", case=town.hard) and "events" not in plain
    asked = json.loads(screen("boss", "show", town.hard, "--json", "--events", "3"))
    whole = town.boss.call("case.history", case=town.hard, limit=200)["events"]
    assert asked["events"] == whole[-3:] and asked["events_before"] == len(whole) - 3 and {**plain, **asked} == asked
    more = screen("boss", "show", town.hard, "--events", "500")
    assert "另有较早" not in more and more.count("gridd") > 5
    assert "经过" not in screen("boss", "show", town.hard, "--events", "0")


def test_the_daemon_tells_of_a_clock_in_its_own_time(town):
    clock = town.clock(town.hard, "handle")
    # Due on Thursday 3 December at 17:00; Friday, Monday 6.5 h each, Tuesday until 16:00 5.5 h.
    assert clock["overdue_clock_seconds"] == 18.5 * 3600 == -clock["remaining"] and clock["day_seconds"] == 6.5 * 3600
    assert clock["bearer_name"] == "示例甲物业"
    case = town.submit("E70-05", "pp-001")
    town.boss.call("case.suspend", case=case, reason="season", until="2026-12-20T09:00:00+08:00")
    paused = town.clock(case, "handle")
    assert paused["paused_at"][:16] == town.get(case)["suspended"]["since"][:16] and town.get(case)["suspended"]["reason_name"] == "季节原因"
    site = town.submit("E70-01", "pp-001")
    assert town.clock(site, "site_check")["name_name"] == "现场核实时限"


# -- why ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("columns", [60, 80, 120, None])
def test_why_has_the_verdict_first(screen, town, columns):
    out = screen("boss", "why", town.hard, columns=columns)
    assert said(out).startswith(f"{town.hard}处置中房屋漏水处置超期2天5小时（工作时间）；全程工作时间中示例甲物业占82%时限"), out
    for text in ["限3wd（日历office），延期1次，起2026-11-2314:00，到期2026-12-0317:00，仍在计时", "超出2天5小时（一个工作日6小时30分钟）",
                 "11-233:00+11-246:30+11-251:30+11-276:30", "=43:30（计至到期）", "未接单30分钟，已退单（不属本单位职责），接单用时1小时", "（无单位）",
                 "未接单4小时，已撤回（逾期未接单）", "责任示例甲物业：该时限在其承办期间到期；时限依据leak-estaterules/estates.yaml:",
                 "另有超期接单0分钟到期2026-11-2313:30，责任物业保障中心", "退单1次，申请1次，挂账1次", f"{town.hard}-D1", "可做"]:
        assert text in said(out), (text, out)
    assert len(out.splitlines()) <= 40


def test_whys_shares_are_those_of_the_ledger(screen, town):
    out = screen("office", "why", town.hard, lang=EN)
    holders = town.boss.call("case.ledger", case=town.hard)["holders"]
    worked = {h.get("unit_name_en") or "(nobody)": h["working_seconds"] for h in holders}
    rows = re.findall(r"(\S[^#\n]*?) +([#.]{20}) +(\d+)%  ", re.sub(r"(?m)^whose time", "          ", out))
    assert {name: int(part) for name, _, part in rows} == {
        name: int(100 * s / sum(worked.values()) + 0.5) for name, s in worked.items()}, out
    assert all(bar == "#" * ((int(part) * 20 + 50) // 100) + "." * (20 - (int(part) * 20 + 50) // 100) for _, bar, part in rows)


def happened(town, case):
    return [e["type"] for e in town.boss.call("case.history", case=case)["events"]]


def test_why_of_an_excused_and_of_a_corrected_one(screen, town):
    case = town.submit("E70-05", "pp-001", received_at="2026-12-08T09:00:00+08:00", deadlines=[{"clock": "handle", "at": "2026-12-08T10:00:00+08:00"}])
    out = screen("boss", "why", case)
    assert "外部规定" in out and "外部时限到期时由其承办" in out and "（自然时间）" in out, out
    town.office.call("case.waive", case=case, clock="handle", reason="weather")
    assert "已免责（恶劣天气）" in screen("boss", "why", case) and "免责      处置（恶劣天气）" in screen("boss", "show", case)
    wait_until(lambda: "clock.breached" in happened(town, case))
    town.platform.call("case.deadline", case=case, clock="handle", at="2026-12-30T10:00:00+08:00")
    wait_until(lambda: "clock.corrected" in happened(town, case))
    out = screen("boss", "why", case)
    assert "没有超期的时限" in out and re.search("^更正      2026-12-08 16:00  处置：超期标记已撤回", out, re.M), out


def test_a_clock_that_always_runs_is_told_in_days_of_24_hours(screen, town):
    case = town.submit("E70-05", "pp-001", received_at="2026-12-08T09:00:00+08:00", observed_at="2026-12-01T06:00:00+08:00")
    clock = town.clock(case, "discover")
    assert clock["limit"] == "24uh" and clock["overdue_clock_seconds"] == (6 * 24 + 3) * 3600
    assert re.search(r"^ +发现  超期 6 天 3 小时  到期 2026-12-02 06:00", screen("boss", "show", case), re.M), screen("boss", "show", case)
    assert said(screen("boss", "why", case)).startswith(f"{case}待处置房屋漏水发现超期6天3小时（自然时间）时限发现，限24uh")


def test_why_json_is_what_the_daemon_says(screen, town):
    assert json.loads(screen("boss", "why", town.hard, "--json")) == town.boss.call("case.why", case=town.hard)


# -- history ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", [ZH, EN])
@pytest.mark.parametrize("columns", [60, 80, 120])
def test_history_wraps_and_lines_up(screen, town, lang, columns):
    note = "居民来电称屋面漏水部位扩大，" * 12 + "请尽快处理" + "x" * 150
    case = town.submit("E70-05", "pp-001")
    town.desk.call("case.note", case=case, note=note)
    out = screen("boss", "history", case, lang=lang, columns=columns)
    assert note in said(out) and "\n            “居民来电" in out
    heads = [line for line in screen("boss", "history", town.hard, lang=lang, columns=columns).splitlines() if re.match(r"  \d\d:\d\d:\d\d  ", line)]
    whos = [width(line[:re.search(r" (platform|desk|gridd|boss)\b", line).start()]) for line in heads]
    assert len(heads) > 10 and len(set(whos)) == 1, heads


# -- what others wrote ------------------------------------------------------------------------------------------------

NASTY = "a\x1b[2Jb\x07\x7fc\x9b31md\u202eevil\u2066x\r\nsecond\tthird\x1b]0;t\x07" + "长" * 90 + "w" * 300 + "，" * 80


def nasty_case():
    unit = {"unit": "u\x1b[31m", "unit_name": NASTY, "unit_name_en": NASTY}
    return a_row(
        text=NASTY, estate_name=NASTY, address=NASTY, attrs={"k\x1b": NASTY}, tags=[NASTY], condition=NASTY, version=99, urgency="emergency", class_name=NASTY,
        class_name_en=NASTY, **unit, held_since=NOW, reporter={"name": NASTY, "phone": NASTY}, source={"channel": NASTY, "ref": NASTY},
        refs=[{"channel": "a", "ref": "b"}, {"channel": NASTY, "ref": NASTY}], attachments=[{"uri": NASTY, "kind": NASTY}],
        rule={"id": NASTY, "file": NASTY, "line": 3, "pack": 1}, triage_detail=NASTY, marks=[{"mark": NASTY, "value": NASTY, "at": NOW}],
        tasks=[{**unit, "kind": "lead", "state": "given", "given_at": NOW}, {**unit, "kind": "assist", "state": "returned", "reason": NASTY}],
        clocks=[{"name": NASTY, "state": "running", "limit": NASTY, "due_at": NOW, "remaining": -9, "overdue_seconds": 9, "bearer": NASTY, "waived": NASTY}],
        supervisions=[{"order": NASTY, "kind": NASTY, "state": "open", **unit, "issuer": NASTY, "grounds": NASTY}], merged_from=[NASTY],
        request={"request": NASTY, "what": "extend", **unit, "reason": NASTY, "until": NOW}, waived=[{"clock": NASTY, "reason": NASTY}],
        allowed=["case.accept", "case.verify", "request.decide", NASTY], fault=NASTY, result=NASTY)


def nasty_script(script):
    event = {"version": 99, "type": NASTY, "at": NOW, "actor": NASTY, "note": NASTY, "for": {"unit": NASTY, "person": NASTY}, "state": NASTY,
             "data": {"changes": [{"what": "mark", "mark": NASTY, "value": NASTY}]}, "attachments": [{"uri": NASTY, "kind": NASTY}]}
    over = {"clock": NASTY, "unit": NASTY, "unit_name": NASTY, "started_at": NOW, "due_at": NOW, "overdue_clock_seconds": 99999, "waived": NASTY,
            "holders": [{"unit": NASTY, "unit_name": NASTY, "seconds": 7, "working_seconds": 7}, {"why": NASTY, "seconds": 7, "working_seconds": 7}]}
    why = {"case": NUMBER, "state": NASTY, "now": NOW, "overdue": [over, over], "returns": 1, "returned_by": [{"unit": NASTY, "reason": NASTY, "at": NOW}],
           "fault": NASTY, "waived": [{"clock": NASTY, "reason": NASTY}], "supervisions": nasty_case()["supervisions"]}
    return script(case__get=lambda _: nasty_case(), case__history=lambda _: {"events": [event]}, case__why=lambda _: why,
                  case__ledger=lambda _: {"holders": over["holders"], "spans": []}, system__info=lambda _: {"roles": ["dispatcher"]},
                  case__clock=lambda _: {"clocks": [{"name": NASTY, "started_at": NOW, "limit": NASTY, "calendar": NASTY, "spent_seconds": 3}]},
                  case__accept=lambda _: {"case": NUMBER}, case__verify=lambda _: {"case": NUMBER}, request__decide=lambda _: {"case": NUMBER})


@pytest.mark.parametrize("lang", [ZH, EN])
@pytest.mark.parametrize("columns", [24, 40, 60, 80, 120])
def test_hostile_text_breaks_nothing(script, lang, columns):
    s = nasty_script(script)
    for verb in ("show", "why", "history"):
        out = gridctl("case", verb, NUMBER, to=s, lang=lang, env={"COLUMNS": str(columns)}).out
        fits(out, columns)
        # What can't be copied as it stands isn't offered.
        assert verb == "history" or not re.search("accept|decide", "".join(commands(out)))
        assert verb != "show" or [re.sub(r" \\\n *", " ", c) for c in commands(out)] == [f"gridctl case verify {NUMBER} {w}" for w in ("pass", "rework")]
        assert "␛" in out and ("长" * 10) in said(out)


def test_nothing_more_is_needed_than_the_case(script):
    """A daemon that refuses all else, and one that goes away: the page is shown."""
    def gone(_):
        return None
    for more in ({}, {"case__history": gone}, {"system__info": gone}):
        s = script(case__get=lambda _: a_row(version=9, allowed=["case.urge"]), **more)
        done = gridctl("case", "show", NUMBER, to=s, lang=ZH)
        assert done.returncode == 0 and "一号小区" in done.out and "gridctl case urge" not in done.out.split("另可")[0], done
        s.close()
        os.unlink(s.url.removeprefix("unix:"))


def test_what_the_daemon_refuses_is_not_offered(script):
    def refuse(_):
        raise Fault(-32004, "conflict")
    s = script(case__get=lambda _: a_row(allowed=["case.verify", "case.urge"], state="finished"), case__verify=refuse,
               case__urge=lambda _: {"case": NUMBER}, system__info=lambda _: {"roles": ["supervisor"]})
    out = gridctl("case", "show", NUMBER, to=s, lang=ZH).out
    assert commands(out) == [f"gridctl case urge {NUMBER}"] and "另可      gridctl case verify" in out, out
    assert s.params("case.urge") == [{"case": NUMBER, "dry_run": True}]


@pytest.mark.parametrize("columns", [60, 120])
def test_colours_are_only_a_help(screen, town, columns):
    env = dict(lang=ZH, GRIDD_SOCKET=str(town.daemon.socket), GRIDD_TOKEN=token("boss"), TERM="xterm", GRIDCTL_PAGER="cat")
    for verb in ("show", "why"):
        shown = on_terminal("case", verb, town.hard, columns=columns, **env)
        assert "\x1b[31m" in shown
        plain = re.sub("\x1b\\[[0-9;]*m", "", shown)
        assert fits(plain, columns) == screen("boss", verb, town.hard, columns=columns)
        assert on_terminal("case", verb, town.hard, columns=columns, **env, NO_COLOR="1") == plain
