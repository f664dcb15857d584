"""case.submit: every param, all faults at once, keys and copies, dry runs, similar cases, deadlines, triage."""

import json
import re

import pytest
from harness import MORNING, TOWN, GriddError, a_case, faults_of, refused
from principals import config, principal, token

EVERYTHING = {
    "class": "E80-01",
    "condition": "1",
    "text": "试验路100弄门口有一个坑\n小心",
    "estate": "pp-001",
    "grid": "g1",
    "address": "试验路100弄3号",
    "place": {"x": 121.45, "y": 31.30, "crs": "wgs84"},
    "attrs": {"depth": "20cm", "lanes": 2, "lit": True},
    "tags": ["storm", "night"],
    "urgency": "urgent",
    "observed_at": "2026-11-23T08:30:00+08:00",
    "received_at": "2026-11-23T00:50:00Z",
    "reporter": {"name": "张试验", "phone": "19900000001", "confidential": False},
    "attachments": [{"uri": "https://example.org/1.jpg", "sha256": "ab" * 32, "media_type": "image/jpeg", "kind": "before",
                     "taken_at": "2026-11-23T08:31:00+08:00"}],
    "deadlines": [{"clock": "handle", "at": "2026-11-24T12:00:00+08:00"}],
}


def clock(clocks, name):
    return next(c for c in clocks if c["name"] == name)


def test_the_plain_one(client):
    r = client.call("case.submit", a_case())
    assert re.fullmatch(r"20261123-\d{7,}", r["case"])
    assert (r["state"], r["version"], r["unit"]) == ("dispatched", 1, "firm_a")
    assert r["rule"] == "estate-firm" or r["rule"]["id"] == "estate-firm"
    assert r["seq"] >= 1 and isinstance(r["similar"], list)
    assert {c["name"] for c in r["clocks"]} >= {"accept", "handle", "overall"}
    # 9:00 + 4 working hours: three until noon, one after lunch; 3 working days to the end of Thursday
    assert clock(r["clocks"], "accept")["due_at"] == "2026-11-23T14:00:00+08:00"
    assert clock(r["clocks"], "handle")["due_at"] == "2026-11-26T17:00:00+08:00"
    # 20 working days: to the end of Monday, 21 December
    assert clock(r["clocks"], "overall")["due_at"] == "2026-12-21T17:00:00+08:00"
    # what the holder owes next: to accept it
    assert r["due_at"] == "2026-11-23T14:00:00+08:00"


def test_every_param_comes_back(client):
    params = a_case(**EVERYTHING)
    number = client.call("case.submit", params)["case"]
    case = client.call("case.get", {"case": number})
    for name in ("class", "condition", "text", "estate", "grid", "address", "urgency", "observed_at"):
        assert case[name] == params[name], name
    assert case["place"] == params["place"]
    assert sorted(case["tags"]) == ["night", "storm"]
    assert case["attrs"]["depth"] == "20cm" and str(case["attrs"]["lanes"]) == "2"
    assert case["received_at"] == "2026-11-23T08:50:00+08:00", "replies carry the town's offset"
    assert case["source"]["channel"] == "patrol" and case["source"]["ref"] == params["source"]["ref"]
    assert case["attachments"][0]["uri"] == "https://example.org/1.jpg" and case["attachments"][0]["kind"] == "before"
    assert case["town"] == TOWN and case["number"] == number and case["version"] == 1
    assert case["unit"] == case["responsible"] == "roads" and case["state"] == "dispatched"
    assert case["rule"]["id"] == "road" and case["rule"]["pack"] >= 1
    assert [t["unit"] for t in case["tasks"] if t["kind"] == "lead"] == ["roads"]
    assert client.call("case.get", {"case": params["source"]}) == case, "an outside number names the case as well"


def test_reporter_data_are_masked(client):
    number = client.call("case.submit", a_case(reporter={"name": "李试验", "phone": "19900000002"}))["case"]
    reporter = client.call("case.get", {"case": number})["reporter"]
    assert "李试验" not in json.dumps(reporter, ensure_ascii=False) and "19900000002" not in json.dumps(reporter)


def test_assist_and_history(client):
    number = client.call("case.submit", a_case())["case"]
    case = client.call("case.get", {"case": number})
    assert {(t["unit"], t["kind"]) for t in case["tasks"]} == {("firm_a", "lead"), ("c001", "assist")}
    events = client.call("case.history", {"case": number})["events"]
    assert [e["version"] for e in events] == [1]
    event = events[0]
    assert event["town"] == TOWN and event["case"] == number and event["type"].startswith("case.")
    assert event["at"] == event["recorded_at"] == MORNING and event["state"] == "dispatched"
    assert event["actor"]


# -- faults --------------------------------------------------------------------------------------------------------------

def test_all_faults_at_once(client):
    with refused("invalid_params") as r:
        client.call("case.submit", {
            "class": "E70-99", "estate": "pp-0001", "grid": "g9", "text": 5, "urgency": "hurry",
            "source": {"channel": "patrol", "reff": "x"}, "place": {"x": 200, "y": 1, "crs": "wgs84"},
            "observed_at": "2026-11-23T08:30:00", "attachments": [{"uri": ""}], "deadlines": [{"clock": "handel", "at": "soon"}],
            "colour": "red"})
    assert set(faults_of(r.error)) >= {
        "/params/text", "/params/urgency", "/params/source/ref", "/params/source/reff", "/params/observed_at",
        "/params/attachments/0/uri", "/params/deadlines/0/at", "/params/colour"}


def test_unknown_words_name_the_nearest(client):
    with refused("invalid_params") as r:
        client.call("case.submit", a_case(**{"class": "E70-055", "estate": "pp-0001", "grid": "g2"}))
    faults = {f["path"]: f for f in r.error.errors}
    assert set(faults) == {"/params/class", "/params/estate", "/params/grid"}
    assert all(f["code"] == "unknown" for f in faults.values())
    assert faults["/params/class"]["suggestion"] == "E70-05"
    assert faults["/params/estate"]["suggestion"] == "pp-001"
    assert "E70-05" in faults["/params/class"]["message"]


def test_unknown_channel_is_a_fault_always(client):
    with refused("invalid_params") as r:
        client.call("case.submit", a_case(source={"channel": "patrole", "ref": "1"}))
    assert r.error.errors[0]["path"] == "/params/source/channel" and r.error.errors[0]["suggestion"] == "patrol"


@pytest.mark.parametrize("changes, path", [
    ({"text": ""}, "/params/text"),
    ({"text": None}, "/params/text"),
    ({"source": None}, "/params/source"),
    ({"text": "x" * 70000}, "/params/text"),
    ({"key": "k" * 201}, "/params/key"),
    ({"tags": "storm"}, "/params/tags"),
    ({"tags": ["a"] * 21}, "/params/tags"),
    ({"attrs": {"a": {"b": 1}}}, "/params/attrs/a"),
    ({"place": {"x": 1, "y": 2, "crs": "mars"}}, "/params/place/crs"),
    ({"reporter": {"name": 1}}, "/params/reporter/name"),
    ({"observed_at": "2026-11-23 08:30:00+08:00x"}, "/params/observed_at"),
    ({"observed_at": "2026-11-23T09:30:00+08:00"}, "/params/observed_at"),
    ({"received_at": "2026-11-24T09:00:00+08:00"}, "/params/received_at"),
    ({"attachments": [{"uri": "https://example.org/1", "sha256": "xyz"}]}, "/params/attachments/0/sha256"),
    ({"attachments": [{"uri": "https://example.org/1", "kind": "during"}]}, "/params/attachments/0/kind"),
    ({"handled": {"unit": "nobody", "at": MORNING, "result": "solved"}}, "/params/handled/unit"),
    ({"handled": {"unit": "roads", "at": MORNING, "result": "vanished"}}, "/params/handled/result"),
    ({"class": "E80-01", "condition": "7"}, "/params/condition"),
    ({"urgency": 3}, "/params/urgency"),
    ({"dry_run": "yes"}, "/params/dry_run"),
    ({"town": "999999999"}, "/params/town"),
])
def test_each_fault_has_its_place(client, changes, path):
    params = a_case(**changes)
    with pytest.raises(GriddError) as e:
        client.call("case.submit", params)
    if path == "/params/town" and e.value.reason == "not_found":
        return
    assert list(faults_of(e.value)) == [path]


def test_faults_store_nothing(daemon, client):
    before = daemon.value("SELECT count(*) FROM gridd.case_file")
    with refused("invalid_params"):
        client.call("case.submit", a_case(**{"class": "none"}, key="faulty"))
    assert daemon.value("SELECT count(*) FROM gridd.case_file") == before
    assert client.call("case.submit", a_case(key="faulty"))["version"] == 1, "a refusal does not use up its key"


def test_a_clock_slightly_ahead_is_taken_as_now(client):
    number = client.call("case.submit", a_case(observed_at="2026-11-23T09:05:00+08:00"))["case"]
    assert client.call("case.get", {"case": number})["observed_at"] == MORNING
    opened = client.call("case.history", {"case": number})["events"][0]["data"]["changes"][0]
    assert opened["clock_ahead_seconds"] == 300


# -- keys ----------------------------------------------------------------------------------------------------------------

def without_replayed(result):
    return {k: v for k, v in result.items() if k != "replayed"}


def test_a_key_replays_verbatim(client):
    params = a_case(**EVERYTHING, key="replay-1")
    first = client.call("case.submit", params)
    assert "replayed" not in first
    shuffled = dict(reversed(list(params.items())))
    again = client.call("case.submit", shuffled)
    assert again.pop("replayed") is True
    assert again == first
    assert client.call("case.submit", {**params, "auth": None, "urgency": "urgent", "grid": "g1"})["replayed"] is True


def test_a_key_with_another_body_is_a_conflict(client):
    params = a_case(key="conflict-1")
    number = client.call("case.submit", params)["case"]
    with refused("conflict") as r:
        client.call("case.submit", {**params, "text": "别的事"})
    assert r.error.data["case"] == number


def test_a_ref_is_a_key(client):
    params = a_case()
    first = client.call("case.submit", params)
    again = client.call("case.submit", params)
    assert again["replayed"] is True and without_replayed(again) == first
    with refused("conflict") as r:
        client.call("case.submit", {**params, "text": "别的事"})
    assert r.error.data["case"] == first["case"]


def test_a_ref_under_another_key(client):
    params = a_case()
    first = client.call("case.submit", {**params, "key": "ref-a"})
    again = client.call("case.submit", {**params, "key": "ref-b"})
    assert again["replayed"] is True and again["case"] == first["case"]
    with refused("conflict") as r:
        client.call("case.submit", {**params, "text": "别的事", "key": "ref-c"})
    assert r.error.data["case"] == first["case"]


def test_copies_in_one_batch(daemon, client):
    params = a_case(key="batch-copies")
    results = client.batch([("case.submit", params)] * 20)
    assert len({r["case"] for r in results}) == 1
    assert sum("replayed" not in r for r in results) == 1
    assert len({json.dumps(without_replayed(r), sort_keys=True) for r in results}) == 1
    assert daemon.value("SELECT count(*) FROM gridd.outside_ref WHERE ref = %s", params["source"]["ref"]) == 1


def test_copies_in_one_batch_with_another_body(client):
    params = a_case(key="batch-mixed")
    results = client.batch([("case.submit", params), ("case.submit", {**params, "text": "别的事"})])
    kinds = sorted("stored" if isinstance(r, dict) else r.reason for r in results)
    assert kinds == ["conflict", "stored"]


def test_copies_on_two_connections(daemon):
    one, two = daemon.client(), daemon.client()
    calls = [{"jsonrpc": "2.0", "id": i, "method": "case.submit", "params": a_case(key=f"two-{i}")} for i in range(60)]
    one.send_raw("".join(json.dumps(c) + "\n" for c in calls).encode())
    two.send_raw("".join(json.dumps(c) + "\n" for c in reversed(calls)).encode())
    replies = [{m["id"]: m["result"] for m in (peer.read_message() for _ in calls)} for peer in (one, two)]
    for i in range(60):
        a, b = replies[0][i], replies[1][i]
        assert without_replayed(a) == without_replayed(b)
        assert ("replayed" in a) != ("replayed" in b)


def test_without_a_key_or_ref_twin_texts_are_two_cases(client):
    a, b = client.call("case.submit", a_case()), client.call("case.submit", a_case())
    assert a["case"] != b["case"]


# -- dry runs, similar cases, deadlines, handled on the spot ---------------------------------------------------------------

def test_dry_run_stores_nothing(daemon, client):
    tables = ["case_file", "case_private", "case_event", "call_key", "outside_ref", "task", "timer"]
    count = "SELECT " + ", ".join(f"(SELECT count(*) FROM gridd.{t})" for t in tables)
    before = daemon.sql(count)
    params = a_case(key="dry-1")
    r = client.call("case.submit", {**params, "dry_run": True})
    assert r["dry_run"] is True and r["unit"] == "firm_a" and r["due_at"] == "2026-11-23T14:00:00+08:00"
    assert daemon.sql(count) == before
    real = client.call("case.submit", params)
    assert real["due_at"] == r["due_at"] and "replayed" not in real


def test_similar_by_estate_and_address(client):
    first = client.call("case.submit", a_case(estate="pp-001", address="试验路100弄7号502室"))["case"]
    second = client.call("case.submit", a_case(estate="pp-001", address="试验路100弄7号502室", **{"class": "E70-06"}))
    assert first in second["similar"], "classes of one group"
    assert first not in client.call("case.submit", a_case(estate="pp-001", address="试验路100弄8号502室"))["similar"]
    other = client.call("case.submit", a_case(address="试验路100弄7号502室", **{"class": "E80-01", "condition": "1"}))
    assert first not in other["similar"], "another group"


def test_similar_by_place(client):
    def at(x, y):
        return client.call("case.submit", a_case(**{"class": "E80-01", "condition": "2", "estate": None},
                                                 place={"x": x, "y": y, "crs": "sh2000"}))

    first = at(5000.0, 7000.0)["case"]
    assert first in at(5030.0, 7039.0)["similar"], "49 m"
    assert first not in at(5036.0, 6960.0)["similar"], "54 m"


def test_similar_within_one_batch(client):
    where = dict(estate="pp-002", address="试验路200弄1号101室")
    results = client.batch([("case.submit", a_case(**where)) for _ in range(3)])
    assert [len(set(r["similar"]) & {x["case"] for x in results}) for r in results] == [0, 1, 2]


def test_deadlines_from_outside(client):
    r = client.call("case.submit", a_case(deadlines=[{"clock": "handle", "at": "2026-11-24T12:00:00+08:00"}]))
    assert clock(r["clocks"], "handle")["due_at"] == "2026-11-24T12:00:00+08:00"


def test_an_unknown_deadline_clock_names_the_nearest(client):
    with refused("invalid_params") as r:
        client.call("case.submit", a_case(deadlines=[{"clock": "handel", "at": "2026-11-24T12:00:00+08:00"}]))
    assert r.error.errors[0]["path"] == "/params/deadlines/0/clock" and r.error.errors[0]["suggestion"] == "handle"


def test_handled_on_the_spot(client):
    r = client.call("case.submit", a_case(handled={"unit": "roads", "at": "2026-11-23T08:45:00+08:00", "result": "solved"}))
    case = client.call("case.get", {"case": r["case"]})
    assert case["state"] in ("finished", "closed") and case["result"] == "solved"


def test_declared_clocks_run(client):
    r = client.call("case.submit", a_case())
    assert clock(r["clocks"], "contact")["due_at"] == "2026-11-23T10:00:00+08:00"


def test_the_emergency_runs_through_the_night(client):
    r = client.call("case.submit", a_case(**{"class": "E70-06"}))
    assert clock(r["clocks"], "accept")["due_at"] == "2026-11-23T09:30:00+08:00"
    assert clock(r["clocks"], "handle")["due_at"] == "2026-11-23T11:00:00+08:00"


# -- triage --------------------------------------------------------------------------------------------------------------

def test_the_channel_says_refuse_or_triage(client):
    unknown = {"class": "E99-99", "estate": "pp-999"}
    with refused("invalid_params") as r:
        client.call("case.submit", a_case(**unknown))
    assert set(faults_of(r.error)) == {"/params/class", "/params/estate"}
    sent = a_case(**unknown)
    sent["source"]["channel"] = "hotline"
    r = client.call("case.submit", sent)
    assert r["state"] == "triage" and r["unit"] == "desk"
    case = client.call("case.get", {"case": r["case"]})
    assert "E99-99" in json.dumps(case) and "pp-999" in json.dumps(case), "kept as sent"


def test_what_no_rule_can_decide_goes_to_the_desk(client):
    r = client.call("case.submit", a_case(**{"class": None, "estate": None}, source={"channel": "hotline", "ref": "no-class"}))
    assert r["state"] == "triage"
    explained = client.call("rules.explain", {"text": "三楼漏水", "source": {"channel": "hotline"}})
    assert explained["routed"] is False and explained["triage"]["reason"] == "cannot_tell"


def test_propose_waits_for_a_person(client):
    r = client.call("case.submit", a_case(**{"class": "E80-01", "condition": "1"}, tags=["propose"]))
    assert r["state"] == "triage"
    assert client.call("case.get", {"case": r["case"]})["proposed"]


def test_a_class_whose_limit_hangs_on_its_condition(client):
    with_condition = client.call("case.submit", a_case(**{"class": "E80-01", "condition": "1"}))
    assert clock(with_condition["clocks"], "handle")["due_at"] == "2026-11-25T17:00:00+08:00"


def test_explain_says_the_same(client):
    params = a_case(address="试验路100弄1号")
    r = client.call("case.submit", params)
    e = client.call("rules.explain", {k: v for k, v in params.items()})
    assert e["routed"] and e["unit"] == r["unit"] and e["rule"]["id"] == "estate-firm"
    assert e["rule"]["file"] == "rules/all.yaml" and e["rule"]["line"] == 2
    assert e["handlers"] == ["firm_a", "works", "housing"] and e["responsible"] == "firm_a" and e["assist"] == ["c001"]
    assert e["due"]["handle"] == clock(r["clocks"], "handle")["due_at"]
    assert e["trace"] and all(t["answer"] in ("yes", "no", "cannot_tell") for t in e["trace"])


def test_an_address_finds_its_estate(client):
    e = client.call("rules.explain", {"class": "E70-05", "address": "试验路200弄5号", "source": {"channel": "patrol"}})
    assert e["estate"] == "pp-002" and e["estate_from"] and e["unit"] == "housing"


def test_roles(daemon, client):
    with refused("method_not_found"):
        client.call("case.sumbit", a_case())
    info = client.call("system.info")
    assert info["protocol"] == 1 and "admin" in info["roles"] and info["towns"][0]["code"] == TOWN


BROKEN_PARTS = [
    {"source": {}}, {"source": {"channel": None, "ref": "x"}}, {"source": 7}, {"handled": {}}, {"handled": []}, {"handled": {"unit": 1}},
    {"handled": {"unit": "x", "result": None}}, {"deadlines": [{}]}, {"deadlines": [1, None]}, {"deadlines": {"clock": 1}},
    {"attachments": [{}]}, {"attachments": [None, 3]}, {"tags": [None, 1]}, {"tags": {}}, {"place": {}}, {"place": {"x": "1", "y": 1}},
    {"place": {"crs": "wgs84"}}, {"attrs": [1]}, {"attrs": {"a": {}}}, {"reporter": []}, {"class": 1}, {"condition": "1"}, {"estate": []},
    {"grid": 0}, {"urgency": "now"}, {"observed_at": "soon"}, {"received_at": 1}, {"text": None}, {"address": {}},
]


@pytest.mark.parametrize("method", ["case.submit", "rules.explain"])
@pytest.mark.parametrize("part", BROKEN_PARTS, ids=lambda p: json.dumps(p))
def test_whatever_is_broken_is_a_fault_and_nothing_else(client, method, part):
    """Faults of the table and of the pack are looked for together: what is missing for one must not trip the other."""
    params = {**a_case(), "class": "no-such-class", **part}
    with pytest.raises(GriddError) as caught:
        client.call(method, params)
    assert caught.value.reason == "invalid_params"
    assert client.call("system.ping")["ready"]


def test_a_platform_may_be_bound_to_its_channels(make_daemon):
    bound = principal("patrol-app", "platform", channels=["patrol"])
    with make_daemon(config=config(principals=[bound])).start().client(token=token("patrol-app")) as app:
        assert app.call("case.submit", a_case())["state"] == "dispatched"
        with refused("forbidden"):
            app.call("case.submit", a_case(source={"channel": "hotline", "ref": "H-1"}))
