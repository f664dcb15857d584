"""A night's digest all the way: planned by one of three daemons, carried by one of their workers to a real mail server."""

import io
import json
import re

import harness
import openpyxl
import pytest
from harness import Daemon, a_case, wait_until
from posting import text_of
from servers import MailServer
from test_nightly import PEOPLE, with_office

NAME = "<nightly.{}.inspection.310106999@town.example>"


@pytest.fixture
def mail():
    server = MailServer()
    yield server
    server.close()


@pytest.fixture
def three(folder, mail, monkeypatch):
    """Three daemons with workers; the first worker that has sent a message is killed before it can write that down."""
    monkeypatch.setitem(harness.ENVIRONMENT, "GRIDD_CRASH_AT", f"worker.sent:{folder}/crashed")
    channel = {"mail": {"url": f"smtp://127.0.0.1:{mail.port}", "from": "gridd@town.example",
                        "addresses": {"inspection-office": "office@town.example"}}}
    config = {"principals": PEOPLE, "channels": {"mail": channel}}
    daemons = [Daemon(folder, pack=with_office(folder / "pack"), config=config).start()]
    try:
        for name in ("second", "third"):
            daemons.append(Daemon(folder, name=name, database=daemons[0].conninfo("gridd_app"), pack=None, config=config).start())
        yield daemons
        for d in reversed(daemons):
            d.stop()
    finally:
        for d in reversed(daemons):
            d.close()


def test_a_digest_comes_by_mail_and_a_kill_only_repeats_it(three, mail, folder):
    first = three[0]
    number = first.call("case.submit", a_case(**{"class": "E80-01", "condition": "1", "estate": None}))["case"]
    first.call("test.advance", to="2026-11-26T22:00:00+08:00")
    wait_until(lambda: first.sql("SELECT DISTINCT state FROM gridd.delivery WHERE kind = 'nightly'") == [("delivered",)], 60, "the delivery")
    nights = first.sql("SELECT day::text, plan FROM gridd.occurrence WHERE state = 'planned' ORDER BY day")
    assert (folder / "crashed").exists() and len(mail.mails) == len(nights) + 1
    by_name = {}
    for m, raw in zip(mail.mails, mail.raw):
        by_name.setdefault(m["Message-ID"], []).append(raw)
    assert set(by_name) == {NAME.format(day) for day, _ in nights}
    for raws in by_name.values():
        assert len(set(raws)) == 1  # the repeat is the same, byte for byte
    last = next(m for m in mail.mails if m["Message-ID"] == NAME.format(nights[-1][0]))
    figures = json.loads(nights[-1][1])
    assert figures["overdue"] == 1 and re.search(r"超期 ?1 ?件", last["Subject"]) and last["Auto-Submitted"] == "auto-generated"
    assert number in text_of(last, "plain") and number in text_of(last, "html")
    (workbook,) = last.iter_attachments()
    cells = [c for sheet in openpyxl.load_workbook(io.BytesIO(workbook.get_content())) for row in sheet.values for c in row]
    assert number in cells
    verified = first.call("db.verify")["checks"]
    assert [c for c in verified if c["bad"]] == []
