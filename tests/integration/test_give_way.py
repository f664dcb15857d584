"""What nobody waits for gives way while calls come: firings that are behind, and the planning of a night. Then it goes on."""

import json
import threading
import time

import pytest
from harness import Client, a_case, pause, size, wait_until
from test_nightly import with_office

CASES = size(1000, 1500, 6000)
EACH_S = 0.02  # between two calls
BESIDE_S = size(2, 3, 10)


class Trickle(threading.Thread):
    """A call each 20 ms, whether or not those before it are answered."""

    def __init__(self, daemon, method, params):
        super().__init__(daemon=True)
        self.gridd, self.method, self.params = daemon, method, params
        self.sent, self.ending = 0, threading.Event()
        self.replies = []

    def run(self):
        with Client(self.gridd.url, timeout=60) as client:
            next_at = time.monotonic()
            while not self.ending.is_set():
                self.sent += 1
                line = {"jsonrpc": "2.0", "id": self.sent, "method": self.method, "params": self.params()}
                client.send_raw(json.dumps(line).encode() + b"\n")
                next_at += EACH_S
                pause(max(0, next_at - time.monotonic()))
            self.replies = [client.read_message() for _ in range(self.sent)]

    def __enter__(self):
        self.start()
        wait_until(lambda: self.sent > 5, 10, "calls")
        return self

    def __exit__(self, *_):
        self.ending.set()
        self.join(60)
        assert len(self.replies) == self.sent and all("result" in reply for reply in self.replies)


def submit_many(d, count):
    with d.client(timeout=120) as client:
        for start in range(0, count, 100):
            lines = [json.dumps({"jsonrpc": "2.0", "id": i, "method": "case.submit", "params": a_case()}) for i in range(100)]
            client.send_raw("\n".join(lines).encode() + b"\n")
            for _ in lines:
                reply = client.read_message()
                assert "result" in reply, reply


def fired(d):
    return d.value("SELECT count(*) FROM gridd.case_event WHERE version > 1")


class Rate:
    """Firings a second, from now to .stop()."""

    def __init__(self, d):
        self.d, self.before, self.began = d, fired(d), time.monotonic()

    def stop(self):
        return (fired(self.d) - self.before) / (time.monotonic() - self.began)


@pytest.fixture
def behind(make_daemon, folder):
    """All cases are overdue at one instant, and the night is half an hour after the next."""
    d = make_daemon(pack=with_office(folder / "pack"), config={"reports": {"nightly": "14:30"}}).start()
    submit_many(d, CASES)
    yield d
    d.stop()


@pytest.mark.quiet
def test_what_comes_by_time_rests_while_calls_come(behind):
    """Beside calls less than half as much, for it rests eight times as long as it works."""
    d = behind
    advance = threading.Thread(target=d.client(timeout=300).call, args=("test.advance", {"to": "2026-11-23T10:00:00+08:00"}))
    advance.start()
    wait_until(lambda: fired(d) > 0, 30, "the first firing")
    alone = Rate(d)
    wait_until(lambda: fired(d) >= CASES // 4, 60, "a quarter of the firings")
    alone = alone.stop()
    with Trickle(d, "case.submit", a_case):
        beside = Rate(d)
        wait_until(lambda: fired(d) >= CASES * 3 // 4 or time.monotonic() >= beside.began + BESIDE_S, 60, "calls beside it")
        beside = beside.stop()
    wait_until(lambda: fired(d) == CASES, 60, "the last firing")
    advance.join(60)
    print(f"firings a second: {alone:.0f} alone, {beside:.0f} beside calls")
    assert 0 < beside < alone / 2
