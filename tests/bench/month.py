"""month: what a month's figures cost: 20,000 cases of ten events, folded and counted, by unit and as a list of cases."""

from cluster import Cluster, build, show
from fill import fill, vacuum
from harness import Client, GriddError
from material import submit_lines
from nightly import Pings, Watched
from principals import principal, token

TEMPLATES = 20
CHECKER = principal("checker", "dispatcher")  # whoever finished a case doesn't verify it
MORNING, NEXT, LAST = "2026-11-02T00:00:00+08:00", "2026-11-03T10:00:00+08:00", "2026-12-02T09:00:00+08:00"
MONTH = {"from": "2026-11-01", "to": "2026-12-01"}
COPY = {"case_file": {c: f"c.{c}" for c in ("state", "due_at", "overall_due_at", "received_at", "updated_at", "closed_at")},
        "case_event": {"seq": "({id})::bigint * 64 + c.version"}}


def act(client, method, **params):
    """What is possible is done: a case of the sample day may want a mark first, be in another state, or with another unit."""
    try:
        client.call(method, params)
    except GriddError as error:
        if error.reason not in ("conflict", "forbidden", "invalid_params"):
            raise


def work(c):
    """The first cases get ten events or so each: warned, accepted, marked, finished, back for rework, closed."""
    with Client(c.daemon.url, timeout=300) as client:
        client.call("test.advance", to=NEXT)
        numbers = [r[0] for r in c.daemon.sql("SELECT number FROM gridd.case_file ORDER BY id LIMIT %s", TEMPLATES)]
        for number in numbers:
            unit = client.call("case.get", case=number)["unit"]
            by = {"case": number, "for": {"unit": unit}}
            act(client, "case.accept", **by)
            for mark in ("contacted", "site_checked", "danger_removed", "water_stopped", "tidied", "notice_served"):
                act(client, "case.mark", **by, mark=mark)
            for outcome in ("rework", "pass"):
                act(client, "case.finish", **by, result="solved")
                act(client, "case.verify", case=number, outcome=outcome, auth=token(CHECKER["name"]))
        client.call("test.advance", to=LAST)
    closed = c.daemon.value("SELECT count(*) FROM gridd.case_file WHERE state = 'closed'")
    assert closed > TEMPLATES / 2, f"only {closed} of {TEMPLATES} came to their end"


def month(options):
    build("gridd", "bench_load")
    stored = options.stored or 20_000
    with Cluster(clock=MORNING, config={"principals": [CHECKER]}) as c:
        c.load(submit_lines(60), 4, 4)
        work(c)
        fill(c.daemon, stored, is_open=False, changed=COPY)
        vacuum(c.daemon)
        events = c.daemon.value("SELECT count(*) FROM gridd.case_event")
        pid = c.daemon.process.pid
        with Client(c.daemon.url, timeout=300) as client, Pings(c.daemon) as pings:
            with Watched(pid) as by_unit:
                figures = client.call("report.kpi", MONTH)["total"]["figures"]
            with Watched(pid) as cases:
                found = client.call("report.cases", {**MONTH, "indicator": "stays_due"})["cases"]
    assert len(found) == figures["stays_due"]["numerator"], "the number and its cases differ"
    show(stored=stored, events=events, kpi_seconds=by_unit.seconds, kpi_mb=by_unit.grown / 2**20, cases_seconds=cases.seconds,
         stall_ms=pings.worst * 1000)
