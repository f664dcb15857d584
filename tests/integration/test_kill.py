"""kill -9 of gridd and of a PostgreSQL backend under load; and two builds that acknowledge too early are caught."""

import json
import os
import signal
import statistics
from pathlib import Path

import psycopg2
from harness import MORNING, SMALL, a_case, pause, size, wait_until
from load import Load, check_nothing_lost, rate_of
from mutants import build_mutant

AT_LEAST = 500  # submits a second


def writer_pid(daemon):
    rows = daemon.sql("SELECT pid FROM pg_stat_activity WHERE usename = 'gridd_app' AND backend_type = 'client backend' "
                      "ORDER BY application_name = 'gridd writer' DESC, pid")
    return rows[0][0] if rows else None


def wait_for_another_writer(daemon, pid):
    def there():
        try:
            return writer_pid(daemon) not in (pid, None)
        except psycopg2.Error:
            return False

    wait_until(there, 60, "a new connection of the writer")
    daemon.wait_answering()


def under_load(daemon, rounds, strike):
    """Rounds of: some load, then strike(). Ends with all calls answered, and looks what became of them."""
    loads = [Load(daemon, f"load{i}") for i in range(2)]
    for load in loads:
        load.start()
    rates = []
    for _ in range(rounds):
        rate_of(loads, 200, wait_until)  # until all are on their way again
        rates.append(rate_of(loads, size(400, 800, 1500), wait_until))
        strike()
    rate_of(loads, 200, wait_until)
    for load in loads:
        load.finish()
    missing, duplicates = check_nothing_lost(daemon, loads)
    assert missing == [] and duplicates == 0
    assert statistics.median(rates) >= AT_LEAST, rates
    verdict = daemon.call("db.verify")
    assert verdict["ok"], verdict


def test_kill_gridd(make_daemon):
    daemon = make_daemon().start()

    def strike():
        daemon.kill9()
        daemon.start()

    under_load(daemon, size(1, 2, 20), strike)
    daemon.stop()


def test_kill_a_backend(make_daemon):
    daemon = make_daemon().start()

    def strike():
        pid = wait_until(lambda: writer_pid(daemon), 10, "a backend")
        os.kill(pid, signal.SIGKILL)
        wait_for_another_writer(daemon, pid)

    under_load(daemon, size(1, 2, 10), strike)
    daemon.stop()


# -- acknowledging early ---------------------------------------------------------------------------------------------------

REFUSE_MARKED = """
CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'refused at commit' USING ERRCODE = '23514'; END $$;
CREATE CONSTRAINT TRIGGER refuse_marked AFTER INSERT ON gridd.case_private DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (NEW.text LIKE 'MARKED%') EXECUTE FUNCTION public.refuse()
"""


def refuse_at_commit(daemon):
    """Sends one marked case among sound ones; (the marked one's reply, the others')."""
    daemon.sql(REFUSE_MARKED)
    calls = [a_case(key=f"k{i}") for i in range(40)]
    calls[17]["text"] = "MARKED"
    with daemon.client() as client:
        for i, params in enumerate(calls):
            client.send_line(json.dumps({"jsonrpc": "2.0", "id": i, "method": "case.submit", "params": params}))
        replies = {m["id"]: m for m in (client.read_message() for _ in calls)}
    return replies.pop(17), replies


def test_a_failure_at_commit_is_an_error(make_daemon):
    daemon = make_daemon().start()
    marked, others = refuse_at_commit(daemon)
    assert marked["error"]["data"]["reason"] == "internal" and marked["error"]["data"]["incident"]
    assert all("result" in r for r in others.values()), "the rest of the batch goes on"
    assert daemon.value("SELECT count(*) FROM gridd.case_file") == 39
    daemon.stop()


def test_the_mutant_acknowledges_what_fails_at_commit(make_daemon):
    daemon = make_daemon(binary=build_mutant("acknowledges_early")).start()
    marked, _ = refuse_at_commit(daemon)
    assert "result" in marked, "this test would not notice a build that acknowledges early"
    assert daemon.value("SELECT count(*) FROM gridd.case_private WHERE text LIKE 'MARKED%%'") == 0


SLOW_COMMIT = {"embedded": {"settings": "commit_delay=100000 commit_siblings=0 wal_writer_delay=10000"}}


def kill_before_the_commit_is_durable(daemon, early):
    """One submit, whose commit takes 100 ms; the backend dies in that time. The reply, or None while there is none."""
    params = a_case(key="in-the-window")
    watch = daemon.pg()
    pid = writer_pid(daemon)
    cursor = watch.cursor()
    with daemon.client() as client:
        client.send_line(json.dumps({"jsonrpc": "2.0", "id": 1, "method": "case.submit", "params": params}))
        if early:
            reply = client.read_message()
            os.kill(pid, signal.SIGKILL)
        else:
            def busy():
                cursor.execute("SELECT state = 'active' FROM pg_stat_activity WHERE pid = %s", (pid,))
                return cursor.fetchone()[0]

            wait_until(busy, 10, "the writer at work")
            pause(0.03)
            os.kill(pid, signal.SIGKILL)
            reply = client.read_message()
    wait_for_another_writer(daemon, pid)
    return params, reply


def test_a_commit_that_was_cut_off_is_not_acknowledged(make_daemon):
    daemon = make_daemon(config=SLOW_COMMIT).start()
    params, reply = kill_before_the_commit_is_durable(daemon, early=False)
    assert reply["error"]["data"]["reason"] in ("outcome_unknown", "unavailable"), reply
    number = daemon.call("case.submit", params)["case"]
    assert [r[0] for r in daemon.sql("SELECT number FROM gridd.case_file")] == [number]
    daemon.stop()


def test_the_mutant_loses_what_it_acknowledged(make_daemon):
    daemon = make_daemon(binary=build_mutant("flushes_early"), config=SLOW_COMMIT).start()
    _, reply = kill_before_the_commit_is_durable(daemon, early=True)
    assert "result" in reply
    assert daemon.value("SELECT count(*) FROM gridd.case_file") == 0, "this test would not notice a build that acknowledges early"


def test_the_database_goes_away(make_daemon):
    """While it is away calls are answered at once; afterwards the same key tells the truth."""
    daemon = make_daemon().start()
    params = a_case(key="away")
    number = daemon.call("case.submit", params)["case"]
    postmaster = daemon.postmaster()[0]
    os.kill(postmaster, signal.SIGSTOP)
    for backend in backends_of(postmaster):
        os.kill(backend, signal.SIGKILL)
    try:
        with daemon.client() as client:
            def says_unavailable():
                pong = client.call("system.ping")
                return pong["pong"] and not pong["ready"] and pong["why"]

            wait_until(says_unavailable, 20, "a ping that says why")
            client.send_line(json.dumps({"jsonrpc": "2.0", "id": 1, "method": "case.submit", "params": a_case()}))
            assert client.read_message()["error"]["data"]["reason"] == "unavailable"
    finally:
        os.kill(postmaster, signal.SIGCONT)
    daemon.wait_answering()
    again = daemon.call("case.submit", params)
    assert again["case"] == number and again["replayed"] is True
    daemon.stop()


def backends_of(postmaster):
    """The processes that serve gridd."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
            if parent == postmaster and b"gridd_app" in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
        except (FileNotFoundError, ProcessLookupError):
            pass
    return found


def test_clock_flag_must_match_the_database(make_daemon):
    daemon = make_daemon().start()
    daemon.stop()
    real = make_daemon(clock=None, name="real")
    real.start(wait=False)
    assert real.wait_end() != 0
    assert "test" in real.log() and "clock" in real.log()
    again = make_daemon(name="again", clock=MORNING, pack=SMALL).start()
    again.stop()
