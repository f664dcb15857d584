"""Two daemons on one database: the same keys in opposite orders, copies, one feed, one pack."""

import json
import threading

import pytest
from harness import MORNING, TOWN, Daemon, a_case, size, wait_until


@pytest.fixture(scope="module")
def pair(module_folder):
    first = Daemon(module_folder).start()
    second = None
    try:
        second = Daemon(module_folder, name="second", database=first.conninfo("gridd_app"), pack=None).start()
        yield first, second
        second.stop()
        first.stop()
    finally:
        if second:
            second.close()
        first.close()


def send_all(daemon, calls, replies):
    """All of them at once, without waiting for one before the next."""
    with daemon.client(timeout=120) as client:
        lines = [json.dumps({"jsonrpc": "2.0", "id": p["key"], "method": "case.submit", "params": p}) for p in calls]
        for start in range(0, len(lines), 60):
            client.send_raw("\n".join(lines[start:start + 60]).encode() + b"\n")
            for _ in lines[start:start + 60]:
                reply = client.read_message()
                replies[reply["id"]] = reply


def test_opposite_orders(pair):
    first, second = pair
    rounds = size(5, 20, 200)
    deadlocks = first.value("SELECT sum(deadlocks) FROM pg_stat_database")
    keys_before = first.value("SELECT count(*) FROM gridd.call_key")
    events_before = first.value("SELECT count(*) FROM gridd.case_event")
    calls = [[a_case(key=f"round{r}-{i}") for i in range(60)] for r in range(rounds)]
    answers = {}, {}
    threads = [
        threading.Thread(target=send_all, args=(first, [p for c in calls for p in c], answers[0])),
        threading.Thread(target=send_all, args=(second, [p for c in calls for p in reversed(c)], answers[1])),
    ]
    for t in threads:
        t.start()
    for t in threads:
        t.join(300)
    assert len(answers[0]) == len(answers[1]) == 60 * rounds
    for key, reply in answers[0].items():
        other = answers[1][key]
        assert "result" in reply and "result" in other, (reply, other)
        assert {k: v for k, v in reply["result"].items() if k != "replayed"} == {
            k: v for k, v in other["result"].items() if k != "replayed"}
        assert ("replayed" in reply["result"]) != ("replayed" in other["result"])
    fresh = first.value("SELECT count(*) FROM gridd.call_key") - keys_before
    events = first.value("SELECT count(*) FROM gridd.case_event") - events_before
    assert events == fresh == 60 * rounds
    assert first.value("SELECT sum(version) FROM gridd.case_file") == first.value("SELECT count(*) FROM gridd.case_event")
    assert first.value("SELECT sum(deadlocks) FROM pg_stat_database") == deadlocks


def test_the_feed_has_no_gap(pair):
    first, second = pair
    seqs = [r[0] for r in first.sql("SELECT seq FROM gridd.case_event WHERE town = %s ORDER BY seq", TOWN)]
    assert seqs == list(range(1, len(seqs) + 1))
    assert first.call("db.verify")["ok"] and second.call("db.verify")["ok"]


def test_copies_at_once(pair):
    params = a_case(key="both")
    results = []
    threads = [threading.Thread(target=lambda d=d: results.append(d.call("case.submit", params))) for d in pair * 4]
    for t in threads:
        t.start()
    for t in threads:
        t.join(60)
    assert len(results) == 8 and len({r["case"] for r in results}) == 1
    assert sum("replayed" not in r for r in results) == 1


def test_each_sees_what_the_other_stored(pair):
    first, second = pair
    number = first.call("case.submit", a_case())["case"]
    assert second.call("case.get", {"case": number}) == first.call("case.get", {"case": number})


def test_one_test_clock_for_both(pair):
    first, second = pair
    assert second.call("system.info")["now"] == MORNING
    first.call("test.advance", {"by": "30min"})
    wait_until(lambda: second.call("system.info")["now"] == "2026-11-23T09:30:00+08:00", 5, "the other daemon's clock")
