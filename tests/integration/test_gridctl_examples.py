"""Every example of gridctl's table, run against a gridd with the pack that the examples speak of."""

import re
import select
import shlex
import signal
import subprocess

import pytest
from harness import PENGPU, ROOT, Daemon, remove, scratch_folder, wait_until
from scripted import GRIDCTL, environment, gridctl

# Done, the answer is no, not this unit's, no such thing, not in this state: understood, whatever the case is going through just
# then. Not: wrong usage, a param that the town doesn't know, a daemon that isn't reached.
UNDERSTOOD = (0, 3, 4, 5, 6)


@pytest.fixture(scope="module")
def place():
    """The daemon, with the cases of which the examples speak."""
    folder = scratch_folder()
    d = Daemon(folder, pack=PENGPU, clock="2026-11-24T08:00:00+08:00").start()
    try:
        with d.client() as client:
            for n in range(2):
                client.call("case.submit", source={"channel": "patrol", "ref": f"x-{n}"}, text="3号楼屋面漏水", estate="pp-012",
                            received_at="2026-11-23T08:00:00+08:00", **{"class": "E70-05"})
        yield d, folder
        d.stop()
    finally:
        d.close()
        remove(folder)


def examples():
    man = gridctl("help", "man").out
    return [re.sub(r"\\(.)", r"\1", text) for text in re.findall(r"^\tExample: _(.*)_$", man, re.M)]


def test_every_command_has_one():
    groups = gridctl("help").out.split("\n\noptions of every command:")[0].split("\n\n")[2:]
    assert len(examples()) == len(re.findall(r"^  [a-z]", "\n".join(groups), re.M)) + 1  # the board is among the daily ones


def follow(daemon, process):
    """It shows what happens after it has begun: something happens until it shows it."""
    try:
        with daemon.client() as client:
            def has_come():
                client.call("case.note", case="20261123-0000001", note="x")
                return select.select([process.stdout], [], [], 0.2)[0]

            wait_until(has_come, 60, "an event")
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=30)[0].strip() and process.returncode in (0, 130)
    finally:
        process.kill()


@pytest.mark.parametrize("example", examples())
def test_example(place, example):
    daemon, folder = place
    words = [w.replace("/tmp/", f"{folder}/") for w in shlex.split(example)]
    words = [str(PENGPU / w) if (PENGPU / w).is_file() else w for w in words]
    env = environment(leaks=True, GRIDD_SOCKET=str(daemon.socket))
    process = subprocess.Popen([str(GRIDCTL), *words], cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if words[:2] == ["events", "follow"]:
        follow(daemon, process)
        return
    out, err = process.communicate(timeout=60)
    assert process.returncode in UNDERSTOOD, f"gridctl {example}: {process.returncode}\n{err.decode()}"
