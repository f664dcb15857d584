"""cluster: a release gridd on a private database, and what can be read off it from outside."""

import os
import signal
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("GRIDD_BUILD", ROOT / "build"))
os.environ["GRIDD_BUILD"] = str(BUILD)
sys.path.insert(0, str(ROOT / "tests/integration"))

from harness import PENGPU, Daemon, remove, scratch_folder  # noqa: E402

MIDNIGHT = "2026-11-24T00:00:00+08:00"  # the end of the sample day
BENCH = Path(__file__).resolve().parent


def build(*targets):
    """The release build, with the benches in it."""
    if not (BUILD / "build.ninja").exists():
        _quiet(["cmake", "--preset", "release"])
    _quiet(["cmake", "-DBUILD_TESTING=ON", BUILD])
    _quiet(["ninja", "-C", BUILD, *targets])


def _quiet(command):
    done = subprocess.run([str(c) for c in command], cwd=ROOT, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"bench: {command[0]} failed:\n{done.stdout[-4000:]}{done.stderr[-2000:]}")


class Cluster:
    """`with Cluster() as c`: c.daemon is the Daemon of the integration tests, with the real pack, on a test clock."""

    def __init__(self, pack=PENGPU, clock=MIDNIGHT, config=None):
        self.pack, self.clock, self.others = pack, clock, []
        self.config = {"embedded": {"settings": "max_connections=100"}, **(config or {})}

    def __enter__(self):
        self.folder = scratch_folder("/tmp")  # a disk: commits cost what they cost
        self.daemon = Daemon(self.folder, pack=self.pack, clock=self.clock, config=self.config)
        self.daemon.start()
        return self

    def __exit__(self, *_):
        self.freeze_daemons(False)
        for d in [*self.others, self.daemon]:
            d.close()
        remove(self.folder)

    def bench(self, program, *args):
        """Runs build/tests/bench_NAME; its key=value line as a dict of floats."""
        done = subprocess.run([str(BUILD / "tests" / program), *map(str, args)], capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"bench: {program} failed:\n{done.stdout}{done.stderr}\n{self.daemon.log()[-2000:]}")
        return pairs(done.stdout.splitlines()[-1])

    def add_daemon(self):
        """One more gridd on the same database."""
        d = Daemon(self.folder, pack=None, clock=self.clock, name=f"gridd{len(self.others) + 2}", database=self.daemon.conninfo("gridd_app"))
        self.others.append(d.start())

    def freeze_daemons(self, frozen=True):
        """Those that were added stand still, or go on: so that one can be measured between two measurements of all."""
        for d in self.others:
            d.process.send_signal(signal.SIGSTOP if frozen else signal.SIGCONT)

    def load(self, lines, connections, in_flight, per_second=None):
        """Sends lines (text) to gridd; at that pace, or as fast as they are answered."""
        path = self.folder / "lines"
        path.write_text("".join(lines), "utf-8")
        return self.bench("bench_load", self.daemon.socket, path, connections, in_flight, *[per_second] if per_second else [])

    def alone(self, batch, batches):
        """The writer's statement without gridd."""
        return self.bench("bench_alone", self.daemon.conninfo("gridd_app"), BENCH, batch, batches)

    def pgbench(self, scripts, clients, seconds):
        """Transactions a second."""
        _, port, folder = self.daemon.postmaster()
        files = []
        for i, script in enumerate(scripts):
            path = self.folder / f"script{i}.sql"
            path.write_text(script, "utf-8")
            files += ["-f", path]
        done = subprocess.run(["pgbench", "-n", "-M", "prepared", "-h", folder, "-p", port, "-U", "gridd_app", "-c", str(clients),
                               "-j", str(min(clients, 2)), "-T", str(seconds), *map(str, files), "gridd"], capture_output=True, text=True)
        tps = [line for line in done.stdout.splitlines() if line.startswith("tps = ")]
        if done.returncode != 0 or not tps:
            sys.exit(f"bench: pgbench failed:\n{done.stdout}{done.stderr}")
        return float(tps[0].split()[2])

    # -- what PostgreSQL says of itself -------------------------------------------------------------------------

    def wal_bytes(self):
        return int(self.daemon.value("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn"))

    def commits(self):
        """Of the writer's connection: batches."""
        return self.daemon.value("SELECT xact_commit FROM pg_stat_database WHERE datname = 'gridd'")

    def server_cpu_seconds(self):
        """Of the postmaster and all its children, those that have ended too."""
        postmaster = self.daemon.postmaster()[0]
        ticks = 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rsplit(")", 1)[1].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(stat.parent.name) == postmaster:
                ticks += sum(map(int, fields[11:15]))
            elif int(fields[1]) == postmaster:
                ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def rows_per_case(self):
        tables = ["case_file", "case_private", "case_event", "call_key", "outside_ref", "task", "timer"]
        counts = [self.daemon.value(f"SELECT count(*) FROM gridd.{t}") for t in tables]
        return sum(counts) / max(counts[0], 1)


def pairs(line):
    return {k: float(v) for k, v in (word.split("=", 1) for word in line.split())}


def median(values):
    return statistics.median(values)


def show(**figures):
    """The last line of a bench."""
    print(" ".join(f"{k}={v:.4g}" if isinstance(v, float) and v < 100 else f"{k}={v:.0f}" for k, v in figures.items()))
