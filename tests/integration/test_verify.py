"""db.verify reckons again when each case fires next, and looks at what lies beside the cases of a real daemon."""

import json

from harness import a_case


def bad(daemon):
    return {c["name"]: c["bad"] for c in daemon.call("db.verify")["checks"] if c["bad"]}


def test_a_timer_that_was_moved_with_its_event_is_noticed(daemon):
    """The event agrees with the timer, so only who knows the calendars can tell."""
    reply = daemon.call("case.submit", a_case(source={"channel": "patrol", "ref": "verify-1"}))
    assert bad(daemon) == {}
    case = int(reply["case"].split("-")[1])
    body = daemon.value("SELECT body FROM gridd.case_event WHERE case_id = %s", case)
    fire = daemon.value("SELECT to_char(fire_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') FROM gridd.timer WHERE case_id = %s", case)
    assert f'"next_fire_at":"{fire}"' in body
    late = "2030-01-01T00:00:00Z"
    forged = body.replace(f'"next_fire_at":"{fire}"', f'"next_fire_at":"{late}"')
    connection = daemon.pg()
    cursor = connection.cursor()
    try:
        cursor.execute("UPDATE gridd.timer SET fire_at = %s WHERE case_id = %s", (late, case))
        cursor.execute("UPDATE gridd.case_event SET body = %s WHERE case_id = %s", (forged, case))
        found = bad(daemon)
        assert found.pop("next_firing") == 1
        assert set(found) == {"event_body", "decisions"}
    finally:
        cursor.execute("UPDATE gridd.timer SET fire_at = %s WHERE case_id = %s", (fire, case))
        cursor.execute("UPDATE gridd.case_event SET body = %s WHERE case_id = %s", (body, case))
        connection.close()
    assert bad(daemon) == {}


def test_a_due_time_that_nobody_decided_is_noticed(daemon):
    """Event and aggregate agree on it; only deciding again can tell."""
    reply = daemon.call("case.submit", a_case(source={"channel": "patrol", "ref": "verify-2"}))
    case = int(reply["case"].split("-")[1])
    body, agg = daemon.sql("SELECT e.body, f.agg FROM gridd.case_event e JOIN gridd.case_file f ON f.id = e.case_id WHERE f.id = %s", case)[0]
    due = next(c["due_at"] for c in json.loads(agg)["clocks"] if c["name"] == "overall")
    connection = daemon.pg()
    cursor = connection.cursor()

    def write(text, whole):
        cursor.execute("UPDATE gridd.case_event SET body = %s WHERE case_id = %s", (text, case))
        cursor.execute("UPDATE gridd.case_file SET agg = %s WHERE id = %s", (whole, case))

    try:
        write(body.replace(due, "2030-01-01T00:00:00Z"), agg.replace(due, "2030-01-01T00:00:00Z"))
        found = bad(daemon)
        assert found["decisions"] == 1 and "fold" not in found
    finally:
        write(body, agg)
        connection.close()
    assert bad(daemon) == {}
