"""The worker: a process that carries notices: to a receiver one at a time, in bundles, paused and resumed, whoever is killed meanwhile."""

import json
import os
import re
import signal
import stat
import time
from collections import Counter
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace

import harness
import pytest
import yaml
from harness import BUILD, Daemon, a_case, alive, run, size, wait_until
from servers import Hook

CONFIG = {"principals": [{"uid": os.geteuid(), "name": "all", "roles": ["admin", "dispatcher", "supervisor", "platform"]}]}
TAKE = 't=$(mktemp "$here/in.XXXXXX") && cat >"$t" && mv "$t" "$t.json"'
HANG_FOR = 'if grep -q "{}" "$t.json" && [ -p "$here/hold" ]; then cat "$here/hold"; fi; true'  # until release()
OPEN = "state IN ('waiting', 'failed')"


# -- Means ----------------------------------------------------------------------------------------------------------------

@pytest.fixture
def host(daemon):
    """The shared daemon, which has no channels, and an outbox in which nothing waits."""
    daemon.sql(f"UPDATE gridd.delivery SET state = 'dead', head_seq = NULL, head_n = NULL, leased_until = NULL, next_try_at = NULL WHERE {OPEN}")
    daemon.sql("UPDATE gridd.delivery SET channel = 'phone' WHERE seq > 0")  # tests spread notices over channels
    daemon.sql("DELETE FROM gridd.channel_pause")
    return daemon


@pytest.fixture
def workers(host, folder):
    """workers(channels, **config) starts a worker of its own; kept=True: a gridd that keeps one."""
    made = []

    def start(channels, kept=False, **config):
        n = len(made)
        config = {"shutdown_seconds": 1, "channels": channels, **CONFIG, **config}
        made.append(Daemon(folder, name=f"worker{n}", database=host.conninfo("gridd_app"), pack=None, config=config,
                           args=[] if kept else ["--worker"]))
        made[-1].start(wait=kept)
        made[-1].wait_log(r"worker\.ready")
        return made[-1]

    yield start
    for hold in folder.glob("*/hold"):
        release(hold.parent)
    for d in reversed(made):
        d.close()


def release(here):
    """Lets go whoever reads the pipe now, or is about to."""
    end = os.open(here / "hold", os.O_RDWR)
    (here / "hold").unlink()
    os.close(end)


def script(folder, name, body):
    """A program for a channel, with a folder of its own that it knows as $here."""
    here = folder / name
    here.mkdir()
    here.chmod(0o777)
    os.mkfifo(here / "hold")
    path = folder / f"{name}.sh"
    path.write_text(f"#!/bin/sh\nhere={here}\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    return SimpleNamespace(path=path, here=here, channel={"exec": [str(path)]})


def taken(program):
    return [json.loads(p.read_text("utf-8")) for p in sorted(program.here.glob("*.json"), key=lambda p: p.stat().st_mtime_ns)]


def names_in(message):
    """The notices that a message tells of: itself, or those of a bundle."""
    return [n["notice"] for n in message.get("notices", [message])]


def a_road(host):
    return host.call("case.submit", a_case(**{"class": "E80-01", "condition": "1", "estate": None}))["case"]


def a_leak(host):
    return host.call("case.submit", a_case())["case"]


def urge(host, case, times=1):
    """That many notices to whoever holds the case."""
    with host.client() as client:
        for _ in range(times):
            client.call("case.urge", case=case)
    return [f"{s}-{n}" for s, n in host.sql(f"SELECT seq, n FROM gridd.delivery WHERE {OPEN} ORDER BY seq, n")]


def states(host, names=None):
    rows = host.sql("SELECT seq || '-' || n, state FROM gridd.delivery WHERE seq > 0 AND kind = 'urge'")
    return Counter(state for name, state in rows if names is None or name in names)


def all_delivered(host, names):
    """A program of the tests starts five others: some twenty a second, on two cores."""
    return wait_until(lambda: states(host, names) == {"delivered": len(names)}, 30 + len(names) / 10, "all deliveries")


def hurry(host):
    """As if the back-off were over."""
    host.sql(f"UPDATE gridd.delivery SET next_try_at = 'epoch' WHERE {OPEN}")


def verified(host):
    assert [c for c in host.call("db.verify")["checks"] if c["bad"]] == []


# -- To a receiver one at a time -------------------------------------------------------------------------------------------

def test_a_slow_receiver_delays_nobody_else(host, workers, folder):
    leak, road = a_leak(host), a_road(host)
    program = script(folder, "phone", TAKE + "\n" + HANG_FOR.format("firm-a-duty"))
    slow = urge(host, leak, 4)
    quick = [n for n in urge(host, road, 6) if n not in slow]
    w = workers({"phone": program.channel})
    all_delivered(host, quick)
    assert states(host, slow) == {"waiting": 4} and [n["notice"] for n in taken(program) if n["notice"] in slow] == slow[:1]
    release(program.here)
    all_delivered(host, slow)
    assert [n["notice"] for n in taken(program) if n["notice"] in slow] == slow  # and in order
    w.stop()
    verified(host)


def test_a_channel_that_hangs_takes_no_more_than_its_share(host, workers, folder):
    road = a_road(host)
    program, other = script(folder, "phone", TAKE + "\n" + HANG_FOR.format("notice")), script(folder, "fax", TAKE)
    names = urge(host, road, 14)
    host.sql(f"UPDATE gridd.delivery SET receiver = 'r' || seq, channel = CASE WHEN seq || '-' || n = %s THEN 'fax' ELSE 'phone' END WHERE {OPEN}",
             names[-1])
    w = workers({"phone": program.channel, "fax": other.channel})
    wait_until(lambda: len(taken(program)) == 8, 20, "eight programs")
    wait_until(lambda: taken(other), 20, "the other channel's notice")
    more = urge(host, road)[-1]  # and one more by the other channel, when the first has had all the time to take a ninth
    host.sql("UPDATE gridd.delivery SET channel = 'fax' WHERE seq || '-' || n = %s", more)
    wait_until(lambda: len(taken(other)) == 2, 20, "the other channel's second notice")
    assert len(taken(program)) == 8 == host.value("SELECT count(*) FROM gridd.delivery WHERE channel = 'phone' AND leased_until > clock_timestamp()")
    release(program.here)
    all_delivered(host, names)
    w.stop()


@pytest.mark.quiet
def test_calls_are_answered_as_before_while_receivers_hang(host, workers, folder):
    """p99 of case.get, in turn while all is calm and while 32 programs hang; the best of three of each."""
    road = a_road(host)

    def p99():
        took = []
        with host.client() as client:
            for _ in range(size(200, 300, 3000)):
                before = time.monotonic()
                client.call("case.get", case=road)
                took.append(time.monotonic() - before)
        return sorted(took)[len(took) * 99 // 100]

    program = script(folder, "phone", TAKE + "\n" + HANG_FOR.format("notice"))
    w = workers({f"c{i}": {"exec": [str(program.path)]} for i in range(4)})
    calm, hanging = [], []
    for _ in range(3):
        calm.append(p99())
        done = len(taken(program))
        names = urge(host, road, 40)
        host.sql(f"UPDATE gridd.delivery SET receiver = 'r' || seq, channel = 'c' || (seq %% 4) WHERE {OPEN} AND %s", True)
        hurry(host)  # some may have been tried by a channel that isn't known
        wait_until(lambda: len(taken(program)) == done + 32, 30, "32 programs")
        hanging.append(p99())
        assert len(taken(program)) == done + 32
        release(program.here)
        all_delivered(host, names)
        os.mkfifo(program.here / "hold")
    assert min(hanging) < 1.5 * min(calm) + 0.001, (calm, hanging)
    w.stop()


# -- Several as one ----------------------------------------------------------------------------------------------------------

def test_more_than_twenty_become_one_and_stay_one(host, workers, folder):
    """A bundle that fails is sent again as it was, whatever has come since."""
    program = script(folder, "phone", f'[ -e "$here/up" ] || {{ echo down >&2; exit 1; }}\n{TAKE}')
    files = folder / "files"
    files.mkdir()
    road, leak = a_road(host), a_leak(host)
    many = urge(host, road, 25)
    few = [n for n in urge(host, leak, 3) if n not in many]
    w = workers({"phone": program.channel})
    wait_until(lambda: states(host, many) == {"failed": 25}, 20, "a failed try")
    assert host.sql("SELECT DISTINCT tries, head_seq || '-' || head_n FROM gridd.delivery WHERE seq || '-' || n = ANY(%s)", many[1:]) == [(1, many[0])]
    later = [n for n in urge(host, road) if n not in many + few]
    wait_until(lambda: states(host, later) == {"failed": 1}, 20, "a failed try")
    (program.here / "up").touch()
    hurry(host)
    all_delivered(host, many + few + later)
    messages = taken(program)
    bundle = [m for m in messages if "notices" in m]
    assert len(bundle) == 1 and bundle[0]["notice"] == many[0] and names_in(bundle[0]) == many
    assert bundle[0]["kind"] == "urge" and bundle[0]["to"] == "roads-desk" and bundle[0]["subject"].startswith("【催办】共25条")
    assert all(n["text_zh"] and n["case"] == road for n in bundle[0]["notices"])
    assert Counter(n for m in messages for n in names_in(m)) == Counter(many + few + later)
    tries = host.sql("SELECT count(*), count(DISTINCT took_ms) FROM gridd.delivery_try WHERE ok AND seq || '-' || n = ANY(%s)", many)
    assert tries == [(25, 1)]
    listed = {n["notice"]: n for n in host.call("notify.list", {"case": road, "limit": 100})["notices"]}
    assert listed[many[3]]["head"] == many[0] and listed[many[3]]["tries"] == 2 and "head" not in listed[many[0]]
    w.stop()
    verified(host)


def full_hours(queued_at):
    """The office of the small town: when it is open at a full hour of Shanghai, after that instant."""
    at = queued_at.astimezone(timezone(timedelta(hours=8))).replace(minute=0, second=0, microsecond=0)
    while True:
        at += timedelta(hours=1)
        day = at.strftime("%m-%d")
        closed = at.year == 2026 and (day in ("01-01", "01-02", "01-03") or "10-01" <= day <= "10-07")
        if (at.weekday() < 5 or (at.year == 2026 and day == "10-10")) and not closed and at.hour in (9, 10, 11, 13, 14, 15, 16):
            return at


def test_ordinary_ones_wait_for_the_hour_where_the_channel_says_so(host, workers, folder):
    files = folder / "files"
    files.mkdir()
    files.chmod(0o777)
    road, lift = a_road(host), None
    names = urge(host, road, 3)
    w = workers({"phone": {"file": str(files), "bundle": "hour"}})
    wait_until(lambda: host.value("SELECT count(*) FROM gridd.delivery WHERE next_try_at > clock_timestamp() AND seq || '-' || n = ANY(%s)", names) == 3,
               20, "the putting off")
    rows = host.sql("SELECT queued_at, next_try_at, tries, state FROM gridd.delivery WHERE seq || '-' || n = ANY(%s)", names)
    assert {(tries, state) for _, _, tries, state in rows} == {(0, "waiting")}
    for queued_at, next_at, _, _ in rows:
        assert next_at == full_hours(queued_at)
    lift = host.call("case.submit", a_case(**{"class": "E90-01", "text": "电梯困人"}))["case"]
    wait_until(lambda: list(files.glob("*.json")), 20, "the emergency")
    assert {json.loads(p.read_text("utf-8"))["case"] for p in files.glob("*.json")} == {lift}
    host.sql("UPDATE gridd.delivery SET queued_at = queued_at - interval '40 days', next_try_at = 'epoch' WHERE seq || '-' || n = ANY(%s)", names)
    all_delivered(host, names)
    bundle = files / f"{names[0]}.310106999.bundle.json"
    assert names_in(json.loads(bundle.read_text("utf-8"))) == names
    w.stop()
    verified(host)


# -- Pause, resume, retry, test ------------------------------------------------------------------------------------------------

def test_pause_and_resume(host, workers, folder):
    program = script(folder, "phone", TAKE)
    road = a_road(host)
    w = workers({"phone": program.channel, "fax": script(folder, "fax", TAKE).channel})
    paused = host.call("notify.pause", {"channel": "phone"})
    assert (paused["paused"], paused["actor"], paused["waiting"]) == (True, "all", 0)
    assert host.call("notify.pause", {"channel": "phone"})["paused_at"] == paused["paused_at"]
    names = urge(host, road, 2)
    assert "paused" in host.call("notify.test", {"channel": "phone"})["failure"]
    assert host.call("notify.test", {"channel": "fax"})["delivered"]  # the worker has looked since
    assert states(host, names) == {"waiting": 2} and taken(program) == []
    assert [p["channel"] for p in host.call("notify.list")["paused"]] == ["phone"]
    out = run([BUILD / "gridctl", "--socket", host.url, "notify", "resume", "phone"])
    assert out.returncode == 0 and out.stdout == "phone: carries, 2 waiting\n", out
    all_delivered(host, names)
    assert "paused" not in host.call("notify.list") and not host.call("notify.resume", {"channel": "phone"})["was_paused"]
    w.stop()


def test_the_dead_are_seen_and_tried_anew(host, workers, folder):
    program = script(folder, "phone", f'[ -e "$here/up" ] || {{ echo down >&2; exit 1; }}\n{TAKE}')
    road, leak = a_road(host), a_leak(host)
    names = urge(host, road, 2) and urge(host, leak, 1)
    host.sql(f"UPDATE gridd.delivery SET tries = 9 WHERE {OPEN}")
    w = workers({"phone": program.channel})
    wait_until(lambda: states(host, names) == {"dead": 3}, 20, "the end of all tries")
    ctl = [BUILD / "gridctl", "--socket", host.url, "notify"]
    shown = run([*ctl, "list", "--dead", "--kind", "urge"])
    assert all(n in shown.stdout for n in names) and "exit 1: down" in shown.stdout
    (program.here / "up").touch()
    assert run([*ctl, "retry", names[0]]).stdout == "1 tried anew\n"
    all_delivered(host, names[:1])
    assert run([*ctl, "retry", names[0]]).returncode == 5
    with harness.refused("invalid_params"):
        host.call("notify.retry", {"state": "gone"})
    assert host.call("notify.retry", {"channel": "phone", "state": "failed"}) == {"retried": 0}
    assert host.call("notify.retry", {"channel": "phone", "state": "dead"})["retried"] >= 2
    all_delivered(host, names)
    assert host.sql("SELECT try, ok, failure FROM gridd.delivery_try WHERE seq || '-' || n = %s ORDER BY try", names[0]) == [
        (1, False, "exit 1: down"), (2, True, None)]
    w.stop()


def test_nobody_takes_a_trial_where_no_worker_runs(host):
    assert host.call("system.info")["worker"] == {"state": "none"}
    answer = host.call("notify.test", {"channel": "phone"})
    assert not answer["delivered"] and "no worker took it within 5 s" in answer["failure"]
    assert host.value("SELECT state FROM gridd.delivery WHERE kind = 'test' ORDER BY seq LIMIT 1") == "dead"
    assert host.call("notify.list", {"kind": "test"})["notices"][0]["notice"].startswith("R")
    verified(host)


@pytest.fixture
def hook():
    """hook.channel(*answers): a webhook that gives one (status, headers) after the other, the last for ever. hook.asked: when, and what."""
    asked, servers = [], []

    def channel(*answers):
        def answer(handler):
            status, headers = answers[min(len(asked), len(answers) - 1)]
            asked.append((time.monotonic(), json.loads(servers[-1].requests[-1][2])["notice"]))
            handler.send_response(status)
            for name, value in {"content-length": "0", **headers}.items():
                handler.send_header(name, value)
            handler.end_headers()

        servers.append(Hook(answer=answer))
        return {"webhook": {"url": f"http://127.0.0.1:{servers[-1].port}/hook"}}

    yield SimpleNamespace(channel=channel, asked=asked)
    for server in servers:
        server.close()


def test_a_receiver_that_is_gone_pauses_its_channel(host, workers, hook):
    names = urge(host, a_road(host), 2)
    w = workers({"phone": hook.channel((410, {}))})
    w.wait_log(r"channel\.paused")
    wait_until(lambda: states(host, names) == {"dead": 1, "waiting": 1}, 20, "one dead letter")
    assert [(p["channel"], p["actor"]) for p in host.call("notify.list")["paused"]] == [("phone", "gridd")]
    assert [name for _, name in hook.asked] == names[:1]
    w.stop()


def test_a_receiver_that_asks_for_time_gets_it(host, workers, hook):
    """The notice that was put off, and what stands behind it."""
    names = urge(host, a_road(host), 2)
    w = workers({"phone": hook.channel((429, {"retry-after": "2"}), (204, {}))})
    all_delivered(host, names)
    times = [at for at, _ in hook.asked]
    assert hook.asked[0][1] == names[0] and len(hook.asked) == 3 and times[1] - times[0] > 1.9
    w.stop()


# -- The process -----------------------------------------------------------------------------------------------------------------

def worker_of(d):
    return d.call("system.info")["worker"]


def running_worker(d, other_than=None):
    """The pid of one that runs, not that one's."""
    def another():
        now = worker_of(d)
        return now["state"] == "running" and now["pid"] != other_than and now["pid"]

    return wait_until(another, 15, "a worker")


def test_gridd_keeps_a_worker(host, workers, folder):
    program = script(folder, "phone", TAKE)
    road = a_road(host)
    d = workers({"fax": program.channel}, kept=True)
    first = running_worker(d)
    assert alive(first)
    names = urge(host, road)
    wait_until(lambda: states(host, names) == {"failed": 1}, 20, "a try by a channel that isn't known")
    config = yaml.safe_load(d.config_file.read_text())
    d.config_file.write_text(yaml.safe_dump({**config, "channels": {"phone": program.channel}}))
    d.process.send_signal(signal.SIGHUP)
    all_delivered(host, names)
    os.kill(first, signal.SIGKILL)
    second = running_worker(d, other_than=first)
    names = urge(host, road)
    all_delivered(host, names)
    d.config_file.write_text(yaml.safe_dump({**config, "worker": "apart"}))
    d.process.send_signal(signal.SIGHUP)
    wait_until(lambda: worker_of(d) == {"state": "apart"}, 20, "the end of the worker")
    assert not alive(second)
    d.config_file.write_text(yaml.safe_dump(config))
    d.process.send_signal(signal.SIGHUP)
    third = running_worker(d)
    d.kill9()
    wait_until(lambda: not alive(third), 10, "the end of the worker")


def test_a_worker_apart_needs_a_database(folder):
    d = Daemon(folder, pack=None, config={"channels": {"phone": {"exec": ["/bin/true"]}}}, args=["--worker"])
    d.start(wait=False)
    assert d.wait_end() == 1 and "needs `database` in the file" in d.log()


def test_three_daemons_deliver_each_notice_once(host, workers, folder):
    program = script(folder, "phone", TAKE + "; sleep 0.2")
    channels = [f"c{i}" for i in range(6)]
    names = urge(host, a_road(host), size(60, 100, 600))
    host.sql(f"UPDATE gridd.delivery SET receiver = 'r' || (seq / 6 %% 12), channel = 'c' || (seq %% 6) WHERE {OPEN} AND %s", True)
    host.sql("INSERT INTO gridd.channel_pause SELECT '310106999', unnest(%s), clock_timestamp(), 'all'", channels)
    daemons = [workers({c: {"exec": [str(program.path)]} for c in channels}, kept=True) for _ in range(3)]
    host.sql("DELETE FROM gridd.channel_pause")
    all_delivered(host, names)
    assert Counter(n for m in taken(program) for n in names_in(m)) == Counter(names)
    for d in daemons:
        d.stop()
    assert sum(len(d.logged("notice.delivered")) > 0 for d in daemons) >= 2
    host.sql("UPDATE gridd.delivery SET channel = 'phone' WHERE seq > 0")
    verified(host)


POINTS = [("leased", 3), ("gathered", 25), ("sent", 3), ("sent", 25), ("recorded", 25), ("leased", 25), ("gathered", 3), ("recorded", 3)]


@pytest.mark.parametrize("point, count", POINTS[:size(2, 5, 8)])
def test_killed_at_any_step_nothing_is_missing(host, workers, folder, monkeypatch, point, count):
    """One kill: at most one message comes twice, and it is the same one; the keeper has another worker there within seconds."""
    mark = folder / "crashed"
    monkeypatch.setitem(harness.ENVIRONMENT, "GRIDD_CRASH_AT", f"worker.{point}:{mark}")
    program = script(folder, "phone", TAKE)
    names = urge(host, a_road(host), count)
    d = workers({"phone": program.channel}, kept=True)
    all_delivered(host, names)
    assert mark.exists()
    wait_until(lambda: re.search("worker.ended signal=9", d.log()), 10, "the worker's end")
    messages = taken(program)
    assert set(names) == {n for m in messages for n in names_in(m)}
    first = {m["notice"]: m for m in messages}
    assert len(messages) <= len(first) + 1 and all(m == first[m["notice"]] for m in messages)
    assert len(first) == (1 if count > 20 and point != "leased" else len(first))
    d.stop()
    verified(host)
