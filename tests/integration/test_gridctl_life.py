"""gridctl against a scripted daemon: the commands that work on a case, and what they print."""

import json
import re
import signal
import subprocess

import pytest
from harness import SMALL
from scripted import NOW, NUMBER, a_row, gridctl, script, start  # noqa: F401

# -- what is sent --------------------------------------------------------------------------------------------------------

WRITING = ["--note", "n", "--for", "firm_a", "--person", "p", "--at", NOW, "--key", "k", "--dry-run", "--expect-version", "4"]
WRITTEN = {"note": "n", "for": {"unit": "firm_a", "person": "p"}, "at": NOW, "key": "k", "dry_run": True, "expect_version": 4}


@pytest.mark.parametrize("typed, method, params", [
    ("case dispatch N roads --assist a --assist b --reason 市政", "case.dispatch", {"unit": "roads", "assist": ["a", "b"], "reason": "市政"}),
    ("case dispatch N", "case.dispatch", {}),
    ("case assign N c001 check --limit 4wh", "case.assign", {"unit": "c001", "kind": "check", "limit": "4wh"}),
    ("case accept N", "case.accept", {}),
    ("case arrive N", "case.arrive", {}),
    ("case return N not_ours", "case.return", {"reason": "not_ours"}),
    ("case finish N solved --attachment after=http://x/?document=1 --attachment y://z?a=b", "case.finish",
     {"result": "solved", "attachments": [{"kind": "after", "uri": "http://x/?document=1"}, {"uri": "y://z?a=b"}]}),
    ("case mark N contacted", "case.mark", {"mark": "contacted"}),
    ("case mark N satisfaction satisfied", "case.mark", {"mark": "satisfaction", "value": "satisfied"}),
    ("case verify N pass --method photo", "case.verify", {"outcome": "pass", "method": "photo"}),
    ("case suspend N season T", "case.suspend", {"reason": "season", "until": NOW}),
    ("case resume N", "case.resume", {}),
    ("case arbitrate N roads shirked", "case.arbitrate", {"unit": "roads", "fault": "shirked"}),
    ("case waive N handle weather", "case.waive", {"clock": "handle", "reason": "weather"}),
    ("case amend N why --class E1 --place-x 1.5 --attr a=b --tag t --reroute", "case.amend",
     {"reason": "why", "reroute": True, "set": {"class": "E1", "place": {"x": 1.5}, "attrs": {"a": "b"}, "tags": ["t"]}}),
    ("case reject N duplicate", "case.reject", {"reason": "duplicate"}),
    ("case reopen N again", "case.reopen", {"reason": "again"}),
    ("case merge N patrol/7", "case.merge", {"into": {"channel": "patrol", "ref": "7"}}),
    ("case unmerge N", "case.unmerge", {}),
    ("case urge N", "case.urge", {}),
    ("case link N hotline SH-1", "case.link", {"channel": "hotline", "ref": "SH-1"}),
    ("request ask N extend material --clock handle --until T", "request.ask",
     {"what": "extend", "reason": "material", "clock": "handle", "until": NOW}),
    ("request decide N-R1 yes --until T", "request.decide", {"request": f"{NUMBER}-R1", "grant": True, "until": NOW}),
    ("request decide N-R1 否", "request.decide", {"request": f"{NUMBER}-R1", "grant": False}),
    ("supervision open N leader soon --unit roads --within 1wd", "supervision.open",
     {"kind": "leader", "demand": "soon", "unit": "roads", "within": "1wd"}),
    ("supervision reply N-D1 done --attachment document=u:1", "supervision.reply",
     {"order": f"{NUMBER}-D1", "text": "done", "attachments": [{"kind": "document", "uri": "u:1"}]}),
    ("supervision accept N-D1 accept", "supervision.accept", {"order": f"{NUMBER}-D1", "outcome": "accept"}),
    ("notify ack 7-1", "notify.ack", {"notice": "7-1"}),
])
def test_commands_send_what_was_typed(script, typed, method, params):
    answer = {"case": NUMBER, "state": "handling", "version": 5, "seq": 9, "unit": "firm_a", "due_at": NOW}
    s = script(**{method.replace(".", "__"): lambda _: answer})
    words = [NOW if w == "T" else w.replace("N", NUMBER, 1) if re.match(r"N(-[RD]1)?$", w) else w for w in typed.split()]
    about = {} if {"request", "order", "notice"} & set(params) else {"case": NUMBER}
    done = gridctl(*words, to=s)
    assert done.out == f"{NUMBER}  handling, held by firm_a, due 2026-11-23 12:00\n", done.err
    gridctl(*words, *WRITING, to=s)
    assert s.calls == [(method, {**about, **params}), (method, {**about, **params, **WRITTEN})]


def test_commands_whose_own_params_have_the_names_of_common_ones(script):
    s = script(case__note=lambda _: {"case": NUMBER}, case__deadline=lambda _: {"case": NUMBER})
    gridctl("case", "note", NUMBER, "住户下午在家", "--at", NOW, to=s)
    gridctl("case", "deadline", NUMBER, "contact", NOW, "--note", "x", to=s)
    assert s.calls == [("case.note", {"case": NUMBER, "note": "住户下午在家", "at": NOW}),
                       ("case.deadline", {"case": NUMBER, "clock": "contact", "at": NOW, "note": "x"})]


def test_written_lines(script):
    answers = [{"case": NUMBER, "state": "triage", "replayed": True, "unit": None, "due_at": None},
               {"case": NUMBER, "state": "finished", "unit": "desk", "due_at": NOW, "dry_run": True},
               {"case": NUMBER, "state": "handling", "unit": "firm_a", "request": f"{NUMBER}-R2"}]
    s = script(case__accept=lambda _: answers.pop(0))
    assert gridctl("case", "accept", NUMBER, to=s).out == f"{NUMBER}  triage  (was done already)\n"
    out = gridctl("case", "accept", NUMBER, to=s, lang="zh_CN").out
    assert out == f"{NUMBER}  待核查，承办 desk，到期 2026-11-23 12:00  （试算，未保存）\n"
    assert f"request {NUMBER}-R2" in gridctl("case", "accept", NUMBER, to=s).out


def test_reveal_shows_the_reporter(script):
    s = script(case__reveal=lambda _: {"case": NUMBER, "state": "handling", "reporter": {"name": "王\x1b小明", "phone": "13800001234",
                                                                                       "confidential": True}})
    out = gridctl("case", "reveal", NUMBER, "call back", to=s).out
    assert s.params("case.reveal") == [{"case": NUMBER, "reason": "call back"}]
    assert "name  王␛小明" in out and "phone  13800001234" in out and "confidential" in out


# -- what is shown -------------------------------------------------------------------------------------------------------


def an_event(version, kind, changes=(), **more):
    return {"seq": version, "version": version, "type": kind, "case": NUMBER, "at": "2026-11-23T09:30:00+08:00",
            "recorded_at": "2026-11-23T09:30:00+08:00", "actor": "wang", "state_before": "dispatched", "state": "dispatched",
            "data": {"v": 2, "changes": list(changes)}, **more}


def change(what, **members):
    """A change with a thing as it now is: change("task", unit=..., state=...)."""
    return {"what": what, what: members}


HISTORY = [
    an_event(1, "case.submitted",
             [{"what": "opened", "class": "E70-05"}, {"what": "routed", "rule": "leak"}, {"what": "span", "span": "x"},
              change("clock", name="accept", state="running", due_at="2026-11-23T05:00:00Z"), change("clock", name="discover", state="stopped")],
             state_before=None),
    an_event(2, "task.accepted", [change("task", unit="firm_a", state="accepted")], state="handling", note="电话\x1b报来",
             recorded_at="2026-11-23T11:00:00+08:00", **{"for": {"unit": "firm_a", "person": "张师傅"}}),
    an_event(3, "clock.breached",
             [{"what": "fired", "clock": "handle", "due_at": "2026-11-24T04:00:00Z", "bearer": "firm_a"},
              change("clock", name="handle", state="running", due_at="2026-11-24T04:00:00Z"),
              change("notice", unit="firm_a", to="firm-duty"), change("notice", unit="head"),
              change("order", n=1, unit="firm_a", state="open", due_at="2026-11-25T09:00:00Z")],
             at="2026-11-24T12:00:00+08:00", recorded_at="2026-11-24T12:00:00+08:00", actor="gridd"),
    an_event(4, "request.asked", [change("request", unit="firm_a", asks="extend", reason="parts", until="2026-11-26T01:00:00Z")]),
    an_event(5, "request.decided", data={"command": {}, "changes": [change("request")]}),
    an_event(6, "task.returned", [change("task", unit="firm_a", state="returned", reason="not_ours"), change("request"),
                                  {"what": "triaged", "reason": "returned"}]),
    an_event(7, "case.suspended", [{"what": "suspended", "reason": "season", "until": "2027-03-01T01:00:00Z"},
                                   change("clock", name="handle", state="paused")]),
    an_event(8, "case.merged", [{"what": "merged", "into": "20261123-0000009"}]),
    an_event(9, "case.absorbed", [{"what": "absorbed", "case": "20261123-0000008"}]),
    an_event(10, "case.verified", attachments=[{"uri": "https://x/1.jpg", "kind": "after"}],
             data={"command": {"pass": True, "method": "photo"}, "changes": [{"what": "state", "result": "solved"}]}),
    an_event(11, "case.linked", [{"what": "ref", "channel": "hotline", "ref": "SH-1"}, {"what": "mark", "mark": "contacted"}]),
]


TIMELINE = [
    """2026-11-23
  09:30:00  case.submitted  wang  dispatched
            opened E70-05, by rule leak, accept due 2026-11-23 13:00
  09:30:00  task.accepted  wang for firm_a (张师傅)  dispatched → handling
            firm_a accepted
            told 2026-11-23 11:00
            “电话␛报来”
2026-11-24
  12:00:00  clock.breached  gridd  dispatched
            handle due 2026-11-24 12:00, borne by firm_a, told firm_a (firm-duty), told head (nobody is on duty), """
    """order D1 open, to firm_a, due 2026-11-25 17:00
""",
    "firm_a extend (parts), until 2026-11-26 09:00\n", "            refused\n",
    "firm_a returned (not_ours), the request lapsed, to the desk returned\n",
    "because of season, until 2027-03-01 09:00, handle stands still\n",
    "into 20261123-0000009\n", "with 20261123-0000008\n",
    "passed, photo, result solved\n            after: https://x/1.jpg\n", "known as hotline, SH-1, contacted\n"]
TIMELINE_ZH = ["接单  wang，代 firm_a（张师傅）  待处置 → 处置中\n            firm_a 已接单\n            补录于 2026-11-23 11:00\n",
               "超期  gridd  待处置\n            处置 到期 2026-11-24 12:00，责任 firm_a"]


@pytest.mark.parametrize("lang, shown", [("C", TIMELINE), ("zh_CN", TIMELINE_ZH)])
def test_history_is_a_timeline(script, lang, shown):
    s = script(case__history=lambda _: {"events": HISTORY})
    out = gridctl("case", "history", NUMBER, to=s, lang=lang, env={"COLUMNS": "300"}).out
    out = re.sub(r"(?<=\S) {2,}", "  ", out)  # columns line up: see test_gridctl_show
    assert not [text for text in shown if text not in out], out


def test_events_read_is_a_line_each(script):
    s = script(events__read=lambda p: {"events": HISTORY[:2], "after": 2, "head": 9})
    done = gridctl("events", "read", "--after", "0", "--type", "task.*", "--type", "case.noted", "--case", NUMBER, "-n", "2",
                   "--wait-ms", "5", to=s)
    assert s.params("events.read") == [{"after": 0, "types": ["task.*", "case.noted"], "case": NUMBER, "limit": 2, "wait_ms": 5}]
    lines = done.out.splitlines()
    assert len(lines) == 2 and lines[1] == (f"2  2026-11-23 09:30:00  {NUMBER}  task.accepted  dispatched → handling  "
                                            "wang for firm_a (张师傅)  firm_a accepted")
    assert "--after 2" in done.err


def line(**message):
    return json.dumps({"jsonrpc": "2.0", **message}, ensure_ascii=False).encode() + b"\n"


def test_events_follow_goes_on_where_it_was_cut_off(script):
    answers = [line(method="event", params=HISTORY[0]) + line(id=1, result={"after": 0, "head": 1})
               + line(method="event", params=HISTORY[1]) + line(method="events.end", params={"after": 2, "reason": "slow"}),
               line(id=2, result={"after": 2, "head": 3}) + line(method="event", params=HISTORY[2])]
    s = script(events__subscribe=lambda _: answers.pop(0))
    process = start("events", "follow", "--json", "--type", "clock.*", to=s, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    seen = [json.loads(process.stdout.readline()) for _ in range(3)]
    assert seen == HISTORY[:3]
    assert s.params("events.subscribe") == [{"types": ["clock.*"]}, {"types": ["clock.*"], "after": 2}]
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 130
    process.communicate()


def test_events_follow_ends_where_it_may_not_read(script):
    answer = line(id=1, error={"code": -32002, "message": "no", "data": {"reason": "forbidden"}})
    assert gridctl("events", "follow", to=script(events__subscribe=lambda _: answer)).returncode == 4


def test_events_follow_says_where_to_go_on_when_the_daemon_goes(script):
    def answer(_):
        return line(id=1, result={"after": 5}) + events.pop() + b"\xff\n"

    events, s = [b"", line(method="event", params=HISTORY[6])], script(events__subscribe=answer)
    done = gridctl("events", "follow", to=s)
    assert done.returncode == 7 and done.out.startswith("7  2026-11-23") and "gridctl events follow --after 7" in done.err
    done = gridctl("events", "follow", to=s)
    assert done.returncode == 7 and not done.out and "gridctl events follow --after 5" in done.err


CLOCK = {"case": NUMBER, "now": "2026-11-23T13:30:00+08:00", "clocks": [
    {"name": "handle", "state": "running", "limit": "5wh", "calendar": "office", "unit": "firm_a", "unit_name": "甲物业",
     "unit_name_en": "Firm A", "extensions": 1, "due_at": "2026-11-24T10:00:00+08:00", "budget_seconds": 18000, "spent_seconds": 12600.5,
     "provisional": True, "segments": [
         {"from": "2026-11-23T09:00:00.500000+08:00", "to": "2026-11-23T12:00:00+08:00"},
         {"from": "2026-11-23T13:00:00+08:00", "to": "2026-11-23T14:00:00+08:00"},
         {"from": "2026-11-24T09:00:00+08:00", "to": "2026-11-24T10:00:00.500000+08:00"}]},
    {"name": "handle", "state": "stopped", "limit": "5wh", "unit": "works", "stopped_at": NOW, "budget_seconds": 3600, "spent_seconds": 7200,
     "segments": []}]}


def test_case_clock_adds_up(script):
    s = script(case__clock=lambda _: CLOCK)
    out = gridctl("case", "clock", NUMBER, "handle", to=s).out
    assert s.params("case.clock") == [{"case": NUMBER, "clock": "handle"}]
    assert "handle  running  5wh  office  Firm A  extended 1x\n" in out and "handle  stopped  5wh  works\n" in out
    rows = re.findall(r"^2026-\S+ \S+  2026-\S+ \S+  +([\d:]+)  +([\d:]+) *(ahead)?", out, re.M)
    assert rows == [("3:00:00", "3:00:00", ""), ("1:00:00", "4:00:00", ""), ("1:00:01", "5:00:00", "ahead")], out
    assert "limit 5:00:00, used 3:30:00, left 1:30:00; due 2026-11-24 10:00:00\nprovisional" in out, out
    assert "limit 1:00:00, used 2:00:00, over by 1:00:00; stopped 2026-11-23 12:00:00\n" in out
    assert "剩余 1:30:00；到期 2026-11-24 10:00:00" in gridctl("case", "clock", NUMBER, "handle", to=s, lang="zh_CN").out


LEDGER = {"case": NUMBER, "state": "suspended", "from": "2026-11-23T09:00:00+08:00", "to": "2026-11-24T11:00:30+08:00",
          "seconds": 93630, "working_seconds": 32430, "holders": [
              {"unit": "firm_a", "unit_name": "甲物业", "unit_name_en": "Firm A", "why": "handling", "seconds": 90000, "working_seconds": 32400},
              {"why": "suspended", "seconds": 3630, "working_seconds": 30}],
          "spans": [{"from": "2026-11-23T09:00:00+08:00", "to": "2026-11-24T10:00:00+08:00", "unit": "firm_a", "why": "handling"},
                    {"from": "2026-11-24T10:00:00+08:00", "to": "2026-11-24T11:00:30+08:00", "why": "suspended"}]}


def test_case_ledger_has_the_sum(script):
    s = script(case__ledger=lambda _: LEDGER)
    out = gridctl("case", "ledger", NUMBER, to=s).out
    assert out.startswith(f"{NUMBER}  suspended  2026-11-23 09:00:00 to 2026-11-24 11:00:30, 26:00:30\n"), out
    assert re.search(r"^Firm A +handling +25:00:00 +9:00:00 +96\.1%", out, re.M), out
    assert re.search(r"^- +suspended +1:00:30 +0:00:30 +3\.9%", out, re.M), out
    assert re.search(r"^sum +26:00:30 +9:00:30 *$", out, re.M), out
    zh = gridctl("case", "ledger", NUMBER, to=s, lang="zh_CN").out
    assert re.search(r"^甲物业 +处置中 +25:00:00", zh, re.M) and re.search(r"^合计 +26:00:30", zh, re.M), zh


def test_case_why_names_who_bears_it(script):
    why = {"case": NUMBER, "state": "handling", "returns": 2, "rounds": 1, "requests": 0, "fault": "shirked",
           "returned_by": [{"unit": "firm_a", "at": NOW, "reason": "not_ours"}],
           "overdue": [{"clock": "handle", "unit": "works", "due_at": NOW, "overdue_seconds": 93784, "overdue_clock_seconds": 3600,
                        "extensions": 1, "waived": "weather", "holders": LEDGER["holders"]}]}
    s = script(case__why=lambda _: why)
    out = gridctl("case", "why", NUMBER, to=s).out
    assert out.startswith(f"{NUMBER}  handling\nhandle: overdue by 1 h (natural time); excused (weather)\n"), out
    for text in ["clock        handle, extended 1x, due 2026-11-23 12:00, still running\n", "whose time   Firm A    ####################  100%  9 h  ",
                 "             (nobody)  ....................    0%  under 1 min  suspended\n",
                 "borne by     works: the clock ran out in its time\n", "so far       returned: 2, reworked: 1\n",
                 "             2026-11-23 12:00  firm_a  returned it: not_ours\n", "arbitrated   shirked\n"]:
        assert text in out, out
    assert "requests" not in out
    why["overdue"] = []
    assert "nothing of it is overdue" in gridctl("case", "why", NUMBER, to=s).out


def test_show_has_what_waits_and_what_may_be_done(script):
    case = a_row(request={"request": f"{NUMBER}-R1", "what": "extend", "unit": "firm_a", "unit_name": "甲物业", "reason": "parts",
                          "until": "2026-11-25T09:00:00+08:00"},
                 suspended={"since": NOW, "until": "2027-03-01T09:00:00+08:00", "reason": "season"}, waived=[{"clock": "handle", "reason": "weather"}],
                 marks=[{"mark": "contacted", "mark_name": "先行联系", "at": NOW}, {"mark": "satisfaction", "value": "bad", "at": NOW}],
                 refs=[{"channel": "patrol", "ref": "1"}, {"channel": "hotline", "ref": "SH-1"}], merged_from=["20261123-0000009"],
                 supervisions=[{"order": f"{NUMBER}-D1", "kind": "overdue", "state": "expired", "unit": "firm_a", "issuer": "gridd",
                                "due_at": NOW, "grounds": "handle +1wd"}],
                 clocks=[{"name": "handle", "state": "paused", "limit": "3wd", "started_at": NOW, "remaining": 9000, "waived": "weather"},
                         {"name": "contact", "state": "running", "outside": True, "due_at": NOW, "bearer": "firm_a"}],
                 allowed=["case.accept", "request.decide", "case.unheard_of"])
    s = script(case__get=lambda _: case)
    out = gridctl("case", "show", NUMBER, to=s, lang="zh_CN").out
    for text in [f"待审申请  {NUMBER}-R1，甲物业 (firm_a)，延期，parts，至 2026-11-25 09:00\n",
                 "挂账      自 2026-11-23 12:00，至 2027-03-01 09:00，season\n", "免责      处置（weather）",
                 "标记      先行联系 2026-11-23 12:00，satisfaction=bad 2026-11-23 12:00\n", "其他单号  hotline/SH-1\n",
                 "并入本件：20261123-0000009\n", "另可      gridctl case accept；request decide；case.unheard_of\n", "外部规定，责任 firm_a",
                 "剩 2 小时 30 分钟", "停走，免责（weather）"]:
        assert text in out, out
    out = gridctl("case", "show", NUMBER, to=s, lang="zh_CN", env={"COLUMNS": "160"}).out
    assert re.search(rf"^督办      {NUMBER}-D1 +超期 +逾期未复 +firm_a +回复期限 2026-11-23 12:00，签发 gridd，handle \+1wd", out, re.M), out


def test_supervision_list(script):
    orders = [{"order": f"{NUMBER}-D1", "kind": "leader", "state": "replied", "unit": "firm_a", "unit_name": "甲物业", "issuer": "li",
               "opened_at": NOW, "due_at": NOW, "demand": "尽快\x1b", "reply": None},
              {"order": f"{NUMBER}-D2", "kind": "overdue", "state": "open", "unit": "roads", "issuer": "gridd", "opened_at": NOW,
               "grounds": "handle"}]
    s = script(supervision__list=lambda _: {"orders": orders, "cursor": "c2"})
    done = gridctl("supervision", "list", "-u", "firm_a", "--state", "open", "--kind", "leader", "--since", NOW, "--case", NUMBER, to=s)
    assert s.params("supervision.list") == [{"unit": "firm_a", "state": "open", "kind": "leader", "since": NOW, "case": NUMBER}]
    assert re.search(rf"^{NUMBER}-D1 +leader +replied +甲物业 +li +2026-11-23 12:00 +2026-11-23 12:00 +尽快␛", done.out, re.M), done.out
    assert re.search(rf"^{NUMBER}-D2 .* - +handle", done.out, re.M), done.out
    assert "--cursor c2" in done.err


def test_notify_list_ack_and_test(script):
    notices = [{"notice": "8-1", "made_at": NOW, "case": NUMBER, "kind": "remind", "clock": "handle", "unit": "firm_a", "channel": "phone",
                "to": "firm-duty", "state": "failed", "failure": "exit 1", "times": 3, "acknowledge": True}]
    s = script(notify__list=lambda _: {"notices": notices}, notify__test=lambda p: {"channel": "phone", "delivered": "to" in p,
                                                                                   "failure": "no such program"})
    out = gridctl("notify", "list", "--state", "failed", to=s, lang="zh_CN").out
    assert s.params("notify.list") == [{"state": "failed"}]
    assert re.search(rf"^8-1 +2026-11-23 12:00 +{NUMBER} +提醒 +处置 +firm_a +phone:firm-duty +失败待重试 +第 3 次，须确认收到，exit 1", out, re.M), out
    assert gridctl("notify", "test", "phone", "me", to=s).out == "phone: delivered\n"
    done = gridctl("notify", "test", "phone", to=s)
    assert done.returncode == 3 and done.out == "phone: no such program\n"


def test_notify_list_of_the_dead_retry_pause_and_resume(script):
    dead = [{"notice": "R9-1", "made_at": NOW, "kind": "nightly", "unit": "supervision", "channel": "mail", "to": "office", "state": "dead",
             "failure": "550 no such user", "tries": 10, "head": "8-2"}]
    s = script(notify__list=lambda _: {"notices": dead, "paused": [{"channel": "sms", "paused_at": NOW, "actor": "gridd"}]},
               notify__retry=lambda _: {"retried": 3}, notify__pause=lambda p: {"channel": p["channel"], "paused": True, "waiting": 7},
               notify__resume=lambda p: {"channel": p["channel"], "paused": False, "waiting": 7})
    done = gridctl("notify", "list", "--dead", "--kind", "nightly", to=s)
    assert s.params("notify.list") == [{"state": "dead", "kind": "nightly"}]
    assert re.search(r"^R9-1 +2026-11-23 12:00 .*nightly .*mail:office +dead +tried 10 times, with 8-2, 550 no such user", done.out, re.M), done.out
    assert "sms is paused by gridd" in done.out
    assert gridctl("notify", "retry", "8-1", to=s).out == "3 tried anew\n"
    gridctl("notify", "retry", "--channel", "mail", "--state", "dead", to=s)
    assert s.params("notify.retry") == [{"notice": "8-1"}, {"channel": "mail", "state": "dead"}]
    assert gridctl("notify", "pause", "sms", to=s).out == "sms: paused, 7 waiting\n"
    assert gridctl("notify", "resume", "sms", to=s, lang="zh_CN").out == "sms：已恢复，待发 7 条\n"


def test_report_agenda_says_why(script):
    case = {"case": NUMBER, "state": "triage", "class": "E1", "unit": "joint_meeting", "returns": 3, "departments": ["housing", "roads"],
            "why": ["joint_meeting", "bounced", "departments", "new"]}
    s = script(report__agenda=lambda _: {"from": NOW, "to": NOW, "cases": [case], "more": True})
    done = gridctl("report", "agenda", "--from", NOW, "--to", NOW, to=s)
    assert s.params("report.agenda") == [{"from": NOW, "to": NOW}]
    assert "held by the meeting, bounced, crosses departments, new (3 returns)" in done.out and "housing, roads" in done.out
    assert "shorter" in done.err


def test_rules_versions(script):
    versions = [{"version": 2, "stored_at": NOW, "actor": "li", "sha256": "ab", "active": True}, {"version": 1, "stored_at": NOW, "active": False}]
    out = gridctl("rules", "versions", to=script(rules__versions=lambda _: {"versions": versions})).out
    assert re.search(r"^ +2 +2026-11-23 12:00 +li +ab +in force", out, re.M) and out.count("in force") == 1


def test_calendar_plan_sends_the_folder(script, folder):
    moves = [{"case": NUMBER, "clock": "handle", "unit": "firm_a", "before": NOW, "after": "2026-11-25T12:00:00+08:00", "put_off": True},
             {"case": NUMBER, "clock": "overall", "problem": "no calendar gone"}]
    s = script(calendar__plan=lambda _: {"cases": 7, "moved": 1, "unreckoned": 1, "moves": moves, "cut": True})
    out = gridctl("calendar", "plan", SMALL, to=s).out
    files = s.params("calendar.plan")[0]["files"]
    assert set(files) == {p.relative_to(SMALL).as_posix() for p in SMALL.rglob("*.yaml")}
    assert all((SMALL / name).read_text("utf-8") == text for name, text in files.items())
    assert "later by 2 d, put off" in out and "no calendar gone" in out and "7 open cases, 1 due times would move\n1 can't be reckoned" in out
    gridctl("calendar", "plan", "--version", "3", "-n", "9", to=s)
    assert s.params("calendar.plan")[1] == {"version": 3, "limit": 9}
    assert gridctl("calendar", "plan", folder / "none", to=s).returncode == 1 and len(s.calls) == 2
