"""The life of a case: every command in every state, through the socket, allowed or not."""

import re

import pytest
from harness import ROOT, GriddError, a_case, faults_of, refused
from life import LONG_AGO, METHODS, MOVES, READY, SOON, STATES, Centre
from principals import EVERYONE, config

# Where a command leads that decides by itself, as READY calls it; without an entry the state stays.
DECIDED = {
    ("case.dispatch", "triage"): "dispatched", ("case.dispatch", "dispatched"): "dispatched",
    ("case.dispatch", "handling"): "dispatched", ("case.dispatch", "finished"): "dispatched",
    ("case.accept", "dispatched"): "handling", ("case.arrive", "dispatched"): "handling",
    ("case.return", "dispatched"): "triage", ("case.return", "handling"): "triage",
    ("case.finish", "dispatched"): "finished", ("case.finish", "handling"): "finished",
    ("case.verify", "finished"): "closed",
    ("case.arbitrate", "triage"): "dispatched", ("case.arbitrate", "dispatched"): "dispatched",
    ("case.arbitrate", "handling"): "dispatched",
    ("case.reopen", "closed"): "triage", ("case.reopen", "rejected"): "triage",
}
PREVIOUS = {"suspended": "handling", "merged": "dispatched"}  # as READY brought it there
# Commands for which there must be something to act on, whatever the state: a task, a request, an order ...
NEEDS = {"case.accept", "case.arrive", "case.return", "case.finish", "request.ask", "request.decide", "case.waive",
         "case.deadline", "supervision.reply", "supervision.accept", "notify.ack"}


def roles():
    """{method: roles} of the table that the daemon is built of."""
    table = (ROOT / "daemon/methods/methods.def").read_text("utf-8")
    rows = re.findall(r'^METHOD\(\w+,\s*"([\w.]+)",\s*([A-Z_ |]+?),\s*"', table, re.M)
    return {name: {w.strip().removeprefix("ROLE_").lower() for w in words.split("|")} for name, words in rows}


ROLES = roles()

CONFIG = config()


def of_client(centre, client):
    return next(name for name, value in vars(centre).items() if value is client)


def expected_state(method, state):
    to = MOVES[method, state]
    if to == "PREVIOUS":
        return PREVIOUS[state]
    return DECIDED.get((method, state), state) if to in ("SAME", "DECIDED") else to


def case_of(params):
    return params.get("case") or re.sub(r"-[RD]\d+$", "", params.get("order") or params["request"])


def test_the_table_is_read():
    assert len(STATES) == 8 and len(MOVES) > 80 and MOVES["case.resume", "suspended"] == "PREVIOUS"
    assert set(READY) | {"notify.ack"} == set(METHODS)


@pytest.mark.parametrize("state", STATES.values())
@pytest.mark.parametrize("method", sorted(READY))
def test_every_command_in_every_state(centre, method, state):
    caller, params = READY[method](centre, state)
    case = case_of(params)
    before = centre.get(case)
    if (method, state) in MOVES:
        dry = caller.call(method, params, dry_run=True)
        assert centre.get(case)["version"] == before["version"], "dry_run stores nothing"
        answer = caller.call(method, params)
        assert answer["state"] == dry["state"] == expected_state(method, state)
        assert answer["version"] == dry["version"] == before["version"] + 1
        assert set(answer) >= {"case", "state", "version", "seq", "unit", "due_at"} and answer["case"] == case
        after = centre.get(case)
        assert (after["state"], after["unit"], after["version"]) == (answer["state"], answer["unit"], answer["version"])
        assert after.get("due_at") == answer["due_at"]
        return
    with refused("conflict") as r:
        caller.call(method, params)
    data = r.error.data
    assert data["state"] == state and data["version"] == before["version"] and data["changed"]
    check_allowed(centre, caller, method, state, data["allowed"])
    assert centre.get(case)["version"] == before["version"]


def check_allowed(centre, caller, method, state, allowed):
    """What the refusal offers is possible in that state and open to that role; and nothing is left out."""
    name = of_client(centre, caller)
    own = next(p["roles"] for p in EVERYONE if p["name"] == name)
    own = {own} if isinstance(own, str) else set(own)
    possible = {m for m in METHODS if (m, state) in MOVES and (own | {"roles_all"}) & ROLES[m]} - {method}
    assert set(allowed) <= possible
    if own != {"unit"}:
        assert possible - NEEDS <= set(allowed)


def test_allowed_of_the_case_is_the_callers_own(centre):
    case = centre.case_in("dispatched")
    assert "case.accept" in centre.roads.call("case.get", case=case)["allowed"]
    assert "case.dispatch" not in centre.roads.call("case.get", case=case)["allowed"]
    assert "case.dispatch" in centre.get(case)["allowed"] and "case.resume" not in centre.get(case)["allowed"]
    assert centre.auditor.call("case.get", case=case)["allowed"] == ["case.note"]
    centre.roads.call("case.accept", case=case)
    assert "case.accept" not in centre.roads.call("case.get", case=case)["allowed"]


def test_notices_are_acknowledged_while_the_case_lives(make_daemon):
    """An emergency rings until somebody says that he knows."""
    centre = Centre(make_daemon(config=config()).start())
    admin = centre.daemon.client()
    lift = {"class": "E90-01", "condition": None, "estate": "pp-001"}
    numbers = {state: centre.submit(**lift) for state in STATES.values()}
    admin.call("test.advance", by="11min")
    for state, case in numbers.items():
        notice = next(n for n in centre.supervisor.call("notify.list", case=case)["notices"] if n["unit"] == "desk")
        if state in ("finished", "closed"):
            centre.act("case.finish", case, "housing", result="solved")
        if state == "triage":
            centre.act("case.return", case, reason="not_ours")
            centre.act("case.return", case, reason="not_ours")
        centre.bring(case, state)
        ack = {"notice": notice["notice"]}
        if ("notify.ack", state) in MOVES:
            assert centre.dispatcher.call("notify.ack", ack)["state"] == state
            continue
        with refused("conflict") as r:
            centre.dispatcher.call("notify.ack", ack)
        assert r.error.data["state"] == state
        check_allowed(centre, centre.dispatcher, "notify.ack", state, r.error.data["allowed"])


# -- what is checked besides the state ----------------------------------------------------------------------------------

@pytest.mark.parametrize("method, params, path, suggestion", [
    ("case.finish", {"result": "solve"}, "/params/result", "solved"),
    ("case.return", {"reason": "not_our"}, "/params/reason", "not_ours"),
    ("case.dispatch", {"unit": "hosing"}, "/params/unit", "housing"),
    ("case.dispatch", {"unit": "housing", "assist": ["roads", "roods"]}, "/params/assist/1", "roads"),
    ("case.mark", {"mark": "contact"}, "/params/mark", "contacted"),
    ("case.waive", {"clock": "handel", "reason": "weather"}, "/params/clock", "handle"),
    ("case.link", {"channel": "hotlin", "ref": "1"}, "/params/channel", "hotline"),
    ("case.accept", {"for": {"unit": "rods"}}, "/params/for/unit", "roads"),
    ("case.amend", {"set": {"class": "E80-02"}, "reason": "x"}, "/params/set/class", "E80-01"),
    ("case.amend", {"set": {"estat": "pp-001"}, "reason": "x"}, "/params/set/estat", "estate"),
])
def test_unknown_words_name_the_nearest(centre, method, params, path, suggestion):
    with refused("invalid_params") as r:
        centre.supervisor.call(method, params, case=centre.submit())
    assert [(f["path"], f.get("suggestion")) for f in r.error.errors] == [(path, suggestion)]


@pytest.mark.parametrize("method, params, faults", [
    ("case.mark", {"mark": "satisfaction"}, {"/params/value": "missing"}),
    ("case.mark", {"mark": "satisfaction", "value": "glad"}, {"/params/value": "unknown"}),
    ("case.mark", {"mark": "contacted", "value": "x"}, {"/params/value": "unknown"}),
    ("case.assign", {"unit": "housing", "kind": "lead"}, {"/params/kind": "unknown"}),
    ("case.assign", {"unit": "housing", "kind": "assist", "limit": "5 days"}, {"/params/limit": "format"}),
    ("case.note", {}, {"/params/note": "missing"}),
    ("case.amend", {"set": {}, "reason": "x"}, {"/params/set": "empty"}),
    ("case.amend", {"set": {"condition": "9"}, "reason": "x"}, {"/params/set/condition": "unknown"}),
    ("case.accept", {"at": "2026-11-24T09:00:00+08:00"}, {"/params/at": "range"}),
    ("case.suspend", {"reason": "season", "until": LONG_AGO}, {"/params/until": "impossible"}),
    ("case.merge", {"into": "x"}, {"/params/into": "format"}),
    ("case.finish", {"result": "x", "attachments": [{"uri": "u", "sha256": "1"}], "for": {"unit": "x"}, "nope": 1},
     {"/params/result": "unknown", "/params/attachments/0/sha256": "format", "/params/for/unit": "unknown",
      "/params/nope": "unknown"}),
    ("request.ask", {"what": "suspend", "reason": "season"}, {"/params/until": "missing"}),
])
def test_all_faults_at_once(centre, method, params, faults):
    with refused("invalid_params") as r:
        centre.supervisor.call(method, params, case=centre.submit())
    assert faults_of(r.error) == faults


@pytest.mark.parametrize("name", ["20261123-0000001", "20261123-0000001-R0", "20261123-0000001-D1", "20261123-0000001-R1x",
                                  "20261123-0000001-R01", "R1", "-R1"])
def test_names_of_requests(centre, name):
    with refused("invalid_params") as r:
        centre.supervisor.call("request.decide", request=name, grant=True)
    assert list(faults_of(r.error)) == ["/params/request"]


def test_nothing_of_that_number(centre):
    case = centre.submit()
    for method, params in (("request.decide", {"request": f"{case}-R1", "grant": True}),
                           ("supervision.accept", {"order": f"{case}-D1", "outcome": "accept"})):
        with refused("not_found"):
            centre.supervisor.call(method, params)
    with refused("not_found"):
        centre.supervisor.call("case.resume", case="20261123-9999999")
    with refused("not_found"):
        centre.supervisor.call("case.resume", case={"channel": "patrol", "ref": "never"})


def test_a_reason_in_words_is_private(centre):
    case = centre.submit()
    centre.dispatcher.call("case.dispatch", case=case, unit="housing", reason="the roads have moved house", note="till May")
    case_now = str(centre.get(case))
    assert "moved house" not in case_now
    event = centre.dispatcher.call("case.history", case=case)["events"][-1]
    assert event["type"] == "case.dispatched" and "moved house" not in str(event["data"])
    assert event["note"] == "the roads have moved house\ntill May"


def test_the_reporter_is_revealed_and_that_it_was(centre):
    case = centre.submit(reporter={"name": "李试验", "phone": "19900000002"})
    shown = centre.roads.call("case.reveal", {"case": case, "reason": "ask for the way in", "key": "reveal-1"})
    assert shown["reporter"] == {"name": "李试验", "phone": "19900000002", "confidential": False}
    again = centre.roads.call("case.reveal", {"case": case, "reason": "ask for the way in", "key": "reveal-1"})
    assert again == {**shown, "replayed": True}
    assert centre.dispatcher.call("case.history", case=case)["events"][-1]["type"] == "case.revealed"
    stored = centre.daemon.value("SELECT string_agg(reply::text, ' ') FROM gridd.call_key")
    assert "19900000002" not in stored


def test_a_confidential_reporter_is_the_centres_alone(centre):
    case = centre.submit(reporter={"name": "王试验", "confidential": True})
    with refused("forbidden"):
        centre.roads.call("case.reveal", case=case, reason="curious")
    assert centre.get(case)["version"] == 1
    assert centre.dispatcher.call("case.reveal", case=case, reason="to warn")["reporter"]["name"] == "王试验"


def test_only_who_holds_it_is_shown_the_reporter(centre):
    case = centre.submit(reporter={"name": "王试验"})
    centre.dispatcher.call("case.assign", case=case, unit="housing", kind="assist")
    with refused("forbidden"):
        centre.housing.call("case.reveal", case=case, reason="curious")


def test_what_left_a_unit_is_read_there_only(centre):
    case = centre.case_in("dispatched")
    centre.roads.call("case.return", case=case, reason="not_ours")
    assert centre.roads.call("case.get", case=case)["state"] == "triage"
    for method, params in (("case.note", {"note": "x"}), ("case.mark", {"mark": "contacted"})):
        with refused("forbidden"):
            centre.roads.call(method, params, case=case)
    with refused("conflict"):
        centre.roads.call("case.accept", case=case)


def test_a_platform_rejects_and_amends_only_what_nobody_has_touched(centre):
    other = centre.dispatcher.call("case.submit", a_case(**{"class": "E80-01"}))["case"]
    with refused("not_found"):
        centre.platform2.call("case.reject", case=other, reason="duplicate")
    mine = centre.submit(tags=["propose"])
    tags = {"tags": ["propose", "night"]}
    assert centre.platform.call("case.amend", case=mine, set=tags, reason="typo")["state"] == "triage"
    case = centre.submit()
    with refused("conflict"):
        centre.platform.call("case.amend", case=case, set={"tags": []}, reason="typo")
    assert centre.platform.call("case.reject", case=case, reason="duplicate")["state"] == "rejected"
    taken = centre.case_in("handling")
    with refused("conflict") as r:
        centre.platform.call("case.reject", case=taken, reason="duplicate")
    assert r.error.data["state"] == "handling"


def test_amend_sends_it_where_the_rules_say_now(centre):
    case = centre.submit(address="试验路200弄3号", attrs={"floor": "3"})
    answer = centre.dispatcher.call("case.amend", case=case, set={"class": "E70-05"}, reroute=True, reason="a leak, no hole")
    assert (answer["state"], answer["unit"]) == ("dispatched", "housing"), "the address says which estate: an abandoned one"
    now = centre.get(case)
    assert (now["class"], now["estate"], now.get("condition")) == ("E70-05", "pp-002", None)
    assert now["rule"]["id"] == "estate-alone" and [t["state"] for t in now["tasks"]] == ["withdrawn", "given"]
    assert now["attrs"] == {"floor": "3"}
    there = {"attrs": {"floor": "4"}, "address": "试验路200弄4号"}
    centre.dispatcher.call("case.amend", case=case, set=there, reason="went there")
    now = centre.get(case)
    assert (now["attrs"], now["address"], now["text"]) == ({"floor": "4"}, "试验路200弄4号", "三楼漏水")


def test_requests_orders_and_marks_are_in_the_case(centre):
    case = centre.case_in("handling")
    request = centre.roads.call("request.ask", case=case, what="extend", reason="material")["request"]
    order = centre.inspector.call("supervision.open", case=case, kind="key", demand="today")["order"]
    centre.roads.call("case.mark", case=case, mark="danger_removed")
    now = centre.get(case)
    pending = now["request"]
    assert pending["request"] == request == f"{case}-R1" and pending["clock"] == "handle" and pending["in_time"]
    assert [(o["order"], o["state"], o["unit"]) for o in now["supervisions"]] == [(order, "open", "roads")]
    assert [(m["mark"], m["actor"]) for m in now["marks"]] == [("danger_removed", "roads")]
    before = next(c for c in now["clocks"] if c["name"] == "handle")
    centre.supervisor.call("request.decide", request=request, grant=True)
    now = centre.get(case)
    after = next(c for c in now["clocks"] if c["name"] == "handle")
    assert now["request"] is None and after["extensions"] == 1 and after["due_at"] > before["due_at"]
    centre.supervisor.call("case.suspend", case=case, reason="season", until=SOON)
    now = centre.get(case)
    assert now["suspended"]["until"] == SOON and now["suspended"]["reason"] == "season"
    assert "due_at" not in now and next(c for c in now["clocks"] if c["name"] == "handle")["state"] == "paused"


# -- looking back -------------------------------------------------------------------------------------------------------

def test_clock_ledger_and_why(make_daemon):
    centre = Centre(make_daemon(config=config()).start())
    admin = centre.daemon.client()
    case = centre.submit()  # Monday 09:00; a hole is mended in 2 working days: to the end of Wednesday
    admin.call("test.advance", to="2026-11-23T10:00:00+08:00")
    centre.roads.call("case.accept", case=case)
    admin.call("test.advance", to="2026-11-26T11:00:00+08:00")
    why = centre.inspector.call("case.why", case=case)
    handle = next(k for k in why["overdue"] if k["clock"] == "handle")
    assert handle["unit"] == "roads" and handle["due_at"] == "2026-11-25T17:00:00+08:00"
    assert handle["overdue_seconds"] == 18 * 3600 and handle["overdue_clock_seconds"] == 2 * 3600
    assert [(h["unit"], h["share"]) for h in handle["holders"]] == [("roads", 1)]
    centre.roads.call("case.finish", case=case, result="solved")
    admin.call("test.advance", to="2026-11-26T15:00:00+08:00")
    centre.supervisor.call("case.verify", case=case, outcome="pass")
    ledger = centre.auditor.call("case.ledger", case=case)
    assert {h["unit"]: (h["seconds"], h["working_seconds"]) for h in ledger["holders"]} == {
        "roads": (74 * 3600, (3 * 7 + 2) * 3600), "desk": (4 * 3600, 3 * 3600)}
    assert ledger["seconds"] == 78 * 3600 == sum(h["seconds"] for h in ledger["holders"]) and ledger["longest"] == "roads"
    spans = [(s["unit"], s["from"][8:16], s["to"][8:16]) for s in ledger["spans"]]
    assert spans == [("roads", "23T09:00", "26T11:00"), ("desk", "26T11:00", "26T15:00")]
    clock = centre.auditor.call("case.clock", case=case, clock="handle")["clocks"][0]
    assert clock["state"] == "stopped" and clock["spent_seconds"] == 23 * 3600
    assert clock["breached_at"] == clock["due_at"] == "2026-11-25T17:00:00+08:00"
    assert clock["segments"][0] == {"from": "2026-11-23T09:00:00+08:00", "to": "2026-11-23T12:00:00+08:00"}
    assert clock["segments"][-1] == {"from": "2026-11-26T09:00:00+08:00", "to": "2026-11-26T11:00:00+08:00"}
    with refused("not_found"):
        centre.auditor.call("case.clock", case=case, clock="arrive")
    with pytest.raises(GriddError) as error:
        centre.auditor.call("case.clock", case=case, clock="handel")
    assert error.value.errors[0]["suggestion"] == "handle"
