"""benches: what each name of tests/bench/run measures. Rivals are measured in turn, round by round, and medians compared."""

import json
import resource
import socket
import subprocess
import time

from cluster import BUILD, Cluster, build, median, show
from fill import FIRST_ID, fill, vacuum
from firing import firing, mixed
from harness import wait_until
from material import a_transaction, one_statement, prepare_sql, submit_lines, templates
from month import month
from nightly import nightly

CONNECTIONS, IN_FLIGHT = 64, 8
CLIENTS = (1, 8, 16, 32, 64)
PLAIN_CLIENTS = 8


def one_intake(cluster, cases):
    """End to end: figures of one run, and what it cost PostgreSQL."""
    wal, cpu, commits = cluster.wal_bytes(), cluster.server_cpu_seconds(), cluster.commits()
    figures = cluster.load(submit_lines(cases), CONNECTIONS, IN_FLIGHT)
    figures["wal_per_case"] = (cluster.wal_bytes() - wal) / cases
    figures["cpu_us_per_case"] = (cluster.server_cpu_seconds() - cpu) / cases * 1e6
    wait_until(lambda: cluster.commits() > commits, 10, "PostgreSQL's statistics")
    return figures


def intake(options):
    build("gridd", "bench_load", "bench_alone")
    ours, alone, plain, best = [], [], [], {n: [] for n in CLIENTS}
    with Cluster() as c:
        c.load(submit_lines(4000), CONNECTIONS, IN_FLIGHT)  # warms up, and gives the rows to copy
        rows = c.rows_per_case()
        prepare_sql(c.daemon)
        stored = templates(c.daemon, 20)
        single, naive = [one_statement(t) for t in stored], [a_transaction(t) for t in stored]
        for i in range(options.rounds):
            ours.append(one_intake(c, options.cases))
            alone.append(c.alone(200, max(options.cases // 200, 1)))
            for n in CLIENTS:
                best[n].append(c.pgbench(single, n, options.seconds))
            plain.append(c.pgbench(naive, PLAIN_CLIENTS, options.seconds))
            print(f"round {i + 1}: gridd {ours[-1]['per_second']:.0f}/s, PostgreSQL alone {alone[-1]['per_second']:.0f}/s, one case a commit "
                  + ", ".join(f"{n}: {best[n][-1]:.0f}/s" for n in CLIENTS) + f", plain statements {plain[-1]:.0f}/s", flush=True)
    def of(runs, name):
        return median([r[name] for r in runs])

    mine, single_best = of(ours, "per_second"), max(median(v) for v in best.values())
    show(gridd=mine, alone=of(alone, "per_second"), best_sql=single_best, plain_sql=median(plain),
         of_alone=mine / of(alone, "per_second"), over_best_sql=mine / single_best, over_plain_sql=mine / median(plain),
         rows_per_case=rows, wal_bytes_per_case=of(ours, "wal_per_case"), postgres_cpu_us_per_case=of(ours, "cpu_us_per_case"),
         p50_us=of(ours, "p50_us"), p99_us=of(ours, "p99_us"))


def latency(options):
    """One case at a time: a call's way through everything, against the statement alone with one row."""
    build("gridd", "bench_load", "bench_alone")
    ours, alone = [], []
    with Cluster() as c:
        c.load(submit_lines(4000), CONNECTIONS, IN_FLIGHT)
        for _ in range(options.rounds):
            ours.append(c.load(submit_lines(1500), 1, 1)["p50_us"])
            alone.append(c.alone(1, 1500)["p50_us"])
    show(p50_us=median(ours), alone_p50_us=median(alone), ratio=median(ours) / median(alone))


def program(name):
    """A bench that needs no database: a C program that ends in its own key=value line."""
    def bench(_):
        build(name)
        raise SystemExit(subprocess.run([str(BUILD / "tests" / name)], cwd=BUILD.parent).returncode)
    return bench


def list_lines(count, **params):
    return [json.dumps({"jsonrpc": "2.0", "method": "case.list", "params": {"limit": 50, **params}, "id": i}) + "\n" for i in range(count)]


LISTS = {"due": {}, "unit": {"unit": None}, "estate": {"estate": "pp-007"}, "received": {"sort": "received"}, "updated": {"sort": "updated"}, "overdue": {"overdue": "any"}}


def wall_ms(c, *words):
    """Of one run of gridctl, from its start to its end."""
    began = time.monotonic()
    subprocess.run([str(BUILD / "gridctl"), *words, "--socket", str(c.daemon.socket)], check=True, capture_output=True)
    return (time.monotonic() - began) * 1000


def list_pages(options):
    """The first 50 rows among 10,000 and among 1,000,000 open cases; and what a person waits for them."""
    build("gridd", "gridctl", "bench_load")
    stages = (10000, options.stored or 1000000)
    seen = {}
    with Cluster() as c:
        c.load(submit_lines(500), 8, 8)
        for stage in stages:
            fill(c.daemon, stage, is_open=True)
            vacuum(c.daemon)
            LISTS["unit"]["unit"] = c.daemon.value("SELECT unit FROM gridd.case_file WHERE id >= %s LIMIT 1", FIRST_ID)
            for name, params in LISTS.items():
                c.load(list_lines(100, **params), 1, 1)
                seen[name, stage] = median([c.load(list_lines(200, **params), 1, 1)["p50_us"] for _ in range(options.rounds)])
                print(f"{name}, {stage} open cases: p50 {seen[name, stage]:.0f} us", flush=True)
        ls_ms = median([wall_ms(c, "ls") for _ in range(20)])
    few, many = stages
    show(ls_ms=ls_ms, **{f"{name}_us": seen[name, many] for name in LISTS}, **{f"{name}_ratio": seen[name, many] / seen[name, few] for name in LISTS},
         worst_ratio=max(seen[name, many] / seen[name, few] for name in LISTS))


def idle(options):
    """What a connection costs that says nothing."""
    build("gridd")
    count = options.stored or 10000
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, count + 500), hard))
    with Cluster() as c:
        before = resident_bytes(c.daemon.process.pid)
        sockets = []
        with c.daemon.client() as client:
            for _ in range(count):
                s = socket.socket(socket.AF_UNIX)
                s.connect(str(c.daemon.socket))
                sockets.append(s)
                s.sendall(b'{"jsonrpc":"2.0","method":"system.ping","id":1}\n')
            for s in sockets:
                s.recv(4096)
            wait_until(lambda: client.call("system.info")["connections"] >= count, 60, "all connections")
            grown = resident_bytes(c.daemon.process.pid) - before
        for s in sockets:
            s.close()
    show(connections=count, bytes_per_connection=grown / count)


def resident_bytes(pid):
    with open(f"/proc/{pid}/status") as f:
        return next(int(line.split()[1]) * 1024 for line in f if line.startswith("VmRSS"))


def growth(options):
    """Intake into an empty town and into one with millions of stored cases: two clusters, measured in turn."""
    build("gridd", "bench_load")
    stored = options.stored or 5000000
    empty, full = [], []
    with Cluster() as a, Cluster() as b:
        for c in (a, b):
            c.load(submit_lines(4000), CONNECTIONS, IN_FLIGHT)
        fill(b.daemon, stored, is_open=False)
        vacuum(b.daemon)
        for i in range(options.rounds):
            empty.append(one_intake(a, options.cases)["per_second"])
            full.append(one_intake(b, options.cases)["per_second"])
            print(f"round {i + 1}: {empty[-1]:.0f}/s with none, {full[-1]:.0f}/s with {stored}", flush=True)
    show(stored=stored, empty=median(empty), full=median(full), ratio=median(full) / median(empty))


BENCHES = {"intake": intake, "latency": latency, "json": program("bench_json"), "rules": program("bench_rules"), "list": list_pages,
           "idle": idle, "growth": growth, "firing": firing, "mixed": mixed, "nightly": nightly, "month": month}
