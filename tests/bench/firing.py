"""firing: what time costs: firings a second against the same rows written by bare SQL, and what they do to intake."""

import os
import subprocess
import time

from cluster import Cluster, build, median, show
from fill import FIRST_ID, fill, vacuum
from harness import SMALL, TOWN, a_case, wait_until
from material import stored_rows, submit_lines

BATCH = 100  # as many as gridd fires in one transaction
TEMPLATES = 20
# The copies fire a microsecond apart, so that moving the test clock by R microseconds makes R of them due.
APART = {"timer": {"fire_at": "c.fire_at + {k} * interval '1 microsecond'"},
         "case_event": {"seq": "({id})::bigint * 8 + c.version"},
         "case_file": {c: f"c.{c}" for c in ("state", "estate", "due_at", "overall_due_at", "received_at", "updated_at", "closed_at")}}


class Clock:
    """The test clock, moved by hand: gridd looks at it each second."""

    def __init__(self, daemon):
        self.daemon = daemon

    def move_to(self, us):
        self.daemon.sql("UPDATE gridd.meta SET value = %s WHERE key = 'test_now'", str(us))


def feed_at(cursor):
    cursor.execute("SELECT seq FROM gridd.town_feed WHERE town = %s", (TOWN,))
    return cursor.fetchone()[0]


def fire(daemon, clock, to_us, count):
    """Firings a second while gridd catches up with `count` of them, from the first commit seen to the last."""
    connection = daemon.pg()
    cursor = connection.cursor()
    start, began = feed_at(cursor), time.monotonic()
    clock.move_to(to_us)
    first = None
    while True:
        seq, now = feed_at(cursor), time.monotonic()
        if first is None and seq > start:
            first = (seq, now)
        if seq >= start + count:
            break
        if now - began > 30 + count / 100:
            raise SystemExit(f"bench: only {seq - start} of {count} were fired: {daemon.log()[-2000:]}")
        time.sleep(0.005)
    connection.close()
    return (seq - first[0]) / (now - first[1])


def sql_firing(daemon, low_us, high_us):
    """100 firings as one statement of bare SQL: claims what is due and reads it, and writes the rows that gridd wrote for such a case."""
    case_id = daemon.value("SELECT min(case_id) FROM gridd.notice")
    case = stored_rows(daemon, "case_file", "id = %s", (case_id,))[0]
    event = stored_rows(daemon, "case_event", "case_id = %s AND town = '" + TOWN + "' AND version = 3", (case_id,))[0]
    timer = stored_rows(daemon, "timer", "case_id = %s", (case_id,))[0]
    notices = stored_rows(daemon, "notice", "case_id = %s", (case_id,))
    deliveries = stored_rows(daemon, "delivery", "seq = (SELECT max(seq) FROM gridd.notice WHERE case_id = %s)", (case_id,))
    assert len(notices) == len(deliveries) == 1

    def insert(table, row, own):
        names = ", ".join(row)
        return f"INSERT INTO gridd.{table} ({names}) SELECT {', '.join(own.get(n, v) for n, v in row.items())} FROM numbered"

    own = {"town": "'bench'", "seq": "seq", "case_id": "id", "version": "version"}
    return f"""WITH due AS MATERIALIZED (
SELECT t.case_id, f.number, f.agg FROM (
SELECT case_id FROM gridd.timer WHERE fire_at >= gridd.at_time({low_us}) AND fire_at < gridd.at_time({high_us})
ORDER BY fire_at LIMIT {BATCH} FOR UPDATE SKIP LOCKED) t CROSS JOIN LATERAL (SELECT number, agg FROM gridd.case_file WHERE id = t.case_id) f),
changed AS (UPDATE gridd.case_file f SET version = f.version + 1, agg = {case['agg']} FROM due WHERE f.id = due.case_id RETURNING f.id, f.version),
timed AS (UPDATE gridd.timer t SET fire_at = {timer['fire_at']} FROM due WHERE t.case_id = due.case_id),
feed AS (UPDATE gridd.town_feed SET seq = seq + (SELECT count(*) FROM changed) WHERE town = 'bench' RETURNING seq),
numbered AS MATERIALIZED (SELECT c.id, c.version, feed.seq - row_number() OVER () + 1 AS seq FROM changed c, feed),
events AS ({insert('case_event', event, own)}),
notices AS ({insert('notice', notices[0], own)}),
deliveries AS ({insert('delivery', deliveries[0], own)})
SELECT due.case_id, due.number, due.agg FROM due;
"""


def fire_by_sql(cluster, script, count, clients=1):
    """Firings a second by pgbench."""
    path = cluster.folder / "firing.sql"
    path.write_text(script, "utf-8")
    _, port, folder = cluster.daemon.postmaster()
    before = cluster.daemon.value("SELECT count(*) FROM gridd.notice WHERE town = 'bench'")
    done = subprocess.run(["pgbench", "-n", "-M", "prepared", "-h", folder, "-p", port, "-U", "gridd_app", "-c", str(clients), "-j", "1",
                           "-t", str(count // BATCH // clients), "-f", str(path), "gridd"], capture_output=True, text=True)
    tps = [line for line in done.stdout.splitlines() if line.startswith("tps = ")]
    if done.returncode != 0 or not tps:
        raise SystemExit(f"bench: pgbench failed:\n{done.stdout}{done.stderr}")
    written = cluster.daemon.value("SELECT count(*) FROM gridd.notice WHERE town = 'bench'") - before
    assert written == count // BATCH // clients * clients * BATCH, f"{written} of {count} were there to fire"
    return float(tps[0].split()[2]) * BATCH


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Held:
    """`with Held(daemon)`: a snapshot that keeps every dead row, as a long report does."""

    def __init__(self, daemon):
        self.connection = daemon.pg()
        self.connection.autocommit = False

    def __enter__(self):
        with self.connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("SELECT count(*) FROM gridd.lease")

    def __exit__(self, *_):
        self.connection.rollback()
        self.connection.close()


def updates(daemon):
    """(updates, HOT ones) of case_file so far."""
    daemon.sql("SELECT pg_stat_force_next_flush()")
    time.sleep(1.5)  # each backend tells its own once a second
    return daemon.sql("SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables WHERE relid = 'gridd.case_file'::regclass")[0]


def prepare(c, stored):
    """So many open cases whose next firing is a warning with a notice. The instant of the first, in microseconds."""
    for _ in range(TEMPLATES):
        number = c.daemon.call("case.submit", a_case(**{"class": "E80-01", "condition": "1", "estate": None}))["case"]
        c.daemon.call("case.accept", {"case": number, "for": {"unit": "roads"}})
    begin = c.daemon.value("SELECT gridd.at_us(min(fire_at)) FROM gridd.timer")
    c.daemon.sql("INSERT INTO gridd.town_feed (town, seq, hash) SELECT 'bench', 0, hash FROM gridd.town_feed LIMIT 1")
    fill(c.daemon, stored, is_open=True, changed=APART)
    c.daemon.sql("UPDATE gridd.timer SET fire_at = 'infinity' WHERE case_id < %s", FIRST_ID)  # only copies fire
    vacuum(c.daemon)
    return begin


def of_pairs(some, others):
    """The median of the ratios within a round: what the machine does meanwhile bears on both."""
    return median([a / b for a, b in zip(some, others)])


def firing(options):
    build("gridd")
    stored, rounds = options.stored or 1000000, options.rounds
    count = min(options.cases, stored // (2 * (3 * rounds + 4))) // BATCH * BATCH
    alone, sql, sql2, held, four, spent, sql_spent = [], [], [], [], [], [], []
    with Cluster(pack=SMALL, clock="2026-11-23T09:00:00+08:00") as c:
        begin = prepare(c, stored)
        clock, gone = Clock(c.daemon), 0
        half = begin + stored // 2

        def one():
            nonlocal gone
            gone += count
            return fire(c.daemon, clock, begin + gone - 1, count)

        def cpu():
            return c.server_cpu_seconds(), cpu_seconds(c.daemon.process.pid)

        one()  # warms up, and gives the rows to copy
        script = sql_firing(c.daemon, half, begin + stored)
        fire_by_sql(c, script, count // 4)
        for _ in range(3):
            c.add_daemon()
        for _ in range(3):
            one()  # whichever of the four does it
        c.freeze_daemons()
        hot = [0, 0]
        for i in range(rounds):
            before, costs = updates(c.daemon), cpu()
            alone.append(one())
            spent.append([(b - a) / count * 1e6 for a, b in zip(costs, cpu())])
            hot = [h + b - a for h, a, b in zip(hot, before, updates(c.daemon))]
            costs = cpu()
            sql.append(fire_by_sql(c, script, count))
            sql_spent.append((cpu()[0] - costs[0]) / count * 1e6)
            with Held(c.daemon):
                held.append(one())
            c.freeze_daemons(False)
            four.append(one())
            c.freeze_daemons()
            sql2.append(fire_by_sql(c, script, count // 2, clients=2))
            print(f"round {i + 1}: gridd {alone[-1]:.0f}/s, bare SQL {sql[-1]:.0f}/s, with a held snapshot {held[-1]:.0f}/s, "
                  f"four daemons {four[-1]:.0f}/s, bare SQL by two clients {sql2[-1]:.0f}/s", flush=True)
        wrong = c.daemon.value("SELECT count(*) FROM (SELECT count(*) FROM gridd.case_event WHERE version = 3 AND town = %s GROUP BY case_id "
                               "HAVING count(*) <> 1) x", TOWN)
        fired = c.daemon.value("SELECT count(*) FROM gridd.case_event WHERE version = 3 AND town = %s", TOWN)
        assert wrong == 0 and fired == gone, f"{fired} of {gone} were fired"
    show(stored=stored, a_round=count, gridd=median(alone), sql=median(sql), of_sql=of_pairs(alone, sql), held=of_pairs(held, alone),
         hot=hot[1] / hot[0], four=median(four), four_of_one=of_pairs(four, alone), sql_two_clients=median(sql2),
         postgres_cpu_us=median([s[0] for s in spent]), gridd_cpu_us=median([s[1] for s in spent]), sql_cpu_us=median(sql_spent))


EVENTS = "SELECT sum(seq) FROM gridd.town_feed"  # of a submit one, and one of each firing
BACKLOG = 4000  # firings a second that gridd could not do beside calls
DUE = "SELECT count(*) FROM gridd.timer WHERE fire_at <= (SELECT gridd.at_time(value::bigint) FROM gridd.meta WHERE key = 'test_now')"
OTHER_WORK = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'autovacuum worker' OR (application_name = 'gridd side' AND state <> 'idle')"


def calm(daemon):
    """Nothing due, no report being made, nobody clearing away what was left."""
    return daemon.value(DUE) == 0 and daemon.value(OTHER_WORK) == 0


def fall_behind(daemon, clock, count):
    """The clock moves to where so many timers are due, and the timekeeper has begun with them."""
    start = daemon.value(EVENTS)
    clock.move_to(daemon.value("SELECT gridd.at_us(fire_at) FROM gridd.timer WHERE fire_at < 'infinity' ORDER BY fire_at OFFSET %s LIMIT 1", count))
    wait_until(lambda: daemon.value(EVENTS) > start, 30, "the first firing")


def mixed(options):
    """Submits at a quarter of what gridd can take, in turn while nothing is due and while more is due than can be fired."""
    build("gridd", "bench_load")
    quiet, busy, rates = [], [], []
    with Cluster() as c:
        c.load(submit_lines(4000), 64, 8)
        limit = median([c.load(submit_lines(options.cases), 64, 8)["per_second"] for _ in range(3)])
        fill(c.daemon, options.stored or 100000, is_open=True, changed=APART)
        vacuum(c.daemon)
        pace = limit / 4
        lines = int(pace * options.seconds * 3)
        clock = Clock(c.daemon)
        for i in range(options.rounds):
            wait_until(lambda: calm(c.daemon), 600, "the end of other work")
            quiet.append(c.load(submit_lines(lines), 64, 8, f"{pace:.0f}"))
            fall_behind(c.daemon, clock, BACKLOG * options.seconds * 3)
            before, began = c.daemon.value(EVENTS), time.monotonic()
            busy.append(c.load(submit_lines(lines), 64, 8, f"{pace:.0f}"))
            rates.append((int(c.daemon.value(EVENTS) - before) - lines) / (time.monotonic() - began))
            assert c.daemon.value(DUE) > 0, "the timekeeper ran out of work"
            print(f"round {i + 1}: p99 {quiet[i]['p99_us']:.0f} us quiet, {busy[i]['p99_us']:.0f} us beside {rates[-1]:.0f} firings/s", flush=True)

    def of(runs, name):
        return median([r[name] for r in runs])

    show(limit=limit, pace=pace, quiet_p50_us=of(quiet, "p50_us"), quiet_p99_us=of(quiet, "p99_us"), busy_p50_us=of(busy, "p50_us"),
         busy_p99_us=of(busy, "p99_us"), ratio=of_pairs([b["p99_us"] for b in busy], [q["p99_us"] for q in quiet]), firings=median(rates))
