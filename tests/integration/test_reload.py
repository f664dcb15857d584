"""A new pack: all or nothing, by signal or by call, on every daemon that runs on the database."""

import os
import shutil
import signal
import time

import pytest
from harness import ENVIRONMENT, SANITIZER, SMALL, TOWN, GriddError, a_case, wait_until


@pytest.fixture
def pack(folder):
    copy = folder / "pack"
    shutil.copytree(SMALL, copy)
    return copy


def edit(pack, file, old, new):
    path = pack / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def to_roads(pack):
    """From now on a leak without a firm is the roads office's."""
    edit(pack, "rules/all.yaml", "    responsible: [housing]\n    handlers: [housing]", "    responsible: [roads]\n    handlers: [roads]")


def break_it(pack):
    edit(pack, "rules/all.yaml", "handlers: [roads]", "handlers: [raods]")


def unit_of(daemon):
    return daemon.call("rules.explain", {"class": "E70-05", "estate": "pp-002", "source": {"channel": "patrol"}})["unit"]


def version(daemon):
    return daemon.call("rules.show")["version"]


def test_reload_by_call(make_daemon, pack):
    daemon = make_daemon(pack=pack).start()
    assert (version(daemon), unit_of(daemon)) == (1, "housing")
    same = daemon.call("rules.reload")
    assert same["version"] == 1 and same["activated"] is False
    to_roads(pack)
    fresh = daemon.call("rules.reload")
    assert fresh["town"] == TOWN and fresh["version"] == 2 and fresh["activated"] is True
    assert (version(daemon), unit_of(daemon)) == (2, "roads")
    back = daemon.call("rules.reload", {"version": 1})
    assert back["version"] == 1 and unit_of(daemon) == "housing"
    daemon.stop()


def test_a_bad_pack_changes_nothing(make_daemon, pack):
    daemon = make_daemon(pack=pack).start()
    break_it(pack)
    with pytest.raises(GriddError) as e:
        daemon.call("rules.reload")
    assert e.value.reason == "invalid_params"
    assert "rules/all.yaml" in str(e.value) and "raods" in str(e.value)
    assert (version(daemon), unit_of(daemon)) == (1, "housing")
    daemon.stop()


def test_a_pack_whose_tests_fail_does_not_load(make_daemon, pack):
    daemon = make_daemon(pack=pack).start()
    edit(pack, "tests/all.yaml", "unit: firm_a", "unit: housing")
    with pytest.raises(GriddError):
        daemon.call("rules.reload")
    assert version(daemon) == 1
    daemon.stop()


def test_sighup(make_daemon, pack):
    daemon = make_daemon(pack=pack).start()
    to_roads(pack)
    os.kill(daemon.process.pid, signal.SIGHUP)
    wait_until(lambda: version(daemon) == 2, 10, "the new pack")
    assert unit_of(daemon) == "roads"
    break_it(pack)
    os.kill(daemon.process.pid, signal.SIGHUP)
    daemon.wait_log("raods", 10)
    assert version(daemon) == 2
    daemon.stop()


def test_sighup_with_a_bad_config(make_daemon, pack):
    daemon = make_daemon(pack=pack, config={"log": "info"}).start()
    daemon.config_file.write_text("log: loud\n")
    os.kill(daemon.process.pid, signal.SIGHUP)
    daemon.wait_log("loud|debug, info, warn, error", 10)
    assert daemon.call("system.ping")["ready"] is True
    daemon.stop()


def test_the_other_daemon_follows(make_daemon, pack):
    first = make_daemon(pack=pack).start()
    second = make_daemon(name="second", database=first.conninfo("gridd_app"), pack=None).start()
    assert unit_of(second) == "housing"
    to_roads(pack)
    first.call("rules.reload")
    wait_until(lambda: unit_of(second) == "roads", 5, "the new pack on the other daemon")
    assert version(second) == 2
    second.stop()
    first.stop()


def test_a_case_keeps_what_it_was_given(make_daemon, pack):
    daemon = make_daemon(pack=pack).start()
    number = daemon.call("case.submit", a_case(estate="pp-002"))["case"]
    before = daemon.call("case.get", {"case": number})
    to_roads(pack)
    daemon.call("rules.reload")
    after = daemon.call("case.get", {"case": number})
    assert before["rule"].pop("file") == "rules/all.yaml" and before["rule"].pop("line") > 0  # of the pack in force only
    assert after == before
    assert before["rule"]["pack"] == 1
    assert daemon.call("case.submit", a_case(estate="pp-002"))["unit"] == "roads"
    daemon.stop()


def test_a_folder_that_differs_at_start_is_reported_only(make_daemon, pack):
    daemon = make_daemon(pack=pack).start()
    daemon.stop()
    to_roads(pack)
    daemon.start()
    town = daemon.call("system.info")["towns"][0]
    assert town["pack"]["version"] == 1 and town["pack"]["folder_differs"] is True
    assert unit_of(daemon) == "housing"
    daemon.call("rules.reload")
    assert daemon.call("system.info")["towns"][0]["pack"]["folder_differs"] is False
    daemon.stop()


def test_reload_under_load(make_daemon, pack):
    """No call is lost or refused while packs come and go."""
    daemon = make_daemon(pack=pack).start()
    with daemon.client() as client:
        for i in range(5):
            edit(pack, "town.yaml", "en: Trial Town", "en: Trial  Town")
            calls = [("case.submit", a_case()) for _ in range(40)] + [("rules.reload", {})]
            calls += [("case.submit", a_case()) for _ in range(40)]
            edit_name = f"en: Trial Town {i}"
            edit(pack, "town.yaml", "en: Trial  Town", edit_name)
            outcomes = client.call_many(calls)
            assert [o for o in outcomes if not isinstance(o, dict)] == []
            edit(pack, "town.yaml", edit_name, "en: Trial Town")
    assert daemon.value("SELECT count(*) FROM gridd.case_file") == 400
    daemon.stop()


def test_the_end_waits_for_a_pack_in_the_making(make_daemon, pack, folder, monkeypatch):
    """Longer than for calls: what its thread holds must not be freed under it."""
    halted = folder / "halted"
    halted.touch()
    monkeypatch.setitem(ENVIRONMENT, "GRIDD_HALT_AT", f"thread:{halted}")
    daemon = make_daemon(pack=pack, config={"shutdown_seconds": 1}).start()
    halted.unlink()
    to_roads(pack)
    with daemon.client() as client:
        client.send_raw(b'{"jsonrpc":"2.0","id":1,"method":"rules.reload"}\n')
        wait_until(halted.exists, 20, "a thread that begins")
        daemon.process.send_signal(signal.SIGTERM)
        daemon.wait_log(r" stopping ")
        over = time.monotonic() + 3
        wait_until(lambda: time.monotonic() > over or daemon.process.poll() is not None, 10, "three times shutdown_seconds")
        assert daemon.process.poll() is None, "ended while a thread was at work"
        halted.unlink()
        assert daemon.wait_end(20) == 0
    assert not SANITIZER.search(daemon.log()), daemon.log()
