"""Due times counted again by a checker that has nothing but what case.clock answers."""

import copy
import json
import subprocess
import sys

import pytest
from harness import ROOT, GriddError
from principals import config

CHECKER = ROOT / "clients/python/check_clocks.py"
CLOCKS = ["discover", "dispatch", "accept", "arrive", "handle", "verify", "decide", "overall", "supervise", "contact", "danger"]

CONFIG = config()


def advance(centre, to):
    centre.daemon.call("test.advance", {"to": to})


def replies(centre, case):
    """What case.clock says of each clock that the case has."""
    found = []
    for clock in CLOCKS:
        try:
            found.append(centre.dispatcher.call("case.clock", case=case, clock=clock))
        except GriddError as e:
            assert e.reason == "not_found", e.message
    return found


def checked(texts):
    return subprocess.run([sys.executable, "-B", CHECKER], input="\n".join(texts), capture_output=True, text=True, timeout=60)


@pytest.fixture(scope="module")
def seen(centre):
    """Replies from all over the life of a case: running, asked for, extended, hung up, gone on, overdue, finished, reworked."""
    found = []
    case = centre.submit()
    def look(to=None):
        if to:
            advance(centre, to)
        found.extend(replies(centre, case))
    look()
    centre.act("case.accept", case)
    look("2026-11-23T15:20:30+08:00")
    request = centre.roads.call("request.ask", case=case, what="extend", reason="material")["request"]
    look("2026-11-23T16:00:00+08:00")
    centre.supervisor.call("request.decide", request=request, grant=True)
    look("2026-11-24T11:11:11+08:00")
    centre.supervisor.call("case.suspend", case=case, reason="season", until="2026-11-30T12:30:00+08:00")
    look("2026-11-26T12:00:00+08:00")
    look("2026-11-30T14:00:00+08:00")
    look("2026-12-09T10:00:00+08:00")                       # overdue, told and supervised
    centre.act("case.finish", case, result="solved")
    look("2026-12-09T16:00:00+08:00")
    centre.supervisor.call("case.verify", case=case, outcome="rework")
    look("2026-12-10T09:30:00+08:00")
    centre.act("case.finish", case, result="solved")
    centre.supervisor.call("case.verify", case=case, outcome="pass")
    look()
    return found


def test_every_due_time_is_derived_again(seen):
    run = checked(json.dumps(reply) for reply in seen)
    assert run.returncode == 0, run.stdout
    states = {clock["state"] for reply in seen for clock in reply["clocks"]}
    assert states == {"running", "paused", "stopped"} and len(seen) >= 30
    assert run.stdout.endswith(" clocks, 0 faults\n")


def test_a_pause_is_left_out_of_the_pieces(centre):
    case = centre.submit(**{"class": "E80-01", "condition": "1"})
    now = centre.dispatcher.call("case.clock", case=case, clock="handle")["now"][:10]
    assert now == "2026-12-10"                              # a Thursday
    advance(centre, "2026-12-11T10:00:00+08:00")
    centre.act("case.accept", case)
    centre.supervisor.call("case.suspend", case=case, reason="season", until="2026-12-15T09:00:00+08:00")
    advance(centre, "2026-12-15T09:00:00+08:00")
    handle = centre.dispatcher.call("case.clock", case=case, clock="handle")["clocks"][0]
    days = [piece["from"][:10] for piece in handle["segments"]]
    assert "2026-12-14" not in days and handle["due_at"] == "2026-12-16T17:00:00+08:00"  # 13 h left, rounded up to closing
    assert handle["segments"][-1] == {"from": "2026-12-16T13:00:00+08:00", "to": "2026-12-16T17:00:00+08:00"}
    assert checked([json.dumps({"case": case, "clocks": [handle]})]).returncode == 0


def a_running(seen):
    return copy.deepcopy(next(r for r in seen if r["clocks"][0]["name"] == "handle" and r["clocks"][0]["state"] == "running"))


@pytest.mark.parametrize("change, said", [
    (lambda c: c.update(due_at="2026-11-25T17:00:01+08:00"), "it says due"),
    (lambda c: c["segments"].pop(1), "add up to"),
    (lambda c: c["segments"].reverse(), "in no order"),
    (lambda c: c.update(budget_seconds=c["budget_seconds"] - 3600), "not to the budget"),
    (lambda c: c["segments"][0].update({"from": "2026-11-01T09:00:00+08:00"}), "before the start"),
    (lambda c: c.update(limit="90uh"), "less than 90uh"),
])
def test_the_checker_notices(seen, change, said):
    reply = a_running(seen)
    assert checked([json.dumps(reply)]).returncode == 0
    change(reply["clocks"][0])
    run = checked([json.dumps(reply)])
    assert run.returncode == 1 and said in run.stdout
