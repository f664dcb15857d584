"""What the live board survives: signals, a suspended terminal, a daemon that goes and comes back, and many cases and boards."""

import os
import re
import signal
import time

import principals
import pytest
from boards import HOLE, Board, Ptys, child_of
from harness import BUILD, Client, a_case, pause, size, wait_until
from life import Centre
from principals import token
from scripted import GRIDCTL
from tmux import PROMPT, Screen, columns, needs_tmux

pytestmark = needs_tmux
CONFIG = principals.config()
ZH = {"LANG": "zh_CN.UTF-8"}


# -- the terminal -------------------------------------------------------------------------------------------------------


def test_quit_leaves_the_screen_as_it_was(daemon):
    s = Board(daemon)
    try:
        s.shell()
        s.type(f"echo before; {GRIDCTL} board; echo after $?")
        s.keys("Enter")
        s.wait("已连接")
        s.keys("q")
        s.wait("after 0")
        assert "before" in s.text() and "案件" not in s.text()
        s.type("stty -a")
        s.keys("Enter")
        s.wait(re.compile(r"[^-]icanon.* echo ", re.S))
    finally:
        s.close()


@pytest.mark.parametrize("sign, status", [("SIGTERM", 1), ("SIGSEGV", 139), ("SIGINT", 130)])
def test_an_end_by_a_signal_leaves_it_too(daemon, sign, status):
    s = Board(daemon)
    try:
        s.shell()
        # The sanitizer's own report of a crash is no part of this.
        s.type(f"ASAN_OPTIONS=handle_segv=0 {GRIDCTL} board; echo after $?")
        s.keys("Enter")
        s.wait("已连接")
        os.kill(child_of(s.pid()), getattr(signal, sign))
        s.wait(f"after {status}")
        assert "案件，" not in s.text()
        s.type("stty -a")
        s.keys("Enter")
        s.wait(re.compile(r"[^-]icanon.* echo ", re.S))
    finally:
        s.close()


def test_ctrl_c_ends_it(daemon):
    s = Board(daemon)
    try:
        s.shell()
        s.type(f"{GRIDCTL} board")
        s.keys("Enter")
        s.wait("已连接")
        s.keys("C-c")
        s.wait(lambda text: text.rstrip().endswith(PROMPT) and "案件，" not in text)
        s.type("echo after $?")
        s.keys("Enter")
        s.wait("after 130")
    finally:
        s.close()


def test_suspended_and_resumed(daemon, centre):
    s = Board(daemon)
    try:
        s.shell()
        s.type(f"{GRIDCTL} board")
        s.keys("Enter")
        s.wait("已连接")
        s.keys("C-z")
        s.wait("Stopped")
        s.wait(lambda text: text.rstrip().endswith(PROMPT.rstrip()))
        assert "案件，" not in s.text()
        case = centre.submit()
        s.resize(100, 30)
        s.type("fg")
        s.keys("Enter")
        s.wait("已连接")
        s.select(case)
        assert all(columns(line) <= 100 for line in s.lines())
        s.keys("q")
        s.wait(lambda text: text.rstrip().endswith(PROMPT.rstrip()))
    finally:
        s.close()


def test_text_where_there_is_no_screen(daemon, centre):
    centre.submit()
    with Board(daemon, TERM="dumb") as s:
        s.run([GRIDCTL, "board"])
        assert s.wait_exit() == 0
        assert "派遣看板" in s.text() and "合计" in s.text()
    with Board(daemon) as s:
        s.run([GRIDCTL, "board", "--once"])
        assert s.wait_exit() == 0
        assert "合计" in s.text()
        s.run([GRIDCTL, "board"], output=s.folder / "out")
        assert s.wait_exit() == 0
        text = (s.folder / "out").read_text("utf-8")
        assert "合计" in text and "\x1b" not in text


def test_without_a_daemon_it_says_so_and_ends(folder):
    with Screen(80, 24, {**ZH, "GRIDD_SOCKET": f"unix:{folder}/none"}) as s:
        s.run([GRIDCTL, "board"])
        assert s.wait_exit() == 7
        assert "连不上 gridd" in s.text()


# -- the connection -----------------------------------------------------------------------------------------------------


def test_the_daemon_killed_and_restarted_under_it(make_daemon):
    d = make_daemon(config=CONFIG).start()
    centre = Centre(d)
    first = centre.submit()
    with Board(d) as s:
        s.open()
        s.wait(lambda text: s.row(first))
        d.close_clients()
        d.kill9()
        s.wait("连接中断", seconds=5)
        assert "截至 09:00" in s.text() and s.row(first)
        s.keys("U")
        s.wait("暂不能办理")
        d.start()
        centre = Centre(d)
        second = centre.submit()
        centre.act("case.accept", first)
        s.wait(lambda text: "已连接" in text and s.row(second) and "处置中" in s.row(first), seconds=20)
        s.wait(lambda text: re.search(rf"{second} +上报", text) and re.search(rf"{first} +接单", text))
        s.keys("q")
        assert s.wait_exit() == 0
        d.close_clients()
    d.stop()


@pytest.mark.quiet
def test_a_daemon_that_hangs_is_noticed(make_daemon):
    d = make_daemon(config=CONFIG).start()
    with Board(d) as s:
        s.open()
        os.kill(d.process.pid, signal.SIGSTOP)
        try:
            stopped = time.monotonic()
            s.wait("连接中断", seconds=10)
            assert time.monotonic() - stopped < 5.5  # five seconds, and a look at the screen
        finally:
            os.kill(d.process.pid, signal.SIGCONT)
        s.wait("已连接")
    d.stop()


def test_a_feed_that_is_too_far_ahead_is_read_anew(make_daemon):
    """While the board was away more happened than is worth telling one by one."""
    d = make_daemon(config=CONFIG).start()
    centre = Centre(d)
    gone, stays, *others = (centre.submit() for _ in range(20))
    with Board(d) as s:
        s.open()
        s.wait(lambda text: s.row(gone) and s.row(stays))
        os.kill(child_of(s.pid()), signal.SIGSTOP)
        centre.dispatcher.call("case.reject", case=gone, reason="duplicate")
        noted = [stays, *others]
        notes = [("case.note", {"case": noted[i % len(noted)], "note": str(i)}) for i in range(2100)]
        for i in range(0, len(notes), 100):
            centre.dispatcher.call_many(notes[i:i + 100])
        d.close_clients()
        d.stop()
        d.start()
        os.kill(child_of(s.pid()), signal.SIGCONT)
        s.wait(lambda text: "已连接" in text and s.row(stays) and not s.row(gone), seconds=30)
        case = Centre(d).submit()
        s.wait(lambda text: s.row(case))
        d.close_clients()
    d.stop()


# -- many ---------------------------------------------------------------------------------------------------------------


def submit_many(daemon, n):
    with Client(daemon.url, token=token("platform"), timeout=60) as c:
        for i in range(0, n, 200):
            c.call_many([("case.submit", a_case(**HOLE)) for _ in range(min(200, n - i))])


def cpu_seconds(pid):
    fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def database_seconds(daemon):
    """Of the cluster's processes that live now."""
    pid = daemon.postmaster()[0]
    children = open(f"/proc/{pid}/task/{pid}/children").read().split()
    return sum(cpu_seconds(int(p)) for p in [pid, *children])


def test_many_open_cases_are_smooth(make_daemon):
    """Thousands in the queue: a key is answered, and an event shown, while one would not notice."""
    n = size(300, 1000, 10000)
    d = make_daemon(config=CONFIG).start()
    submit_many(d, n)
    first, last = (d.value(f"SELECT {f}(number) FROM gridd.case_file") for f in ("min", "max"))
    with Board(d) as s:
        s.open(seconds=120)  # how long the daemon takes to list them all
        s.wait(f"/ {n}）")
        s.keys("End")
        s.wait(lambda text: re.search(rf"{last} .*剩", text), seconds=5)
        s.keys("Home")
        s.wait(lambda text: re.search(rf"{first} .*剩", text), seconds=5)
        case = Centre(d).submit()
        s.wait(f"/ {n + 1}）", seconds=5)
        s.type(f"/{case}")
        s.wait(lambda text: s.row(case), seconds=5)
        d.close_clients()
    d.stop()


def work(client, seconds, rate):
    """A day's mixture at that many events a second: submitted, accepted, finished, verified. How long it took, and the last case."""
    begin, n, case = time.monotonic(), 0, None
    steps = [("case.accept", {"for": {"unit": "roads"}}), ("case.finish", {"for": {"unit": "roads"}, "result": "solved"}),
             ("case.verify", {"outcome": "pass", "auth": token("supervisor")})]
    while n < seconds * rate:
        case = client.call("case.submit", a_case(**HOLE))["case"]
        for method, params in [(None, None), *steps]:
            if method:
                client.call(method, {"case": case, **params})
            n += 1
            pause(max(0, begin + n / rate - time.monotonic()))
    return time.monotonic() - begin, case


def test_what_boards_cost_the_daemon(make_daemon):
    """Boards at rest ask for nothing but a sign of life, and events are enough for them: no calls for cases that nobody looks at.
    What they cost is the daemon's time with them less its time without them at the same rate."""
    boards, seconds, rate = size(3, 5, 50), size(3, 5, 20), 20
    d = make_daemon(config=CONFIG).start()
    submit_many(d, 50)
    ptys = Ptys(d, boards)
    try:
        with Client(d.url, token=token("dispatcher"), timeout=30) as c:
            wait_until(lambda: ptys.all_saw("已连接"), 60, "every board")
            used, database = {}, {}
            for name in ("with", "without"):
                before, database_before = cpu_seconds(d.process.pid), database_seconds(d)
                took, case = work(c, seconds, rate)
                used[name] = (cpu_seconds(d.process.pid) - before) / took
                database[name] = (database_seconds(d) - database_before) / took
                if name == "with":
                    wait_until(lambda: ptys.all_saw(case), 30, "the last case on every board")
                    ptys.close()
        cost = used["with"] - used["without"]
        print(f"boards={boards} rate={rate}/s with={used['with']:.3f} without={used['without']:.3f} boards_cost={cost:.3f} "
              f"database_with={database['with']:.3f} database_without={database['without']:.3f} ({BUILD.name})")
        # A sanitized daemon takes several times what a released one does.
        assert cost < (0.10 if "checked" not in BUILD.name and "clang" not in BUILD.name else 0.60)
    finally:
        if not ptys.over:
            ptys.close()
    d.stop()
