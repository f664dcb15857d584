"""Another calendar: what it would move is shown first, then open clocks are reckoned anew, each once, whatever dies."""

import shutil

import pytest
from harness import SMALL, TOWN, GriddError, a_case, faults_of, refused, size, wait_until

FRIDAY = "2026-11-20T10:00:00+08:00"
YEAR_2027 = """\
      - year: 2027
        status: announced
        off: [{zh: 元旦, from: 2027-01-01, to: 2027-01-03}]
"""


@pytest.fixture
def pack(folder):
    """A copy of the small pack, less its own tests: they know its calendar."""
    copy = folder / "pack"
    shutil.copytree(SMALL, copy, ignore=shutil.ignore_patterns("tests"))
    return copy


def edit(pack, file, old, new):
    path = pack / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def close_on(pack, date):
    """The office is closed on that day."""
    edit(pack, "calendars.yaml", "    week:", f"    days: [{{date: {date}, hours: []}}]\n    week:")


def work_on(pack, *dates):
    edit(pack, "calendars.yaml", "work: [2026-10-10]", f"work: [2026-10-10, {', '.join(dates)}]")


def announce_2027(pack):
    edit(pack, "calendars.yaml", "calendars:\n", YEAR_2027 + "calendars:\n")


def inline(pack):
    return {str(f.relative_to(pack)): f.read_text("utf-8") for f in sorted(pack.rglob("*.yaml"))}


def clock(daemon, case, name):
    clocks = daemon.call("case.get", {"case": case})["clocks"]
    return next(c for c in clocks if c["name"] == name)


def events(daemon, case, kind=None):
    rows = daemon.call("case.history", {"case": case})["events"]
    return [e for e in rows if kind in (None, e["type"])]


def moves_of(plan, clock):
    return {m["case"]: (m["before"], m["after"], m["put_off"]) for m in plan["moves"] if m["clock"] == clock}


# -- The plan -----------------------------------------------------------------------------------------------------------


def test_the_plan_shows_what_would_move(make_daemon, pack):
    daemon = make_daemon(pack=pack).start()
    case = daemon.call("case.submit", a_case())["case"]
    lamp = daemon.call("case.submit", a_case(**{"class": "E80-01", "condition": "1", "estate": None}))["case"]
    before = daemon.call("case.get", {"case": case})
    assert daemon.call("calendar.plan")["moved"] == 0
    close_on(pack, "2026-11-24")
    plan = daemon.call("calendar.plan")
    assert (plan["town"], plan["version"], plan["cases"], plan["unreckoned"], plan["cut"]) == (TOWN, 1, 2, 0, False)
    assert moves_of(plan, "handle") == {
        case: ("2026-11-26T17:00:00+08:00", "2026-11-27T17:00:00+08:00", False),
        lamp: ("2026-11-25T17:00:00+08:00", "2026-11-26T17:00:00+08:00", False),
    }
    assert set(moves_of(plan, "overall")) == {case, lamp}
    assert plan["moved"] == len(plan["moves"]) == 4
    assert {m["unit"] for m in plan["moves"] if m["clock"] == "handle"} == {"firm_a", "roads"}
    # The same pack sent inline says the same, and nothing has happened to anything.
    assert daemon.call("calendar.plan", {"files": inline(pack)}) == plan
    assert daemon.call("case.get", {"case": case}) == before
    assert daemon.call("rules.versions")["versions"][0]["version"] == 1
    daemon.stop()


def test_a_long_plan_is_cut(make_daemon, pack):
    daemon = make_daemon(pack=pack).start()
    with daemon.client() as client:
        client.call_many([("case.submit", a_case()) for _ in range(250)])
    close_on(pack, "2026-11-24")
    plan = daemon.call("calendar.plan", {"limit": 3})
    assert (plan["cases"], plan["moved"], len(plan["moves"]), plan["cut"]) == (250, 500, 3, True)
    daemon.stop()


def test_a_calendar_that_is_gone_is_told(make_daemon, pack):
    daemon = make_daemon(pack=pack).start()
    case = daemon.call("case.submit", a_case())["case"]
    for file, old in [("calendars.yaml", "id: office"), ("town.yaml", "calendar: office")]:
        edit(pack, file, old, old.replace("office", "bureau"))
    plan = daemon.call("calendar.plan")
    assert plan["moved"] == 0 and plan["unreckoned"] > 0
    move = next(m for m in plan["moves"] if m["clock"] == "handle")
    assert move["case"] == case and "office" in move["problem"] and move["before"] == move["after"]
    daemon.stop()


def test_a_plan_by_a_stored_version(make_daemon, pack):
    daemon = make_daemon(pack=pack).start()
    close_on(pack, "2026-11-24")
    assert daemon.call("rules.reload")["version"] == 2
    case = daemon.call("case.submit", a_case())["case"]
    assert daemon.call("calendar.plan")["moved"] == 0
    plan = daemon.call("calendar.plan", {"version": 1})
    assert plan["version"] == 2
    assert moves_of(plan, "handle") == {case: ("2026-11-27T17:00:00+08:00", "2026-11-26T17:00:00+08:00", False)}
    with refused("not_found"):
        daemon.call("calendar.plan", {"version": 9})
    daemon.stop()


def test_a_plan_of_a_pack_that_is_wrong(daemon):
    files = inline(SMALL)
    with refused("invalid_params") as r:
        daemon.call("calendar.plan", {"files": {**files, "calendars.yaml": files["calendars.yaml"].replace("mon-fri", "mon-fry")}})
    assert any(f["file"] == "calendars.yaml" and f["line"] > 0 for f in r.error.errors), r.error.errors
    with refused("invalid_params") as r:
        daemon.call("calendar.plan", {"files": {**files, "town.yaml": files["town.yaml"].replace(TOWN, "310106998")}})
    assert "310106998" in str(r.error)
    with refused("invalid_params"):
        daemon.call("calendar.plan", {"files": {}})
    for params, fault in [({"files": files, "version": 1}, {"/params/version": "conflict"}),
                          ({"files": ["town.yaml"]}, {"/params/files": "type"}),
                          ({"files": {"town.yaml": 5}}, {"/params/files/town.yaml": "type"}),
                          ({"files": {f"rules/{n}.yaml": "" for n in range(501)}}, {"/params/files": "too_many"}),
                          ({"limit": 0}, {"/params/limit": "range"})]:
        with pytest.raises(GriddError) as e:
            daemon.call("calendar.plan", params)
        assert faults_of(e.value) == fault


def test_the_versions_of_a_pack(make_daemon, pack):
    daemon = make_daemon(pack=pack).start()
    close_on(pack, "2026-11-24")
    daemon.call("rules.reload")
    versions = daemon.call("rules.versions")
    assert versions["town"] == TOWN
    assert [(v["version"], v["active"]) for v in versions["versions"]] == [(2, True), (1, False)]
    assert all(len(v["sha256"]) == 64 and v["stored_at"] and v["actor"] for v in versions["versions"])
    assert versions["versions"][1]["actor"] == "gridd"
    daemon.call("rules.reload", {"version": 1})
    versions = daemon.call("rules.versions", {"limit": 1})["versions"]
    assert [(v["version"], v["active"]) for v in versions] == [(2, False)]
    daemon.stop()


# -- Moving them --------------------------------------------------------------------------------------------------------


def test_open_clocks_move_with_an_event_each(make_daemon, pack):
    daemon = make_daemon(pack=pack).start()
    case = daemon.call("case.submit", a_case())["case"]
    close_on(pack, "2026-11-24")
    plan = daemon.call("calendar.plan")
    daemon.call("rules.reload")
    wait_until(lambda: events(daemon, case, "clock.moved"), 20, "the move")
    for m in plan["moves"]:
        assert clock(daemon, m["case"], m["clock"])["due_at"] == m["after"]
    # One event for the case, by nobody; what didn't move stays.
    [moved] = events(daemon, case, "clock.moved")
    assert moved["actor"] == "gridd" and moved["version"] == 2
    assert clock(daemon, case, "accept")["due_at"] == "2026-11-23T14:00:00+08:00"
    assert daemon.call("calendar.plan")["moved"] == 0
    assert daemon.call("db.verify")["ok"] is True
    daemon.stop()


def test_what_was_provisional_becomes_firm(make_daemon, pack):
    daemon = make_daemon(pack=pack, clock="2026-12-30T10:00:00+08:00").start()
    case = daemon.call("case.submit", a_case())["case"]
    # 31 December, and then, as far as is known, Friday 1 and Monday 4 January.
    before = clock(daemon, case, "handle")
    assert (before["due_at"], before["provisional"]) == ("2027-01-04T17:00:00+08:00", True)
    announce_2027(pack)
    daemon.call("rules.reload")
    wait_until(lambda: not clock(daemon, case, "handle").get("provisional"), 20, "a firm due time")
    assert clock(daemon, case, "handle")["due_at"] == "2027-01-05T17:00:00+08:00"
    assert clock(daemon, case, "overall").get("provisional") in (None, False)
    daemon.stop()


def test_nothing_is_overdue_by_a_new_calendar(make_daemon, pack):
    """The weekend becomes worked: a case that came on Friday would have been due on Monday, and it is Tuesday."""
    daemon = make_daemon(pack=pack, clock=FRIDAY).start()
    case = daemon.call("case.submit", a_case(**{"class": "E90-02", "estate": None}))["case"]
    lamp = daemon.call("case.submit", a_case(**{"class": "E70-05", "estate": "pp-002"}))["case"]
    assert clock(daemon, lamp, "handle")["due_at"] == "2026-11-25T17:00:00+08:00"
    daemon.call("test.advance", {"to": "2026-11-24T10:00:00+08:00"})
    work_on(pack, "2026-11-21", "2026-11-22")
    plan = daemon.call("calendar.plan")
    assert moves_of(plan, "handle")[lamp] == ("2026-11-25T17:00:00+08:00", "2026-11-24T17:00:00+08:00", True)
    assert moves_of(plan, "handle")[case] == ("2026-12-04T17:00:00+08:00", "2026-12-02T17:00:00+08:00", False)
    daemon.call("rules.reload")
    wait_until(lambda: events(daemon, lamp, "clock.moved"), 20, "the move")
    assert clock(daemon, lamp, "handle")["due_at"] == "2026-11-24T17:00:00+08:00"
    # Put off once: what is reckoned again the day after stays where it is.
    wait_until(lambda: events(daemon, case, "clock.moved"), 20, "the other move")
    assert daemon.call("calendar.plan")["moved"] == 0
    daemon.stop()


def test_what_is_left_of_a_suspended_case(make_daemon, pack):
    """Of its 4 working hours 2 were used on Monday and 1 on Tuesday, until Tuesday turns out to be a day off."""
    daemon = make_daemon(pack=pack, clock="2026-11-23T15:00:00+08:00").start()
    case = daemon.call("case.submit", a_case())["case"]
    daemon.call("test.advance", {"to": "2026-11-24T10:00:00+08:00"})
    daemon.call("case.suspend", {"case": case, "reason": "season", "until": "2026-12-01T09:00:00+08:00"})
    assert clock(daemon, case, "accept")["remaining"] == 3600
    close_on(pack, "2026-11-24")
    daemon.call("rules.reload")
    wait_until(lambda: events(daemon, case, "clock.moved"), 20, "the move")
    daemon.call("case.resume", {"case": case})
    assert clock(daemon, case, "accept")["due_at"] == "2026-11-25T11:00:00+08:00"
    assert daemon.call("calendar.plan")["moved"] == 0
    assert daemon.call("db.verify")["ok"] is True
    daemon.stop()


def test_each_case_moves_once_whoever_dies(make_daemon, pack):
    """The daemon that moves them dies, and its database with it; another one runs beside it."""
    count = size(120, 400, 2000)
    first = make_daemon(pack=pack).start()
    with first.client() as client:
        client.call_many([("case.submit", a_case()) for _ in range(count)])
    second = make_daemon(name="second", database=first.conninfo("gridd_app"), pack=None).start()
    moved = "SELECT count(*) FROM gridd.case_event WHERE body LIKE '%clock.moved%'"
    close_on(pack, "2026-11-24")
    first.call("rules.reload")
    wait_until(lambda: first.value(moved) > 0, 30, "the first moves")
    first.kill9()
    first.start()
    wait_until(lambda: first.value(moved) >= count, 60, "all moves")
    plan = first.call("calendar.plan")
    assert (plan["cases"], plan["moved"]) == (count, 0)
    twice = "SELECT count(*) FROM gridd.case_file WHERE version <> 2"
    assert (first.value(moved), first.value(twice)) == (count, 0)
    second.stop()
    first.stop()
