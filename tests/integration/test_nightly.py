"""The nightly digest: figures against SQL, once whoever plans it, what was missed, what can be had again; and who may see what."""

import base64
import email
import email.policy
import io
import os
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import openpyxl
import pytest
import yaml
from harness import BUILD, ENVIRONMENT, MORNING, PENGPU, Client, ConnectionLost, Daemon, a_case, refused, run, sample_day, size, wait_until
from principals import principal, token

OFFICE = """
  - id: inspection
    zh: 督查室
    en: inspection
    kind: office
    contacts: [{role: reports, when: reports, channel: mail, to: inspection-office}]
"""
PEOPLE = [principal("dispatcher", "dispatcher"), principal("boss", "supervisor"), principal("office", "inspector"),
          principal("auditor", "auditor"), principal("housing", "unit", unit="housing"), principal("works", "unit", unit="works"),
          principal("platform", "platform", acts_for=["*"])]
NIGHT = "22:00:00+08:00"


@pytest.fixture(scope="module")
def pack(module_folder):
    """The small town, with an office that gets reports."""
    return with_office(module_folder / "pack")


def with_office(folder):
    subprocess.run(["cp", "-r", str(Path(__file__).resolve().parents[1] / "packs/small"), str(folder)], check=True)
    units = folder / "units.yaml"
    units.write_text(units.read_text("utf-8").rstrip("\n") + OFFICE, "utf-8")
    return folder


def book(daemon):
    """{day: (state, mark, reason)}"""
    return {str(day): (state, mark, reason) for day, state, mark, reason in
            daemon.sql("SELECT day, state, mark, reason FROM gridd.occurrence WHERE job = 'nightly' ORDER BY day")}


def notices(daemon):
    return daemon.sql("SELECT n.unit, d.channel, d.receiver, d.kind, d.state FROM gridd.notice n "
                      "JOIN gridd.delivery d USING (town, seq, n) WHERE n.seq < 0 AND n.kind <> 'test' ORDER BY n.seq DESC, n.n")


# -- one day of a real town -----------------------------------------------------------------------------------------------

EVENING = "2026-11-23T20:00:00+08:00"


class Day:
    """The sample day of Pengpu, up to the midnight after it, with some of it handled."""

    def __init__(self, folder):
        self.daemon = Daemon(folder, pack=PENGPU, clock="2026-11-23T00:00:00+08:00", config={"principals": PEOPLE}).start()
        self.boss, self.office, self.platform = (self.person(n) for n in ("boss", "office", "platform"))
        lines = sorted((p for p in sample_day() if p["received_at"] < EVENING), key=lambda p: p["received_at"])
        cases = []
        for params in lines[:size(60, 120, len(lines))]:
            self.to(params["received_at"])
            cases.append(self.platform.call("case.submit", params)["case"])
        self.to(EVENING)
        self.live(cases)
        self.planned = self.to(f"2026-11-23T{NIGHT}")
        self.counted = self.count()
        self.to("2026-11-24T00:00:00+08:00")

    def person(self, name):
        client = Client(self.daemon.url, token=token(name))
        self.daemon.clients.append(client)
        return client

    def to(self, time):
        return self.daemon.call("test.advance", to=time)

    def live(self, cases):
        """Some are finished, hung up, excused, ordered about, entered late."""
        by_state = {}
        for case in cases:
            got = self.boss.call("case.get", case=case)
            by_state.setdefault(got["state"], []).append(got)
        dispatched = by_state["dispatched"]
        overdue = [c for c in dispatched if any(k.get("overdue_seconds") and k["state"] == "running" and k["name"] == "accept" for k in c["clocks"])]
        excused = overdue[0]
        self.boss.call("case.waive", case=excused["number"], clock="accept", reason="weather")
        self.boss.call("case.suspend", case=dispatched[1]["number"], reason="season", until="2027-03-01T09:00:00+08:00")
        self.boss.call("supervision.open", case=dispatched[2]["number"], kind="leader", demand="今晚办结")
        late = dispatched[3]
        self.boss.call("case.accept", {"case": late["number"], "for": {"unit": late["unit"]}, "at": late["held_since"]})
        asked = dispatched[-1]
        self.boss.call("case.accept", {"case": asked["number"], "for": {"unit": asked["unit"]}})
        request = self.boss.call("request.ask", {"case": asked["number"], "what": "extend", "reason": "material", "for": {"unit": asked["unit"]}})
        self.boss.call("request.decide", request=request["request"], grant=True)
        self.done = {"excused": excused["number"], "hung": dispatched[1]["number"], "late": late["number"], "extended": asked["number"]}

    def count(self):
        """The figures of 22:00, counted in SQL from the tables as they stand at that moment."""
        sql = self.daemon.sql
        at = f"2026-11-23T{NIGHT}"
        holder = """
            SELECT f.number, f.unit, k.clock FROM gridd.case_file f
            CROSS JOIN LATERAL (SELECT c AS clock FROM json_array_elements(f.agg::json->'clocks') AS c
                WHERE c->>'state' = 'running' AND (c->>'due_at')::timestamptz = f.due_at
                AND c->>'name' = ANY (CASE f.state WHEN 'triage' THEN '{dispatch}' WHEN 'dispatched' THEN '{accept,handle}'
                    WHEN 'handling' THEN '{handle}' WHEN 'finished' THEN '{verify}' ELSE '{}' END::text[])
                LIMIT 1) k
            WHERE f.due_at < %s AND k.clock->>'waived' IS NULL"""
        rows = sql(holder, at)
        units = {}
        for _, unit, clock in rows:
            bearer = clock.get("bearer") or unit
            units[bearer] = units.get(bearer, 0) + 1
        soon = dict(sql("SELECT unit, count(*) FROM gridd.case_file WHERE due_at >= %s AND due_at < %s::timestamptz + interval '24 h' GROUP BY 1", at, at))
        orders = dict(sql("SELECT unit, count(*) FROM gridd.supervision WHERE state IN ('open', 'replied', 'expired') GROUP BY 1"))
        suspended = dict(sql("SELECT unit, count(*) FROM gridd.case_file WHERE state = 'suspended' GROUP BY 1"))
        return {"numbers": {r[0] for r in rows}, "units": units, "soon": soon, "orders": orders, "suspended": suspended}


@pytest.fixture(scope="module")
def day(module_folder):
    d = Day(module_folder)
    try:
        yield d
        d.daemon.stop()
    finally:
        d.daemon.close()


@pytest.fixture(scope="module")
def figures(day):
    return day.office.call("report.nightly", parts=["figures"])


def test_the_night_is_planned_at_its_hour_once(day):
    assert book(day.daemon) == {"2026-11-23": ("planned", "on_time", None)}
    assert notices(day.daemon) == [("supervision", "mail", "supervision-office", "nightly", "waiting")]
    assert day.planned["jobs"] == 2  # the night, and an audit


def test_figures_are_those_of_sql(day, figures):
    counted, plan = day.counted, figures["figures"]
    assert {r["number"] for r in plan["rows"]} == counted["numbers"] and len(counted["numbers"]) > 20
    assert plan["overdue"] == plan["fresh"] == len(counted["numbers"])
    lines = {u["unit"]: u for u in plan["units"]}
    for name, expected in [("overdue", "units"), ("due_soon", "soon"), ("orders", "orders"), ("suspended", "suspended")]:
        assert {u: line[name] for u, line in lines.items() if line[name]} == counted[expected], name
        assert plan[name] == sum(counted[expected].values())
    assert day.done["excused"] not in counted["numbers"]
    assert plan["rows"] == sorted(plan["rows"], key=lambda r: (-r["worked_us"], -r["natural_us"], r["number"]))


def test_what_was_done_that_day(day, figures):
    plan = figures["figures"]
    assert plan["extended"] == [day.done["extended"]] and plan["extended_today"] == 1
    assert plan["waived"] == [day.done["excused"]] and plan["waived_today"] == 1
    assert plan["late_entries"] == [day.done["late"]] and plan["late_entries_today"] == 1
    assert plan["suspended_today"] == plan["suspended"] == 1


def test_overdue_by_working_time_is_the_clocks_own(day, figures):
    """Against case.why, which reckons each case by itself; at midnight, two hours later."""
    now = day.office.call("report.overdue", limit=5000)
    assert now["overdue"] == len(now["cases"]) >= figures["overdue"]
    for row in now["cases"][:: max(len(now["cases"]) // 10, 1)]:
        why = day.boss.call("case.why", case=row["case"])
        clock = [k for k in why["overdue"] if k["clock"] == row["clock"]][-1]
        assert (row["overdue_seconds"], row["overdue_clock_seconds"]) == (clock["overdue_seconds"], clock["overdue_clock_seconds"])
        assert row["unit"] == clock["unit"]
        ledger = day.boss.call("case.ledger", case=row["case"])
        longest = max((h for h in ledger["holders"] if h.get("unit")), key=lambda h: (h["working_seconds"], h["seconds"]))
        assert row["longest"] == longest["unit"]


def test_the_same_bytes_each_time(day):
    parts = ["text", "html", "workbook", "message", "figures"]
    first = day.office.call("report.nightly", parts=parts)
    assert first == day.office.call("report.nightly", parts=parts, date="2026-11-23")
    other = day.office.call("report.nightly", parts=parts, language="en")
    assert other["text"] != first["text"] and other["figures"] == first["figures"]


def test_numbers_agree_in_all_parts(day, figures):
    got = day.office.call("report.nightly", parts=["text", "html", "workbook", "message"])
    count = str(figures["overdue"])
    mail = email.message_from_string(got["message"], policy=email.policy.default)
    assert mail["Message-ID"].startswith("<nightly.2026-11-23.supervision.310106101@") and mail["Auto-Submitted"] == "auto-generated"
    assert mail["Subject"] == got["subject"] and f"超期 {count} 件" in got["subject"]
    assert count in got["text"] and count in got["html"]
    bodies = {part.get_content_type(): part for part in mail.walk()}
    assert bodies["text/plain"].get_content().replace("\r\n", "\n").strip() == got["text"].replace("\r\n", "\n").strip()
    attached = next(part for part in mail.walk() if part.get_filename())
    assert attached.get_filename() == got["file"] and attached.get_content() == base64.b64decode(got["workbook"])
    sheets = openpyxl.load_workbook(io.BytesIO(base64.b64decode(got["workbook"])))
    cells = {str(c.value) for sheet in sheets for line in sheet.iter_rows() for c in line if c.value is not None}
    assert {r["number"] for r in figures["figures"]["rows"]} <= cells


def test_a_reckoned_night_says_what_the_planned_one_did(day, figures):
    """Hours later, after more has happened: folded back to 22:00 it is the same night, but for its mark and for notices."""
    at = f"2026-11-23T{NIGHT}"
    numbers = [r["number"] for r in figures["figures"]["rows"]]
    changed = numbers[0]
    got = day.boss.call("case.get", case=changed)
    day.boss.call("case.dispatch", case=changed, unit="safety_centre" if got["unit"] != "safety_centre" else "police", reason="改派")
    then = day.office.call("report.overdue", at=at, limit=5000)
    for name in ("overdue", "fresh", "due_soon", "orders", "suspended", "suspended_today", "extended_today", "waived_today",
                 "late_entries_today", "extended", "waived", "late_entries"):
        assert then.get(name) == figures[name], name
    assert [c["case"] for c in then["cases"]] == numbers
    for mine, row in zip(then["cases"], figures["figures"]["rows"]):
        assert (mine["unit"], mine["clock"], mine["overdue_clock_seconds"] * 1000000) == (row["unit"], row["clock"], row["worked_us"])
        assert mine.get("last_act") == row.get("last_act") and mine["escalation_level"] == row["level"]
    assert "undelivered" not in then


def test_gridctl_shows_saves_and_lists(day, folder):
    def ctl(*words):
        return run([BUILD / "gridctl", "--socket", day.daemon.socket, "report", *words], env={**os.environ, "NO_COLOR": "1"})

    shown = ctl("nightly")
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout == day.office.call("report.nightly")["text"]
    saved = ctl("nightly", "--date", "2026-11-23", "--save", folder / "night")
    assert saved.returncode == 0, saved.stderr
    files = [Path(line) for line in saved.stdout.splitlines()]
    assert [f.suffix for f in files] == [".txt", ".html", ".xlsx", ".eml"]
    got = day.office.call("report.nightly", parts=["text", "workbook"])
    assert files[0].read_text("utf-8") == got["text"] and files[2].read_bytes() == base64.b64decode(got["workbook"])
    listed = ctl("nightly", "--list")
    assert "2026-11-23" in listed.stdout and listed.returncode == 0
    table = ctl("overdue", "--limit", "3")
    assert table.returncode == 0 and "urban_enforcement" in table.stdout or "城管" in table.stdout or "Urban" in table.stdout
    assert ctl("nightly", "--date", "2026-12-01").returncode == 6  # it hasn't come yet


# -- a small town: what is missed, what is sent again, who may ask -----------------------------------------------------------

MISSED = "no gridd ran at its hour"


class Town:
    """The small town, and daemons on its database that come and go. The first one has the cluster: it is held still where there
    shall be no daemon."""

    def __init__(self, folder, pack):
        folder.mkdir()
        folder.chmod(0o755)
        self.folder, self.count = folder, 1
        self.first = Daemon(folder, pack=pack, config={"principals": PEOPLE}).start()
        self.others = []

    def another(self, wait=True):
        self.count += 1
        d = Daemon(self.folder, pack=None, clock=MORNING, name=f"gridd{self.count}", database=self.first.conninfo("gridd_app"),
                   config={"principals": PEOPLE})
        self.others.append(d.start(wait=wait))
        return d

    @contextmanager
    def held(self):
        """The first daemon stands still; the others end with it."""
        self.first.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.let_go()

    def let_go(self):
        for d in self.others:
            d.close()
        self.others = []
        self.first.process.send_signal(signal.SIGCONT)

    def jump(self, time):
        """All of a sudden the clock stands there."""
        self.first.sql("UPDATE gridd.meta SET value = (extract(epoch FROM %s::timestamptz) * 1000000)::bigint::text WHERE key = 'test_now'", time)

    def person(self, name):
        client = Client(self.first.url, token=token(name))
        self.first.clients.append(client)
        return client

    def planned(self):
        """How many nights the daemons say they planned."""
        return sum(len(d.logged("nightly.planned")) for d in [self.first, *self.others])


@pytest.fixture(scope="module")
def town(module_folder, pack):
    t = Town(module_folder / "town", pack)
    try:
        yield t
        t.first.stop()
    finally:
        t.first.close()


def test_three_daemons_a_jump_over_the_hour_one_digest(town):
    """An empty night, too, is a night."""
    for _ in range(2):
        town.another()
    town.jump("2026-11-23T22:00:05+08:00")
    wait_until(lambda: book(town.first), 30, "the night")
    with ThreadPoolExecutor(3) as pool:  # and whoever is asked finds it so
        for d in [town.first, *town.others]:
            pool.submit(d.call, "test.advance", to="2026-11-23T22:00:06+08:00")
    assert book(town.first) == {"2026-11-23": ("planned", "on_time", None)}
    assert notices(town.first) == [("inspection", "mail", "inspection-office", "nightly", "waiting")]
    assert town.planned() == 1
    assert town.first.call("report.nightly")["overdue"] == 0
    town.let_go()


def test_down_for_three_nights_the_newest_is_sent_the_others_are_booked(town):
    with town.held():
        town.jump("2026-11-27T03:00:00+08:00")  # the nights of the 24th, 25th and 26th
        for _ in range(2):
            town.another(wait=False)
        wait_until(lambda: len(book(town.first)) > 1, 60, "the newest missed night")
    assert book(town.first) == {"2026-11-23": ("planned", "on_time", None), "2026-11-24": ("skipped", None, MISSED),
                                "2026-11-25": ("skipped", None, MISSED), "2026-11-26": ("planned", "late", None)}
    town.first.call("test.advance", to="2026-11-27T03:00:01+08:00")
    assert len(notices(town.first)) == 2
    office = town.person("office")
    assert [(n["day"], n["state"]) for n in office.call("report.nightly", list=True)["nights"]] == [
        ("2026-11-26", "planned"), ("2026-11-25", "skipped"), ("2026-11-24", "skipped"), ("2026-11-23", "planned")]
    late = office.call("report.nightly")
    assert (late["day"], late["mark"]) == ("2026-11-26", "late") and "补发" in late["subject"]
    skipped = office.call("report.nightly", date="2026-11-25")
    assert (skipped["state"], skipped["mark"], skipped["reason"], skipped["notices"]) == ("skipped", "reckoned", MISSED, [])
    assert "补算" in skipped["subject"] and len(book(town.first)) == 4


@pytest.mark.parametrize("point, day", [("nightly.counting", "2026-11-27"), ("nightly.planned", "2026-11-28"), ("nightly.committed", "2026-11-29")])
def test_killed_on_the_way_the_night_is_planned_once(town, folder, monkeypatch, point, day):
    before = len(notices(town.first))
    monkeypatch.setitem(ENVIRONMENT, "GRIDD_CRASH_AT", f"{point}:{folder}/{point}")
    with town.held():
        victim = town.another()
        with pytest.raises((ConnectionLost, OSError)):
            victim.call("test.advance", to=f"{day}T{NIGHT}")
        assert victim.wait_end() == -signal.SIGKILL
        assert (day in book(town.first)) == (point == "nightly.committed")
        victim.start()
        victim.call("test.advance", to=f"{day}T22:00:01+08:00")
    assert book(town.first)[day] == ("planned", "on_time", None)
    assert len(notices(town.first)) == before + 1


def test_what_was_skipped_can_be_sent_to_its_own_day(town):
    office = town.person("office")
    before = len(notices(town.first))
    sent = office.call("report.send", date="2026-11-24")
    assert (sent["day"], sent["mark"], len(sent["notices"])) == ("2026-11-24", "reckoned", 1)
    assert book(town.first)["2026-11-24"] == ("planned", "reckoned", MISSED)
    again = office.call("report.send", date="2026-11-24")
    assert [n["notice"].split("-")[1] for n in again["notices"]] == ["1", "2"]
    assert len(notices(town.first)) == before + 2
    assert office.call("report.nightly", date="2026-11-24", parts=["message"])["name"] == "nightly.2026-11-24.inspection.310106999"
    with refused("conflict"):
        office.call("report.send", date="2027-01-01")
    with refused("not_found"):
        office.call("report.send", date="2026-11-01")
    assert town.first.call("db.verify")["ok"]


def test_a_unit_sees_its_own_line(town):
    boss, dispatcher, housing, works = (town.person(n) for n in ("boss", "dispatcher", "housing", "works"))
    for case in [{"estate": "pp-002"}, {"estate": "pp-002"}, {"class": "E80-01", "condition": "1", "estate": None}]:
        dispatcher.call("case.submit", a_case(**case))
    now = town.first.call("test.advance", to="2026-12-08T12:00:00+08:00")["now"]
    whole, own = boss.call("report.overdue"), housing.call("report.overdue")
    assert {u["unit"] for u in whole["units"]} > {u["unit"] for u in own["units"]} == {"housing"}
    assert {c["unit"] for c in own["cases"]} == {"housing"} and own["overdue"] == len(own["cases"]) > 0
    assert whole["overdue"] > own["overdue"] and "undelivered" not in own and "waived_today" not in own
    assert works.call("report.overdue")["cases"] == []
    assert boss.call("report.overdue", limit=1)["more"] and whole["at"] == now
    for method, params in [("report.nightly", {}), ("report.send", {"date": "2026-11-23"})]:
        for who in (housing, dispatcher):
            with refused("forbidden"):
                who.call(method, params)
    with refused("forbidden"):
        town.person("auditor").call("report.send", date="2026-11-23")
    assert town.person("auditor").call("report.nightly")["state"] == "planned"


def test_faults_of_reports(town):
    office = town.person("office")
    for method, params, paths in [
        ("report.overdue", {"at": "2027-11-23T00:00:00+08:00", "limit": 0}, ["/params/limit"]),
        ("report.overdue", {"at": "2027-11-23T00:00:00+08:00"}, ["/params/at"]),
        ("report.nightly", {"date": "tomorrow", "parts": ["text", "pdf"], "language": "fr"}, ["/params/date", "/params/language", "/params/parts/1"]),
        ("report.nightly", {"date": "2026-11-23", "list": True}, ["/params/list"]),
        ("report.send", {}, ["/params/date"]),
        ("report.send", {"date": "2026-02-30"}, ["/params/date"]),
    ]:
        with refused("invalid_params") as r:
            office.call(method, params)
        assert sorted(f["path"] for f in r.error.errors) == paths, (method, params)


def test_a_town_without_an_office_has_no_nights(make_daemon):
    d = make_daemon().start()
    assert d.call("test.advance", to="2026-11-25T00:00:00+08:00")["jobs"] == 1  # the audit
    assert book(d) == {}
    with refused("not_found"):
        d.call("report.nightly")
    assert d.call("report.nightly", date="2026-11-23")["state"] == "unplanned"
    with refused("conflict"):
        d.call("report.send", date="2026-11-23")
    d.stop()


# -- config -------------------------------------------------------------------------------------------------------------------

def test_the_hour_and_the_language_come_from_config(make_daemon, pack):
    d = make_daemon(pack=pack, config={"reports": {"nightly": "18:30", "language": "en"}}).start()
    d.call("test.advance", to="2026-11-23T18:30:00+08:00")
    got = d.call("report.nightly")
    assert got["at"] == "2026-11-23T18:30:00+08:00" and "overdue" in got["subject"].lower()
    d.stop()


@pytest.mark.parametrize("reports, said", [({"nightly": "25:00"}, "local time"), ({"nightly": "7:00"}, "local time"), ({"language": "fr"}, "fr"),
                                           ({"nigthly": "22:00"}, "nightly"), ([], "a map")])
def test_faults_of_the_config(folder, reports, said):
    file = folder / "gridd.yaml"
    file.write_text(yaml.safe_dump({"reports": reports}), "utf-8")
    done = run([BUILD / "gridd", "-c", file, "--check-config"])
    assert done.returncode == 1 and said in done.stdout + done.stderr, done.stdout + done.stderr


# -- db.verify ----------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("change", [
    "plan = left(plan, 100)", "plan = replace(plan, '\"overdue\":', '\"overdue\":1')", "plan = replace(plan, '\"format\":1', '\"format\":2')",
    "day = day - 200", "format = 7",
])
def test_a_plan_that_was_changed_is_noticed(town, change):
    night = "job = 'nightly' AND day IN ('2026-11-26', '2026-11-26'::date - 200)"
    whole = town.first.sql(f"SELECT town, job, day, format, plan FROM gridd.occurrence WHERE {night}")[0]
    town.first.sql(f"UPDATE gridd.occurrence SET {change} WHERE {night}")
    try:
        bad = {c["name"]: c["bad"] for c in town.first.call("db.verify")["checks"] if c["bad"]}
        assert bad == {"occurrences": 1}
    finally:
        town.first.sql(f"UPDATE gridd.occurrence SET town = %s, job = %s, day = %s, format = %s, plan = %s WHERE {night}", *whole)
    assert town.first.call("db.verify")["ok"]
