"""scripted: gridctl as a process, and a daemon whose answers the test writes."""

import json
import os
import pty
import socket
import struct
import subprocess
import termios
import threading
from fcntl import ioctl

import pytest
from harness import BUILD, SIZE

GRIDCTL = BUILD / "gridctl"
NUMBER = "20261123-0000001"
NOW = "2026-11-23T12:00:00+08:00"


def a_row(n=1, **more):
    row = {"number": f"20261123-{n:07}", "state": "dispatched", "state_name": "待处置", "class": "E70-05", "class_name": "房屋漏水",
           "class_name_en": "leak", "estate": "pp-001", "estate_name": "一号小区", "unit": "firm_a", "unit_name": "甲物业",
           "unit_name_en": "Firm A", "due_at": "2026-11-23T15:00:00+08:00", "text": "三楼漏水\n第二行"}
    row.update(more)
    return row


class Fault(Exception):
    def __init__(self, code, reason, message="no", **data):
        self.error = {"code": code, "message": message, "data": {"reason": reason, **data}}


class Script:
    """A line server whose answers the test writes: {method: function of params}. Remembers every call."""

    def __init__(self, path, answers):
        self.url, self.answers, self.calls = f"unix:{path}", answers, []
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(path))
        self.listener.listen()
        threading.Thread(target=self.serve, daemon=True).start()

    def params(self, method):
        return [p for m, p in self.calls if m == method]

    def serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            try:
                with connection, connection.makefile("rwb") as lines:
                    self.talk(lines)
            except ConnectionError:
                pass  # the client went away

    def talk(self, lines):
        for line in lines:
            request = json.loads(line)
            self.calls.append((request["method"], request.get("params")))
            reply = {"jsonrpc": "2.0", "id": request["id"]}
            try:
                answer = self.answers[request["method"]](request.get("params"))
                if answer is None:
                    return  # hangs up
                if isinstance(answer, bytes):
                    lines.write(answer)
                    lines.flush()
                    continue
                reply["result"] = answer
            except Fault as fault:
                reply["error"] = fault.error
            except KeyError:
                reply["error"] = Fault(-32601, "method_not_found", "Method not found").error
            lines.write(json.dumps(reply, ensure_ascii=False).encode() + b"\n")
            lines.flush()

    def close(self):
        self.listener.close()


@pytest.fixture
def script(folder):
    made = []

    def make(**answers):
        made.append(Script(folder / "s.sock", {name.replace("__", "."): answer for name, answer in answers.items()}))
        return made[-1]

    yield make
    for s in made:
        s.close()


def environment(lang="C", leaks=SIZE == "long", **more):
    """The caller's, without what would change how gridctl speaks and where it looks. Looking for leaks takes as long as all the rest of
    a short run: one test of each command does it (test_every_example_is_sound), and in the long size all do."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "GRID", "NO_COLOR"))}
    return {**kept, "ASAN_OPTIONS": f"detect_leaks={leaks:d}", "LANG": lang, "GRIDCTL_ETC": "/nowhere", "XDG_CONFIG_HOME": "/nowhere", **more}


def start(*args, to=None, env=None, **options):
    """gridctl, running."""
    return subprocess.Popen([str(GRIDCTL), *map(str, args), *(["--socket", to.url] if to else [])], env=environment(**(env or {})), **options)


def on_terminal(*args, to=None, columns=None, **env):
    """What gridctl shows on a terminal, of that width. `to`: the Script it talks to; None: whom the environment names."""
    ours, its = pty.openpty()
    if columns:
        ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    process = start(*args, to=to, env=env, stdin=subprocess.DEVNULL, stdout=its, stderr=its)
    os.close(its)
    out = b""
    try:
        while more := os.read(ours, 4096):
            out += more
    except OSError:
        pass  # Linux says so when the other side is closed
    os.close(ours)
    assert process.wait(20) == 0, out
    return out.decode().replace("\r\n", "\n")


def gridctl(*args, to=None, lang="C", stdin=None, env=None, **options):
    """gridctl, finished; `to` is the Script it talks to. Other options are those of environment()."""
    socket_args = ["--socket", to.url] if to else []
    done = subprocess.run([str(GRIDCTL), *map(str, args), *socket_args], input=stdin, capture_output=True, timeout=60,
                          env=environment(lang, **options, **(env or {})))
    encoding = "gb18030" if "GB" in lang else "utf-8"
    done.out, done.err = done.stdout.decode(encoding), done.stderr.decode(encoding)
    assert "Sanitizer" not in done.err and "runtime error" not in done.err, done.err
    return done
