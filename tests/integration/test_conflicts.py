"""Two people and one case; calls that come twice; in whose name, and when it happened."""

import json
import threading

import pytest
from harness import Daemon, GriddError, a_case, faults_of, refused, size
from life import MOVES, READY, STATES, Centre
from principals import as_one, config

CONFIG = config()


def at_once(*calls):
    """Sends every (client, method, params) before it reads an answer; the results and errors in that order."""
    for client, method, params in calls:
        client.send_line(json.dumps({"jsonrpc": "2.0", "id": "x", "method": method, "params": {**client.common, **params}}))
    replies = [client.read_message() for client, _, _ in calls]
    return [r["result"] if "result" in r else r["error"] for r in replies]


def won(answers):
    return [a for a in answers if "case" in a]


def types(centre, case):
    return [e["type"] for e in centre.dispatcher.call("case.history", case=case, limit=500)["events"]]


# -- two people, one case -----------------------------------------------------------------------------------------------

def test_one_wins_and_the_other_learns_what_changed(centre):
    for _ in range(size(10, 30, 200)):
        case = centre.case_in("handling")
        answers = at_once((centre.roads, "case.finish", {"case": case, "result": "solved"}),
                          (centre.supervisor, "case.arbitrate", {"case": case, "unit": "housing", "fault": "duty_unclear"}))
        finished, arbitrated = answers
        now = centre.get(case)
        assert len(won(answers)) == 1 and now["version"] == won(answers)[0]["version"] == 3
        lost = arbitrated if "case" in finished else finished
        assert lost["code"] == -32004
        data = lost["data"]
        assert (data["state"], data["version"]) == (now["state"], 3)
        assert [(e["version"], e["type"], e["actor"]) for e in data["changed"]] == [
            (3, "task.finished", "roads") if "case" in finished else (3, "case.arbitrated", "supervisor")]
        assert lost["message"] and data["allowed"]


def test_what_doesnt_exclude_the_other_is_done_after_it(centre):
    case = centre.case_in("handling")
    answers = at_once((centre.roads, "case.arrive", {"case": case}),
                      (centre.dispatcher, "case.note", {"case": case, "note": "a"}),
                      (centre.supervisor, "case.mark", {"case": case, "mark": "contacted"}))
    assert sorted(a["version"] for a in answers) == [3, 4, 5] and centre.get(case)["version"] == 5


def test_expect_version_lets_only_one_through(centre):
    for _ in range(size(5, 20, 100)):
        case = centre.case_in("dispatched")
        note = {"case": case, "note": "x", "expect_version": 1}
        answers = at_once((centre.dispatcher, "case.note", note), (centre.supervisor, "case.note", note))
        assert len(won(answers)) == 1
        lost = next(a for a in answers if "case" not in a)
        assert lost["data"]["reason"] == "conflict" and lost["data"]["version"] == 2
        assert [e["type"] for e in lost["data"]["changed"]] == ["case.noted"]


def test_an_old_version_is_told_all_that_happened_since(centre):
    case = centre.case_in("finished")
    with refused("conflict") as r:
        centre.dispatcher.call("case.note", case=case, note="x", expect_version=1)
    assert [e["type"] for e in r.error.data["changed"]] == ["task.accepted", "task.finished"]
    with refused("conflict") as r:
        centre.dispatcher.call("case.note", case=case, note="x", expect_version=9)
    assert r.error.data["version"] == 3
    assert centre.dispatcher.call("case.note", case=case, note="x", expect_version=3)["version"] == 4


# -- keys ---------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("method", sorted(READY))
def test_every_writing_method_replays(centre, method):
    state = next(s for s in STATES.values() if (method, s) in MOVES)
    caller, params = READY[method](centre, state)
    key = f"key-{method}"
    first = caller.call(method, params, key=key)
    again = caller.call(method, params, key=key)
    assert again == {**first, "replayed": True}
    assert centre.get(first["case"])["version"] == first["version"], "it happened once"
    with refused("conflict") as r:
        caller.call(method, params, key=key, note="another body")
    assert r.error.data["case"] == first["case"]


def test_a_replay_comes_whatever_the_case_is_now(centre):
    case = centre.case_in("dispatched")
    first = centre.roads.call("case.accept", case=case, key="early", expect_version=1)
    centre.roads.call("case.finish", case=case, result="solved")
    centre.supervisor.call("case.verify", case=case, outcome="pass")
    assert centre.roads.call("case.accept", case=case, key="early", expect_version=1) == {**first, "replayed": True}
    with refused("conflict"):
        centre.roads.call("case.accept", case=case, key="late")


def test_a_key_belongs_to_one_method_and_one_principal(centre):
    case = centre.case_in("dispatched")
    centre.dispatcher.call("case.urge", case=case, key="mine")
    with refused("conflict"):
        centre.dispatcher.call("case.unmerge", case=case, key="mine")
    assert "replayed" not in centre.supervisor.call("case.urge", case=case, key="mine")


def test_refusals_are_not_stored(centre):
    case = centre.case_in("dispatched")
    with refused("conflict"):
        centre.supervisor.call("case.resume", case=case, key="not-yet")
    centre.supervisor.call("case.suspend", case=case, reason="season", until="2026-12-01T00:00:00+08:00")
    assert centre.supervisor.call("case.resume", case=case, key="not-yet")["state"] == "dispatched"


def test_copies_at_once_are_one(centre):
    others = [as_one(centre.daemon, "roads") for _ in range(4)]
    for i in range(size(3, 10, 50)):
        case = centre.case_in("dispatched")
        answers = at_once(*[(c, "case.accept", {"case": case, "key": f"copy-{i}"}) for c in others])
        assert {a["version"] for a in answers} == {2} and sum("replayed" not in a for a in answers) == 1
        assert types(centre, case) == ["case.submitted", "task.accepted"]


# -- merging ------------------------------------------------------------------------------------------------------------

def test_merges_in_opposite_order(centre):
    for _ in range(size(5, 20, 100)):
        a, b = centre.submit(), centre.submit()
        answers = at_once((centre.dispatcher, "case.merge", {"case": a, "into": b}),
                          (centre.supervisor, "case.merge", {"case": b, "into": a}))
        assert len(won(answers)) == 1, answers
        child, parent = (a, b) if "case" in answers[0] else (b, a)
        assert centre.get(child)["merged_into"] == parent and centre.get(parent)["merged_from"] == [child]
    verified = centre.daemon.client().call("db.verify")
    assert verified["ok"], [c for c in verified["checks"] if c["bad"]]


def test_the_merged_are_answered_with_their_parent(centre):
    for method, params in (("case.verify", {"outcome": "pass"}), ("case.reject", {"reason": "duplicate"})):
        parent, children = centre.submit(), [centre.submit() for _ in range(3)]
        for child in children:
            assert centre.dispatcher.call("case.merge", case=child, into=parent)["state"] == "merged"
        if method == "case.verify":
            centre.act("case.finish", parent, result="solved")
        centre.supervisor.call(method, params, case=parent)
        assert [centre.get(c)["state"] for c in children] == ["finished"] * 3
        assert types(centre, children[0])[-1] == "case.answered"
        assert centre.supervisor.call("case.verify", case=children[0], outcome="pass")["state"] == "closed"


def test_a_child_leaves_while_its_parent_closes(centre):
    """Whichever is first: the child is answered with its parent, or goes on by itself."""
    for _ in range(size(5, 20, 100)):
        parent, child = centre.submit(), centre.submit()
        centre.dispatcher.call("case.merge", case=child, into=parent)
        centre.act("case.finish", parent, result="solved")
        left, closed = at_once((centre.dispatcher, "case.unmerge", {"case": child}),
                               (centre.supervisor, "case.verify", {"case": parent, "outcome": "pass"}))
        assert closed["state"] == "closed", closed
        assert centre.get(child)["state"] == ("dispatched" if "case" in left else "finished")
    verified = centre.daemon.client().call("db.verify")
    assert verified["ok"], [c for c in verified["checks"] if c["bad"]]


def test_fifty_go_along_and_no_more(centre):
    """A case and those merged into it end in one transaction: that has a bound."""
    parent, children = centre.submit(), [centre.submit() for _ in range(51)]
    for child in children[:50]:
        centre.dispatcher.call("case.merge", case=child, into=parent)
    with refused("conflict") as r:
        centre.dispatcher.call("case.merge", case=children[50], into=parent)
    assert r.error.data["case"] == parent
    centre.act("case.finish", parent, result="solved")
    centre.supervisor.call("case.verify", case=parent, outcome="pass", key="all of them")
    assert {centre.get(c)["state"] for c in children[:50]} == {"finished"}
    seqs = [centre.dispatcher.call("case.history", case=c, limit=500)["events"][-1]["seq"] for c in [parent, *children[:50]]]
    assert sorted(seqs) == list(range(min(seqs), min(seqs) + 51)), "one after the other, nobody else between them"


def test_a_merge_names_the_case_that_refuses(centre):
    child, parent = centre.submit(), centre.case_in("closed")
    with refused("conflict") as r:
        centre.dispatcher.call("case.merge", case=child, into=parent)
    assert r.error.data["case"] == parent and r.error.data["state"] == "closed" and parent in r.error.message
    with refused("not_found"):
        centre.dispatcher.call("case.merge", case=child, into="20261123-9999999")
    with refused("invalid_params") as r:
        centre.dispatcher.call("case.merge", case=child, into=child)
    assert faults_of(r.error) == {"/params/into": "impossible"}
    assert centre.get(child)["version"] == 1 and centre.get(parent)["merged_from"] == []


def test_unmerge_takes_it_out_of_both(centre):
    child, parent = centre.case_in("handling"), centre.submit()
    ref = a_case()["source"]
    centre.dispatcher.call("case.link", case=parent, **ref)
    centre.dispatcher.call("case.merge", case=child, into=ref)
    answer = centre.dispatcher.call("case.unmerge", case=child)
    assert (answer["state"], answer["unit"]) == ("handling", "roads")
    assert "merged_into" not in centre.get(child) and centre.get(parent)["merged_from"] == []
    assert types(centre, parent)[-2:] == ["case.absorbed", "case.released"]


def test_a_link_that_another_case_has(centre):
    first, second = centre.submit(), centre.submit()
    ref = a_case()["source"]
    centre.dispatcher.call("case.link", case=first, **ref)
    assert centre.get({"channel": ref["channel"], "ref": ref["ref"]})["number"] == first
    with refused("conflict") as r:
        centre.dispatcher.call("case.link", case=second, **ref)
    assert r.error.data["case"] == first and centre.get(second)["version"] == 1


# -- in whose name ------------------------------------------------------------------------------------------------------

def test_for(centre):
    case = centre.case_in("dispatched")
    answer = centre.platform.call("case.accept", {"case": case, "for": {"unit": "roads", "person": "crew 3"}})
    assert answer["state"] == "handling"
    event = centre.dispatcher.call("case.history", case=case)["events"][-1]
    assert event["actor"] == "platform" and event["for"] == {"unit": "roads", "person": "crew 3"}


@pytest.mark.parametrize("name, unit, may", [
    ("dispatcher", "works", True), ("supervisor", "works", True), ("housing", "works", True), ("works", "works", True),
    ("works", "housing", False), ("roads", "works", False), ("platform", "works", False), ("platform", "housing", True),
])
def test_who_may_act_for_whom(centre, name, unit, may):
    case = centre.submit(**{"class": "E70-05", "condition": None, "estate": "pp-002"})  # the housing office's
    if unit == "works":
        centre.dispatcher.call("case.dispatch", case=case, unit="works", reason="its crew")
    call = (getattr(centre, name), "case.accept", {"case": case, "for": {"unit": unit}})
    answer = at_once(call)[0]
    if may:
        assert answer["state"] == "handling"
    else:
        assert answer["data"]["reason"] == "forbidden", answer


def test_a_dispatcher_says_for_whom(centre):
    with refused("invalid_params") as r:
        centre.dispatcher.call("case.accept", case=centre.case_in("dispatched"))
    assert faults_of(r.error) == {"/params/for": "impossible"}


def test_a_platform_reaches_what_its_units_hold(centre):
    """Submitted by somebody else: only in its unit's name is it there at all."""
    case = centre.dispatcher.call("case.submit", a_case(**{"class": "E80-01"}))["case"]
    with refused("not_found"):
        centre.platform.call("case.urge", case=case)
    with refused("not_found"):
        centre.platform2.call("case.urge", case=case)
    assert centre.platform.call("case.arrive", {"case": case, "for": {"unit": "roads"}})["state"] == "handling"


def test_neither_who_finished_nor_his_unit_verifies(centre):
    case = centre.case_in("handling")
    centre.act("case.finish", case, result="solved")
    with refused("forbidden"):
        centre.dispatcher.call("case.verify", case=case, outcome="pass")
    assert centre.supervisor.call("case.verify", case=case, outcome="rework")["state"] == "handling"


# -- when it happened ---------------------------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def afternoon(module_folder_2):
    """A centre at 14:30, with cases that came at 9:00: of accept ran out at 11:00."""
    d = Daemon(module_folder_2, config=config()).start()
    try:
        c = Centre(d)
        c.cases = [c.submit() for _ in range(4)]
        d.client().call("test.advance", to="2026-11-23T14:30:00+08:00")
        yield c
        d.stop()
    finally:
        d.close()


@pytest.fixture(scope="module")
def module_folder_2():
    from harness import remove, scratch_folder
    path = scratch_folder()
    yield path
    remove(path)


def the_clock(centre, case, name):
    return next(k for k in centre.get(case)["clocks"] if k["name"] == name)


def test_late_entries(afternoon):
    centre, case = afternoon, afternoon.cases[0]
    with refused("forbidden"):
        centre.act("case.accept", case, at="2026-11-23T10:00:00+08:00")  # more than two hours ago
    for_roads = {"case": case, "at": "2026-11-23T10:00:00+08:00", "for": {"unit": "roads"}}
    answer = centre.supervisor.call("case.accept", for_roads)
    assert answer["state"] == "handling"
    accept = the_clock(centre, case, "accept")
    assert accept["stopped_at"] == "2026-11-23T10:00:00+08:00" and "overdue_seconds" not in accept
    event = next(e for e in centre.dispatcher.call("case.history", case=case)["events"] if e["type"] == "task.accepted")
    assert (event["at"], event["recorded_at"]) == ("2026-11-23T10:00:00+08:00", "2026-11-23T14:30:00+08:00")
    within_two_hours = "2026-11-23T13:00:00+08:00"
    assert centre.act("case.arrive", case, at=within_two_hours)["state"] == "handling"


def test_a_late_entry_takes_a_breach_back_and_says_so(afternoon):
    centre, case = afternoon, afternoon.cases[1]
    assert "clock.breached" in types(centre, case) and the_clock(centre, case, "accept")["breached_at"]
    centre.supervisor.call("case.accept", {"case": case, "at": "2026-11-23T10:00:00+08:00", "for": {"unit": "roads"}})
    centre.daemon.client().call("test.advance", by="1min")
    history = types(centre, case)
    assert history.index("clock.breached") < history.index("task.accepted") < history.index("clock.corrected")
    assert "breached_at" not in the_clock(centre, case, "accept")


def test_what_goes_along_isnt_entered_before_it_came(afternoon):
    """The parent was finished and passed an hour ago; the child was merged just now."""
    centre, parent, child = afternoon, afternoon.cases[3], afternoon.submit()
    centre.dispatcher.call("case.merge", case=child, into=parent)
    centre.act("case.finish", parent, result="solved", at="2026-11-23T13:00:00+08:00")
    centre.supervisor.call("case.verify", case=parent, outcome="pass", at="2026-11-23T13:30:00+08:00")
    assert centre.get(parent)["closed_at"] == "2026-11-23T13:30:00+08:00"
    answered = centre.dispatcher.call("case.history", case=child)["events"][-1]
    assert answered["type"] == "case.answered" and answered["at"] >= "2026-11-23T14:30:00+08:00"


def test_not_before_the_task_was_given(afternoon):
    centre, case = afternoon, afternoon.cases[2]
    with refused("invalid_params") as r:
        centre.supervisor.call("case.accept", {"case": case, "at": "2026-11-23T08:59:59+08:00", "for": {"unit": "roads"}})
    assert faults_of(r.error) == {"/params/at": "impossible"}


def test_the_deadline_from_outside_moves(afternoon):
    centre = afternoon
    case = centre.submit(deadlines=[{"clock": "contact", "at": "2026-11-24T12:00:00+08:00"}])
    centre.platform.call("case.deadline", case=case, clock="contact", at="2026-11-25T12:00:00+08:00")
    assert the_clock(centre, case, "contact")["due_at"] == "2026-11-25T12:00:00+08:00"
    with refused("conflict"):
        centre.platform.call("case.deadline", case=case, clock="handle", at="2026-11-25T12:00:00+08:00")


# -- many at once -------------------------------------------------------------------------------------------------------

def test_nothing_is_lost_between_many(centre):
    """Eight people note, mark and urge one case: every acknowledged call is in the history, each version once."""
    case, told = centre.case_in("handling"), []

    def work(name):
        client = as_one(centre.daemon, name)
        for i in range(size(5, 20, 100)):
            try:
                told.append(client.call("case.note", case=case, note=f"{name} {i}")["version"])
            except GriddError as error:
                assert error.reason == "conflict" and "meanwhile" in error.message

    threads = [threading.Thread(target=work, args=(n,)) for n in ["dispatcher", "supervisor", "inspector", "auditor"] * 2]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    versions = [e["version"] for e in centre.dispatcher.call("case.history", case=case, limit=500)["events"]]
    assert len(told) == len(set(told)) and set(told) <= set(versions)
    assert centre.get(case)["version"] == len(told) + 2
