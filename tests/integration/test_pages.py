"""test_pages: pages of a night and of a month as programs of others read them: workbooks by openpyxl, HTML, JSON; sizes and speed."""

import csv
import datetime
import io
import json
import os
import re
import time
import unicodedata
import zipfile
from html.parser import HTMLParser

import openpyxl
import pytest

from harness import size, wait_until
from nights import AT, INDICATORS, Pages, month, night

SHEETS = {"zh": ["要点", "单位", "案件", "说明"], "en": ["Key points", "Units", "Cases", "Notes"]}
MONTH_SHEETS = {"zh": ["全镇", "按单位", "逐日", "指标说明", "更正"], "en": ["Town", "By unit", "By day", "Indicators", "Corrections"]}


def sheets(pages):
    return openpyxl.load_workbook(io.BytesIO(pages.bytes("xlsx")))


def table(sheet, head):
    """The rows below the one that begins with `head`, by column."""
    rows = [[c.value for c in row] for row in sheet.iter_rows()]
    at = next(i for i, row in enumerate(rows) if row[0] == head)
    return [dict(zip(rows[at], row)) for row in rows[at + 1:]]


def rows_of(pages, sheet):
    """How many there are; reading very many by openpyxl takes its time."""
    with zipfile.ZipFile(io.BytesIO(pages.bytes("xlsx"))) as z:
        return z.read(f"xl/worksheets/sheet{sheet}.xml").count(b"<row ")


def width(line):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


class Text(HTMLParser):
    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.tags, self.parts = [], []
        self.feed(html)
        self.close()
        self.text = "".join(self.parts)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.parts.append(data)


@pytest.fixture(scope="module", params=["zh", "en"])
def full(request, tmp_path_factory):
    figures = night(60)
    return figures, Pages("night", figures, tmp_path_factory.mktemp("night"), request.param), request.param


def test_the_workbook_has_every_row(full):
    figures, pages, lang = full
    book = sheets(pages)
    assert book.sheetnames == SHEETS[lang]
    rows = table(book.worksheets[2], {"zh": "序号", "en": "No."}[lang])
    assert len(rows) == 60
    names = {(n["kind"], n["code"]): n[lang] for n in figures["names"]}
    for i, (row, wanted) in enumerate(zip(rows, figures["rows"]), 1):
        cells = list(row.values())
        assert cells[0] == i
        assert cells[1] == wanted["number"]
        assert cells[3] == (names["class", wanted["class"]] if "class" in wanted else None)
        assert cells[5] == names["unit", wanted["unit"]]
        assert cells[8] == datetime.datetime.fromisoformat(wanted["due_at"].replace("Z", "")) + datetime.timedelta(hours=8)
        assert cells[9] == pytest.approx(wanted["worked_us"] / 3.6e9)
        assert cells[10] == pytest.approx(wanted["natural_us"] / 3.6e9)
        assert cells[12] == (wanted["longest_permille"] / 1000 if "longest" in wanted else None)
        assert cells[13:15] == [wanted["returns"], wanted["level"]]


def test_the_workbook_is_made_to_be_read_and_printed(full):
    _, pages, _ = full
    book = sheets(pages)
    assert book.properties.created == AT.astimezone(datetime.timezone.utc).replace(tzinfo=None)
    for sheet in book.worksheets:
        assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage and sheet.page_setup.fitToHeight == 0
    cases = book.worksheets[2]
    assert cases.freeze_panes == "A2" and cases.auto_filter.ref == "A1:Q61" and cases.print_title_rows == "$1:$1"
    assert cases["I2"].number_format == "yyyy-mm-dd hh:mm" and cases["I2"].is_date
    assert all(d.width >= 6 for d in cases.column_dimensions.values())


def test_all_parts_say_the_same(full):
    figures, pages, lang = full
    book = sheets(pages)
    points = [list(row.values()) for row in table(book.worksheets[0], {"zh": "指标", "en": "Figure"}[lang])]
    order = ["overdue", "fresh", None, "due_soon", "undelivered", "orders", "suspended", "suspended_today", "extended_today",
             "waived_today", "late_entries_today"]
    html, text, program = Text(pages.text("html")).text, pages.text("text"), json.loads(pages.bytes("json"))
    assert len(points) == len(order)
    for key, point in zip(order, points):
        assert point[0] in html and point[0] in text and point[3] or "" in html
        if key:
            assert point[1] == figures[key] == program[key]
    units = table(book.worksheets[1], {"zh": "单位", "en": "Unit"}[lang])
    assert [list(u.values())[1] for u in units] == [u["overdue"] for u in figures["units"]] == \
        [u["overdue"] for u in program["units"]]
    for row in figures["rows"][:50]:
        assert row["number"] in html and row["number"] in text
    assert [r["case"] for r in program["cases"]] == [r["number"] for r in figures["rows"][:50]]
    for row in figures["rows"][50:]:
        assert row["number"] not in html and row["number"] not in text
    assert program["more"] is True and str(60) in pages.text("subject")


def test_the_mail_is_plain_tables(full):
    _, pages, lang = full
    html = pages.text("html")
    seen = Text(html)
    tags = {tag for tag, _ in seen.tags}
    assert tags <= set("html head meta title body table thead tbody tr td th h1 h2 p div span b br".split())
    attributes = {name for _, attrs in seen.tags for name in attrs}
    assert attributes <= set("lang charset name content role width height cellpadding cellspacing border align valign bgcolor style "
                             "scope".split())
    assert not re.search(r"https?:|data:|url\(|javascript:", html, re.I)
    assert len(html.encode()) < 120_000
    assert seen.tags[0] == ("html", {"lang": {"zh": "zh-CN", "en": "en"}[lang]})
    for line in pages.text("text").splitlines():
        assert width(line) <= 78 and line == line.rstrip(), line


@pytest.mark.parametrize("evil", ["=cmd|' /C calc'!A0", "+1+1", "@SUM(A1)", "-2+3", "{=1}", "https://evil.example/", "'quoted",
                                  "\"><script>alert(1)</script>", "a\r\nBcc: x@y", "\u202egpj.exe", "x\u0085y\u009bz", "彭" * 4000],
                         ids=lambda text: ascii(text[:8]))
def test_what_others_wrote_stays_text(evil, tmp_path):
    figures = night(5, town_zh=evil, town=evil, day=evil)
    for name in figures["names"]:
        name["zh"] = evil
    for row in figures["rows"]:
        row["number"] = row["grid"] = evil
    pages = Pages("night", figures, tmp_path / "p")
    for sheet in sheets(pages).worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f" and cell.hyperlink is None
    cells = [row[1] for row in sheets(pages).worksheets[2].iter_rows(min_row=2, values_only=True)]
    shown = re.sub("[\x00-\x1f\x7f-\x9f\u202e]", lambda m: f"[U+{ord(m[0]):04X}]", evil)
    assert cells == [shown] * 5
    html = pages.text("html")
    assert "<script" not in html and not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", html)
    assert "\n" not in pages.text("subject") and "\r" not in pages.text("subject")
    assert all(width(line) <= 78 for line in pages.text("text").splitlines())
    assert re.fullmatch(r"[A-Za-z0-9_-]+", pages.text("name"))


def test_the_same_figures_give_the_same_bytes(tmp_path):
    one = Pages("night", night(30), tmp_path / "one")
    second = int(time.time())  # clocks that are put into archives tick in seconds
    wait_until(lambda: int(time.time()) > second + 1, 5, "another second")
    other = Pages("night", night(30), tmp_path / "other")
    for name in ("subject", "text", "html", "json", "xlsx"):
        assert one.bytes(name) == other.bytes(name), name


def test_very_many_rows_leave_nothing_behind(tmp_path):
    n = size(2000, 5000, 20000)
    figures = night(n)
    before = set(os.listdir("/tmp"))
    pages = Pages("night", figures, tmp_path / "many")
    assert rows_of(pages, 3) == n + 1
    assert not {name for name in set(os.listdir("/tmp")) - before if name.startswith("tmp.")}


# ---- The month ----

@pytest.fixture(scope="module", params=["zh", "en"])
def sent(request, tmp_path_factory):
    figures, before = month(), month()
    before["total"]["cells"][0]["n"] -= 1
    return figures, Pages("month", figures, tmp_path_factory.mktemp("month"), request.param, before), request.param


def wanted(cells):
    """By indicator: value, numerator, denominator as a workbook has them."""
    stored, figures = {c["of"]: c for c in cells}, {}
    for indicator in INDICATORS:
        c = stored.get(indicator["id"], {})
        n, d, kind = c.get("n", 0), c.get("d", 0), indicator["kind"]
        scale = {"WEIGHTED": 1000, "SCORE": 1000}.get(kind, 1)
        if kind == "COUNT":
            figures[indicator["id"]] = (n, None, None)
        elif d == 0:
            figures[indicator["id"]] = ("-", None if kind == "SCORE" else 0, None if kind == "SCORE" else 0)
        elif kind == "SCORE":
            figures[indicator["id"]] = (n / scale, n / scale, None)
        else:
            figures[indicator["id"]] = (n / d, n / scale, d / scale)
    return figures


def test_the_month_in_the_workbook_is_what_was_counted(sent):
    figures, pages, lang = sent
    book = sheets(pages)
    assert book.sheetnames == MONTH_SHEETS[lang]
    by_key = {row["key"]: row["cells"] for row in figures["rows"]} | {None: figures["total"]["cells"]}
    seen = 0
    for sheet in book.worksheets[:2]:
        for row in sheet.iter_rows(min_row=2, values_only=True):
            key, name, _, indicator, _, value, numerator, denominator, few, _, _ = row
            want = wanted(by_key[key])[indicator]
            assert value == (pytest.approx(want[0]) if want[0] != "-" else "-"), row
            assert numerator == (None if want[1] is None else pytest.approx(want[1]))
            if want[2] is not None:
                assert denominator == pytest.approx(want[2])
            kind = next(i["kind"] for i in INDICATORS if i["id"] == indicator)
            assert bool(few) == (kind in ("RATE", "WEIGHTED") and 0 < (want[2] or 0) < 10)
            assert name == next((n[lang] for n in figures["names"] if n["code"] == key), {"zh": "全镇", "en": "Whole town"}[lang])
            seen += 1
    assert seen == len(INDICATORS) * (len(figures["rows"]) + 1)
    days = list(book.worksheets[2].iter_rows(min_row=2, values_only=True))
    assert days == [(d["day"], d["received"], d["closed"], d["breached"], d["open"]) for d in figures["days"]]
    corrections = list(book.worksheets[4].iter_rows(min_row=2, values_only=True))
    first = figures["total"]["cells"][0]
    assert len(corrections) == 1 and (corrections[0][2], corrections[0][5]) == (first["n"] - 1, first["n"])


def test_the_month_is_the_same_in_csv_json_text_and_html(sent):
    figures, pages, lang = sent
    raw = pages.bytes("csv")
    assert raw.startswith(b"\xef\xbb\xbf") and raw.count(b"\n") == raw.count(b"\r\n")
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    assert len(rows) == 1 + len(INDICATORS) * (len(figures["rows"]) + 1) and {len(r) for r in rows} == {14}
    program = json.loads(pages.bytes("json"))
    text, html = pages.text("text"), Text(pages.text("html")).text
    town = {r[3]: r for r in rows[1:len(INDICATORS) + 1]}
    for indicator in INDICATORS:
        said = program["total"]["figures"][indicator["id"]]["value"]
        assert town[indicator["id"]][5] == said and said in text and said in html
        assert indicator[lang] in html and town[indicator["id"]][4] == indicator[lang]
    for row in program["rows"]:
        by_id = {r[3]: r for r in rows if r[0] == row["key"]}
        for name, figure in row["figures"].items():
            assert by_id[name][5] == figure["value"] and by_id[name][8] == ("" if not figure.get("few") else by_id[name][8])
    assert len(program["corrections"]) == 1
    for line in text.splitlines():
        assert width(line) <= 78 and line == line.rstrip(), line


def test_the_months_page_needs_nothing_else(sent):
    _, pages, _ = sent
    html = pages.text("html")
    seen = Text(html)
    assert not {"script", "link", "img", "iframe", "object", "embed"} & {tag for tag, _ in seen.tags}
    assert not [a for _, attrs in seen.tags for a in attrs if a in ("src", "href", "action") or a.startswith("on")]
    assert not re.search(r"https?:|data:|url\(|@import", html, re.I)
    assert [tag for tag, _ in seen.tags].count("svg") == 2


def test_a_months_page_of_many_rows_is_quick(tmp_path):
    keys = [f"310106101-{i:04d}" for i in range(size(60, 200, 600))]
    pages = Pages("month", month(keys, by="grid"), tmp_path / "grids")
    assert pages.text("csv").count("\n") == 1 + len(INDICATORS) * (len(keys) + 1)
    assert rows_of(pages, 2) == 1 + len(INDICATORS) * len(keys)
