"""What is read across cases: supervision orders, notices, what waits for a decision, the agenda of the joint meeting."""

import pytest
from harness import MORNING, Daemon, GriddError, a_case, refused
from principals import as_one, config

ROAD = {"class": "E80-01", "condition": "1", "estate": None}


@pytest.fixture(scope="module")
def daemon(module_folder):
    d = Daemon(module_folder, config=config()).start()
    try:
        yield d
        d.stop()
    finally:
        d.close()


@pytest.fixture
def dispatcher(daemon):
    return as_one(daemon, "dispatcher")


@pytest.fixture
def supervisor(daemon):
    return as_one(daemon, "supervisor")


def submit(client, **changes):
    return client.call("case.submit", a_case(**{"estate": "pp-002", **changes}))["case"]


def walk(client, method, what, **params):
    found, cursor = [], None
    while True:
        page = client.call(method, {**params, "cursor": cursor})
        found += page[what]
        cursor = page.get("cursor")
        if not cursor:
            return found


# -- supervision.list ---------------------------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def orders(daemon):
    """Orders to the housing office on three cases, one replied and one accepted; one to the roads office."""
    supervisor, dispatcher = as_one(daemon, "supervisor"), as_one(daemon, "dispatcher")
    cases = [submit(dispatcher) for _ in range(3)] + [submit(dispatcher, **ROAD)]
    for i, case in enumerate(cases):
        supervisor.call("supervision.open", case=case, kind="key" if i else "leader", demand=f"第{i}件，今天办完")
    housing = as_one(daemon, "housing")
    for case in cases[:2]:
        housing.call("supervision.reply", order=f"{case}-D1", text="正在办")
    supervisor.call("supervision.accept", order=f"{cases[0]}-D1", outcome="accept")
    supervisor.call("supervision.open", case=cases[3], kind="key", demand="再催一次")
    return cases


def names(rows):
    return [r["order"] for r in rows]


def test_orders_newest_first_and_in_pages(supervisor, orders):
    everything = walk(supervisor, "supervision.list", "orders")
    assert sorted(names(everything)) == sorted([f"{c}-D1" for c in orders] + [f"{orders[3]}-D2"])
    for limit in (1, 2):
        assert walk(supervisor, "supervision.list", "orders", limit=limit) == everything
    opened = [(r["opened_at"], r["case"]) for r in everything]
    assert opened == sorted(opened, reverse=True)


def test_an_order_says_what_was_demanded_and_replied(supervisor, orders):
    rows = {r["order"]: r for r in walk(supervisor, "supervision.list", "orders")}
    first = rows[f"{orders[0]}-D1"]
    assert (first["unit"], first["unit_name"], first["kind"], first["state"]) == ("housing", "房管办", "leader", "accepted")
    assert (first["demand"], first["reply"]) == ("第0件，今天办完", "正在办") and first["issuer"] == "supervisor"
    assert {"opened_at", "replied_at", "ended_at", "due_at"} <= set(first)
    assert "reply" not in rows[f"{orders[2]}-D1"]
    assert [rows[f"{orders[3]}-D{n}"]["demand"] for n in (1, 2)] == ["第3件，今天办完", "再催一次"]


@pytest.mark.parametrize("filters, expected", [
    ({"unit": "roads"}, {"3-D1", "3-D2"}), ({"state": "replied"}, {"1-D1"}), ({"kind": "leader"}, {"0-D1"}),
    ({"unit": "housing", "state": "open"}, {"2-D1"}), ({"since": "2026-11-24T00:00:00+08:00"}, set()),
    ({"since": MORNING}, {"0-D1", "1-D1", "2-D1", "3-D1", "3-D2"}),
])
def test_filters_of_orders(supervisor, orders, filters, expected):
    found = names(walk(supervisor, "supervision.list", "orders", **filters))
    assert sorted(found) == sorted(f"{orders[int(e[0])]}{e[1:]}" for e in expected)


def test_orders_of_one_case(supervisor, orders):
    assert names(walk(supervisor, "supervision.list", "orders", case=orders[1])) == [f"{orders[1]}-D1"]


def test_a_unit_sees_the_orders_about_its_cases(daemon, orders):
    assert len(walk(as_one(daemon, "housing"), "supervision.list", "orders")) == 3
    assert len(walk(as_one(daemon, "roads"), "supervision.list", "orders")) == 2
    assert walk(as_one(daemon, "works"), "supervision.list", "orders") == []


def test_faults_of_orders(supervisor):
    with refused("invalid_params") as r:
        supervisor.call("supervision.list", unit="nobody", state="gone", kind="x", case="1", cursor="x")
    assert {e["path"] for e in r.error.errors} == {"/params/unit", "/params/state", "/params/kind", "/params/case", "/params/cursor"}


# -- notify.list --------------------------------------------------------------------------------------------------------

def test_who_was_told(daemon, dispatcher, supervisor):
    case = submit(dispatcher)
    before = walk(supervisor, "notify.list", "notices")
    told = dispatcher.call("case.urge", case=case)
    notices = walk(supervisor, "notify.list", "notices", case=case)
    assert notices == [n for n in walk(supervisor, "notify.list", "notices") if n not in before]
    urge = notices[0]
    assert urge["notice"].startswith(f"{told['seq']}-")
    assert (urge["case"], urge["kind"], urge["unit"], urge["to"], urge["channel"]) == (case, "urge", "housing", "housing-desk", "phone")
    assert walk(supervisor, "notify.list", "notices", limit=1) == walk(supervisor, "notify.list", "notices")
    assert case in {n["case"] for n in walk(supervisor, "notify.list", "notices", unit="housing", channel="phone")}
    assert walk(supervisor, "notify.list", "notices", unit="roads", case=case) == []
    assert walk(supervisor, "notify.list", "notices", case=case, since="2026-11-24T00:00:00+08:00") == []
    with refused("invalid_params") as r:
        supervisor.call("notify.list", unit="x", state="x", case="x", cursor="x")
    assert len(r.error.errors) == 4


# -- what waits for a decision ------------------------------------------------------------------------------------------

def test_pending(daemon, dispatcher, supervisor):
    plain, extend, assist = (submit(dispatcher) for _ in range(3))
    housing = as_one(daemon, "housing")
    housing.call("request.ask", case=extend, what="extend", reason="material")
    housing.call("request.ask", case=assist, what="assist", reason="要道路办一起去")

    def pending(value):
        return {c["number"] for c in walk(supervisor, "case.list", "cases", pending=value)}

    assert pending(True) == pending("any") == {extend, assist}
    assert pending("extend") == {extend} and pending("waive") == set()
    assert {plain, extend, assist} <= pending(False)
    with refused("invalid_params"):
        supervisor.call("case.list", pending="soon")
    supervisor.call("request.decide", request=f"{extend}-R1", grant=True)
    assert pending(True) == {assist}


def test_attachments_of_later_events_are_the_cases_too(daemon, dispatcher):
    case = submit(dispatcher, attachments=[{"uri": "file:before.jpg", "kind": "before"}])
    housing = as_one(daemon, "housing")
    housing.call("case.accept", case=case)
    housing.call("case.finish", case=case, result="solved", attachments=[{"uri": "file:after-1.jpg", "kind": "after"},
                                                                         {"uri": "file:after-2.jpg", "kind": "after"}])
    got = dispatcher.call("case.get", case=case)
    assert [a["uri"] for a in got["attachments"]] == ["file:before.jpg", "file:after-1.jpg", "file:after-2.jpg"]
    listed = [c for c in walk(dispatcher, "case.list", "cases") if c["number"] == case]
    assert listed == [got]
    last = dispatcher.call("case.history", case=case)["events"][-1]
    assert [a["uri"] for a in last["attachments"]] == ["file:after-1.jpg", "file:after-2.jpg"]


# -- the agenda ---------------------------------------------------------------------------------------------------------

MONTH = {"from": "2026-11-01T00:00:00+08:00", "to": "2026-12-01T00:00:00+08:00"}


def agenda(client, **window):
    return {c["case"]: c for c in client.call("report.agenda", {**MONTH, **window})["cases"]}


def bounce(dispatcher, case, units):
    for unit in units:
        if dispatcher.call("case.get", case=case)["state"] == "triage":
            dispatcher.call("case.dispatch", case=case, unit=unit, reason="看谁来办")
        dispatcher.call("case.return", {"case": case, "reason": "not_ours", "for": {"unit": unit}})


def test_the_agenda_is_exactly_what_crosses_departments_or_bounces(daemon, dispatcher, supervisor):
    before = agenda(supervisor)
    plain = submit(dispatcher)
    firm = submit(dispatcher, estate="pp-001")  # a firm with its committee: an estate's own business
    returned_once = submit(dispatcher)
    bounce(dispatcher, returned_once, ["housing"])
    two = submit(dispatcher, **{"class": "E90-02"})  # housing with roads at its side
    twice = submit(dispatcher)
    bounce(dispatcher, twice, ["housing", "roads"])
    crew = submit(dispatcher)
    dispatcher.call("case.assign", case=crew, unit="works", kind="assist")  # the same department
    rejected = submit(dispatcher, **{"class": "E90-02"})
    dispatcher.call("case.reject", case=rejected, reason="duplicate")
    found = {c: row for c, row in agenda(supervisor).items() if c not in before}
    assert set(found) == {two, twice}
    assert found[two]["why"] == ["departments"] and found[two]["departments"] == ["housing", "roads"]
    assert found[twice]["why"] == ["bounced"] and found[twice]["returns"] == 2
    assert {plain, firm, returned_once, crew, rejected}.isdisjoint(found)


def test_what_the_joint_meeting_holds_is_on_its_agenda(daemon, dispatcher, supervisor):
    case = submit(dispatcher)
    bounce(dispatcher, case, ["housing", "roads", "works", "housing", "roads"])
    assert dispatcher.call("case.get", case=case)["unit"] == "joint_meeting"
    assert agenda(supervisor)[case]["why"] == ["joint_meeting", "bounced"]


def test_the_agenda_has_a_window(daemon, supervisor, dispatcher):
    case = submit(dispatcher, **{"class": "E90-02"})
    assert case in agenda(supervisor)
    assert agenda(supervisor, **{"from": "2026-10-01T00:00:00+08:00", "to": "2026-11-01T00:00:00+08:00"}) == {}
    with refused("invalid_params"):
        supervisor.call("report.agenda", {"from": MONTH["to"], "to": MONTH["from"]})
    with refused("invalid_params"):
        supervisor.call("report.agenda", {"from": MONTH["to"]})


def test_a_unit_sees_its_own_part_of_the_agenda(daemon, supervisor, dispatcher):
    submit(dispatcher, **{"class": "E90-02"})
    whole, own = agenda(supervisor), agenda(as_one(daemon, "works"))
    assert set(own) < set(whole)
    with refused("forbidden"):
        dispatcher.call("report.agenda", MONTH)


# -- junk ---------------------------------------------------------------------------------------------------------------

JUNK = [None, True, 0, -1, 1.5, 2**63 - 1, "", "x", "长" * 300, "20261123-0000001", "4711-1", "7.7.7", "clock.*", [], [None], [1, "x", {}],
        ["case.*"], {}, {"x": None}, {"channel": 1}]
PARAMS = {
    "events.read": ["after", "types", "case", "limit", "wait_ms", "town", "auth"],
    "events.subscribe": ["after", "types", "case", "town"],
    "supervision.list": ["case", "unit", "state", "kind", "since", "limit", "cursor"],
    "notify.list": ["case", "unit", "state", "kind", "channel", "since", "limit", "cursor"],
    "report.agenda": ["from", "to"],
    "report.overdue": ["at", "limit", "town"],
    "report.nightly": ["date", "parts", "language", "list", "limit"],
    "report.send": ["date"],
    "session.login": ["token", "town"],
    "case.list": ["pending", "cursor"],
}


@pytest.mark.parametrize("method", PARAMS)
def test_junk_in_any_param_is_answered(daemon, method):
    with daemon.client() as client:
        for name in PARAMS[method]:
            for value in JUNK:
                try:
                    client.call(method, {name: value})
                except GriddError as error:
                    assert error.reason != "internal", (name, value, error)
        assert client.call("system.ping")["ready"]
