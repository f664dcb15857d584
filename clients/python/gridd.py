"""A client of gridd: one file, standard library only, Python 3.8 or newer.

    from gridd import Client, GriddError

    with Client("unix:/run/gridd/gridd.sock") as gridd:
        case = gridd.call("case.submit", {
            "text": "3号楼屋面漏水",
            "class": "E70-05",
            "estate": "pp-012",
            "source": {"channel": "hotline12345", "ref": "SH20261123-0042"},
        })
        print(case["case"], case["unit"], case["due_at"])

The protocol is JSON-RPC 2.0, one message a line. A method that fails raises GriddError, whose `reason` is a word to branch on
(`invalid_params`, `not_found`, `conflict` ...) and whose `data["errors"]` lists every fault of the params at once.

Sending again after trouble. A reply to a writing call means: committed. When no reply came, nobody knows; so give the call a
`key` that is the same each time, and ask again. The daemon either does it now or answers what it answered the first time, with
`replayed: true` in it. `call_by_key` is that loop:

    with Client("unix:/run/gridd/gridd.sock") as gridd:
        case = gridd.call_by_key("case.submit", params, key="my-app:order:4711")

Many calls at once. `call_many` keeps up to 64 calls under way on the one connection and gives the answers in the order of the
calls; `batch` sends one JSON-RPC batch. Neither is a transaction.

    for answer in gridd.call_many([("case.get", {"case": n}) for n in numbers]):
        if isinstance(answer, GriddError): ...

Who is calling. Over a Unix socket gridd knows your uid; a program that has a token says so once a connection, and every new
connection of that Client says it again:

    gridd = Client("unix:/run/gridd/gridd.sock", token="housing-app.3f9c...")

Following what happens. `follow` gives a town's events one by one, for ever, in commit order, across lost connections and
restarts; keep the `seq` of the last one you have dealt with, and begin behind it the next time:

    for event in gridd.follow(after=last_seq, types=["clock.*", "task.finished"]):
        ...

A Client is one connection, for one thread.
"""

import json
import socket
import time

__all__ = ["Client", "GriddError", "ConnectionLost"]

MAX_IN_FLIGHT = 64  # the daemon stops reading a connection that has more under way
MAX_LINE = 32 << 20  # a reply line beyond this is not gridd's


class GriddError(Exception):
    """The daemon's answer to a call was an error.

    code     the JSON-RPC error code, -32602
    reason   its name, "invalid_params"
    message  a sentence for a person
    data     the whole `data` object of the error; {} if there was none
    errors   the faults of the params: [{"path": "/params/estate", "code": "unknown", "message": ...}]
    """

    def __init__(self, code, message, data=None):
        self.code = code
        self.message = message
        self.data = data if isinstance(data, dict) else {}
        self.reason = self.data.get("reason", "unknown")
        self.errors = self.data.get("errors", [])
        super().__init__(f"{self.reason} ({code}): {message}" + "".join(f"; {_fault(f)}" for f in self.errors))


class ConnectionLost(ConnectionError):
    """The connection broke, or no reply came in time. What was under way may or may not have happened: ask again by key."""


def _fault(fault):
    return f"{fault.get('path', '')}: {fault.get('message', '')}"


def _outcome(reply):
    error = reply.get("error")
    if error is None:
        return reply.get("result")
    return GriddError(error.get("code"), error.get("message", ""), error.get("data"))


def _connect(url, timeout):
    if url.startswith("tcp://"):
        host, _, port = url[len("tcp://"):].rpartition(":")
        if not port.isdigit():
            raise ValueError(f"{url}: expected tcp://HOST:PORT")
        s = socket.create_connection((host.strip("[]"), int(port)), timeout)
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return s
    if "://" in url:
        raise ValueError(f"{url}: expected unix:PATH or tcp://HOST:PORT")
    s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        s.settimeout(timeout)
        s.connect(url[len("unix:"):] if url.startswith("unix:") else url)
    except OSError:
        s.close()
        raise
    return s


class Client:
    """One connection to gridd at `unix:PATH` (or a bare path), or `tcp://HOST:PORT`.

    timeout         seconds to wait for a reply; None waits for ever
    common          params that every call carries, such as {"town": "310106101"}
    on_notification called with (method, params) for what the daemon sends unasked; without it they are dropped
    token           who calls: "ID.SECRET", as the daemon's operator gave it; None: whoever the socket says
    """

    def __init__(self, url, timeout=30.0, common=None, on_notification=None, token=None):
        self.url = url
        self.token = token
        self.timeout = timeout
        self.common = dict(common or {})
        self.on_notification = on_notification
        self.socket = None
        self._rest = bytearray()
        self._looked = 0
        self._last_id = 0
        self.connect()

    def connect(self, timeout=None):
        """Connects, or connects again: calls still under way are forgotten. OSError if nobody listens there."""
        self.close()
        self.socket = _connect(self.url, timeout or self.timeout)
        self.socket.settimeout(self.timeout)
        if self.token is not None:
            try:
                self.call("session.login", {"token": self.token})
            except Exception:
                self.close()
                raise

    def close(self):
        """Closes the connection; harmless on a closed one."""
        if self.socket is not None:
            self.socket.close()
        self.socket = None
        self._rest = bytearray()
        self._looked = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # -- calls --------------------------------------------------------------------------------------------------

    def call(self, method, params=None, **more):
        """The result of one call. Params come as a dict, as keywords, or both. Raises GriddError, ConnectionLost."""
        request = self._request(method, {**(params or {}), **more})
        self.send_line(_dump(request))
        outcome = _outcome(self._reply_to(request["id"]))
        if isinstance(outcome, GriddError):
            raise outcome
        return outcome

    def call_by_key(self, method, params, key, tries=8, pause=0.2):
        """Calls until there is an answer, connecting again where needed; `key` makes the repetition safe.

        Waits `pause` seconds before the second try, twice that before the third, and so on up to 5 s, or as long as the
        daemon asks for. Gives up after `tries` with what went wrong last.
        """
        for attempt in range(tries):
            wait = min(pause * 2**attempt, 5.0)
            try:
                if self.socket is None:
                    self.connect()
                return self.call(method, {**params, "key": key})
            except GriddError as error:
                if error.reason not in ("overloaded", "unavailable", "outcome_unknown") or attempt + 1 == tries:
                    raise
                wait = error.data.get("retry_after_ms", wait * 1000) / 1000
            except OSError:
                self.close()
                if attempt + 1 == tries:
                    raise
            time.sleep(wait)
        raise ValueError("tries must be at least 1")

    def call_many(self, calls, in_flight=MAX_IN_FLIGHT):
        """Makes every (method, params) call over this connection, several at a time, and gives the list of their outcomes:
        each a result, or the GriddError. Raises ConnectionLost if the connection breaks before all are answered."""
        calls = list(calls)
        outcomes = [None] * len(calls)
        waiting = {}
        sent = 0
        while sent < len(calls) or waiting:
            lines = []
            while sent < len(calls) and len(waiting) < in_flight:
                request = self._request(*calls[sent])
                waiting[request["id"]] = sent
                lines.append(_dump(request))
                sent += 1
            if lines:
                self.send_raw(b"\n".join(lines) + b"\n")
            reply = self._next_reply()
            if reply["id"] in waiting:
                outcomes[waiting.pop(reply["id"])] = _outcome(reply)
        return outcomes

    def batch(self, calls):
        """One JSON-RPC batch of (method, params); the outcomes as in call_many, in order. Not atomic."""
        requests = [self._request(method, params) for method, params in calls]
        self.send_line(_dump(requests))
        replies = self.read_message()
        while isinstance(replies, dict) and "method" in replies:
            self._notified(replies)
            replies = self.read_message()
        if isinstance(replies, dict):  # the batch as a whole was refused
            raise _outcome(replies)
        by_id = {reply["id"]: _outcome(reply) for reply in replies}
        return [by_id[request["id"]] for request in requests]

    def notify(self, method, params=None):
        """Sends a notification: nothing comes back, not even an error."""
        self.send_line(_dump({"jsonrpc": "2.0", "method": method, "params": {**self.common, **(params or {})}}))

    def follow(self, after=0, wait=20.0, pause=0.2, **filters):
        """The town's events behind number `after`, one by one, for ever: each exactly once and none left out.

        wait     seconds that one question waits in the daemon for the next event
        pause    seconds before the first try to connect again; doubles up to 5 s
        filters  `types`, `case`, `town`: which events

        Raises GriddError where asking again would not help.
        """
        failures = 0
        while True:
            try:
                if self.socket is None:
                    self.connect()
                answer = self.call("events.read", {"after": after, "limit": 500, "wait_ms": int(wait * 1000), **filters})
                failures = 0
            except GriddError as error:
                if error.reason not in ("overloaded", "unavailable"):
                    raise
                failures += 1
            except OSError:
                self.close()
                failures += 1
            if failures:
                time.sleep(min(pause * 2**(failures - 1), 5.0))
                continue
            for event in answer["events"]:
                yield event
            after = answer["after"]

    # -- lines --------------------------------------------------------------------------------------------------

    def send_line(self, line):
        """Sends one line, given as bytes or text without its newline."""
        self.send_raw((line.encode() if isinstance(line, str) else line) + b"\n")

    def send_raw(self, data):
        """Sends bytes as they are."""
        if self.socket is None:
            raise ConnectionLost("not connected")
        try:
            self.socket.sendall(data)
        except OSError as error:
            raise ConnectionLost(f"{self.url}: {error}") from error

    def end(self):
        """Says that nothing more will be sent; replies still come."""
        self.socket.shutdown(socket.SHUT_WR)

    def read_line(self):
        """The next line as bytes, without its newline; None when the daemon has closed the connection."""
        if self.socket is None:
            raise ConnectionLost("not connected")
        while True:
            end = self._rest.find(b"\n", self._looked)
            if end >= 0:
                line = bytes(self._rest[:end])
                del self._rest[:end + 1]
                self._looked = 0
                return line
            self._looked = len(self._rest)
            if self._looked > MAX_LINE:
                raise ConnectionLost(f"{self.url}: a line longer than {MAX_LINE} bytes")
            try:
                more = self.socket.recv(1 << 18)
            except OSError as error:
                raise ConnectionLost(f"{self.url}: {error}") from error
            if not more:
                return None
            self._rest += more

    def read_message(self):
        """The next message, parsed. Raises ConnectionLost at the end of the connection."""
        line = self.read_line()
        if line is None:
            raise ConnectionLost(f"{self.url}: closed by gridd")
        return json.loads(line)

    # -- inside -------------------------------------------------------------------------------------------------

    def _request(self, method, params=None):
        self._last_id += 1
        return {"jsonrpc": "2.0", "id": self._last_id, "method": method, "params": {**self.common, **(params or {})}}

    def _notified(self, message):
        if self.on_notification is not None:
            self.on_notification(message["method"], message.get("params"))

    def _next_reply(self):
        while True:
            message = self.read_message()
            if "method" in message:
                self._notified(message)
            elif message.get("id") is None:  # the daemon could not read what we sent
                raise _outcome(message)
            else:
                return message

    def _reply_to(self, request_id):
        reply = self._next_reply()
        while reply["id"] != request_id:  # an answer that came after its call had timed out
            reply = self._next_reply()
        return reply


def _dump(message):
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
