"""case.list: pages, filters, sorting; and that every pair of filters is answered by an index, whatever lies in the table."""

import itertools
import json
import re

import pytest
from harness import MORNING, TOWN, Daemon, a_case, refused, size, wait_until


@pytest.fixture(scope="module")
def daemon(module_folder):
    """Plans are read from PostgreSQL's own log."""
    settings = " ".join(["shared_preload_libraries=auto_explain", "auto_explain.log_min_duration=0",
                         "auto_explain.log_format=json", "session_preload_libraries=auto_explain"])
    d = Daemon(module_folder, config={"embedded": {"settings": settings}}).start()
    try:
        yield d
        d.stop()
    finally:
        d.close()


@pytest.fixture(scope="module")
def cases(daemon):
    """A hundred cases of all kinds: (params, result)."""
    made = []
    with daemon.client() as c:
        for i in range(100):
            params = a_case(text=f"第{i}件 漏水")
            params["class"] = ["E70-05", "E70-06", "E80-01"][i % 3]
            if params["class"] == "E80-01":
                params["condition"] = "12"[i % 2]
            params["estate"] = [None, "pp-001", "pp-002"][i % 7 % 3]
            params["tags"] = [["storm"], [], ["storm", "night"]][i % 5 % 3]
            params["source"]["channel"] = ["patrol", "hotline"][i % 2]
            made.append({k: v for k, v in params.items() if v is not None})
        results = c.call_many([("case.submit", p) for p in made])
    return list(zip(made, results))


def walk(client, **params):
    """All cases of a list, page by page."""
    found, cursor = [], None
    while True:
        page = client.call("case.list", {**params, **({"cursor": cursor} if cursor else {})})
        found += page["cases"]
        cursor = page.get("cursor")
        if not cursor:
            return found


def numbers(rows):
    return [r["number"] for r in rows]


@pytest.mark.parametrize("sort", ["due", "overdue", "received", "updated"])
@pytest.mark.parametrize("limit", [1, 7, 500])
def test_walking_gives_each_case_once(client, cases, sort, limit):
    found = numbers(walk(client, sort=sort, limit=limit))
    assert sorted(found) == sorted(r["case"] for _, r in cases)


def test_due_is_the_default_and_earliest_first(client, cases):
    rows = walk(client, limit=30)
    due = [next((c["due_at"] for c in r["clocks"] if c["name"] == "accept"), "9999") for r in rows]
    assert due == sorted(due)
    assert numbers(rows) == numbers(walk(client, sort="due"))


def test_received_is_newest_first_or_last_but_ordered(client, cases):
    found = numbers(walk(client, sort="received", limit=9))
    assert found in (sorted(found), sorted(found, reverse=True))


FILTERS = {
    "class": ("E80-01", lambda p, r: p["class"] == "E80-01"),
    "unit": ("housing", lambda p, r: r["unit"] == "housing"),
    "estate": ("pp-002", lambda p, r: p.get("estate") == "pp-002"),
    "grid": ("g1", lambda p, r: "estate" in p),
    "channel": ("hotline", lambda p, r: p["source"]["channel"] == "hotline"),
    "tag": ("storm", lambda p, r: "storm" in p["tags"]),
    "state": ("dispatched", lambda p, r: r["state"] == "dispatched"),
    "due_before": ("2026-11-24T00:00:00+08:00", lambda p, r: r.get("due_at", "9") < "2026-11-24T00:00:00+08:00"),
    "received_since": (MORNING, lambda p, r: True),
    "updated_since": (MORNING, lambda p, r: True),
    "returns_min": (1, lambda p, r: False),
    "pending": (True, lambda p, r: False),
}


@pytest.mark.parametrize("name", FILTERS)
def test_each_filter(client, cases, name):
    value, holds = FILTERS[name]
    assert sorted(numbers(walk(client, **{name: value}))) == sorted(r["case"] for p, r in cases if holds(p, r))


@pytest.mark.parametrize("one, two", itertools.combinations(FILTERS, 2))
def test_each_pair_of_filters(client, cases, one, two):
    expected = sorted(r["case"] for p, r in cases if FILTERS[one][1](p, r) and FILTERS[two][1](p, r))
    assert sorted(numbers(walk(client, **{one: FILTERS[one][0], two: FILTERS[two][0]}))) == expected


def test_a_big_class_stands_for_its_classes(client, cases):
    assert sorted(numbers(walk(client, **{"class": "E70"}))) == sorted(r["case"] for p, r in cases if p["class"] != "E80-01")


def test_text_only_beside_another_filter(client, cases):
    with refused("invalid_params"):
        client.call("case.list", {"text": "漏水"})
    found = numbers(walk(client, text="第7件", channel="hotline"))
    assert found == [r["case"] for p, r in cases if p["text"].startswith("第7件") and p["source"]["channel"] == "hotline"]


def test_overdue_is_empty_before_and_full_after(daemon, cases):
    with daemon.client() as c:
        assert walk(c, overdue="any") == []
        c.call("test.advance", {"to": "2026-11-23T12:00:00+08:00"})
        handle = numbers(walk(c, overdue="handle", sort="overdue"))
        assert sorted(handle) == sorted(r["case"] for p, r in cases if p["class"] == "E70-06")
        assert set(numbers(walk(c, overdue="any"))) >= set(handle)


@pytest.mark.parametrize("params, path", [
    ({"limit": 501}, "/params/limit"), ({"limit": 0}, "/params/limit"), ({"cursor": "nonsense"}, "/params/cursor"),
    ({"sort": "size"}, "/params/sort"), ({"state": "open"}, "/params/state"), ({"due_before": "soon"}, "/params/due_before"),
])
def test_faults(client, params, path):
    with refused("invalid_params") as r:
        client.call("case.list", params)
    assert [f["path"] for f in r.error.errors] == [path]


def test_the_case_object(client, cases):
    rows = client.call("case.list", {"limit": 5})
    for row in rows["cases"]:
        assert row == client.call("case.get", {"case": row["number"]})


# -- plans ---------------------------------------------------------------------------------------------------------------

def multiply(daemon, rows):
    """Fills the tables with copies of the cases that are there, spread over days, units and states."""
    columns = [r[0] for r in daemon.sql("SELECT attname FROM pg_attribute WHERE attrelid = 'gridd.case_file'::regclass "
                                        "AND attnum > 0 AND NOT attisdropped ORDER BY attnum")]
    def some(known, every):
        """The word that is asked for in each `every`-th row, another one in the rest."""
        return f"CASE WHEN n % {every} = 1 THEN '{known}' ELSE 'x' || n % {every} END"

    new = {"id": "1000000 + n", "number": "'c' || n", "unit": some("housing", 40), "estate": some("pp-002", 300),
           "state": "CASE WHEN n % 10 = 0 THEN 'dispatched' ELSE 'closed' END", "grid": some("g1", 37),
           "class": some("E70-05", 60), "channel": some("hotline", 7),
           "due_at": "CASE WHEN n % 10 = 0 THEN f.received_at + n * interval '1 second' END",
           "received_at": "f.received_at - n * interval '1 minute'", "updated_at": "f.updated_at - n * interval '50 second'"}
    daemon.sql(f"INSERT INTO gridd.case_file ({', '.join(columns)}) SELECT {', '.join(new.get(c, 'f.' + c) for c in columns)} "
               f"FROM generate_series(1, {rows}) n, (SELECT * FROM gridd.case_file ORDER BY id LIMIT 1) f")
    private = [r[0] for r in daemon.sql("SELECT attname FROM pg_attribute WHERE attrelid = 'gridd.case_private'::regclass "
                                        "AND attnum > 0 AND NOT attisdropped ORDER BY attnum")]
    daemon.sql(f"INSERT INTO gridd.case_private ({', '.join(private)}) "
               f"SELECT {', '.join('1000000 + n' if c == 'case_id' else 'p.' + c for c in private)} "
               f"FROM generate_series(1, {rows}) n, (SELECT * FROM gridd.case_private ORDER BY case_id LIMIT 1) p")
    daemon.sql("ANALYZE gridd.case_file")
    daemon.sql("ANALYZE gridd.case_private")


def plans_of(text):
    """The plans in a piece of PostgreSQL's log that read case_file."""
    decoder = json.JSONDecoder()
    for m in re.finditer(r"plan:\s*\{", text):
        plan, _ = decoder.raw_decode(text[m.end() - 1:])
        if "case_file" in json.dumps(plan):
            yield plan


def scans(node):
    if "Scan" in node["Node Type"] and node.get("Relation Name") == "case_file":
        yield node
    for child in node.get("Plans", []):
        yield from scans(child)


PLANNED = {"unit": "housing", "class": "E70-05", "estate": "pp-002", "grid": "g1", "channel": "hotline", "tag": "storm", "state": "dispatched",
           "due_before": "2026-12-24T00:00:00+08:00", "received_since": "2026-11-22T00:00:00+08:00",
           "updated_since": "2026-11-22T00:00:00+08:00", "returns_min": 1, "pending": True, "overdue": "any"}


def test_every_pair_of_filters_has_an_index_plan(daemon, cases):
    multiply(daemon, size(20000, 20000, 1000000))
    server_log = daemon.data / "log"
    pairs = [(a, b, s) for a, b in itertools.combinations(PLANNED, 2) for s in ("due", "received")]
    bad = []
    with daemon.client() as c:
        for one, two, sort in pairs:
            start = server_log.stat().st_size
            c.call("case.list", {one: PLANNED[one], two: PLANNED[two], "sort": sort, "limit": 50, "town": TOWN})
            plans = wait_until(lambda: list(plans_of(server_log.read_bytes()[start:].decode("utf-8", "replace"))), 10, "a plan")
            for plan in plans:
                if any(s["Node Type"] == "Seq Scan" for s in scans(plan["Plan"])):
                    bad.append((one, two, sort))
    assert not bad, f"{len(bad)} of {len(pairs)} pairs scan the table: {bad[:10]}"
