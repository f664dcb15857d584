"""Delivery: each notice reaches its channel's program at least once, and says enough; a failing program is tried again, then given up."""

import json
import os
import signal
import stat
import time

import yaml
import pytest
from harness import TOWN, a_case, alive, pause, refused, wait_until

STATE = "SELECT state, tries, failure, extract(epoch FROM next_try_at - clock_timestamp())::float FROM gridd.delivery ORDER BY seq, n"
MARKERS = {"name": "钱一二三", "phone": "13912345678", "text": "三楼漏水很严重", "address": "试验路100弄7号301室"}


def program(folder, name, body):
    """A channel's program: a shell script with its own folder in $here."""
    here = folder / name
    here.mkdir()
    here.chmod(0o777)
    script = folder / f"{name}.sh"
    script.write_text(f"#!/bin/sh\nhere={here}\n{body}\n")
    script.chmod(script.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    return script, here


TAKE = 't=$(mktemp "$here/in.XXXXXX") && cat >"$t" && mv "$t" "$t.json"'


def taken(here):
    return [json.loads(p.read_text("utf-8")) for p in sorted(here.glob("*.json"), key=lambda p: p.stat().st_mtime)]


def with_channel(script, *args):
    return {"channels": {"phone": {"exec": [str(script), *args]}}}


def a_leak(**more):
    return a_case(text=MARKERS["text"], address=MARKERS["address"], reporter={"name": MARKERS["name"], "phone": MARKERS["phone"]}, **more)


def until_overdue(d):
    """One leak until its handling is overdue: a reminder, and what the breach tells."""
    number = d.call("case.submit", a_leak())["case"]
    d.call("test.advance", {"to": "2026-11-30T09:00:00+08:00"})
    return number


def deliveries(d):
    return d.sql(STATE)


def hurry(d):
    """As if the back-off were over."""
    d.sql("UPDATE gridd.delivery SET next_try_at = 'epoch' WHERE state IN ('waiting', 'failed')")


def test_a_notice_says_what_is_needed_and_nothing_of_the_reporter(make_daemon, folder):
    script, here = program(folder, "phone", TAKE)
    d = make_daemon(config=with_channel(script)).start()
    number = until_overdue(d)
    wait_until(lambda: deliveries(d) and all(r[0] == "delivered" for r in deliveries(d)), 20, "all deliveries")
    got = taken(here)
    assert len(got) == len(deliveries(d)) >= 3 and len({n["notice"] for n in got}) == len(got)
    for n in got:
        assert (n["town"], n["case"], n["class"], n["class_name"], n["class_name_en"]) == (TOWN, number, "E70-05", "房屋漏水", "leak")
        assert (n["estate"], n["estate_name"], n["channel"]) == ("pp-001", "一号小区", "phone")
        assert n["unit_name"] and n["to"] and n["made_at"].endswith("+08:00") and n["due_at"].endswith("+08:00")
        assert number in n["text_zh"] and "一号小区" in n["text_zh"] and number in n["text_en"]
    # the third handler's stay, from Tuesday 15:00 on
    remind = next(n for n in got if n["kind"] == "remind")
    assert remind["clock"] == "handle" and remind["text_zh"].startswith("【提醒】案件" + number)
    assert f"handling due {remind['due_at'][:16].replace('T', ' ')}" in remind["text_en"]
    everything = "".join(p.read_text("utf-8") for p in here.glob("*.json")) + d.log()
    assert not [m for m in MARKERS.values() if m in everything]
    d.stop()


def test_a_failing_program_is_tried_again_then_given_up(make_daemon, folder):
    script, here = program(folder, "phone", 'cat >/dev/null; echo x >>"$here/tries"; echo "no line" >&2; echo more >&2; exit 3')
    d = make_daemon(config=with_channel(script)).start()
    number = until_overdue(d)
    count = len(deliveries(d))
    wait_until(lambda: all(r[0] == "failed" for r in deliveries(d)), 20, "all failures")
    for state, tries, failure, wait_s in deliveries(d):
        assert tries == 1 and failure == "exit 3: no line" and 40 < wait_s <= 72
    hurry(d)
    wait_until(lambda: all(r[1] == 2 and r[3] > 61 for r in deliveries(d)), 20, "a second try")
    assert all(100 < r[3] <= 144 for r in deliveries(d))
    d.sql("UPDATE gridd.delivery SET tries = 8")
    for tries in (9, 10):
        hurry(d)
        wait_until(lambda: all(r[1] == tries and (r[3] is None or r[3] > 61) for r in deliveries(d)), 20, f"try {tries}")
    assert all(r[0] == "dead" and r[3] is None for r in deliveries(d))
    assert len((here / "tries").read_text().splitlines()) == 4 * count
    assert len(d.logged("notice.dead")) == count

    def told():
        return [e["data"]["command"] for e in d.call("case.history", {"case": number})["events"] if e["type"] == "notice.failed"]

    wait_until(lambda: len(told()) == count, 20, "the case to say so")
    names = d.sql("SELECT seq || '-' || n, (SELECT unit FROM gridd.notice n WHERE n.seq = d.seq AND n.n = d.n) FROM gridd.delivery d")
    assert {(c["notice"], c["unit"]) for c in told()} == set(names) and {c["channel"] for c in told()} == {"phone"}
    d.sql("UPDATE gridd.delivery SET is_told = false")  # as if gridd had died in between
    wait_until(lambda: d.value("SELECT bool_and(is_told) FROM gridd.delivery"), 20, "all to be looked at again")
    assert len(told()) == count and d.call("db.verify")["ok"]
    d.stop()


def test_an_unknown_channel_is_named_and_tried_when_config_knows_it(make_daemon, folder):
    script, here = program(folder, "phone", TAKE)
    d = make_daemon(config={"channels": {"fax": {"exec": [str(script)]}}}).start()
    until_overdue(d)
    wait_until(lambda: all(r[0] == "failed" for r in deliveries(d)), 20, "all failures")
    assert {r[2] for r in deliveries(d)} == {"the config file has no channel phone"}
    d.config_file.write_text(yaml.safe_dump(with_channel(script)))
    d.process.send_signal(signal.SIGHUP)
    wait_until(lambda: all(r[0] == "delivered" for r in deliveries(d)), 20, "all deliveries")
    assert len(taken(here)) == len(deliveries(d))
    d.stop()


def test_faults_of_channels(make_daemon, folder):
    for channels, what in [({"phone": {"exec": ["phone.sh"]}}, "whole path"), ({"phone": {"exec": ["/nowhere/at/all"]}}, "no program here"),
                           ({"phone": {}}, "a channel has exec"), ({"phone": {"exec": ["/bin/true"], "retries": 3}}, "retries"),
                           (["phone"], "channels is")]:
        d = make_daemon(config={"channels": channels}, name="faulty")
        d.start(wait=False)
        assert d.wait_end() == 1 and what in d.log(), d.log()


@pytest.mark.quiet
def test_to_a_receiver_one_at_a_time_and_gridd_answers_meanwhile(make_daemon, folder):
    script, here = program(folder, "phone", TAKE + '; while [ ! -e "$here/go" ]; do sleep 0.05; done')
    d = make_daemon(config=with_channel(script)).start()
    for _ in range(4):
        d.call("case.submit", a_leak())
    d.call("test.advance", {"to": "2026-11-30T09:00:00+08:00"})
    receivers = d.value("SELECT count(DISTINCT receiver) FROM gridd.delivery")
    assert 1 < receivers < len(deliveries(d))
    wait_until(lambda: len(taken(here)) == receivers, 20, "a program for each receiver")
    worst = 0
    with d.client() as client:
        for _ in range(50):
            before = time.monotonic()
            client.call("case.list", {})
            worst = max(worst, time.monotonic() - before)
            pause(0.02)
    assert len(taken(here)) == receivers == len({n["to"] for n in taken(here)}) and worst < 0.5
    (here / "go").touch()
    wait_until(lambda: all(r[0] == "delivered" for r in deliveries(d)), 20, "all deliveries")
    assert len(taken(here)) == len(deliveries(d))
    d.stop()


def test_killed_in_the_middle_it_is_delivered_again(make_daemon, folder):
    script, here = program(folder, "phone", 'echo $$ >>"$here/pids"; ' + TAKE + '; [ -e "$here/go" ] || sleep 20')
    host = make_daemon().start()
    config = {**with_channel(script), "shutdown_seconds": 1}
    worker = make_daemon(name="worker", database=host.conninfo("gridd_app"), pack=None, config=config).start()
    number = host.call("case.submit", a_leak())["case"]
    host.call("test.advance", {"to": "2026-11-27T11:00:00+08:00"})
    wait_until(lambda: taken(here), 20, "a program that works")
    first = taken(here)
    worker.kill9()
    for pid in map(int, (here / "pids").read_text().split()):  # nobody is left who would end it at its limit
        wait_until(lambda: not alive(pid), 15, f"the end of program {pid} with its worker")
    worker.wait_log("worker.broken_off")  # gridd is dead, and its worker ends with it
    (here / "go").touch()
    assert {r[0] for r in deliveries(host)} == {"waiting"}
    worker.start()
    wait_until(lambda: all(r[0] == "delivered" for r in deliveries(host)), 20, "all deliveries")
    again = taken(here)[len(first):]
    assert {n["notice"] for n in first} <= {n["notice"] for n in again} and {n["case"] for n in again} == {number}
    worker.stop()
    host.stop()


def test_a_program_that_hangs_is_ended_with_its_children(make_daemon, folder):
    script, here = program(folder, "phone", 'echo $$ >>"$here/pids"; sleep 300 & echo $! >>"$here/pids"; wait')
    d = make_daemon(config={"channels": {"phone": {"exec": [str(script)], "limit_s": 2}}}).start()
    d.call("case.submit", a_leak())
    d.call("test.advance", {"to": "2026-11-27T11:00:00+08:00"})
    wait_until(lambda: deliveries(d) and all(r[0] == "failed" for r in deliveries(d)), 45, "the time limit")
    assert {r[2] for r in deliveries(d)} == {"it took longer than 2 s"}
    for pid in map(int, (here / "pids").read_text().split()):
        wait_until(lambda: not os.path.exists(f"/proc/{pid}"), 5, f"the end of {pid}")
    d.stop()


def test_a_daemon_without_channels_leaves_notices_to_others(make_daemon):
    d = make_daemon().start()
    until_overdue(d)
    pause(1.5)
    assert {(r[0], r[1]) for r in deliveries(d)} == {("waiting", 0)}
    d.stop()


# -- notify.test, notify.ack ----------------------------------------------------------------------------------------------

def test_a_channel_can_be_tried(make_daemon, folder):
    script, here = program(folder, "phone", TAKE)
    bad, _ = program(folder, "bad", "echo broken >&2; exit 1")
    d = make_daemon(config={"channels": {"phone": {"exec": [str(script), "--now"]}, "bad": {"exec": [str(bad)]}}}).start()
    assert d.call("notify.test", {"channel": "phone", "to": "13800000000"}) == {"channel": "phone", "delivered": True}
    assert [(n["notice"][0], n["kind"], n["to"]) for n in taken(here)] == [("R", "test", "13800000000")]
    assert d.call("notify.test", {"channel": "bad"}) == {"channel": "bad", "delivered": False, "failure": "exit 1: broken"}
    assert "no channel pigeon" in d.call("notify.test", {"channel": "pigeon"})["failure"]
    assert {(r[0], r[1]) for r in deliveries(d)} == {("delivered", 1), ("dead", 1)}  # a trial isn't tried again
    d.stop()


def test_it_is_repeated_until_somebody_says_that_he_knows(make_daemon, folder):
    script, here = program(folder, "phone", TAKE)
    principals = [{"uid": os.geteuid(), "name": "all", "roles": ["admin", "dispatcher", "supervisor", "platform"]}]
    d = make_daemon(config={**with_channel(script), "principals": principals}).start()
    lift = {"class": "E90-01", "attrs": None, "text": "电梯困人"}
    quiet, heard = (d.call("case.submit", a_case(**lift))["case"] for _ in range(2))

    def repeating(number):
        return [n for n in taken(here) if n["case"] == number and n["acknowledge"]]

    d.call("test.advance", {"by": "10min"})
    wait_until(lambda: repeating(quiet) and repeating(heard), 20, "the first notices that want an answer")
    notice = repeating(heard)[0]
    with refused("invalid_params"):
        d.call("notify.ack", {"notice": "nothing"})
    with refused("not_found"):
        d.call("notify.ack", {"notice": "999999-1"})
    answer = d.call("notify.ack", {"notice": notice["notice"], "for": {"unit": notice["unit"]}})
    assert answer["case"] == heard and answer["version"] > 1
    d.call("test.advance", {"by": "5min"})
    types = {n: [e["type"] for e in d.call("case.history", {"case": n})["events"]] for n in (quiet, heard)}
    assert "notice.repeated" in types[quiet] and "notice.repeated" not in types[heard]
    assert "notice.acknowledged" in types[heard]
    d.stop()
