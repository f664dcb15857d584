"""The feed: every event, in commit order, without a gap, to whoever may see it: by events.read, by events.subscribe, to a mirror."""

import json
import multiprocessing
import os
import random
import signal
import threading
import time
from datetime import datetime, timedelta, timezone

import pytest
from harness import TOWN, Client, ConnectionLost, Daemon, GriddError, a_case, pause, refused, size, wait_until
from principals import EVERYONE, as_one, config, token


@pytest.fixture(scope="module")
def daemon(module_folder):
    d = Daemon(module_folder, config=config()).start()
    try:
        yield d
        d.stop()
    finally:
        d.close()


@pytest.fixture(autouse=True)
def nobody_stays(daemon):
    """Readers of one test don't sit idle through the next."""
    yield
    daemon.close_clients()


def submit(client, n=1):
    return [r["case"] for r in client.call_many([("case.submit", a_case(estate="pp-002")) for _ in range(n)])]


def work_through(client, case):
    """A life of six events."""
    for method, params in [("case.accept", {"for": {"unit": "housing"}}), ("case.note", {"note": "王先生电话打不通"}),
                           ("case.mark", {"mark": "contacted"}), ("case.finish", {"result": "solved", "auth": token("housing")}),
                           ("case.verify", {"outcome": "pass"})]:
        client.call(method, {"case": case, **params})


def head(client):
    return client.call("events.read", after=0, limit=1)["head"]


def read_all(client, after=0, **filters):
    found = []
    while True:
        page = client.call("events.read", {"after": after, "limit": 100, **filters})
        found += page["events"]
        after = page["after"]
        if after == page["head"]:
            return found


class Reader:
    """A subscriber: its events, and how it ended."""

    def __init__(self, client, **params):
        self.client, self.events, self.end = client, [], None
        client.on_notification = self.take
        self.answer = client.call("events.subscribe", params)

    def take(self, method, params):
        assert self.end is None, "nothing comes behind the end"
        if method == "event":
            self.events.append(params)
        else:
            assert method == "events.end", method
            self.end = params

    def read_until(self, condition, seconds=20):
        deadline = time.monotonic() + seconds
        self.client.socket.settimeout(seconds)
        while not condition():
            assert time.monotonic() < deadline, f"{len(self.events)} events, then nothing"
            message = self.client.read_message()
            self.take(message["method"], message.get("params"))

    def seqs(self):
        return [e["seq"] for e in self.events]


# -- events.read --------------------------------------------------------------------------------------------------------

def test_every_event_in_order_without_a_gap(daemon):
    dispatcher = as_one(daemon, "dispatcher")
    cases = submit(dispatcher, 5)
    for case in cases[:2]:
        work_through(dispatcher, case)
    for limit in (1, 7, 500):
        after, seqs = 0, []
        while True:
            page = dispatcher.call("events.read", after=after, limit=limit)
            assert len(page["events"]) <= limit
            seqs += [e["seq"] for e in page["events"]]
            assert page["after"] == seqs[-1]
            after = page["after"]
            if after == page["head"]:
                break
        assert seqs == list(range(1, page["head"] + 1))


def test_an_event_says_what_the_contract_asks(daemon):
    dispatcher = as_one(daemon, "dispatcher")
    start = head(dispatcher)
    case, = submit(dispatcher)
    work_through(dispatcher, case)
    events = read_all(dispatcher, after=start)
    assert [e["type"] for e in events] == ["case.submitted", "task.accepted", "case.noted", "case.marked", "task.finished", "case.verified"]
    assert [e["version"] for e in events] == [1, 2, 3, 4, 5, 6]
    assert [(e["state_before"], e["state"]) for e in events] == [
        (None, "dispatched"), ("dispatched", "handling"), ("handling", "handling"), ("handling", "handling"),
        ("handling", "finished"), ("finished", "closed")]
    for e in events:
        assert {"town", "seq", "type", "case", "version", "at", "recorded_at", "actor", "data"} <= set(e)
        who = "housing" if e["type"] == "task.finished" else "dispatcher"
        assert (e["town"], e["case"], e["actor"]) == (TOWN, case, who) and e["at"].endswith("+08:00")
    assert events[1]["for"] == {"unit": "housing"} and "for" not in events[0]
    history = dispatcher.call("case.history", case=case)["events"]
    assert [{k: v for k, v in e.items() if k != "note"} for e in history] == events


def test_a_history_in_pages_is_the_same(daemon):
    dispatcher = as_one(daemon, "dispatcher")
    case, = submit(dispatcher)
    work_through(dispatcher, case)
    whole = dispatcher.call("case.history", case=case)["events"]
    pages, cursor = [], None
    while True:
        page = dispatcher.call("case.history", {"case": case, "limit": 1, "cursor": cursor})
        pages += page["events"]
        cursor = page.get("cursor")
        if not cursor:
            break
    assert pages == whole and len(whole) == 6


def test_what_people_wrote_is_in_the_history_and_never_in_the_feed(daemon):
    dispatcher = as_one(daemon, "dispatcher")
    reporter = {"name": "李阿姨", "phone": "13800001234"}
    case = dispatcher.call("case.submit", a_case(estate="pp-002", text="三楼李阿姨家漏水", reporter=reporter))["case"]
    work_through(dispatcher, case)
    dispatcher.call("case.note", case=case, note="李阿姨 13800001234")
    feed = json.dumps(read_all(dispatcher), ensure_ascii=False)
    assert case in feed
    for secret in ("李阿姨", "13800001234", "王先生", "漏水"):
        assert secret not in feed
    history = dispatcher.call("case.history", case=case)["events"]
    assert [e["note"] for e in history if "note" in e] == ["王先生电话打不通", "李阿姨 13800001234"]


def test_filters(daemon):
    dispatcher = as_one(daemon, "dispatcher")
    case, other = submit(dispatcher, 2)
    work_through(dispatcher, case)
    everything = read_all(dispatcher)
    for types, wanted in [(["case.noted"], {"case.noted"}),
                          (["task.*", "case.verified"], {"task.accepted", "task.finished", "case.verified"})]:
        assert read_all(dispatcher, types=types) == [e for e in everything if e["type"] in wanted]
    assert read_all(dispatcher, case=other) == [e for e in everything if e["case"] == other]
    assert read_all(dispatcher, case=case, types=["task.finished"]) == [
        e for e in everything if e["case"] == case and e["type"] == "task.finished"]
    with refused("invalid_params") as r:
        dispatcher.call("events.read", types=["case.note", "nothing.*"], case="x")
    assert [e["path"] for e in r.error.errors] == ["/params/types/0", "/params/types/1", "/params/case"]
    assert r.error.errors[0]["suggestion"] == "case.noted"


def test_a_number_that_was_never_given_is_a_fault(daemon):
    dispatcher = as_one(daemon, "dispatcher")
    for method in ("events.read", "events.subscribe"):
        with refused("invalid_params") as r:
            dispatcher.call(method, after=10**9)
        assert r.error.errors[0]["path"] == "/params/after"
        with refused("invalid_params"):
            dispatcher.call(method, after=-1)


def test_waiting_ends_with_the_next_event_or_with_the_time(daemon):
    dispatcher, reader = as_one(daemon, "dispatcher"), as_one(daemon, "dispatcher")
    start = head(dispatcher)
    begun = time.monotonic()
    assert reader.call("events.read", after=start, wait_ms=300) == {"events": [], "after": start, "head": start}
    assert 0.3 <= time.monotonic() - begun < 5
    answers = []
    waiting = threading.Thread(target=lambda: answers.append(reader.call("events.read", after=start, wait_ms=60000)))
    begun = time.monotonic()
    waiting.start()
    case, = submit(dispatcher)
    waiting.join(20)
    assert [e["case"] for e in answers[0]["events"]] == [case] and time.monotonic() - begun < 10


def test_a_reader_with_a_small_scope_moves_on(daemon):
    """What it may not see costs it no question a second time."""
    dispatcher, roads = as_one(daemon, "dispatcher"), as_one(daemon, "roads")
    start = head(dispatcher)
    submit(dispatcher, 30)
    page = roads.call("events.read", after=start, limit=5)
    assert page["events"] == [] and page["after"] == page["head"] == start + 30
    mine = dispatcher.call("case.submit", a_case(**{"class": "E80-01", "condition": "1"}))
    assert [e["seq"] for e in roads.call("events.read", after=start, limit=5)["events"]] == [mine["seq"]]


# -- events.subscribe ---------------------------------------------------------------------------------------------------

def test_a_subscriber_gets_what_was_and_what_comes(daemon):
    dispatcher = as_one(daemon, "dispatcher")
    submit(dispatcher, 250)
    reader = Reader(as_one(daemon, "auditor"), after=0)
    reader.read_until(lambda: len(reader.events) >= reader.answer["head"])
    submit(dispatcher, 20)
    newest = head(dispatcher)
    reader.read_until(lambda: reader.seqs()[-1] == newest)
    assert reader.seqs() == list(range(1, newest + 1))
    assert reader.events == read_all(dispatcher)


def test_without_a_number_it_begins_with_what_comes(daemon):
    dispatcher = as_one(daemon, "dispatcher")
    reader = Reader(as_one(daemon, "auditor"))
    assert reader.answer["after"] == reader.answer["head"] == head(dispatcher)
    case, = submit(dispatcher)
    reader.read_until(lambda: reader.events)
    assert [e["case"] for e in reader.events] == [case]


def test_subscribers_see_what_they_may_and_asked_for(daemon):
    dispatcher = as_one(daemon, "dispatcher")
    start = head(dispatcher)
    names = {"auditor": {}, "housing": {}, "roads": {}, "dispatcher": {"types": ["task.*"]}, "platform": {}}
    readers = {n: Reader(as_one(daemon, n), after=start, **f) for n, f in names.items()}
    work_through(dispatcher, submit(dispatcher)[0])
    dispatcher.call("case.submit", a_case(**{"class": "E80-01", "condition": "1"}))
    as_one(daemon, "platform").call("case.submit", a_case(estate="pp-002"))
    everything = read_all(dispatcher, after=start)
    expected = {n: read_all(as_one(daemon, n), after=start, **f) for n, f in names.items()}
    assert [len(expected[n]) for n in names] == [8, 7, 1, 2, 1] and expected["auditor"] == everything
    for name, reader in readers.items():
        reader.read_until(lambda r=reader, n=name: len(r.events) >= len(expected[n]))
        assert reader.events == expected[name], name


def test_a_second_subscription_takes_the_place_of_the_first(daemon):
    dispatcher = as_one(daemon, "dispatcher")
    client = as_one(daemon, "auditor")
    start = head(dispatcher)
    Reader(client, after=start)
    second = Reader(client, after=start, types=["case.noted"])
    work_through(dispatcher, submit(dispatcher)[0])
    case, = submit(dispatcher)
    dispatcher.call("case.note", case=case, note="x")
    second.read_until(lambda: len(second.events) == 2)
    assert {e["type"] for e in second.events} == {"case.noted"}


def test_many_subscribers(daemon):
    dispatcher = as_one(daemon, "dispatcher")
    start = head(dispatcher)
    readers = [Reader(as_one(daemon, "auditor"), after=start - i % 5) for i in range(size(20, 60, 300))]
    submit(dispatcher, 30)
    for i, reader in enumerate(readers):
        reader.read_until(lambda r=reader: len(r.events) >= 30 + i % 5)
        assert reader.seqs() == list(range(start - i % 5 + 1, start + 31))


def test_a_slow_reader_is_cut_off_with_its_cursor_and_others_are_not(daemon):
    dispatcher = as_one(daemon, "dispatcher")
    start = head(dispatcher)
    slow, quick = Reader(as_one(daemon, "inspector"), after=start), Reader(as_one(daemon, "auditor"), after=start)
    submit(dispatcher, 1500)
    quick.read_until(lambda: len(quick.events) == 1500)
    daemon.wait_log(r"feed\.cut_off principal=inspector reason=slow", 40)
    slow.read_until(lambda: slow.end)
    cut = slow.end["after"]
    assert slow.end == {"town": TOWN, "after": cut, "reason": "slow"}
    assert slow.seqs() == list(range(start + 1, cut + 1)) and start < cut < start + 1500
    assert slow.client.call("system.ping")["pong"], "the connection itself goes on"
    rest = Reader(as_one(daemon, "auditor"), after=cut)
    rest.read_until(lambda: rest.seqs()[-1:] == [start + 1500])
    assert slow.seqs() + rest.seqs() == quick.seqs()


def test_a_reader_that_hangs_up_is_forgotten(daemon):
    dispatcher = as_one(daemon, "dispatcher")

    def connections():
        return dispatcher.call("system.info")["connections"]

    wait_until(lambda: connections() == 1, 20, "the end of those before")
    for _ in range(20):
        Reader(as_one(daemon, "auditor"), after=0).client.close()
    submit(dispatcher, 5)
    wait_until(lambda: connections() == 1, 20, "the readers' end")


def test_rights_that_change_end_a_subscription(make_daemon):
    d = make_daemon(config=config()).start()
    reader = Reader(as_one(d, "roads"), after=0)
    d.config["principals"] = [p for p in EVERYONE if p["name"] != "roads"]
    import yaml
    d.config_file.write_text(yaml.safe_dump(d.config, allow_unicode=True, width=10000))
    d.process.send_signal(signal.SIGHUP)
    reader.read_until(lambda: reader.end)
    assert reader.end == {"town": TOWN, "after": 0, "reason": "rights_changed"}
    d.stop()


def test_a_daemon_that_stops_answers_who_waits(make_daemon):
    d = make_daemon(config=config()).start()
    reader, waiting = Reader(as_one(d, "auditor"), after=0), as_one(d, "auditor")
    waiting.send_line(json.dumps({"jsonrpc": "2.0", "id": 1, "method": "events.read", "params": {"wait_ms": 60000}}))
    wait_until(lambda: d.call("system.ping"), 5)
    d.process.send_signal(signal.SIGTERM)
    assert waiting.read_message()["result"]["events"] == []
    with pytest.raises(ConnectionLost):
        reader.read_until(lambda: False)
    assert d.wait_end(8) == 0


def test_events_of_another_daemon_come_too(make_daemon):
    first = make_daemon(config=config()).start()
    second = make_daemon(name="second", config=config(), database=first.conninfo("gridd_app"), pack=None).start()
    reader = Reader(as_one(second, "auditor"), after=0)
    submit(as_one(first, "dispatcher"), 10)
    reader.read_until(lambda: len(reader.events) == 10)
    assert reader.seqs() == list(range(1, 11))
    second.stop()
    first.stop()


# -- a mirror -----------------------------------------------------------------------------------------------------------

def mirror(url, name, file):
    """A copy of the town's cases, kept by following the feed; begins where its file ends. Ends when it is killed."""
    from principals import token
    lines = file.read_bytes().split(b"\n")
    whole = b"".join(line + b"\n" for line in lines[:-1])
    after = json.loads(lines[-2])["seq"] if len(lines) > 1 else 0
    file.write_bytes(whole)  # the rest of a line that was cut short is gone: its event comes again
    with open(file, "ab", buffering=0) as out:
        for event in follow_from(url, token(name), after):
            out.write(json.dumps(event).encode() + b"\n")


def follow_from(url, secret, after):
    while True:
        try:
            client = Client(url, token=secret, timeout=30)
            break
        except (OSError, GriddError):
            pause(0.05)
    yield from client.follow(after=after, wait=1.0)


def load(url, seed, stop, said):
    """Cases and what happens to them, by key, whatever happens to the daemon; what was acknowledged goes to `said`."""
    from principals import token
    rnd = random.Random(seed)
    client, n, open_cases = None, 0, []
    while not stop.is_set():
        try:
            if client is None:
                client = Client(url, token=token("dispatcher"), timeout=20)
            n += 1
            case = rnd.choice(open_cases) if open_cases and rnd.random() < 0.7 else None
            if case is None:
                soon = datetime.now(timezone.utc) + timedelta(seconds=rnd.choice([1, 2, 600]))
                params = a_case(estate="pp-002", source={"channel": "patrol", "ref": f"m{seed}-{n}"},
                                deadlines=[{"clock": "contact", "at": soon.isoformat()}])
                answer = client.call_by_key("case.submit", params, key=f"m{seed}-{n}", tries=100)
                open_cases.append([answer["case"], 0])
            else:
                steps = [("case.accept", {"for": {"unit": "housing"}}), ("case.note", {"note": "看过"}), ("case.mark", {"mark": "contacted"}),
                         ("case.finish", {"result": "solved", "auth": token("housing")}), ("case.verify", {"outcome": "pass"})]
                method, params = steps[case[1]]
                answer = client.call_by_key(method, {"case": case[0], **params}, key=f"m{seed}-{n}", tries=100)
                case[1] += 1
                if case[1] == len(steps):
                    open_cases.remove(case)
            said.append((answer["case"], answer["version"], answer["seq"], answer["state"]))
        except (OSError, GriddError) as error:
            if isinstance(error, GriddError):
                raise
            if client is not None:
                client.close()
            client = None
            pause(0.05)


def test_a_mirror_equals_the_database_whatever_is_killed(make_daemon, folder):
    seconds, kills = size(3, 6, 60), size(1, 3, 25)
    d = make_daemon(config=config(), clock=None).start()
    second = make_daemon(name="second", config=config(), database=d.conninfo("gridd_app"), pack=None, clock=None).start()
    file = folder / "mirror.jsonl"
    file.touch()
    stop, said = threading.Event(), []
    writers = [threading.Thread(target=load, args=(second.url, seed, stop, said)) for seed in range(3)]
    for w in writers:
        w.start()
    copy = multiprocessing.get_context("fork").Process(target=mirror, args=(second.url, "auditor", file))
    copy.start()
    until = time.monotonic() + seconds
    for kill in range(kills):
        wait_until(lambda: time.monotonic() > until - seconds * (kills - kill - 0.5) / kills, seconds + 5, "the next kill")
        if kill % 2:
            second.kill9()
            second.start()
        else:
            os.kill(copy.pid, signal.SIGKILL)
            copy.join()
            copy = multiprocessing.get_context("fork").Process(target=mirror, args=(second.url, "auditor", file))
            copy.start()
    wait_until(lambda: time.monotonic() > until, seconds + 5, "the end of the load")
    stop.set()
    for w in writers:
        w.join(60)
        assert not w.is_alive()
    # One statement sees one moment, though time goes on firing.
    rows = d.sql("SELECT number, version, state, unit, (SELECT seq FROM gridd.town_feed) FROM gridd.case_file")
    newest, stored = rows[0][4], {r[0]: {"version": r[1], "state": r[2], "unit": r[3]} for r in rows}

    def caught_up():
        lines = file.read_bytes().split(b"\n")
        return len(lines) > 1 and json.loads(lines[-2])["seq"] >= newest

    wait_until(caught_up, 60, "the mirror's last event")
    os.kill(copy.pid, signal.SIGKILL)
    copy.join()
    compare([e for e in map(json.loads, file.read_text("utf-8").splitlines()) if e["seq"] <= newest], stored, said)
    assert d.call("db.verify")["ok"]
    second.stop()
    d.stop()


def compare(received, stored, said):
    events = {(e["town"], e["seq"]): e for e in received}
    assert [e["seq"] for e in received] == list(range(1, len(received) + 1)), "no gap, nothing twice: it keeps its cursor"
    copy = {}
    for e in received:
        before = copy.get(e["case"], {"version": 0, "state": None, "unit": None})
        assert (e["version"], e["state_before"]) == (before["version"] + 1, before["state"])
        held = [c["unit"] for c in e["data"]["changes"] if c["what"] == "held"]
        copy[e["case"]] = {"version": e["version"], "state": e["state"], "unit": held[-1] if held else before["unit"]}
    assert copy == stored and len(stored) > 10
    assert {"clock.breached", "case.submitted", "task.accepted"} <= {e["type"] for e in received}, "people's and time's"
    assert len(said) > 20
    for case, version, seq, state in said:
        event = events[TOWN, seq]
        assert (event["case"], event["version"], event["state"]) == (case, version, state), "acknowledged, so in the feed"
