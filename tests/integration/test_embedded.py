"""The private PostgreSQL: it dies with gridd, is nobody else's, and what stands in its way is one sentence with the remedy."""

import os
import re
import shutil
import signal
import socket

import psycopg2
import pytest
from harness import MORNING, ROOT_USER, SMALL, Daemon, a_case, alive, run, wait_until

FRESH = True


def refusal(daemon):
    """Starts a daemon that must not come up; the one line that it says."""
    daemon.start(wait=False)
    assert daemon.wait_end() == 1
    said = [line for line in daemon.log().splitlines() if line.startswith("gridd: ")]
    assert len(said) == 1, daemon.log()
    return said[0]


def test_no_orphan_after_kill_9(make_daemon):
    daemon = make_daemon().start()
    number = daemon.call("case.submit", a_case())["case"]
    postmaster = daemon.postmaster()[0]
    assert alive(postmaster)
    daemon.kill9()
    wait_until(lambda: not alive(postmaster), 20, "the end of the orphan")
    daemon.start()
    assert daemon.call("case.get", {"case": number})["number"] == number
    daemon.stop()


def test_a_clean_stop_leaves_nothing(make_daemon):
    daemon = make_daemon().start()
    postmaster, _, sockets = daemon.postmaster()
    daemon.stop()
    assert not alive(postmaster)
    assert not daemon.socket.exists() and daemon.postmaster() is None
    assert not os.path.exists(f"{sockets}/.s.PGSQL.5432")


def test_a_second_start_is_refused_with_pid_and_folder(make_daemon):
    first = make_daemon().start()
    second = make_daemon(name="second")
    said = refusal(second)
    assert str(first.process.pid) in said and str(first.data) in said
    assert first.call("system.ping")["ready"] is True
    first.stop()


def test_a_postmaster_pid_that_a_crash_left(make_daemon):
    daemon = make_daemon().start()
    number = daemon.call("case.submit", a_case())["case"]
    postmaster = daemon.postmaster()[0]
    os.kill(daemon.process.pid, signal.SIGSTOP)
    os.kill(postmaster, signal.SIGKILL)
    daemon.kill9()
    wait_until(lambda: not os.path.exists(f"/proc/{postmaster}"), 10, "its end")  # PostgreSQL takes a zombie for a live one
    assert list(daemon.data.glob("*/postmaster.pid")), "the crash left it"
    daemon.start()
    assert daemon.call("case.get", {"case": number})["number"] == number
    daemon.stop()


def test_a_live_socket_is_refused(make_daemon, folder):
    first = make_daemon().start()
    other = folder / "other"
    other.mkdir(mode=0o755)
    second = Daemon(other, fresh=True)
    second.args[1] = first.url
    assert str(first.socket) in refusal(second)
    assert first.call("system.ping")["pong"] is True
    first.stop()


def test_a_stale_socket_is_replaced(make_daemon):
    daemon = make_daemon()
    stale = socket.socket(socket.AF_UNIX)
    stale.bind(str(daemon.socket))
    stale.close()
    daemon.start()
    daemon.stop()


def test_a_long_path(make_daemon, folder):
    """A socket's path has 107 bytes at most: the cluster in a deeper folder still works."""
    deep = folder.joinpath(*["a-folder-with-a-long-name"] * 5)
    deep.mkdir(parents=True, mode=0o755)
    daemon = Daemon(folder, args=[f"--embedded={deep}/data"], fresh=True)
    daemon.args = [a for a in daemon.args if a != f"--embedded={daemon.data}"]
    daemon.data = deep / "data"
    try:
        daemon.start()
        assert len(str(daemon.data)) > 107
        assert daemon.call("case.submit", a_case())["version"] == 1
        assert len(daemon.postmaster()[2]) < 90
        daemon.stop()
    finally:
        daemon.close()


def test_another_major_version(make_daemon):
    daemon = make_daemon().start()
    daemon.stop()
    version = next(daemon.data.glob("*/PG_VERSION"))
    version.write_text("9.6\n")
    said = refusal(daemon)
    assert "9.6" in said or re.search(r"\b9\b", said)


@pytest.mark.skipif(not ROOT_USER, reason="only root runs the server as another user")
def test_a_folder_that_the_servers_user_cannot_reach(make_daemon, folder):
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    daemon = make_daemon(folder=closed)
    said = refusal(daemon)
    assert "postgres" in said and str(closed) in said


def test_peers_only(make_daemon):
    daemon = make_daemon().start()
    assert daemon.value("SHOW listen_addresses") == ""
    assert daemon.value("SHOW server_encoding") == "UTF8"
    assert daemon.value("SELECT datcollate FROM pg_database WHERE datname = 'gridd'") == "C.UTF-8"
    assert daemon.value("SHOW data_checksums") == "on"
    assert daemon.value("SHOW fsync") == "on" and daemon.value("SHOW synchronous_commit") == "on"
    if ROOT_USER and shutil.which("setpriv"):
        _, port, folder = daemon.postmaster()
        done = run(["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", shutil.which("psql") or
                    "/usr/lib/postgresql/15/bin/psql", "-h", folder, "-p", port, "-U", "gridd_app", "-c", "SELECT 1", "gridd"])
        assert done.returncode != 0
    with pytest.raises(psycopg2.OperationalError):
        psycopg2.connect(daemon.conninfo("nobody_at_all"))
    daemon.stop()


def test_promises_are_read_and_demanded(make_daemon):
    daemon = make_daemon(config={"embedded": {"settings": "fsync=off"}})
    daemon.start(wait=False)
    assert daemon.wait_end() == 1
    assert "fsync" in daemon.log()
    lax = make_daemon(name="lax", config={"embedded": {"settings": "fsync=off"}, "allow_unsafe": True}).start()
    assert "fsync=off" in lax.call("system.info")["database"]["durability"]
    lax.stop()


def test_the_postmaster_dies(make_daemon):
    daemon = make_daemon().start()
    os.kill(daemon.postmaster()[0], signal.SIGQUIT)
    assert daemon.wait_end() == 1
    assert "embedded" in daemon.log()


def test_ctrl_c_is_a_clean_stop(make_daemon):
    daemon = make_daemon().start()
    daemon.process.send_signal(signal.SIGINT)
    assert daemon.wait_end() == 0


def test_version_and_usage():
    gridd = Daemon("/tmp", pack=SMALL, clock=MORNING).binary
    version = run([gridd, "--version"])
    assert version.returncode == 0 and re.search(r"\d+\.\d+", version.stdout)
    wrong = run([gridd, "--no-such-option"])
    assert wrong.returncode != 0 and wrong.stderr


def test_check_config(folder):
    gridd = Daemon(folder).binary
    good = run([gridd, "--check-config", "--pack", SMALL])
    assert good.returncode == 0, good.stderr
    bad = folder / "bad"
    shutil.copytree(SMALL, bad)
    rules = bad / "rules/all.yaml"
    rules.write_text(rules.read_text().replace("handlers: [roads]", "handlers: [raods]", 1).replace("class: E80", "class: E8O", 1))
    done = run([gridd, "--check-config", "--pack", bad])
    said = done.stdout + done.stderr
    assert done.returncode == 1
    assert re.search(r"rules/all\.yaml:\d+:\d+: ", said) and "raods" in said and "roads" in said and "E8O" in said and "^" in said
