"""Bulk by filter against a real daemon: two at the same cases, a run that is killed, and the time it takes."""

import json
import re
import signal
import subprocess
import time

import pytest
from harness import BUILD, a_case, run, size, wait_until
from principals import config, token
from scripted import environment

CONFIG = config()
N = size(120, 300, 1000)


@pytest.fixture
def gridctl(daemon, folder):
    def env(who):
        return environment(GRIDD_SOCKET=str(daemon.socket), GRIDD_TOKEN=token(who), XDG_STATE_HOME=str(folder / "state"))

    def call(who, *args, expect=0):
        done = run([BUILD / "gridctl", *args], env=env(who))
        assert "Sanitizer" not in done.stderr and done.returncode == expect, (args, done.returncode, done.stdout[-2000:], done.stderr[-2000:])
        return done

    call.env = env
    return call


def submit(centre, n, tag, **changes):
    """n cases with that tag, several on their way at once."""
    client = centre.platform
    return [client.call("case.submit", a_case(tags=[tag], **changes))["case"] for _ in range(n)]


def count(daemon, type_, numbers):
    return daemon.value("SELECT count(*) FROM gridd.case_event WHERE body::json->>'type' = %s AND case_id IN (SELECT id FROM gridd.case_file WHERE number = ANY(%s))", type_, numbers)


def test_many_go_in_seconds_and_each_once(daemon, centre, gridctl):
    numbers = submit(centre, N, "bulk-many")
    began = time.monotonic()
    plan = gridctl("supervisor", "case", "dispatch", "--where", "tag=bulk-many", "roads", "--reason", "市政", "--dry-run").stdout
    assert f"{N} would go\n" in plan and "dry run: nothing was stored" in plan and count(daemon, "case.dispatched", numbers) == 0
    done = gridctl("supervisor", "case", "dispatch", "--where", "tag=bulk-many", "roads", "--reason", "市政", "--confirm", str(N))
    took = time.monotonic() - began
    assert done.stdout.endswith(f"\n{N} done, 0 done already, 0 changed meanwhile, 0 failed\n")
    assert set(re.findall(r"^(\d{8}-\d{7})  dispatched, held by roads", done.stdout, re.M)) == set(numbers)
    assert count(daemon, "case.dispatched", numbers) == N
    # two plans and the acts; sanitizers and a busy machine cost the most of it
    assert took < 20 + N / 10, took


def test_killed_and_typed_again_does_nothing_twice(daemon, centre, gridctl):
    """An urge leaves a case as it was, so it matches again: only the keys of the run know."""
    numbers = submit(centre, N, "bulk-kill")
    args = [BUILD / "gridctl", "case", "urge", "--where", "tag=bulk-kill", "--confirm", str(N)]
    first = subprocess.Popen(args, env=gridctl.env("dispatcher"), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, text=True)
    try:
        for _ in range(N // 4):
            assert re.match(r"\d{8}-", first.stdout.readline())
        first.send_signal(signal.SIGKILL)
    finally:
        first.kill()
        first.communicate()
    seen = []

    def settled():  # what was on its way when it died comes to its end in the daemon
        seen.append(count(daemon, "case.urged", numbers))
        return len(seen) > 1 and seen[-1] == seen[-2]

    wait_until(settled)
    before = seen[-1]
    assert N // 4 <= before < N
    again = gridctl("dispatcher", *args[1:])
    assert "going on with the run of" in again.stderr
    assert f"{N - before} done, {before} done already, 0 changed meanwhile, 0 failed\n" in again.stdout
    assert daemon.sql("SELECT DISTINCT count(*) FROM gridd.case_event WHERE body::json->>'type' = 'case.urged' AND case_id IN (SELECT id FROM gridd.case_file"
                      " WHERE number = ANY(%s)) GROUP BY case_id", numbers) == [(1,)]
    assert count(daemon, "case.urged", numbers) == N


def test_two_supervisors_at_the_same_cases(daemon, centre, gridctl):
    """Both have seen the plan; the second finds them gone."""
    numbers = submit(centre, 8, "bulk-two")
    gridctl("supervisor", "case", "dispatch", "--where", "tag=bulk-two limit=3", "housing", "--reason", "房管", "--confirm", "3")
    done = gridctl("dispatcher", "case", "accept", "--where", "tag=bulk-two", "--for", "firm_a", "--confirm", "8", expect=6)
    assert "5 would go now; nothing was done" in done.stderr and "3 would be refused" in done.stderr
    done = gridctl("dispatcher", "case", "accept", "--where", "tag=bulk-two", "--for", "firm_a", "--confirm", "5", "--json")
    tree = json.loads(done.stdout)
    assert (tree["matched"], tree["done"], tree["refused"]) == (8, 5, 3) and len(numbers) == len(tree["cases"])


def test_what_a_dry_run_says_is_what_happens(daemon, centre, gridctl):
    (number,) = submit(centre, 1, "bulk-dry")
    dry = json.loads(gridctl("supervisor", "case", "dispatch", number, "roads", "--reason", "市政", "--dry-run", "--json").stdout)
    text = gridctl("supervisor", "case", "dispatch", number, "roads", "--reason", "市政", "--dry-run").stdout
    assert "  held by: Firm A → " in text and "  would be told: " in text and "(dry run: nothing stored)" in text and "  state: dispatched, as now\n" in text, text
    told = gridctl("supervisor", "case", "dispatch", number, "roads", "--reason", "市政")
    after = centre.get(number)
    assert dry["after"]["unit"] == after["unit"] == "roads" and dry["before"]["unit"] == "firm_a" and number in told.stdout
    # the clock of the tests stands: the due times are the same to the second
    assert [(c["name"], c["state"], c.get("due_at")) for c in dry["after"]["clocks"]] == [(c["name"], c["state"], c.get("due_at")) for c in after["clocks"]]
    event = centre.dispatcher.call("case.history", case=number, limit=200)["events"][-1]
    assert [t["unit"] for t in dry["told"]] == [c["notice"]["unit"] for c in event["data"]["changes"] if c["what"] == "notice"]


def test_a_daemon_that_dies_under_it(daemon, centre, gridctl):
    numbers = submit(centre, N, "bulk-dies")
    args = ["case", "urge", "--where", "tag=bulk-dies", "--confirm", str(N)]
    first = subprocess.Popen([BUILD / "gridctl", *args], env=gridctl.env("dispatcher"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
    try:
        for _ in range(N // 4):
            first.stdout.readline()
        daemon.kill9()
        _, err = first.communicate(timeout=60)
    finally:
        first.kill()
        daemon.start()
    assert first.returncode == 7 and "stopped after" in err and "the same command again: it goes on" in err, err
    again = gridctl("dispatcher", *args)
    assert ", 0 changed meanwhile, 0 failed\n" in again.stdout and count(daemon, "case.urged", numbers) == N


def test_nothing_is_wrong_with_what_was_stored(daemon):
    assert daemon.call("db.verify")["ok"]
