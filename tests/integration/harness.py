"""harness: starts and stops real daemons on real private databases, and waits for conditions."""

import atexit
import json
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg2
import yaml

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "clients/python"))

from gridd import Client, ConnectionLost, GriddError  # noqa: E402,F401

BUILD = Path(os.environ.get("GRIDD_BUILD", ROOT / "build-checked"))
SIZE = os.environ.get("GRIDD_TEST_SIZE", "normal")
PENGPU = ROOT / "routing-rules/pengpu"
SMALL = ROOT / "tests/packs/small"
SHARED = ROOT.parent / "shared"  # data sets that are no part of the project
TOWN = "310106999"  # of the small pack
MORNING = "2026-11-23T09:00:00+08:00"  # a Monday
ROOT_USER = os.geteuid() == 0
# Freed memory is kept back for finding faults; not so much of it that sizes say nothing.
ENVIRONMENT = {**os.environ, "ASAN_OPTIONS": "quarantine_size_mb=16", "UBSAN_OPTIONS": "print_stacktrace=1"}
SANITIZER = re.compile(r"ERROR: (Address|Leak)Sanitizer|runtime error:|SUMMARY: \w+Sanitizer")


def size(fast, normal, long):
    """The count for the size of test that runs."""
    return {"fast": fast, "normal": normal, "long": long}[SIZE]


def pause(seconds):
    """Between two looks at a condition; never instead of one."""
    select.select([], [], [], seconds)


def wait_until(condition, seconds=30, what="the condition"):
    """The first true answer of condition(). Fails when `seconds` pass without one."""
    deadline = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer:
            return answer
        assert time.monotonic() < deadline, f"{what} did not come about within {seconds} s"
        pause(0.02)


def alive(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


MEMORY = "/dev/shm"
ROOM = 8 << 30  # of memory, for all clusters that stand at once


def scratch_place():
    """Where clusters of tests lie: in memory where there is plenty of it. What is killed in a test are processes, not the machine, so
    nothing is proved by waiting for a disk."""
    try:
        room = os.statvfs(MEMORY)
    except OSError:
        return "/tmp"
    return MEMORY if os.access(MEMORY, os.W_OK) and room.f_bavail * room.f_frsize > ROOM else "/tmp"


def scratch_folder(place=None):
    """A folder that the database's user can pass through."""
    folder = Path(tempfile.mkdtemp(prefix="gridd-test-", dir=place or scratch_place()))
    folder.chmod(0o755)
    return folder


CLUSTER_SETTINGS = ""  # of every embedded cluster that a test starts, in front of its own; set by conftest
_templates = {}


def template_cluster(has_clock):
    """The folder of a cluster that gridd has made and brought up to its schema, and nothing else: a copy of it is made in half the
    time. Made once, with a clock or without."""
    if has_clock not in _templates:
        folder = scratch_folder()
        atexit.register(remove, folder)
        d = Daemon(folder, pack=None, clock=MORNING if has_clock else None, fresh=True).start(wait=False)
        try:
            d.wait_log(r" schema ")
            if has_clock:
                wait_until(lambda: d.value("SELECT value <> '0' FROM gridd.meta WHERE key = 'test_now'"), 30, "the first daemon's clock")
                d.sql("UPDATE gridd.meta SET value = '0' WHERE key = 'test_now'")
            d.stop()
        finally:
            d.close()
        _templates[has_clock] = d.data
    return _templates[has_clock]


class Daemon:
    """One gridd and the folder it lives in. Unless `database` is given it has an embedded cluster in folder/data: a copy of
    template_cluster, or, where `fresh` is set or the config has embedded settings, one that gridd makes itself."""

    def __init__(self, folder, pack=SMALL, clock=MORNING, database=None, config=None, name="gridd", args=(), binary=None, fresh=False):
        self.folder, self.name = Path(folder), name
        self.socket = self.folder / f"{name}.sock"
        self.url = f"unix:{self.socket}"
        self.data = self.folder / "data"
        self.log_file = self.folder / f"{name}.log"
        self.config_file = self.folder / f"{name}.yaml"
        self.binary = Path(binary or BUILD / "gridd")
        self.config = dict(config or {})
        if database:
            self.config["database"] = database
        self.args = ["--listen", self.url]
        self.args += [] if database else [f"--embedded={self.data}"]
        self.args += ["--pack", str(pack)] if pack else []
        self.args += [f"--test-clock={clock}"] if clock else []
        self.args += list(args)
        self.has_clock = bool(clock)
        self.fresh = fresh or bool(database) or bool(binary) or "embedded" in self.config
        if CLUSTER_SETTINGS and not database:
            own = self.config.get("embedded", {})
            self.config["embedded"] = {**own, "settings": f"{CLUSTER_SETTINGS} {own.get('settings', '')}".strip()}
        self.process = None
        self.clients = []
        self.looker = None  # (postmaster's pid, connection) of sql()

    # -- life ---------------------------------------------------------------------------------------------------

    def start(self, wait=True):
        assert self.process is None
        if not self.fresh and not self.data.exists():
            subprocess.run(["cp", "-a", str(template_cluster(self.has_clock)), str(self.data)], check=True)
        args = [str(self.binary)]
        if self.config:
            self.config_file.write_text(yaml.safe_dump(self.config, sort_keys=False, allow_unicode=True, width=10000))
            args += ["-c", str(self.config_file)]
        self.log_from = self.log_file.stat().st_size if self.log_file.exists() else 0
        with open(self.log_file, "ab") as log:
            self.process = subprocess.Popen(args + self.args, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder,
                                            env=ENVIRONMENT)
        if wait:
            self.wait_ready()
        return self

    def log(self, whole=False):
        """What this run (or the whole life) has logged."""
        text = self.log_file.read_bytes()
        return text[0 if whole else self.log_from:].decode("utf-8", "replace")

    def logged(self, event):
        """The lines of that event in this run."""
        return [line for line in self.log().splitlines() if re.match(rf"\S+ \w+ {re.escape(event)}(\s|$)", line)]

    def wait_log(self, pattern, seconds=30):
        return wait_until(lambda: re.search(pattern, self.log()), seconds, f"a log line like {pattern!r}")

    def wait_ready(self, seconds=60):
        def ready():
            assert self.process.poll() is None, f"gridd ended with {self.process.returncode}:\n{self.log()[-4000:]}"
            return self.logged("ready")

        wait_until(ready, seconds, "gridd's readiness")

    def wait_answering(self, seconds=60):
        """Until the daemon says that it is ready: also after its database was away."""
        def ready():
            try:
                with Client(self.url, timeout=5) as c:
                    return c.call("system.ping").get("ready")
            except (OSError, GriddError):
                return False

        wait_until(ready, seconds, "a ready ping")

    def wait_end(self, seconds=60):
        """The exit status, once the process has ended by itself."""
        status = self.process.wait(seconds)
        self.process = None
        return status

    def stop(self):
        """Asks it to stop; it must do so cleanly."""
        if self.process is None:
            return
        self.close_clients()
        self.look_no_more()
        self.process.send_signal(signal.SIGTERM)
        status = self.wait_end()
        assert not SANITIZER.search(self.log()), self.log()[-6000:]
        assert status == 0, f"gridd ended with {status}:\n{self.log()[-4000:]}"

    def kill9(self):
        self.process.kill()
        self.process.wait(10)
        self.process = None

    def close(self):
        """For fixtures: whatever a test left behind ends here."""
        self.close_clients()
        self.look_no_more()
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(40)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)
        self.process = None

    # -- talking to it ------------------------------------------------------------------------------------------

    def client(self, **options):
        c = Client(self.url, **options)
        self.clients.append(c)
        return c

    def close_clients(self):
        for c in self.clients:
            c.close()
        self.clients = []

    def call(self, method, params=None, **more):
        """One call on a connection of its own. db.verify takes as long as there are cases."""
        with Client(self.url, timeout=600 if method == "db.verify" else 30) as c:
            return c.call(method, params, **more)

    # -- its database -------------------------------------------------------------------------------------------

    def postmaster(self):
        """(pid, port, socket folder) of the embedded cluster, as PostgreSQL wrote them down; None when it isn't up."""
        try:
            lines = next(self.data.glob("*/postmaster.pid")).read_text().splitlines()
        except (StopIteration, FileNotFoundError):
            return None
        return (int(lines[0]), lines[3], lines[4]) if len(lines) > 4 and lines[4] else None

    def conninfo(self, user):
        up = self.postmaster()
        if not up:
            raise psycopg2.OperationalError("the cluster is not up")
        _, port, folder = up
        return f"host={folder} port={port} dbname=gridd user={user}"

    def pg(self, user=None):
        """A connection that commits each statement by itself: the cluster's superuser, unless another role is named."""
        for name in [user] if user else ["gridd_super", "postgres"]:
            try:
                connection = psycopg2.connect(self.conninfo(name))
            except psycopg2.OperationalError as error:
                last = error
                continue
            connection.autocommit = True
            return connection
        raise last

    def look(self):
        """A connection that is kept from one sql() to the next, as long as the cluster runs: to begin one costs the server more than
        most queries."""
        up = self.postmaster()
        if not self.looker or not up or self.looker[0] != up[0] or self.looker[1].closed:
            self.look_no_more()
            self.looker = (up and up[0], self.pg())
        return self.looker[1]

    def look_no_more(self):
        if self.looker:
            self.looker[1].close()
        self.looker = None

    def sql(self, query, *values):
        """The rows of one query."""
        try:
            return self.ask(query, values)
        except psycopg2.Error as error:
            if error.pgcode and not error.pgcode.startswith("57"):  # said by a server that goes on
                raise
        self.look_no_more()
        return self.ask(query, values)  # on another connection: that one was lost

    def ask(self, query, values):
        with self.look().cursor() as cursor:
            cursor.execute(query, values or None)
            return cursor.fetchall() if cursor.description else []

    def value(self, query, *values):
        return self.sql(query, *values)[0][0]


def faults_of(error):
    """{path: code} of an invalid_params error."""
    assert error.reason == "invalid_params", error
    return {f["path"]: f["code"] for f in error.errors}


class Refused:
    """`with refused("conflict") as r:` expects a GriddError of that reason, and keeps it as r.error."""

    def __init__(self, reason):
        self.reason, self.error = reason, None

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        assert kind is not None, f"expected {self.reason}, but the call succeeded"
        if not issubclass(kind, GriddError):
            return False
        assert value.reason == self.reason, value
        self.error = value
        return True


refused = Refused
_count = iter(range(1, 10**9))


def a_case(**changes):
    """The params of a sound submit for the small pack, with a ref that no other has."""
    params = {"class": "E70-05", "estate": "pp-001", "text": "三楼漏水", "source": {"channel": "patrol", "ref": f"T-{next(_count)}"}}
    params.update(changes)
    return {k: v for k, v in params.items() if v is not None}


def run(command, **options):
    """A finished process with its output as text; never waits for input."""
    return subprocess.run([str(c) for c in command], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600, **options)


def sample_day():
    return [json.loads(line) for line in (PENGPU / "sample-day.jsonl").read_text("utf-8").splitlines()]


def remove(folder):
    shutil.rmtree(folder, ignore_errors=True)
