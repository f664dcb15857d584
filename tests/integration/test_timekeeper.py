"""The timekeeper: each firing once, none early, whoever dies; a failing one holds up nobody; timers that were lost are found."""

import json
import os
import random
import signal
import stat
import threading
import time
from datetime import timedelta, timezone

import pytest
from harness import BUILD, a_case, refused, size, wait_until

BY_TIME = ("clock.warned", "clock.breached", "clock.escalated", "clock.corrected", "case.resumed", "notice.repeated", "supervision.expired")


def history(d, number):
    return d.call("case.history", {"case": number})["events"]


def by_time(d, number):
    """[(type, at)] of what time alone did to a case."""
    return [(e["type"], e["at"]) for e in history(d, number) if e["type"] in BY_TIME]


def timer(d, number):
    """(microseconds or None, failures)"""
    return d.sql("SELECT gridd.at_us(t.fire_at), t.failures FROM gridd.timer t JOIN gridd.case_file f ON f.id = t.case_id "
                 "WHERE f.number = %s", number)[0]


# -- on the test clock ----------------------------------------------------------------------------------------------------

def test_steps_to_each_firing_in_order(make_daemon):
    d = make_daemon().start()
    first = d.call("case.submit", a_case())["case"]
    d.call("test.advance", {"by": "30min"})
    second = d.call("case.submit", a_case())["case"]
    advanced = d.call("test.advance", {"to": "2026-11-27T17:00:00+08:00"})
    assert advanced["now"] == "2026-11-27T17:00:00+08:00"
    told = {n: by_time(d, n) for n in (first, second)}
    assert advanced["fired"] == sum(map(len, told.values())) > 4
    for events in told.values():
        assert [at for _, at in events] == sorted(at for _, at in events)
    # contact 1 h, accept 4 working hours: to the second, each from its own start
    assert ("clock.breached", "2026-11-23T10:00:00+08:00") in told[first]
    assert ("clock.breached", "2026-11-23T10:30:00+08:00") in told[second]
    # each was recorded when it happened: the clock stood there
    late = d.value("SELECT count(*) FROM gridd.case_event WHERE recorded_at <> at")
    assert late == 0
    assert d.value("SELECT count(*) FROM gridd.timer WHERE fire_at <= '2026-11-27T17:00:00+08:00'") == 0
    assert d.call("db.verify")["ok"]
    d.stop()


def test_the_clock_never_goes_back_nor_twice_at_once(make_daemon):
    d = make_daemon().start()
    with refused("conflict"):
        d.call("test.advance", {"to": "2026-11-23T08:59:59+08:00"})
    for _ in range(20):
        d.call("case.submit", a_case())
    ends, threads = [], []

    def advance():
        try:
            ends.append(d.call("test.advance", {"to": "2026-12-01T09:00:00+08:00"})["fired"])
        except Exception as error:  # noqa: BLE001: whatever it is, the assertions below say so
            ends.append(getattr(error, "reason", repr(error)))

    for _ in range(3):
        threads.append(threading.Thread(target=advance))
        threads[-1].start()
    for t in threads:
        t.join(60)
    assert len(ends) == 3 and all(isinstance(e, int) or e == "conflict" for e in ends), ends
    fired = d.value("SELECT count(*) FROM gridd.case_event WHERE version > 1")
    assert sum(e for e in ends if isinstance(e, int)) == fired > 20
    d.stop()


def test_any_daemon_moves_the_clock(make_daemon):
    first = make_daemon().start()
    second = make_daemon(name="second", database=first.conninfo("gridd_app"), pack=None).start()
    number = first.call("case.submit", a_case())["case"]
    fired = [second.call("test.advance", {"to": "2026-11-23T10:00:00+08:00"})["fired"],
             first.call("test.advance", {"to": "2026-11-23T14:00:00+08:00"})["fired"]]
    assert by_time(first, number)[0] == ("clock.breached", "2026-11-23T10:00:00+08:00")
    assert sum(fired) == len(by_time(first, number))
    second.stop()
    first.stop()


@pytest.mark.quiet
def test_a_month_of_a_thousand_instants_is_quick(make_daemon):
    d = make_daemon().start()
    count = size(30, 100, 400)
    with d.client() as client:
        for i in range(count):
            client.call("test.advance", {"by": "1min"})
            client.call("case.submit", a_case())
    before = time.monotonic()
    fired = d.call("test.advance", {"to": "2026-12-23T09:00:00+08:00"})["fired"]
    took = time.monotonic() - before
    assert fired >= 3 * count
    assert took < 0.05 * fired, f"{fired} firings took {took:.1f} s"
    assert d.call("db.verify")["ok"]
    d.stop()


# -- what goes wrong ------------------------------------------------------------------------------------------------------

def test_one_that_fails_is_put_off_and_the_others_go_on(make_daemon):
    d = make_daemon().start()
    broken, sound = d.call("case.submit", a_case())["case"], d.call("case.submit", a_case())["case"]
    agg = d.value("SELECT agg FROM gridd.case_file WHERE number = %s", broken)
    d.sql("UPDATE gridd.case_file SET agg = %s WHERE number = %s", '{"v":2,"junk":true}', broken)
    d.call("test.advance", {"to": "2026-11-23T10:00:00+08:00"})
    assert by_time(d, sound) == [("clock.breached", "2026-11-23T10:00:00+08:00")]
    assert timer(d, broken)[1] == 1 and d.logged("timer.failed")
    d.call("test.advance", {"by": "1min"})
    assert timer(d, broken)[1] == 3 and len(d.logged("timer.stuck")) == 1
    d.call("test.advance", {"by": "2nd"})  # 5, 10, 20, 40, 60, 60 ... min
    assert 40 < timer(d, broken)[1] < 60
    # once it is whole again it catches up, and what it says is the instant that was meant
    d.sql("UPDATE gridd.case_file SET agg = %s WHERE number = %s", agg, broken)
    d.call("test.advance", {"by": "61min"})
    assert by_time(d, broken)[0][0] == "clock.breached" and timer(d, broken)[1] == 0
    assert d.call("db.verify")["ok"]
    d.stop()


def test_a_timer_that_is_too_early_is_set_right(make_daemon):
    d = make_daemon().start()
    number = d.call("case.submit", a_case())["case"]
    right = timer(d, number)
    d.sql("UPDATE gridd.timer SET fire_at = '2026-11-23T09:05:00+08:00'")
    assert d.call("test.advance", {"by": "10min"})["fired"] == 0
    assert timer(d, number) == right
    assert [e["type"] for e in history(d, number)][-1] == "timer.repaired"
    d.stop()


def test_the_auditor_finds_lost_timers(make_daemon):
    d = make_daemon().start()
    lost, gone, late, sound = (d.call("case.submit", a_case())["case"] for _ in range(4))
    right = {n: timer(d, n) for n in (lost, gone, late, sound)}
    d.sql("UPDATE gridd.timer SET fire_at = 'infinity' WHERE case_id = (SELECT id FROM gridd.case_file WHERE number = %s)", lost)
    d.sql("DELETE FROM gridd.timer WHERE case_id = (SELECT id FROM gridd.case_file WHERE number = %s)", gone)
    d.sql("UPDATE gridd.timer SET fire_at = fire_at + interval '1 day' WHERE case_id = (SELECT id FROM gridd.case_file WHERE number = %s)", late)
    assert not d.call("db.verify")["ok"]
    assert d.call("test.advance", {"by": "5min"})["jobs"] == 0
    assert d.call("test.advance", {"by": "5min"})["jobs"] == 1
    assert {n: timer(d, n) for n in right} == right
    assert [history(d, n)[-1]["type"] for n in (lost, gone, late, sound)] == ["timer.repaired"] * 3 + ["case.submitted"]
    assert d.call("db.verify")["ok"]
    d.stop()


# -- on real time, three daemons, wrong clocks ------------------------------------------------------------------------------

COUNT = size(200, 1000, 10000)
LEAD_S, SPREAD_S = size(4, 5, 60), size(14, 16, 150)
STOPPED_S = size(5, 5, 10)
TAKEOVER_S = 4.5  # a lease of 3 s, a look each second, and a slow machine


def shifted(folder, seconds):
    """A gridd whose wall clock is wrong by so much."""
    script = folder / f"gridd{seconds:+d}"
    script.write_text(f"#!/bin/sh\nexport LD_PRELOAD={BUILD}/tests/clockshift.so CLOCKSHIFT_S={seconds}\n"
                      f"export ASAN_OPTIONS=\"$ASAN_OPTIONS:verify_asan_link_order=0\"\nexec {BUILD}/gridd \"$@\"\n")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return script


def database_now(d):
    return d.value("SELECT clock_timestamp()").astimezone(timezone.utc)


def submit_all(d, dues):
    """{case number: due instant}, all with one deadline from outside."""
    numbers = {}
    with d.client(timeout=120) as client:
        for start in range(0, len(dues), 50):
            part = dues[start:start + 50]
            lines = [json.dumps({"jsonrpc": "2.0", "id": start + i, "method": "case.submit",
                                 "params": a_case(deadlines=[{"clock": "contact", "at": due.isoformat()}])}) for i, due in enumerate(part)]
            client.send_raw("\n".join(lines).encode() + b"\n")
            for _ in part:
                reply = client.read_message()
                assert "result" in reply, reply
                numbers[reply["result"]["case"]] = dues[reply["id"]]
    return numbers


def holder(d):
    """The pid in the timekeeper's lease."""
    rows = d.sql("SELECT holder FROM gridd.lease WHERE job = 'timekeeper' AND until > clock_timestamp()")
    return int(rows[0][0].split("/")[1]) if rows else None


def sleep_until(d, instant):
    wait_until(lambda: database_now(d) >= instant, 400, f"the time to be {instant}")


def breaches(d):
    """[(number, committed at)] of every breach of `contact`: when PostgreSQL committed it, not what gridd says of it."""
    return d.sql("SELECT f.number, pg_xact_commit_timestamp(e.xmin) FROM gridd.case_event e JOIN gridd.case_file f ON f.id = e.case_id "
                 "WHERE e.body::json->>'type' = 'clock.breached' AND EXISTS (SELECT FROM json_array_elements(e.body::json->'changes') c "
                 "WHERE c->>'what' = 'fired' AND c->>'clock' = 'contact')")


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


@pytest.mark.quiet
def test_each_deadline_once_and_none_early(make_daemon, folder):
    if not (BUILD / "tests/clockshift.so").exists():
        pytest.fail("tests/clockshift.so isn't built")
    host = make_daemon(clock=None, config={"embedded": {"settings": "track_commit_timestamp=on"}}).start()
    others = [make_daemon(clock=None, name=f"clock{s:+d}", database=host.conninfo("gridd_app"), pack=None,
                          binary=shifted(folder, s)).start() for s in (3600, -3600)]
    daemons = {d.process.pid: d for d in [host, *others]}
    wait_until(lambda: holder(host) == host.process.pid, 10, "the first daemon's lease")
    begin = database_now(host) + timedelta(seconds=LEAD_S)
    random.seed(COUNT)
    dues = [begin + timedelta(microseconds=random.randrange(SPREAD_S * 10**6)) for _ in range(COUNT)]
    numbers = submit_all(host, dues)
    assert len(numbers) == COUNT
    assert database_now(host) < begin, "submitting took longer than the lead"

    # the one that has the lease stands still for a while ...
    sleep_until(host, begin + timedelta(seconds=1))
    os.kill(host.process.pid, signal.SIGSTOP)
    stopped_at = database_now(host)
    wait_until(lambda: holder(host) not in (None, host.process.pid), 10, "another daemon's lease")
    sleep_until(host, stopped_at + timedelta(seconds=STOPPED_S))
    os.kill(host.process.pid, signal.SIGCONT)
    # ... and who has it now is killed
    sleep_until(host, begin + timedelta(seconds=0.6 * SPREAD_S))
    victim = daemons[wait_until(lambda: holder(host), 10, "a holder")]
    assert victim is not host, "the one that was stopped must not have its lease back yet"
    victim.kill9()
    killed_at = database_now(host)
    sleep_until(host, begin + timedelta(seconds=SPREAD_S))
    wait_until(lambda: len(breaches(host)) >= COUNT, 30, "all breaches")

    found = breaches(host)
    assert len(found) == len({n for n, _ in found}) == COUNT
    outside, within = [], []
    for number, committed in found:
        due = numbers[number]
        late = (committed - due).total_seconds()
        assert late >= 0, f"{number} fired {-late} s early"
        gone = any(at - timedelta(seconds=0.5) <= due <= at + timedelta(seconds=TAKEOVER_S) for at in (stopped_at, killed_at))
        (within if gone else outside).append(late)
    print(f"{len(outside)} outside: p50 {percentile(outside, 0.5):.3f} s, p99 {percentile(outside, 0.99):.3f} s, max {max(outside):.3f} s; "
          f"{len(within)} while nobody had the lease: max {max(within, default=0):.3f} s")
    assert percentile(outside, 0.99) <= 1.0
    assert max(within, default=0) <= TAKEOVER_S + 1.5
    assert host.call("db.verify")["ok"]
    for d in others:
        if d is not victim:
            d.stop()
    host.stop()
