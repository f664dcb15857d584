"""load: submits without end over one connection, and asks again by key until each one has an answer."""

import collections
import json
import threading
import time

from harness import Client, a_case, pause

AGAIN = {"overloaded", "unavailable", "outcome_unknown"}
WINDOW = 64


class Load(threading.Thread):
    """A thread that keeps 64 submits in flight. acked: {key: case number}; refused: error replies that should not be."""

    def __init__(self, daemon, prefix):
        super().__init__(daemon=True)
        self.gridd, self.prefix = daemon, prefix
        self.acked, self.sent, self.refused = {}, {}, []
        self.again = collections.deque()
        self.ending = threading.Event()
        self.trouble = None

    def run(self):
        try:
            while not self.ending.is_set() or self.again:
                self.one_connection()
        except BaseException as error:  # seen by finish()
            self.trouble = error
            raise

    def one_connection(self):
        in_flight = {}
        try:
            with Client(self.gridd.url, timeout=60) as client:
                self.drive(client, in_flight)
        except OSError:
            self.again.extend(in_flight.values())
            pause(0.05)

    def next_params(self):
        if self.again:
            return self.again.popleft()
        if self.ending.is_set():
            return None
        key = f"{self.prefix}-{len(self.sent)}"
        self.sent[key] = params = a_case(key=key)
        return params

    def drive(self, client, in_flight):
        number = 0
        while True:
            lines = []
            while len(in_flight) < WINDOW:
                params = self.next_params()
                if params is None:
                    break
                number += 1
                in_flight[number] = params
                lines.append(json.dumps({"jsonrpc": "2.0", "id": number, "method": "case.submit", "params": params}) + "\n")
            if not in_flight:
                return
            if lines:
                client.send_raw("".join(lines).encode())
            reply = client.read_message()
            self.take(in_flight.pop(reply["id"]), reply)

    def take(self, params, reply):
        if "result" in reply:
            known = self.acked.setdefault(params["key"], reply["result"]["case"])
            assert known == reply["result"]["case"], f"{params['key']} has two cases"
        elif reply["error"]["data"]["reason"] in AGAIN:
            self.again.append(params)
            pause(0.002)
        else:
            self.refused.append(reply["error"])

    def finish(self, seconds=120):
        """Lets everything that was sent come to an answer."""
        self.ending.set()
        self.join(seconds)
        assert self.trouble is None, self.trouble
        assert not self.is_alive(), "some calls never got an answer"
        assert not self.refused, self.refused[:3]


def acked(loads):
    return sum(len(load.acked) for load in loads)


def rate_of(loads, count, wait_until):
    """Lets `count` more submits be acknowledged; how many a second."""
    before, began = acked(loads), time.monotonic()
    wait_until(lambda: acked(loads) >= before + count, 120, f"{count} acknowledged submits")
    return count / (time.monotonic() - began)


def check_nothing_lost(daemon, loads):
    """(acknowledged and missing, duplicates) of everything that the loads sent."""
    stored = dict(daemon.sql("SELECT r.ref, f.number FROM gridd.outside_ref r JOIN gridd.case_file f "
                             "ON f.town = r.town AND f.id = r.case_id"))
    missing = [key for load in loads for key, number in load.acked.items()
               if stored.get(load.sent[key]["source"]["ref"]) != number]
    sent = sum(len(load.sent) for load in loads)
    duplicates = daemon.value("SELECT count(*) FROM gridd.case_file") - sent
    assert sent == acked(loads), "each one came to an answer"
    return missing, duplicates
