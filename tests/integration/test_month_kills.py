"""A daemon that is killed while a month is planned: started again it plans it once, and it is sent once."""

import json
import signal

import pytest
from harness import ENVIRONMENT, ConnectionLost, a_case, wait_until
from servers import MailServer
from test_nightly import with_office

EVE, HOUR, AFTER = "2026-11-30T09:00:00+08:00", "2026-12-01T08:00:00+08:00", "2026-12-01T08:00:01+08:00"
NAME = "<monthly.2026-11-01.inspection.310106999@town.example>"


@pytest.fixture
def mail():
    server = MailServer()
    yield server
    server.close()


def months(d):
    return d.sql("SELECT day::text, state, mark FROM gridd.occurrence WHERE job = 'monthly'")


def letters(d):
    """(channel, state) of each notice of the month."""
    return d.sql("SELECT d.channel, d.state FROM gridd.occurrence o JOIN gridd.delivery d ON d.seq = -o.id WHERE o.job = 'monthly'")


@pytest.mark.parametrize("point", ["monthly.counting", "monthly.planned", "monthly.committed"])
def test_killed_on_the_way_the_month_is_planned_once_and_sent_once(make_daemon, mail, folder, monkeypatch, point):
    monkeypatch.setitem(ENVIRONMENT, "GRIDD_CRASH_AT", f"{point}:{folder}/crashed")
    d = make_daemon(pack=with_office(folder / "pack"), clock=EVE).start()
    d.call("case.submit", a_case())
    with pytest.raises((ConnectionLost, OSError)):
        d.call("test.advance", to=HOUR)
    assert d.wait_end() == -signal.SIGKILL and (folder / "crashed").exists()
    d.config["channels"] = {"mail": {"mail": {"url": f"smtp://127.0.0.1:{mail.port}", "from": "gridd@town.example",
                                              "addresses": {"inspection-office": "office@town.example"}}}}
    d.start()
    assert (months(d) != []) or point != "monthly.committed"
    d.call("test.advance", to=AFTER)
    assert months(d) == [("2026-11-01", "planned", "on_time")]
    wait_until(lambda: letters(d) == [("mail", "delivered")], 60, "the month's delivery")
    d.call("test.advance", to="2026-12-02T08:00:00+08:00")  # a day later nothing more comes of it
    assert months(d) == [("2026-11-01", "planned", "on_time")] and letters(d) == [("mail", "delivered")]
    assert [m["Message-ID"] for m in mail.mails].count(NAME) == 1
    plan = json.loads(d.value("SELECT plan FROM gridd.occurrence WHERE job = 'monthly'"))
    assert next(c["n"] for c in plan["total"]["cells"] if c["of"] == "filed") == 1
    assert d.call("db.verify")["ok"]
    d.stop()
