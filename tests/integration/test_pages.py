"""test_pages: pages of a night and of a month as programs of others read them: workbooks by openpyxl, HTML, JSON; sizes and speed."""

import datetime
import io
import json
import os
import re
import time
import unicodedata
from html.parser import HTMLParser

import openpyxl
import pytest

from harness import size
from nights import AT, Pages, night

NAIVE_AT = AT.replace(tzinfo=None)
SHEETS = {"zh": ["要点", "单位", "案件", "说明"], "en": ["Key points", "Units", "Cases", "Notes"]}


def sheets(pages):
    return openpyxl.load_workbook(io.BytesIO(pages.bytes("xlsx")))


def table(sheet, head):
    """The rows below the one that begins with `head`, by column."""
    rows = [[c.value for c in row] for row in sheet.iter_rows()]
    at = next(i for i, row in enumerate(rows) if row[0] == head)
    return [dict(zip(rows[at], row)) for row in rows[at + 1:]]


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
    assert [r["case"] for r in program["rows"]] == [r["number"] for r in figures["rows"][:50]]
    for row in figures["rows"][50:]:
        assert row["number"] not in html and row["number"] not in text
    assert program["more"] == 10 and str(60) in pages.text("subject")


def test_the_mail_is_plain_tables(full):
    _, pages, lang = full
    html = pages.text("html")
    seen = Text(html)
    tags = {tag for tag, _ in seen.tags}
    assert tags <= set("html head meta title body table thead tbody tr td th p div span b br".split())
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
    time.sleep(1.1)  # clocks that are put into archives tick in seconds; this is no wait for anything
    other = Pages("night", night(30), tmp_path / "other")
    for name in ("subject", "text", "html", "json", "xlsx"):
        assert one.bytes(name) == other.bytes(name), name


def test_twenty_thousand_rows_are_quick_and_small(tmp_path):
    n = size(3000, 20000, 20000)
    figures = night(n)
    before = set(os.listdir("/tmp"))
    pages = Pages("night", figures, tmp_path / "many")
    assert sheets(pages).worksheets[2].max_row == n + 1
    assert not {name for name in set(os.listdir("/tmp")) - before if name.startswith("tmp.")}
