"""nightly: what a night costs: planning the digest of a big town, the loop meanwhile, and making its pages."""

import multiprocessing
import time

from cluster import Cluster, build, show
from fill import fill, vacuum
from harness import Client
from material import submit_lines

OVERDUE = 20_000
MORNING, EVENING, HOUR = "2026-11-23T00:00:00+08:00", "2026-11-24T21:59:00+08:00", "2026-11-24T22:00:00+08:00"
TEMPLATES = 20


def columns(daemon):
    """So many of the copies are as overdue as what they are copies of that there are OVERDUE of them; the others run out later, some
    within the day."""
    late = daemon.value("SELECT count(*) FROM (SELECT due_at FROM gridd.case_file WHERE town NOT IN ('bench', 'fill') ORDER BY id LIMIT %s) f "
                        "WHERE due_at < %s", TEMPLATES, HOUR)
    last = OVERDUE * TEMPLATES // late
    return {"case_file": {"due_at": f"CASE WHEN {{k}} < {last} AND c.due_at < '{HOUR}' THEN c.due_at "
                                    f"ELSE timestamptz '{HOUR}' + {{k}} * interval '1 second' END"},
            "case_event": {"seq": "({id})::bigint * 64 + c.version"}}


def ping(url, stop, worst):
    with Client(url) as client:
        while not stop.wait(0.005):
            began = time.monotonic()
            client.call("system.ping")
            worst.value = max(worst.value, time.monotonic() - began)


class Pings:
    """Pings each 5 ms, from a process of its own: whoever reads a large answer meanwhile holds up nobody but himself. worst: the longest
    time from a ping's turn to its answer, in seconds, once it has ended."""

    def __init__(self, daemon):
        own = multiprocessing.get_context("fork")
        self.stop, self.longest = own.Event(), own.Value("d", 0.0)
        self.process = own.Process(target=ping, args=(daemon.url, self.stop, self.longest))

    def __enter__(self):
        self.process.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.process.join()
        assert self.process.exitcode == 0, "the pings broke off"
        self.worst = self.longest.value


def memory(pid, key):
    with open(f"/proc/{pid}/status") as f:
        return next(int(line.split()[1]) * 1024 for line in f if line.startswith(key))


class Watched:
    """How much memory a stretch of work took at its peak, and how long it lasted."""

    def __init__(self, pid):
        self.pid = pid

    def __enter__(self):
        with open(f"/proc/{self.pid}/clear_refs", "w") as f:
            f.write("5")
        self.before, self.began = memory(self.pid, "VmRSS"), time.monotonic()
        return self

    def __exit__(self, *_):
        self.seconds = time.monotonic() - self.began
        self.grown = memory(self.pid, "VmHWM") - self.before


def nightly(options):
    build("gridd", "bench_load")
    stored = options.stored or 1_000_000
    with Cluster(clock=MORNING) as c:
        c.load(submit_lines(500), 8, 8)
        with Client(c.daemon.url, timeout=300) as client:
            client.call("test.advance", to=EVENING)
        fill(c.daemon, stored, is_open=True, changed=columns(c.daemon))
        vacuum(c.daemon)
        pid = c.daemon.process.pid
        with Client(c.daemon.url, timeout=300) as client:
            with Pings(c.daemon) as idle:
                time.sleep(2)
            with Pings(c.daemon) as pings, Watched(pid) as planning:
                client.call("test.advance", to=HOUR)
            took = [line for line in c.daemon.log().splitlines() if "nightly.planned" in line][-1]
            plan = c.daemon.value("SELECT length(plan) FROM gridd.occurrence WHERE job = 'nightly' ORDER BY day DESC LIMIT 1")
            with Pings(c.daemon) as shown, Watched(pid) as pages:
                got = client.call("report.nightly", parts=["text", "html", "workbook", "message"])
            with Watched(pid) as reckoned:
                client.call("report.overdue", at="2026-11-24T12:00:00+08:00")
    print(took, flush=True)
    show(stored=stored, overdue=got["overdue"], planning_seconds=float(took.split("took_ms=")[1]) / 1000, planning_mb=planning.grown / 2**20,
         plan_mb=plan / 2**20, idle_ping_ms=idle.worst * 1000, stall_ms=pings.worst * 1000, pages_seconds=pages.seconds,
         pages_mb=pages.grown / 2**20, pages_stall_ms=shown.worst * 1000, reckoned_seconds=reckoned.seconds)
