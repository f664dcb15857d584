"""The month's figures: by hand for a few cases with a tag of their own, by SQL for a town at work, and the cases behind each."""

import base64
import csv
import io
import json
import re
from datetime import datetime, timedelta

import openpyxl
import pytest
from harness import GriddError, refused, sample_day, size
from principals import principal
from scripted import gridctl
from test_month import Crew, as_of
from town import Town

LEAK, SERVICE = "E70-05", "E70-28"
START = datetime(2026, 11, 2)
MONTH = {"from": "2026-11-01", "to": "2026-12-01"}
FROM, TO = "2026-11-01T00:00:00+08:00", "2026-12-01T00:00:00+08:00"
MIDDLE, END = "2026-11-05T12:00:00+08:00", "2026-12-02T09:00:00+08:00"
FIRM, SUPPORT, DESK = "firm_a", "property_support", "grid_centre"
WORKED_DAYS, TRAFFIC = 8, 30


class November(Crew):
    def take(self, line):
        self.cases.append(self.town.platform.call("case.submit", as_of(line, START))["case"])


def script(town, case):
    """Cases with the tag `hand`: when, and what is done."""
    def new(name, **more):
        given = {"class_": LEAK, "estate": "pp-001", **more}
        return lambda: case.__setitem__(name, town.submit(given.pop("class_"), given.pop("estate"), tags=["hand"], **given))

    def unit(name, who, method, **params):
        return lambda: town.by(who, method, case[name], **params)

    def desk(name, method, **params):
        return lambda: town.desk.call(method, case=case[name], **params)

    def finish(name, who=FIRM, result="solved"):
        return unit(name, who, "case.finish", result=result)

    def verify(name, outcome="pass"):
        return lambda: town.verify(case[name], outcome, "site")

    return [
        ("11-02 09:00", new("plain")), ("11-02 09:20", unit("plain", FIRM, "case.accept")),
        ("11-03 10:00", finish("plain")), ("11-03 11:00", verify("plain")),
        ("11-02 09:01", new("late")), ("11-02 09:21", unit("late", FIRM, "case.accept")),
        ("11-09 10:00", finish("late")), ("11-09 11:00", verify("late")),
        ("11-02 09:02", new("excused")), ("11-02 09:22", unit("excused", FIRM, "case.accept")),
        ("11-09 10:01", finish("excused")), ("11-09 11:01", verify("excused")),
        ("11-09 14:00", lambda: town.boss.call("case.waive", case=case["excused"], clock="handle", reason="weather")),
        ("11-02 09:03", new("returned")), ("11-02 09:23", unit("returned", FIRM, "case.return", reason="not_ours")),
        ("11-02 09:43", unit("returned", SUPPORT, "case.accept")), ("11-04 10:00", finish("returned", SUPPORT)),
        ("11-04 11:00", verify("returned")),
        ("11-02 09:04", new("again")), ("11-02 09:24", unit("again", FIRM, "case.accept")),
        ("11-03 10:02", finish("again")), ("11-03 10:32", verify("again", "rework")),
        ("11-04 15:00", finish("again")), ("11-04 16:00", verify("again")),
        ("11-02 09:05", new("unfiled", estate=None, channel="snapshot")),
        ("11-02 09:15", desk("unfiled", "case.reject", reason="no_filing")),
        ("11-02 09:06", new("cancelled")), ("11-02 09:36", desk("cancelled", "case.reject", reason="duplicate")),
        ("11-02 09:07", new("rated", channel="hotline12345")), ("11-02 09:27", unit("rated", FIRM, "case.accept")),
        ("11-03 10:03", finish("rated")), ("11-03 11:03", verify("rated")),
        ("11-03 11:04", desk("rated", "case.mark", mark="outcome", value="solved")),
        ("11-03 11:05", desk("rated", "case.mark", mark="satisfaction", value="fairly")),
        ("11-02 09:08", new("hasty")), ("11-02 09:28", unit("hasty", FIRM, "case.accept")), ("11-02 09:29", finish("hasty")),
        ("11-02 10:29", verify("hasty")),
    ]


# (numerator, denominator): of the town, each case once; of the firm, stay by stay.
BY_HAND = {
    "reported": (9, None), "filed": (8, None), "filing": (8, 9), "not_filed": (1, None), "cancelled": (1, None),
    "filed_accurately": (7, 8), "valid": (7, 9), "missed": (1, 8), "found_first": (7, 9),
    "due_to_close": (7, None), "closed": (7, None), "closed_of_due": (7, 7), "closed_on_time": (7, 7), "closed_promptly": (7, 7),
    "closed_late": (0, 7), "rework": (1, 7), "stays_due": (7, None), "handled": (7, 7), "handled_on_time": (6, 7),
    "overdue": (1, 7), "overdue_waiting": (0, 7), "extended": (0, 7), "returned": (1, None), "returns_upheld": (1, None),
    "shirked": (0, None), "misrouted": (1, None), "waived": (1, None), "dispatched_accurately": (7, 8), "solved": (1, 1),
    "satisfaction": (0.8, 1), "too_fast": (1, 7), "serial_returns": (0, 1), "never_fails": (0, 7), "undone": (0, None),
    "supervised": (0, None), "orders_expired": (0, 0),
}
BY_HAND_FIRM = {
    "stays_due": (6, None), "handled": (6, 6), "handled_on_time": (5, 6), "overdue": (1, 6), "returned": (1, None),
    "returns_upheld": (1, None), "waived": (1, None), "too_fast": (1, 6), "closed": (6, None), "rework": (1, 6),
}


@pytest.fixture(scope="module")
def town(module_folder):
    """A month: a crew works on half a sample day's traffic, and each line of the script at its minute."""
    people = [principal("firm", "unit", unit=FIRM), principal("auditor", "auditor")]
    town, case = Town(module_folder, "2026-11-02T08:45:00+08:00", people), {}
    try:
        crew = November(town)
        for line in sample_day()[:TRAFFIC]:
            crew.take(line)
        agenda = [(datetime.strptime("2026-" + when, "%Y-%m-%d %H:%M"), act) for when, act in script(town, case)]
        agenda += [(START + timedelta(days=n, hours=9, minutes=50), lambda n=n: crew.work(n)) for n in range(WORKED_DAYS)]
        agenda.append((datetime.fromisoformat(MIDDLE[:19]), lambda: setattr(town, "middle", figures(town, as_of=MIDDLE))))
        for when, act in sorted(agenda, key=lambda entry: entry[0]):
            town.at(when.isoformat())
            act()
        town.at(END[:19])
        town.case = case
        yield town
        town.daemon.stop()
    finally:
        town.daemon.close()


def figures(town, who="office", **params):
    return getattr(town, who).call("report.kpi", {**MONTH, **params})


def parts(cell):
    return cell["numerator"], cell.get("denominator")


def row(report, key):
    return next((r["figures"] for r in report["rows"] if r["key"] == key), {})


def test_figures_by_hand(town):
    report = figures(town, tags=["hand"])
    total = {i: parts(cell) for i, cell in report["total"]["figures"].items()}
    assert {i: total[i] for i in BY_HAND} == BY_HAND
    firm = row(report, FIRM)
    assert {i: parts(firm[i]) for i in BY_HAND_FIRM} == BY_HAND_FIRM


# -- the whole town, counted again by SQL ----------------------------------------------------------------------------------

CASES = f"""
    WITH period AS (SELECT '{FROM}'::timestamptz AS f, '{TO}'::timestamptz AS t, '{END}'::timestamptz AS asof),
    cases AS (SELECT id, number, state, received_at, closed_at, agg::json AS a FROM gridd.case_file),
    tasks AS (SELECT c.id, c.number, t.value AS t FROM cases c, json_array_elements(c.a->'tasks') t),
    clocks AS (
        SELECT c.id, k.value AS k, (k.value->>'due_at')::timestamptz AS due,
            coalesce((k.value->>'stopped_at')::timestamptz, p.asof) > (k.value->>'due_at')::timestamptz AS late,
            (k.value->>'due_at')::timestamptz >= p.f AND (k.value->>'due_at')::timestamptz < p.t AS ran_out
        FROM cases c, json_array_elements(c.a->'clocks') k, period p),
    stays AS (
        SELECT t.id, t->>'unit' AS unit, t->>'state' AS state, k.late, k.k->>'waived' IS NOT NULL AS waived
        FROM tasks t JOIN clocks k ON k.id = t.id AND (k.k->>'task')::int = (t.t->>'n')::int AND k.ran_out
            AND k.k->>'name' = CASE WHEN t->>'reason' = 'not_accepted' THEN 'accept' ELSE 'handle' END
        WHERE k.late OR (t->>'state' <> 'withdrawn'
            AND NOT (t->>'state' = 'returned' AND t->>'reason' IN ('not_ours', 'wrong_place', 'needs_other', 'firm_gone'))))
"""
FIRST_LEAD = "SELECT id, min((t->>'given_at')::timestamptz) AS at FROM tasks WHERE t->>'kind' = 'lead' GROUP BY id"
TOTALS = {
    "reported": "SELECT count(*) FROM cases, period WHERE received_at >= f AND received_at < t",
    "filed": f"SELECT count(*) FROM ({FIRST_LEAD}) x, period WHERE at >= f AND at < period.t",
    "closed": "SELECT count(*) FROM cases, period WHERE state = 'closed' AND closed_at >= f AND closed_at < t",
    "due_to_close": "SELECT count(*) FROM clocks JOIN cases USING (id) WHERE k->>'name' = 'overall' AND ran_out"
                    " AND state NOT IN ('rejected', 'merged')",
    "stays_due": "SELECT count(DISTINCT id) FROM stays",
    "returned": "SELECT count(DISTINCT case_id) FROM gridd.case_event WHERE body::json->>'type' = 'task.returned'",
}
BY_UNIT = {
    "stays_due": "SELECT unit, count(*) FROM stays GROUP BY 1",
    "handled": "SELECT unit, count(*) FROM stays WHERE state = 'finished' GROUP BY 1",
    "handled_on_time": "SELECT unit, count(*) FROM stays WHERE state = 'finished' AND (waived OR NOT late) GROUP BY 1",
    "overdue": "SELECT unit, count(*) FROM stays WHERE late AND NOT waived GROUP BY 1",
    "breaches": "SELECT k->>'bearer', count(*) FROM clocks WHERE ran_out AND late AND k->>'waived' IS NULL"
                " AND k->>'bearer' IS NOT NULL GROUP BY 1",
    "closed": "SELECT (SELECT t->>'unit' FROM tasks WHERE id = c.id AND t->>'kind' = 'lead' ORDER BY (t->>'n')::int DESC LIMIT 1),"
              " count(*) FROM cases c, period WHERE state = 'closed' AND closed_at >= f AND closed_at < period.t GROUP BY 1",
}


def test_totals_by_sql(town):
    total = figures(town)["total"]["figures"]
    for indicator, sql in TOTALS.items():
        assert total[indicator]["numerator"] == town.daemon.sql(CASES + sql)[0][0] > 0, indicator


def test_units_by_sql(town):
    report = figures(town)
    for indicator, sql in BY_UNIT.items():
        counted = {r["key"]: r["figures"].get(indicator, {}).get("numerator", 0) for r in report["rows"]}
        assert {k: n for k, n in counted.items() if n} == dict(town.daemon.sql(CASES + sql)), indicator
    assert sum(r["figures"].get("stays_due", {}).get("numerator", 0) for r in report["rows"]) \
        > report["total"]["figures"]["stays_due"]["numerator"], "stays aren't cases"


def test_days_by_sql(town):
    days = figures(town)["days"]
    assert [d["day"] for d in days] == [f"2026-11-{n:02d}" for n in range(1, 31)]
    received = town.daemon.sql("SELECT to_char(received_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD'), count(*)"
                               " FROM gridd.case_file GROUP BY 1")
    assert {d["day"]: d["received"] for d in days if d["received"]} == dict(received)
    assert days[-1]["open"] == town.daemon.sql(
        "SELECT count(*) FROM gridd.case_file WHERE state NOT IN ('closed', 'rejected')")[0][0]
    assert sum(d["closed"] for d in days) == figures(town)["total"]["figures"]["closed"]["numerator"]


# -- one number, whoever reads it ------------------------------------------------------------------------------------------

def test_the_same_instant_gives_the_same_figures(town):
    assert figures(town, as_of=MIDDLE) == town.middle
    now = figures(town)
    assert now["total"] != town.middle["total"]
    assert figures(town, as_of=END) == now


def test_every_number_has_its_cases(town):
    report = figures(town)
    kinds = {i["id"]: i["kind"] for i in report["indicators"]}
    asked, every = 0, size(6, 3, 1)
    for i, (indicator, cell) in enumerate(report["total"]["figures"].items()):
        if kinds[indicator] == "score":
            with refused("invalid_params"):
                town.office.call("report.cases", {**MONTH, "indicator": indicator})
        if kinds[indicator] == "score" or i % every:
            continue
        for part in ("numerator", "denominator"):
            if cell.get(part):
                found = town.office.call("report.cases", {**MONTH, "indicator": indicator, "part": part})["cases"]
                assert round(sum(c.get("weight", 1) for c in found), 3) == cell[part], (indicator, part)
                asked += 1
    assert asked > 50 // every


def test_the_cases_behind_a_units_number(town):
    params = {**MONTH, "indicator": "handled_on_time", "tags": ["hand"]}
    found = town.office.call("report.cases", {**params, "unit": FIRM})["cases"]
    assert {c["case"] for c in found} == {town.case[n] for n in ("plain", "excused", "again", "rated", "hasty")}
    types = town.daemon.sql(f"SELECT body::json->>'type' FROM gridd.case_event WHERE seq IN ({','.join(str(c['seq']) for c in found)})")
    assert {t for t, in types} == {"task.finished"}
    by_class = town.office.call("report.cases", {**params, "by": "class", "code": LEAK})["cases"]
    assert {c["case"] for c in by_class} == {c["case"] for c in found} | {town.case["returned"]}


def test_by_class_estate_and_grid(town):
    for by in ("class", "estate", "grid"):
        report = figures(town, by=by)
        total = report["total"]["figures"]
        for indicator in ("reported", "stays_due", "breaches", "closed"):
            summed = sum(r["figures"].get(indicator, {}).get("numerator", 0) for r in report["rows"])
            assert summed == total[indicator]["numerator"], (by, indicator)
    assert {r["key"]: r["name"] for r in figures(town, by="class")["rows"]}[LEAK] == "房屋漏水"


def test_formulas_and_few(town):
    report = figures(town, tags=["hand"])
    rate = next(i for i in report["indicators"] if i["id"] == "handled_on_time")
    assert rate["zh"] == "按期处置率" and rate["denominator"]["zh"] == "应处置数" and rate["source"] == "W, J"
    cell = report["total"]["figures"]["handled_on_time"]
    assert cell == {"numerator": 6, "denominator": 7, "value": "85.7%", "few": True}
    assert report["total"]["figures"]["orders_expired"]["value"] == "-"
    assert report["total"]["figures"]["satisfaction"]["value"] == "80.0%"


# -- as a page, a table, a workbook ------------------------------------------------------------------------------------------

def test_every_format_says_the_same(town):
    """The firm's figures with the tag, in each; the pages themselves are looked at by tests of their own."""
    hand = {"tags": ["hand"]}
    answer = figures(town, format="csv", language="en", **hand)
    assert answer["file"] == "gridd-month-310106101-2026-11.csv" and answer["csv"].startswith("\ufeff")
    cells = [line for line in csv.reader(io.StringIO(answer["csv"].lstrip("\ufeff")))]
    assert any("85.7%" in c for line in cells for c in line)
    text = figures(town, format="text", language="en", **hand)["text"]
    assert "85.7%" in text and "Example Property A" in text
    zh = figures(town, format="html", language="zh", **hand)["html"]
    assert "按期处置率" in zh and "85.7%" in zh and "<script" not in zh and "http" not in re.sub(r"http://www\.w3\.org/\S+", "", zh)
    book = openpyxl.load_workbook(io.BytesIO(base64.b64decode(figures(town, format="workbook", **hand)["workbook"])))
    values = {cell for sheet in book for line in sheet.iter_rows(values_only=True) for cell in line}
    assert "按期处置率" in values and {6, 7} <= values
    own = figures(town, "firm", format="text", language="en", **hand)["text"]
    assert "83.3%" in own and "85.7%" not in own, "a unit doesn't see the town's"


# -- who, and what is refused ------------------------------------------------------------------------------------------------

def test_a_unit_sees_its_own_row(town):
    own = figures(town, "firm")
    assert "total" not in own and "days" not in own
    assert own["rows"] == [r for r in figures(town)["rows"] if r["key"] == FIRM]
    params = {**MONTH, "indicator": "stays_due"}
    assert len(town.firm.call("report.cases", {**params, "unit": FIRM})["cases"]) == parts(row(own, FIRM)["stays_due"])[0]
    for who, reason, method, more in [("firm", "not_found", "report.cases", {**params, "unit": SUPPORT}),
                                      ("firm", "invalid_params", "report.cases", params),
                                      ("firm", "invalid_params", "report.kpi", {"by": "class"}),
                                      ("platform", "forbidden", "report.kpi", {})]:
        with refused(reason):
            getattr(town, who).call(method, {**MONTH, **more})
    assert figures(town, "auditor") == figures(town)


@pytest.mark.parametrize("params, path", [
    ({"from": "2026-11-31"}, "/params/from"),
    ({"from": "2026-11-01T00:00:00"}, "/params/from"),
    ({"to": "2026-11-01"}, "/params/to"),
    ({"to": "2028-01-01"}, "/params/to"),
    ({"by": "colour"}, "/params/by"),
    ({"as_of": "2027-01-01T00:00:00+08:00"}, "/params/as_of"),
    ({"as_of": "2026-10-01T00:00:00+08:00"}, "/params/as_of"),
    ({"format": "pdf"}, "/params/format"),
])
def test_refused(town, params, path):
    with pytest.raises(GriddError) as error:
        figures(town, **params)
    assert error.value.reason == "invalid_params"
    assert path in [e["path"] for e in error.value.data["errors"]]


@pytest.mark.parametrize("params, path", [
    ({"indicator": "handeld"}, "/params/indicator"),
    ({"indicator": "filed", "part": "denominator"}, "/params/part"),
    ({"indicator": "filed", "unit": FIRM, "code": FIRM}, "/params/code"),
    ({"indicator": "filed", "by": "grid", "unit": FIRM}, "/params/unit"),
])
def test_cases_refused(town, params, path):
    with pytest.raises(GriddError) as error:
        town.office.call("report.cases", {**MONTH, **params})
    assert path in [e["path"] for e in error.value.data["errors"]]


# -- gridctl -----------------------------------------------------------------------------------------------------------------

def test_gridctl_prints_figures(town):
    done = gridctl("report", "kpi", "--month", "2026-11", "--tag", "hand", to=town.daemon)
    assert done.returncode == 0, done.err
    lines = [line.split() for line in done.out.splitlines()]
    assert ["handled", "on", "time", "85.7%*", "6", "7", "stays", "due"] in lines
    assert ["Example", "Property", "A", "6", "83.3%*", "16.7%*"] in [line[:6] for line in lines]
    zh = gridctl("report", "kpi", "--from", "2026-11-01", "--to", "2026-12-01", "--by", "class", to=town.daemon, lang="zh_CN.UTF-8")
    assert "按期处置率" in zh.out and "房屋漏水" in zh.out, zh.err
    assert gridctl("report", "kpi", "--month", "2026-13", to=town.daemon).returncode == 2


def test_gridctl_writes_files(town, folder):
    html, xlsx = folder / "month.html", folder / "month.xlsx"
    done = gridctl("report", "kpi", "--month", "2026-11", "--html", html, "--xlsx", xlsx, to=town.daemon)
    assert done.returncode == 0 and done.out.split() == [str(html), str(xlsx)], done.err
    assert html.read_text("utf-8").startswith("<!DOCTYPE html>") and openpyxl.load_workbook(xlsx).sheetnames
    done = gridctl("report", "kpi", "--month", "2026-11", "--csv", to=town.daemon)
    assert done.stdout.startswith(b"\xef\xbb\xbf")


def test_gridctl_prints_cases(town):
    done = gridctl("report", "cases", "overdue", "--month", "2026-11", "--unit", FIRM, "--tag", "hand", to=town.daemon)
    assert done.returncode == 0 and town.case["late"] in done.out, done.err
    wrong = gridctl("report", "cases", "overdu", "--month", "2026-11", to=town.daemon)
    assert wrong.returncode == 1 and "did you mean overdue" in wrong.err


# -- a month that was sent -----------------------------------------------------------------------------------------------------

def test_the_month_is_sent_once(town):
    planned = town.daemon.sql("SELECT day::text, state, mark, as_of = '2026-12-01T08:00:00+08:00', plan FROM gridd.occurrence"
                              " WHERE job = 'monthly'")
    assert [row[:4] for row in planned] == [("2026-11-01", "planned", "on_time", True)]
    told = town.daemon.sql("SELECT n.unit FROM gridd.notice n JOIN gridd.occurrence o ON o.id = -n.seq WHERE o.job = 'monthly'")
    assert told == [("supervision",)]
    sent = json.loads(planned[0][4])
    assert sent["by"] == "unit" and sent["from"] == "2026-10-31T16:00:00Z" and sent["to"] == "2026-11-30T16:00:00Z"


def test_changes_since_are_listed(town):
    """What was sent stands; what is entered later is told with both values."""
    before = figures(town)
    assert before["sent_at"].startswith("2026-12-01T08:00:0")
    assert {c["indicator"] for c in before["corrections"]} <= {"orders_expired"}, "nothing else has happened since"
    assert "sent_at" not in figures(town, tags=["hand"]) and "sent_at" not in figures(town, by="class")
    town.boss.call("case.waive", case=town.case["late"], clock="handle", reason="system_failure")
    after = figures(town)
    changed = {(c.get("key"), c["indicator"]): (parts(c["before"]), parts(c["now"])) for c in after["corrections"]}
    n, d = parts(before["total"]["figures"]["overdue"])
    assert changed[None, "overdue"] == ((n, d), (n - 1, d))
    n, d = parts(row(before, FIRM)["handled_on_time"])
    assert changed[FIRM, "handled_on_time"] == ((n, d), (n + 1, d))
    assert (None, "reported") not in changed
    assert figures(town, as_of="2026-12-01T08:00:00+08:00")["corrections"] == []
    done = gridctl("report", "kpi", "--month", "2026-11", to=town.daemon)
    assert f"figures that changed since: {len(after['corrections'])}" in done.out
