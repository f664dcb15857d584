"""gridctl against a scripted daemon: short forms, ends of numbers, named filters, times as people say them, bulk by filter."""

import json
import os
import pty
import re
import signal
import subprocess
import threading

import pytest
from scripted import NOW, NUMBER, Fault, a_row, environment, gridctl, on_terminal, script, start  # noqa: F401

INFO = {"now": "2026-11-23T12:00:00+08:00"}


@pytest.fixture
def home(folder):
    """home(text) writes the person's filters; what it gives is the environment to run in."""
    def make(text=None):
        path = folder / "home/.config/gridctl/filters.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        if text is not None:
            path.write_text(text, "utf-8")
        return {"HOME": str(folder / "home"), "XDG_CONFIG_HOME": "", "XDG_STATE_HOME": ""}

    return make


# -- short forms ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("short, method", [(["ls"], "case.list"), (["show", NUMBER], "case.get"), (["dispatch", NUMBER, "roads"], "case.dispatch"),
                                           (["verify", NUMBER, "pass"], "case.verify")])
def test_short_forms_are_the_long_ones(script, short, method):
    s = script(**{method.replace(".", "__"): lambda _: {"case": NUMBER, "state": "closed", "cases": [], "now": NOW}})
    gridctl(*short, to=s)
    gridctl("case", {"ls": "list"}.get(short[0], short[0]), *short[1:], to=s)
    assert len(s.calls) == 2 and s.calls[0] == s.calls[1]
    assert f"usage: gridctl case {method[5:].replace('get', 'show')}" in gridctl("help", short[0]).out
    assert f"in short: gridctl {short[0]}\n" in gridctl("help", short[0]).out


@pytest.mark.parametrize("typed, meant", [("verfy 42 pass", "verify"), ("dispach 42 roads", "dispatch"), ("shwo 42", "show")])
def test_a_short_form_is_found_where_it_was_misspelt(typed, meant):
    done = gridctl(*typed.split())
    assert done.returncode == 2 and f"did you mean “{meant}”?" in done.err and f"gridctl help {meant}\n" in done.err


def test_short_forms_are_in_help_and_man():
    for lang in ("C", "zh_CN"):
        assert re.search(r"\n\n(daily|日常):\n  ls \[@FILTER\] ", gridctl("help", lang=lang).out)
    assert "\n*case list*, *ls*" in gridctl("help", "man").out


# -- ends of numbers -----------------------------------------------------------------------------------------------------


def finder(*rows, more=False):
    return lambda params: {"cases": [r for r in rows if r["number"].endswith(params["tail"])], "more": more}


def test_one_case_with_that_end_is_meant(script):
    s = script(case__find=finder(a_row(42), a_row(17)), case__accept=lambda p: {"case": p["case"], "state": "handling"})
    done = gridctl("case", "accept", "42", to=s)
    assert done.returncode == 0 and s.calls == [("case.find", {"tail": "42"}), ("case.accept", {"case": "20261123-0000042"})]
    assert done.err == "42 is 20261123-0000042  dispatched  leak  一号小区  Firm A\n"
    assert gridctl("case", "accept", "42", to=s, lang="zh_CN").err.startswith("42 即 20261123-0000042  待处置  房屋漏水  一号小区  甲物业\n")
    # a whole number and a channel's number are nobody's end
    done = gridctl("case", "accept", NUMBER, to=s)
    assert not done.err and s.calls[-1][0] == "case.accept" and len(s.params("case.find")) == 2
    gridctl("case", "accept", "patrol/42", to=s)
    assert len(s.params("case.find")) == 2


def test_also_of_requests_orders_and_options(script):
    s = script(case__find=finder(a_row(42)), request__decide=lambda _: {"case": NUMBER}, supervision__reply=lambda _: {"case": NUMBER},
               case__merge=lambda _: {"case": NUMBER}, notify__list=lambda _: {"notices": []})
    gridctl("request", "decide", "42-R2", "yes", to=s)
    gridctl("supervision", "reply", "0042-D1", "done", to=s)
    gridctl("case", "merge", "42", "0042", to=s)
    gridctl("notify", "list", "--case", "42", to=s)
    assert s.params("request.decide")[0]["request"] == "20261123-0000042-R2" and s.params("supervision.reply")[0]["order"] == "20261123-0000042-D1"
    assert s.params("case.merge") == [{"case": "20261123-0000042", "into": "20261123-0000042"}]
    assert s.params("notify.list")[0]["case"] == "20261123-0000042"


def test_several_are_listed_and_none_is_5(script):
    s = script(case__find=finder(a_row(42), a_row(142)), case__verify=lambda _: {})
    done = gridctl("verify", "42", "pass", to=s)
    assert done.returncode == 2 and not s.params("case.verify")
    assert "  20261123-0000042  dispatched  leak" in done.err and "  20261123-0000142  dispatched" in done.err
    assert "try: gridctl case verify 20261123-0000042 pass\n" in done.err
    assert "可试: gridctl case verify" in gridctl("verify", "42", "pass", to=s, lang="zh_CN").err
    for lang, text in (("C", "ends in 99"), ("zh_CN", "以 99 结尾")):
        done = gridctl("show", "99", to=s, lang=lang)
        assert done.returncode == 5 and text in done.err and "gridctl ls" in done.err


def test_the_only_open_one_is_meant(script):
    closed = a_row(142, state="closed")
    s = script(case__find=finder(a_row(42), closed, more=True), case__accept=lambda p: {"case": p["case"]})
    assert gridctl("case", "accept", "42", to=s).returncode == 0 and s.params("case.accept") == [{"case": "20261123-0000042"}]
    # two open ones, or perhaps more of them than were told
    s.answers["case.find"] = finder(a_row(42), a_row(242), closed)
    assert gridctl("case", "accept", "42", to=s).returncode == 2
    s.answers["case.find"] = finder(a_row(42), more=True)
    assert gridctl("case", "accept", "42", to=s).returncode == 2


# -- times ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed, meant", [
    ("+4h", "2026-11-23T16:00:00+08:00"), ("-2d", "2026-11-21T12:00:00+08:00"), ("+30min", "2026-11-23T12:30:00+08:00"),
    ("-1w", "2026-11-16T12:00:00+08:00"), ("now", INFO["now"]), ("today", "2026-11-23T00:00:00+08:00"), ("昨天", "2026-11-22T00:00:00+08:00"),
    ("tomorrow 09:30", "2026-11-24T09:30:00+08:00"), ("明天09:30", "2026-11-24T09:30:00+08:00"), ("08:15", "2026-11-23T08:15:00+08:00"),
    ("2026-11-01", "2026-11-01T00:00:00+08:00"), ("2026-11-01 23:59", "2026-11-01T23:59:00+08:00"), ("+2天", "2026-11-25T12:00:00+08:00")])
def test_times_as_people_say_them(script, typed, meant):
    s = script(system__info=lambda _: INFO, case__list=lambda _: {"cases": [], "now": NOW})
    assert gridctl("ls", "--due-before", typed, to=s).returncode == 0
    assert s.params("case.list") == [{"due_before": meant}]


def test_times_in_another_zone_and_none(script):
    s = script(system__info=lambda _: {"now": "2026-11-22T20:30:00-05:00"}, case__list=lambda _: {"cases": [], "now": NOW},
               case__suspend=lambda _: {"case": NUMBER})
    gridctl("ls", "--received-since", "today", "--updated-since", "-30min", to=s)
    assert s.params("case.list") == [{"received_since": "2026-11-22T00:00:00-05:00", "updated_since": "2026-11-22T20:00:00-05:00"}]
    assert len(s.params("system.info")) == 1
    gridctl("case", "suspend", NUMBER, "season", "tomorrow 09:00", to=s)
    assert s.params("case.suspend")[0]["until"] == "2026-11-23T09:00:00-05:00"
    for text in ("yesterdy", "+4", "25:00", "+4x", "2026-02-30", "today 9", ""):
        done = gridctl("ls", "--due-before", text, to=s)
        assert done.returncode == 2 and "is no time" in done.err and "tomorrow 09:30" in done.err, (text, done.err)
    assert "不是时间" in gridctl("ls", "--due-before", "x", to=s, lang="zh_CN").err
    assert len(s.params("case.list")) == 1


# -- named filters -------------------------------------------------------------------------------------------------------

FILTERS = """# mine
morning: {overdue: any, unit: [property_support, roads], sort: overdue}
晨会:
  due-before: +4h
  state: triage
"""


def test_a_filter_is_what_its_options_are(script, home):
    s = script(case__list=lambda _: {"cases": [], "now": NOW}, system__info=lambda _: INFO)
    env = home(FILTERS)
    gridctl("ls", "@morning", to=s, env=env)
    gridctl("case", "list", "@morning", "--estate", "pp-1", "--unit", "desk", "-n", "5", to=s, env=env)
    gridctl("ls", "@晨会", "class=E70-05,E70-06 state=handling", 'text="3 号楼"', to=s, env=env)
    gridctl("ls", "@morning", "@晨会", "--sort", "due", to=s, env=env)
    assert s.params("case.list") == [
        {"overdue": "any", "unit": ["property_support", "roads"], "sort": "overdue"},
        {"overdue": "any", "unit": "desk", "sort": "overdue", "estate": "pp-1", "limit": 5},
        {"due_before": "2026-11-23T16:00:00+08:00", "state": "handling", "class": ["E70-05", "E70-06"], "text": "3 号楼"},
        {"overdue": "any", "unit": ["property_support", "roads"], "sort": "due", "due_before": "2026-11-23T16:00:00+08:00", "state": "triage"}]


def test_filter_list_and_show(home):
    env = home(FILTERS)
    out = gridctl("filter", "list", env=env).out
    assert re.search(r"^@morning +overdue=any unit=property_support,roads sort=overdue +\S+/filters\.yaml:2", out, re.M), out
    assert "@晨会" in out and "due_before=+4h" in out
    tree = json.loads(gridctl("filter", "list", "--json", env=env).out)
    assert [f["name"] for f in tree["filters"]] == ["morning", "晨会"] and tree["filters"][1]["params"] == {"due_before": "+4h", "state": "triage"}
    out = gridctl("filter", "show", "晨会", env=env).out
    assert re.match(r"@晨会  \S+/filters\.yaml:3\n  due_before: \+4h\n  state: triage\n", out), out
    done = gridctl("filter", "show", "@mornin", env=env)
    assert done.returncode == 5 and "did you mean @morning?" in done.err
    assert "是不是 @morning？" in gridctl("ls", "@mornig", env=env, lang="zh_CN").err
    (done,) = [gridctl("filter", "list", env={**env, "HOME": "/nowhere"})]
    assert done.returncode == 0 and "/nowhere/.config/gridctl/filters.yaml" in done.err and "morning: {overdue: any" in done.err


@pytest.mark.parametrize("text, line, says", [
    ("morning: {overdu: any}", "1:11", "did you mean `overdue`?"), ("a: {overdue: any}\nb: {state: }", "2:12", "needs a value"),
    ("a: {overdue: [any]}", "1:14", "one value"), ("a: 7", "1:4", "needs options"), ("[a]", "1:1", "NAME:"),
    ("a: {returns-min: many}", "1:18", "whole number"), ("a: {overdue: any", "", ""), ("a: {state: [triage, [x]]}", "1:21", "needs a value")])
def test_faults_of_the_file_say_where(home, script, text, line, says):
    s = script()
    done = gridctl("ls", "@a", to=s, env=home(text))
    assert done.returncode == 1 and not s.calls and re.search(rf"/filters\.yaml:{line or '[0-9]+'}", done.err), done.err
    assert says in done.err and (not line or "^" in done.err)


@pytest.mark.parametrize("words, says", [("stat=triage", "did you mean state="), ("triage", "OPTION=VALUE"), ("state=", "did you mean state="),
                                         ("returns-min=x", "whole number")])
def test_words_that_are_none(script, words, says):
    s = script()
    done = gridctl("ls", words, to=s)
    assert done.returncode == 2 and says in done.err and not s.calls


# -- bulk ----------------------------------------------------------------------------------------------------------------


class Town:
    """Cases in triage, a list of them by pages, and a dispatch that keeps keys; a script's answers."""

    def __init__(self, n=37, refused=(), of_page=500):
        self.cases = {r["number"]: r for r in (a_row(i, state="triage", version=1) for i in range(1, n + 1))}
        self.refused, self.keys, self.of_page, self.acts, self.on_act = set(refused), {}, of_page, 0, lambda params: None

    def answers(self):
        return {"case__list": self.list, "case__dispatch": self.dispatch, "system__info": lambda _: INFO}

    def list(self, p):
        found = [c for c in self.cases.values() if c["state"] in (p.get("state", c["state"]))]
        start = int(p.get("cursor", 0))
        page = {"cases": found[start:start + self.of_page], "now": NOW}
        if start + self.of_page < len(found):
            page["cursor"] = str(start + self.of_page)
        return page

    def dispatch(self, p):
        case, key = self.cases[p["case"]], p.get("key")
        if key in self.keys:
            return {**self.keys[key], "replayed": True}
        if p["case"] in self.refused:
            raise Fault(-32004, "conflict", "case.dispatch is not possible in this state", state="handling", version=1, allowed=[])
        if p.get("expect_version", case["version"]) != case["version"]:
            raise Fault(-32004, "conflict", "the case is at another version", state=case["state"], version=case["version"])
        after = {"case": p["case"], "state": "dispatched", "unit": p["unit"], "version": case["version"] + 1, "due_at": NOW}
        if p.get("dry_run"):
            return {**after, "dry_run": True, "before": {"state": "triage"}, "after": {"state": "dispatched", "unit": p["unit"]}, "told": []}
        if self.on_act(p) == "hang up":
            return None
        case.update(state="dispatched", version=case["version"] + 1)
        self.keys[key], self.acts = after, self.acts + 1
        return after


BULK = ["dispatch", "--where", "state=triage", "roads", "--reason", "市政道路"]


def acts(s):
    return [p for p in s.params("case.dispatch") if not p.get("dry_run")]


def test_the_plan_alone(script, home):
    town = Town(refused=["20261123-0000003", "20261123-0000004"])
    s = script(**town.answers())
    done = gridctl(*BULK, "--dry-run", to=s, env=home())
    assert done.returncode == 6 and town.acts == 0 and not acts(s)
    for text in ["case dispatch: 37 cases match\n  35 would go\n", "        35  triage → dispatched, held by roads\n", "  2 would be refused\n",
                 "         2  in state handling: case.dispatch is not possible in this state  (such as 20261123-0000003)\n", "the first 10 of them",
                 "20261123-0000001  leak  一号小区  triage → dispatched, held by roads, due 2026-11-23 12:00\n", "dry run: nothing was stored"]:
        assert text in done.out, done.out
    assert done.out.count("\n    20261123-") == 10
    zh = gridctl(*BULK, "--dry-run", to=s, env=home(), lang="zh_CN").out
    assert "符合条件 37 件\n  可办 35 件\n" in zh and "不可办 2 件" in zh and "待派遣 → 待处置" in zh and "状态为处置中" in zh
    tree = json.loads(gridctl(*BULK, "--dry-run", "--json", to=s, env=home()).out)
    assert (tree["matched"], tree["would_go"], tree["refused"]) == (37, 35, 2) and len(tree["cases"]) == 37


def test_the_count_confirms(script, home, folder):
    town = Town()
    s = script(**town.answers())
    done = gridctl(*BULK, to=s, env=home())
    assert done.returncode == 2 and "37 would go" in done.err and "--confirm 37" in done.err and not done.out and town.acts == 0
    done = gridctl(*BULK, "--confirm", "36", to=s, env=home())
    assert done.returncode == 6 and "37 would go now; nothing was done" in done.err and town.acts == 0
    assert "未做任何处理" in gridctl(*BULK, "--confirm", "36", to=s, env=home(), lang="zh_CN").err
    done = gridctl(*BULK, "--confirm", "37", to=s, env=home())
    assert done.returncode == 0 and town.acts == 37, done.err
    assert done.out.endswith("\n37 done, 0 done already, 0 changed meanwhile, 0 failed\n")
    assert len(re.findall(r"^20261123-\d{7}  dispatched, held by roads, due 2026-11-23 12:00$", done.out, re.M)) == 37
    one = acts(s)[0]
    assert one == {"case": one["case"], "unit": "roads", "reason": "市政道路", "expect_version": 1, "key": one["key"]}
    assert len({p["key"] for p in acts(s)}) == 37 and all(p["key"].endswith(p["case"]) for p in acts(s))
    # the run has ended: nothing of it is kept
    assert list((folder / "home/.local/state/gridctl").iterdir()) == []
    done = gridctl(*BULK, "--confirm", "1", to=s, env=home())
    assert done.returncode == 5 and "no case matches" in done.err


def at_terminal(answer, to, env):
    """The bulk at a terminal, where `answer` is typed once it asks; None: Ctrl-C. (exit code, what was shown)"""
    ours, its = pty.openpty()
    process = start(*BULK, to=to, env=env, stdin=its, stdout=its, stderr=its)
    os.close(its)
    shown = b""
    try:
        while more := os.read(ours, 4096):
            shown += more
            if b"to go on, anything else" in shown and answer != "typed":
                if answer is None:
                    process.send_signal(signal.SIGINT)
                else:
                    os.write(ours, answer.encode() + b"\n")
                answer = "typed"
    except OSError:
        pass
    os.close(ours)
    return process.wait(20), shown.decode()


@pytest.mark.parametrize("answer, code, n", [("37", 0, 37), ("36", 6, 0), ("yes", 2, 0), ("", 2, 0), ("37x", 2, 0), (None, 130, 0)])
def test_the_typed_count(script, home, answer, code, n):
    town = Town()
    got, shown = at_terminal(answer, script(**town.answers()), home())
    assert got == code and town.acts == n, shown
    assert "type 37 to go on" in shown and ("nothing was done" in shown) == (n == 0)


def test_what_changed_meanwhile_is_left_alone(script, home):
    town = Town(n=5)
    s = script(**town.answers())

    def somebody(params):
        town.on_act = lambda _: None
        for number in ("20261123-0000004", "20261123-0000005"):
            town.cases[number]["version"] += 1

    town.on_act = somebody
    done = gridctl(*BULK, "--confirm", "5", to=s, env=home())
    assert done.returncode == 6 and "3 done, 0 done already, 2 changed meanwhile, 0 failed\n" in done.out
    assert "20261123-0000004  changed meanwhile: the case is at another version\n" in done.out


def test_other_failures_are_1(script, home):
    town = Town(n=3)
    s = script(**town.answers())
    def fail(params):
        if params["case"].endswith("2"):
            raise Fault(-32602, "invalid_params", "1 fault")
    town.on_act = fail
    done = gridctl(*BULK, "--confirm", "3", to=s, env=home())
    assert done.returncode == 1 and "20261123-0000002  failed: 1 fault\n" in done.out and "2 done, 0 done already, 0 changed meanwhile, 1 failed" in done.out


def test_after_a_broken_connection_nothing_is_done_twice(script, home):
    town = Town(n=60)
    # they still match when they are done: only the keys tell
    s = script(**{**town.answers(), "case__list": lambda p: town.list({k: v for k, v in p.items() if k != "state"})})
    town.on_act = lambda _: "hang up" if town.acts == 20 else None
    done = gridctl(*BULK, "--confirm", "60", to=s, env=home())
    assert done.returncode == 7 and "stopped after 20 of 60" in done.err and "the same command again: it goes on" in done.err, done.err
    town.on_act = lambda _: None
    again = gridctl(*BULK, "--confirm", "60", to=s, env=home())
    assert again.returncode == 0 and "going on with the run of" in again.err and "40 done, 20 done already" in again.out, again.out
    assert town.acts == 60
    # another command has other keys, and the same one after its end is new
    third = gridctl(*BULK, "--confirm", "60", to=s, env=home())
    assert "60 done, 0 done already" in third.out and "going on" not in third.err and town.acts == 120


def test_with_a_key_of_ones_own(script, home):
    town = Town(n=2)
    s = script(**town.answers())
    gridctl(*BULK, "--confirm", "2", "--key", "K", to=s, env=home())
    assert {p["key"] for p in acts(s)} == {"K:20261123-0000001", "K:20261123-0000002"} and not any("key" in p for p in s.params("case.dispatch") if p.get("dry_run"))


def test_ctrl_c_stops_between_two_calls(script, home):
    town = Town(n=300)
    s = script(**town.answers())
    reached = threading.Event()
    process = start(*BULK, "--confirm", "300", to=s, env=home(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def interrupt(_):
        if town.acts == 50:
            process.send_signal(signal.SIGINT)
            reached.set()

    town.on_act = interrupt
    out, err = (text.decode() for text in process.communicate(timeout=60))
    assert reached.is_set() and process.returncode == 130, (out, err)
    rows = len(re.findall(r"^20261123-", out, re.M))
    # what was on its way is known too
    assert 50 <= rows == town.acts < 300 and f"stopped after {rows} of 300" in err and f"{rows} done" in out
    again = gridctl(*BULK, "--confirm", str(300 - rows), to=s, env=home())
    assert again.returncode == 0 and town.acts == 300 and f"{300 - rows} done, 0 done already" in again.out


def test_every_page_is_read_and_a_limit_is_kept(script, home):
    town = Town(n=1200)
    s = script(**town.answers())
    done = gridctl(*BULK, "--confirm", "1200", to=s, env=home())
    assert done.returncode == 0 and town.acts == 1200 and len(s.params("case.list")) == 3
    gridctl("dispatch", "--where", "state=dispatched limit=5", "roads", "--dry-run", to=s, env=home())
    assert s.params("case.list")[-1] == {"state": "dispatched", "limit": 5}


@pytest.mark.parametrize("args, says", [
    (["--where", "sort=due"], "say which cases"), (["--where", "state=triage", "--expect-version", "3"], "--expect-version"),
    (["--where", "stat=triage"], "did you mean state="), (["--where", "state=triage", NUMBER, "roads"], "expected:")])
def test_wrong_usage_of_where(script, home, args, says):
    s = script(**Town().answers())
    done = gridctl("dispatch", *args, to=s, env=home())
    assert done.returncode == 2 and says in done.err and not s.calls
    assert gridctl("request", "decide", "--where", "state=triage", "yes").returncode == 2


def test_one_who_may_not_is_told_once(script, home):
    s = script(**{**Town(n=3).answers(), "case__dispatch": forbid})
    done = gridctl(*BULK, to=s, env=home())
    assert done.returncode == 4 and "0 would go" in done.err and "3 would be refused" in done.err and "         3  wang may not" in done.err
    assert "none of them would go; nothing was done\n  try: gridctl show 20261123-0000001\n" in done.err


def forbid(_):
    raise Fault(-32002, "forbidden", "wang may not call case.dispatch", principal="wang", roles=["auditor"], needs=["dispatcher", "supervisor"])


# -- a dry run in words, and refusals --------------------------------------------------------------------------------------


def test_a_dry_run_says_what_would_happen(script):
    clock = {"name": "accept", "state": "running", "due_at": NOW}
    answer = {"case": NUMBER, "state": "dispatched", "unit": "roads", "version": 3, "due_at": NOW, "dry_run": True,
              "before": {"state": "triage", "unit": "desk", "unit_name": "派遣台", "unit_name_en": "Desk", "clocks": [{"name": "dispatch", "state": "running", "due_at": NOW}]},
              "after": {"state": "dispatched", "unit": "roads", "due_at": NOW, "clocks": [{"name": "dispatch", "state": "stopped"}, clock]},
              "told": [{"unit": "roads", "to": "duty\x1b"}, {"unit": "head"}], "also": [{"case": "20261123-0000002", "before": {"state": "merged"}, "after": {"state": "merged"}}]}
    s = script(case__dispatch=lambda _: answer)
    assert gridctl("dispatch", NUMBER, "roads", "--dry-run", to=s).out == f"""{NUMBER}  dispatched, held by roads, due 2026-11-23 12:00  (dry run: nothing stored)
  state: triage → dispatched
  held by: Desk → roads
  due: none → 2026-11-23 12:00
  clock dispatch: running, due 2026-11-23 12:00 → stopped
  clock accept: starts, running, due 2026-11-23 12:00
  would be told: roads (duty␛), head (nobody is on duty)
  with it 20261123-0000002: merged
"""
    zh = gridctl("dispatch", NUMBER, "roads", "--dry-run", to=s, lang="zh_CN").out
    assert "状态：待派遣 → 待处置" in zh and "试算，未保存" in zh and "将通知：roads" in zh and "时限 派遣：计时中" in zh


def test_forbidden_says_who_may_and_who_is_asking(script):
    s = script(case__dispatch=forbid)
    done = gridctl("dispatch", NUMBER, to=s)
    assert done.returncode == 4 and "  who may: dispatcher, supervisor; you are wang: auditor\n" in done.err and "gridctl system info" in done.err
    assert "有权的角色：dispatcher 派遣员、supervisor 值班长；您是 wang：auditor 审计" in gridctl("dispatch", NUMBER, to=s, lang="zh_CN").err


def test_a_conflict_says_what_can_be_copied(script):
    def refuse(_):
        raise Fault(-32004, "conflict", "not now", state="handling", version=6, allowed=["case.finish", "case.arrive", "case.return", "case.urge"],
                    changed=[{"type": "task.accepted", "at": NOW, "actor": "wang"}])

    s = script(case__accept=refuse)
    done = gridctl("case", "accept", NUMBER, "--for", "firm_a", to=s)
    assert done.returncode == 6 and "  it is handling now\n" in done.err
    assert f"  try: gridctl case finish {NUMBER} solved --for firm_a\n" in done.err
    assert f"  or: gridctl case urge {NUMBER}\n" in done.err and done.err.count("  or: ") == 1
    done = gridctl("case", "accept", NUMBER, to=s)
    assert f"  try: gridctl case finish {NUMBER} solved\n  or: gridctl case arrive {NUMBER}\n  or: gridctl case urge {NUMBER}\n" in done.err and done.err.count("  or: ") == 2
    done = gridctl("case", "accept", NUMBER, "--expect-version", "4", to=s)
    assert "it is handling now, at version 6; you saw version 4\n" in done.err and "task.accepted by wang" in done.err
    zh = gridctl("case", "accept", NUMBER, "--expect-version", "4", to=s, lang="zh_CN").err
    assert "现在办不了：not now" in zh and "现在的状态：处置中，第 6 版；您看到的是第 4 版" in zh and "接单，wang" in zh
