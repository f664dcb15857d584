"""What lies where: no personal data outside the private tables, an append-only feed, and an auditor who notices."""

import os
import shutil

import psycopg2
import pytest
from harness import PENGPU, Daemon, a_case, run, sample_day


@pytest.fixture(scope="module")
def day(module_folder):
    """The whole sample day of the real pack, stored."""
    d = Daemon(module_folder, pack=PENGPU, clock="2026-11-24T00:00:00+08:00").start()
    try:
        cases = sample_day()
        with d.client() as c:
            outcomes = c.call_many([("case.submit", p) for p in cases])
        assert [o for o in outcomes if not isinstance(o, dict)] == []
        yield d, cases
        d.stop()
    finally:
        d.close()


def personal(cases):
    """Every name, phone, text, address and link of the day."""
    found = set()
    for p in cases:
        reporter = p.get("reporter", {})
        found |= {p["text"], p.get("address"), reporter.get("name"), reporter.get("phone")}
        found |= {a["uri"] for a in p.get("attachments", [])}
    pack = "".join(p.read_text("utf-8") for p in PENGPU.rglob("*.yaml"))
    return {f for f in found if f and f not in pack}  # an address may be no more than a lane that the pack knows


def dump(daemon, *options):
    _, port, folder = daemon.postmaster()
    program = shutil.which("pg_dump") or "/usr/lib/postgresql/15/bin/pg_dump"
    done = run([program, "-h", folder, "-p", port, "-U", "gridd_super", *options, "gridd"], env={**os.environ, "LC_ALL": "C.UTF-8"})
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_nothing_personal_outside_the_private_tables(day):
    daemon, cases = day
    words = personal(cases)
    assert len(words) > 200
    public = dump(daemon, "--exclude-table-data=gridd.case_private", "--exclude-table-data=gridd.note_private", "--inserts")
    assert cases[0]["source"]["ref"] in public, "the dump has the cases"
    assert [w for w in words if w in public] == []
    private = dump(daemon, "--table=gridd.case_private", "--inserts")
    assert sum(w in private for w in words) > len(words) / 2, "the words are found where they lie"


def test_logs_hold_nothing_personal(day):
    daemon, cases = day
    text = daemon.log(whole=True) + (daemon.data / "log").read_text("utf-8", "replace")
    assert [w for w in personal(cases) if w in text] == []


@pytest.mark.parametrize("statement", [
    "UPDATE gridd.case_event SET at = at + interval '1 hour'",
    "UPDATE gridd.case_event SET seq = seq",
    "DELETE FROM gridd.case_event",
    "TRUNCATE gridd.case_event",
    "DELETE FROM gridd.case_file",
    "DELETE FROM gridd.call_key",
    "UPDATE gridd.call_key SET reply = ''",
    "UPDATE gridd.meta SET value = '0'",
    "ALTER TABLE gridd.case_event ADD COLUMN x int",
    "CREATE TABLE gridd.mine (x int)",
])
def test_the_daemons_role_may_not(day, statement):
    connection = day[0].pg("gridd_app")
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        connection.cursor().execute(statement)
    connection.close()


# -- the auditor ---------------------------------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def small(module_folder):
    folder = module_folder / "small"
    folder.mkdir(mode=0o755)
    d = Daemon(folder).start()
    try:
        with d.client() as c:
            for i in range(12):
                c.call("case.submit", a_case(key=f"k{i}"))
            c.call("case.submit", a_case(handled={"unit": "roads", "at": "2026-11-23T08:45:00+08:00", "result": "solved"}))
        assert d.call("db.verify")["ok"]
        yield d
    finally:
        d.close()


SOME_CASE = "(SELECT id FROM gridd.case_file ORDER BY id OFFSET 3 LIMIT 1)"
BREAKS = {
    "a number is skipped": "UPDATE gridd.case_event SET seq = seq + 1000 WHERE seq = (SELECT max(seq) FROM gridd.case_event)",
    "two events change places": "UPDATE gridd.case_event SET seq = CASE seq WHEN 3 THEN -4 ELSE -3 END WHERE seq IN (3, 4);"
                                "UPDATE gridd.case_event SET seq = -seq WHERE seq < 0",
    "a time is forged": "UPDATE gridd.case_event SET at = at - interval '1 hour' WHERE seq = 5",
    "a hash is forged": "UPDATE gridd.case_event SET hash = sha256(hash) WHERE seq = 5",
    "a body is forged": "UPDATE gridd.case_event SET body = body || ' ' WHERE seq = 5",
    "a body and its hash are forged":
        "UPDATE gridd.case_event SET body = body || ' ', body_sha256 = sha256(convert_to(body || ' ', 'UTF8')) WHERE seq = 5",
    "an event belongs to another case": "UPDATE gridd.case_event SET case_id = case_id + 100000 WHERE seq = 5",
    "an event is gone": "DELETE FROM gridd.case_event WHERE seq = 5",
    "the last event is gone": "DELETE FROM gridd.case_event WHERE seq = (SELECT max(seq) FROM gridd.case_event)",
    "the counter runs ahead": "UPDATE gridd.town_feed SET seq = seq + 1",
    "the counter's hash is forged": "UPDATE gridd.town_feed SET hash = sha256(hash)",
    "a version was skipped": f"UPDATE gridd.case_file SET version = version + 1 WHERE id = {SOME_CASE}",
    "a case is gone": f"DELETE FROM gridd.case_file WHERE id = {SOME_CASE}",
    "a case has no timer": f"DELETE FROM gridd.timer WHERE case_id = {SOME_CASE}",
    "a key points nowhere": "UPDATE gridd.call_key SET case_id = case_id + 100000 WHERE key = 'k3'",
    "a key's version never was": "UPDATE gridd.call_key SET version = 7 WHERE key = 'k3'",
    "an outside number points nowhere": f"UPDATE gridd.outside_ref SET case_id = case_id + 100000 WHERE case_id = {SOME_CASE}",
    "a task is gone": f"DELETE FROM gridd.task WHERE case_id = {SOME_CASE} AND n = 1",
    "a task names another unit": f"UPDATE gridd.task SET unit = 'roads' WHERE case_id = {SOME_CASE} AND n = 1",
    "a private part is gone": f"DELETE FROM gridd.case_private WHERE case_id = {SOME_CASE}",
    "a column differs from the aggregate": f"UPDATE gridd.case_file SET unit = 'roads' WHERE id = {SOME_CASE}",
}
TABLES = ["case_event", "town_feed", "case_file", "timer", "call_key", "outside_ref", "task", "case_private"]


@pytest.mark.parametrize("what", BREAKS)
def test_the_auditor_notices(small, what):
    connection = small.pg()
    cursor = connection.cursor()
    cursor.execute("CREATE SCHEMA kept;" + ";".join(f"CREATE TABLE kept.{t} AS TABLE gridd.{t}" for t in TABLES))
    try:
        cursor.execute(BREAKS[what])
        verdict = small.call("db.verify")
    finally:
        for t in TABLES:
            cursor.execute(f"DELETE FROM gridd.{t}; INSERT INTO gridd.{t} SELECT * FROM kept.{t}")
        cursor.execute("DROP SCHEMA kept CASCADE")
        connection.close()
    assert verdict["ok"] is False
    bad = [c for c in verdict["checks"] if c["bad"]]
    assert bad and all(c["examples"] for c in bad), verdict
    assert small.call("db.verify")["ok"], "and is content again"
