"""The live board at a real terminal (tmux), against a real daemon: what it shows, what its keys do, and what it survives."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import threading
import time

import principals
import pytest
from harness import BUILD, ENVIRONMENT, Client, a_case, pause, size, wait_until
from life import Centre
from principals import token
from scripted import GRIDCTL
from tmux import PROMPT, Screen, columns, needs_tmux

pytestmark = needs_tmux
CONFIG = principals.config()
HOLE = {"class": "E80-01", "condition": "1", "estate": None}  # a hole in a road: the roads office's
ZH = {"LANG": "zh_CN.UTF-8"}


class Board(Screen):
    """A terminal with a board in it."""

    def __init__(self, daemon, width=140, height=36, who="supervisor", lang="zh_CN.UTF-8", **env):
        super().__init__(width, height, {"LANG": lang, "GRIDD_SOCKET": daemon.url, "GRIDD_TOKEN": token(who), **env})

    def open(self, live=re.compile("已连接|connected")):
        self.run([GRIDCTL, "board"])
        self.wait(live)
        return self

    def row(self, number):
        """The queue's line of a case, or None."""
        found = [line for line in self.lines() if re.search(rf"(^|[ X+!?]){number} .*(剩|超期|left|overdue| -|—)", line)]
        return found[0] if found else None

    def select(self, number):
        """Narrows the queue to that one case."""
        self.type(f"/{number}")
        self.keys("Enter")
        self.wait(lambda text: self.row(number) and re.search(r"[（(]1 (/|of) \d+[）)]", text))
        return self


@pytest.fixture
def board(daemon):
    made = []

    def open_one(*args, **options):
        made.append(Board(daemon, *args, **options))
        return made[-1].open()

    yield open_one
    for b in made:
        b.close()


def events_of(centre, case, type_):
    return [e for e in centre.supervisor.call("case.history", case=case, limit=200)["events"] if e["type"] == type_]


# -- what it shows ------------------------------------------------------------------------------------------------------


def test_a_case_submitted_elsewhere_appears_at_once(board, centre):
    s = board()
    before = time.monotonic()
    case = centre.submit()
    s.wait(lambda text: s.row(case), seconds=5)
    # tmux itself takes a while to be looked at; the bound is the acceptance's second, and the same again for that.
    assert time.monotonic() - before < 2
    line = s.row(case)
    assert "道路破损" in line and "道路办" in line and "待处置" in line
    s.wait(lambda text: re.search(rf"\d\d:\d\d:\d\d +{case} +上报 +道路办", text))


def test_rows_follow_what_happens(board, centre):
    s = board()
    case = centre.submit()
    s.wait(lambda text: s.row(case))
    centre.act("case.accept", case)
    s.wait(lambda text: "处置中" in (s.row(case) or ""))
    centre.act("case.finish", case, result="solved")
    s.wait(lambda text: "待核查" in (s.row(case) or "") and "网格中心" in s.row(case))
    centre.supervisor.call("case.verify", case=case, outcome="pass")
    s.wait(lambda text: not s.row(case))


def test_an_address_that_no_event_tells_is_fetched(board, centre):
    s = board()
    case = centre.submit(address="试验路77号")
    s.wait(lambda text: "试验路77号" in (s.row(case) or ""))


@pytest.mark.parametrize("width, height", [(200, 40), (120, 30), (100, 30), (80, 24), (60, 20), (40, 8)])
def test_every_line_fits(board, centre, width, height):
    centre.submit(address="一条很长很长的路上的一个很长很长的地方的门口的旁边，还要再走一段")
    s = board(width, height)
    pause(0.2)
    lines = s.lines()
    assert len(lines) <= height
    assert all(columns(line) <= width for line in lines)
    queue = [line for line in lines if re.search(r"\d{8}-\d{7} .*(剩|超期)", line)]
    assert queue
    # Chinese has its width: the columns stand under each other.
    starts = {columns(line[:re.search(r"剩 |超期 ", line).start()]) for line in queue}
    assert len(starts) == 1


def test_resized_from_wide_to_narrow_and_back(board, centre):
    centre.submit()
    s = board(200, 40)
    s.wait(lambda text: all(word in text for word in ("承办单位，", "案件，", "动态，")))
    s.resize(60, 40)
    s.wait(lambda text: "案件，" in text and "动态，" not in text and "承办单位，" not in text)
    assert all(columns(line) <= 60 for line in s.lines())
    s.keys("Tab")
    s.wait(lambda text: "动态，" in text and "案件，" not in text)
    s.keys("Tab")
    s.wait(lambda text: "承办单位，" in text and "动态，" not in text)
    s.keys("Tab")
    s.resize(200, 40)
    s.wait(lambda text: all(word in text for word in ("承办单位，", "案件，", "动态，")))


def test_in_english(board, centre):
    case = centre.submit()
    s = board(lang="C")
    s.wait(lambda text: all(word in text for word in ("units, worst first", "queue, worst first", "events, newest first")))
    s.wait(lambda text: "broken road" in (s.row(case) or "") and "roads office" in s.row(case) and "dispatched" in s.row(case))
    s.keys("?")
    s.wait("natural time")
    s.keys("q")
    s.wait("queue, worst first")


def test_what_a_citizen_wrote_never_reaches_the_terminal_raw(board, centre):
    hostile = "A\u202eB\x1b[31mC\u009b2J\x7fD\x07E"
    case = centre.submit(address=hostile, text=hostile * 3 + "\n\x1b]0;title\x07第二行")
    s = Board(centre.daemon)
    try:
        s.record(s.folder / "bytes")
        s.open()
        s.wait(lambda text: s.row(case))
        s.select(case)
        line = s.row(case)
        assert "␛[31m" in line and "\\u202e" in line
        assert columns(line) <= 140
        s.keys("Enter")
        s.wait("第二行")
        s.keys("Escape")
        s.wait("案件，")
        s.keys("q")
        assert s.wait_exit() == 0
        sent = (s.folder / "bytes").read_bytes().decode("utf-8")
        assert "\u202e" not in sent and "\u009b" not in sent and "\x7f" not in sent and "\x07" not in sent
        assert "\x1b]0;" not in sent and "\x1b[31mC" not in sent
    finally:
        s.close()


def test_no_colour_where_none_is_wanted(board, centre):
    centre.submit(deadlines=[{"clock": "accept", "at": "2026-11-23T08:30:00+08:00"}], received_at="2026-11-23T08:00:00+08:00")
    s = board(NO_COLOR="1")
    assert not re.search(r"\x1b\[[0-9;]*3[1-7]", s.text(colors=True))


# -- keys ---------------------------------------------------------------------------------------------------------------


def test_filter_and_its_end(board, centre):
    a, b = centre.submit(), centre.submit(address="独一无二路1号")
    s = board()
    s.wait(lambda text: s.row(a) and s.row(b))
    s.type("/独一无")
    s.wait(lambda text: s.row(b) and not s.row(a))
    s.keys("Enter")
    s.wait("筛选：独一无")
    s.keys("Escape")
    s.wait(lambda text: s.row(a) and s.row(b) and "筛选" not in text)


def test_narrowed_to_a_unit(board, centre):
    centre.platform.call("case.submit", a_case())
    case = centre.submit()
    s = board(height=50)
    s.select(case)
    s.keys("u")
    s.keys("Escape")
    s.wait(lambda text: "单位：道路办" in text and "筛选" not in text)
    assert not [line for line in s.lines() if "房屋漏水" in line and "剩" in line]
    s.keys("u")
    s.wait(lambda text: "单位：" not in text)


def test_sorted_in_three_ways(board, centre):
    cases = [centre.submit() for _ in range(3)]
    s = board()
    s.wait(lambda text: s.row(cases[2]))
    s.keys("o")
    s.wait("最新在前（")
    first = next(line for line in s.lines() if re.search(r"\d{8}-\d{7} .*剩", line))
    assert cases[2] in first
    s.keys("o")
    s.wait("按单位（")
    s.keys("o")
    s.wait("最急在前（")


def test_a_case_is_opened_scrolled_and_follows(board, centre):
    case = centre.submit(text="路中间一个大坑")
    s = board(80, 16)
    s.select(case)
    s.keys("Enter")
    s.wait("路中间一个大坑")
    s.keys("End")
    s.wait(lambda text: "路中间一个大坑" not in text)
    s.keys("Home")
    s.wait("路中间一个大坑")
    assert "待处置" in s.lines()[1]
    centre.act("case.accept", case)
    s.wait(lambda text: "处置中" in text.split("\n")[1])
    s.keys("Escape")
    s.wait("案件，")


# -- acting -------------------------------------------------------------------------------------------------------------


def test_urge_with_a_note(board, centre):
    case = centre.submit()
    s = board().select(case)
    s.keys("U")
    s.wait("催办: 备注")
    s.type("请尽快，居民又来电")
    s.keys("Enter")
    s.wait(re.compile(rf"{case} 催办：已办"))
    [urged] = events_of(centre, case, "case.urged")
    assert urged["note"] == "请尽快，居民又来电" and urged["actor"] == "supervisor"


def test_dispatch_to_the_proposed_unit_and_to_another(board, centre):
    centre.platform.call("case.submit", a_case(estate="pp-002"))  # the housing office's: the board has heard of it
    first, second = centre.case_in("triage"), centre.case_in("triage")
    s = board().select(first)
    s.keys("D")
    s.wait("派给哪个单位 [道路办]?")
    s.keys("Enter")
    s.wait("派遣: 备注")
    s.keys("Enter")
    s.wait(f"{first} 派遣：已办")
    assert centre.get(first)["unit"] == "roads"
    s.keys("Escape")
    s.select(second)
    s.keys("D")
    s.wait("派给哪个单位")
    s.type("房管办")
    s.keys("Enter")
    s.wait("派遣: 原因")
    s.type("路在小区里")
    s.keys("Enter", "Enter")
    s.wait(f"{second} 派遣：已办")
    assert centre.get(second)["unit"] == "housing"


@pytest.mark.parametrize("key, outcome, state", [("p", "通过", "closed"), ("r", "返工", "handling")])
def test_verify(board, centre, key, outcome, state):
    case = centre.case_in("finished")
    s = board().select(case)
    s.keys("V")
    s.wait(outcome)
    s.type("x")
    s.keys("Enter")  # neither of them: asked again
    s.wait("结果")
    s.type(key)
    s.keys("Enter")
    s.wait("方式")
    s.type("p")
    s.keys("Enter")
    s.wait("核查: 备注")
    s.type("照片清楚")
    s.keys("Enter")
    s.wait("核查：已办")
    assert centre.get(case)["state"] == state
    [verified] = events_of(centre, case, "case.verified")
    assert verified["note"] == "照片清楚" and verified["data"]["command"]["method"] == "photo"


def test_supervise_ask_and_decide(board, centre):
    case = centre.case_in("handling")
    s = board().select(case)
    s.keys("S")
    s.wait("类型")
    s.type("l")
    s.keys("Enter")
    s.wait("督办要求")
    s.type("两日内办结")
    s.keys("Enter", "Enter", "Enter")
    s.wait("督办：已办")
    assert centre.get(case)["supervisions"][0]["kind"] == "leader"
    s.keys("X")
    s.wait("延期原因")
    s.type("material")
    s.keys("Enter", "Enter", "Enter")
    s.wait("申请延期：已办")
    assert centre.get(case)["request"]["what"] == "extend"
    s.wait(lambda text: "?" in s.row(case).split(case)[0])
    s.keys("X")
    s.wait("是否同意")
    s.type("n")
    s.keys("Enter", "Enter", "Enter")
    s.wait("审批申请：已办")
    assert centre.get(case)["request"] is None


def test_the_daemons_refusal_is_shown_in_its_words(board, centre):
    case = centre.case_in("triage")
    s = board().select(case)
    s.keys("D")
    s.wait("派给哪个单位")
    s.type("nobody_knows")
    s.keys("Enter", "Enter", "Enter")
    s.wait(re.compile("派遣未办成.*nobody_knows", re.S))
    assert centre.get(case)["state"] == "triage"


def test_what_is_impossible_is_said_with_the_reason(board, centre):
    case = centre.case_in("handling")
    s = board().select(case)
    s.wait("U 催办")
    assert "V 核查" not in s.lines()[-1]
    s.keys("V")
    s.wait(re.compile("核查：现在不能办，该件处置中，您是 supervisor.*现在可以：U 催办", re.S))
    t = board(who="auditor").select(case)
    t.keys("U")
    t.wait(re.compile("催办：现在不能办.*auditor", re.S))
    assert not events_of(centre, case, "case.urged")


def test_nobody_acts_on_what_he_does_not_see(board, centre):
    case = centre.case_in("finished")
    s = board().select(case)
    s.keys("V")
    s.wait("结果")
    centre.supervisor.call("case.verify", case=case, outcome="rework", note="远处看不清")
    s.type("p")
    s.keys("Enter", "Enter", "Enter")
    s.wait("核查未办成")
    assert centre.get(case)["state"] == "handling"


def test_an_act_is_given_up_by_escape(board, centre):
    case = centre.submit()
    s = board().select(case)
    s.keys("U")
    s.wait("催办: 备注")
    s.keys("Escape")
    s.wait_gone("催办: 备注")
    assert not events_of(centre, case, "case.urged")


# -- the terminal -------------------------------------------------------------------------------------------------------


def test_quit_leaves_the_screen_as_it_was(board, daemon):
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


def child_of(pid):
    def look():
        try:
            return open(f"/proc/{pid}/task/{pid}/children").read().split()
        except FileNotFoundError:
            return []

    return int(wait_until(look, 10, "a child")[0])


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
    gone, stays = centre.submit(), centre.submit()
    with Board(d) as s:
        s.open()
        s.wait(lambda text: s.row(gone) and s.row(stays))
        os.kill(child_of(s.pid()), signal.SIGSTOP)
        centre.dispatcher.call("case.reject", case=gone, reason="duplicate")
        notes = [("case.note", {"case": stays, "note": str(i)}) for i in range(2100)]
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


def test_many_open_cases_are_smooth(make_daemon):
    """Thousands in the queue: a key is answered, and an event shown, while one would not notice."""
    n = size(300, 1000, 10000)
    d = make_daemon(config=CONFIG).start()
    submit_many(d, n)
    with Board(d) as s:
        s.open()
        s.wait(f"/ {n}）", seconds=60)
        s.keys("End")
        s.wait(lambda text: re.search(rf"20261123-{n:07} .*剩", text), seconds=5)
        s.keys("Home")
        s.wait(lambda text: re.search(r"20261123-0000001 .*剩", text), seconds=5)
        case = Centre(d).submit()
        s.wait(f"/ {n + 1}）", seconds=5)
        s.type(f"/{case}")
        s.wait(lambda text: s.row(case), seconds=5)
        d.close_clients()
    d.stop()


class Ptys:
    """Boards without anybody in front: each on a pseudo terminal that is read and thrown away, so that only they cost something."""

    def __init__(self, daemon, n):
        self.masters, self.processes, self.seen = [], [], {}
        env = {**ENVIRONMENT, "TERM": "xterm", "LANG": "zh_CN.UTF-8", "GRIDD_SOCKET": daemon.url, "GRIDD_TOKEN": token("supervisor")}
        for _ in range(n):
            master, slave = pty.openpty()
            fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 140, 0, 0))
            self.processes.append(subprocess.Popen([GRIDCTL, "board"], stdin=slave, stdout=slave, stderr=slave, env=env,
                                                   start_new_session=True))
            os.close(slave)
            self.masters.append(master)
            self.seen[master] = b""
        self.over = False
        self.thread = threading.Thread(target=self.drain, daemon=True)
        self.thread.start()

    def drain(self):
        while not self.over:
            for fd in select.select(self.masters, [], [], 0.2)[0]:
                try:
                    self.seen[fd] = (self.seen[fd] + os.read(fd, 65536))[-400000:]
                except OSError:
                    return

    def all_saw(self, text):
        return all(text.encode() in seen for seen in self.seen.values())

    def close(self):
        for p in self.processes:
            p.terminate()
        for p in self.processes:
            p.wait(30)
        self.over = True
        self.thread.join(10)
        for fd in self.masters:
            os.close(fd)


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
            used = {}
            for name in ("with", "without"):
                before = cpu_seconds(d.process.pid)
                took, case = work(c, seconds, rate)
                used[name] = (cpu_seconds(d.process.pid) - before) / took
                if name == "with":
                    wait_until(lambda: ptys.all_saw(case), 30, "the last case on every board")
                    ptys.close()
        cost = used["with"] - used["without"]
        print(f"boards={boards} rate={rate}/s with={used['with']:.3f} without={used['without']:.3f} boards_cost={cost:.3f} ({BUILD.name})")
        # A sanitized daemon takes several times what a released one does.
        assert cost < (0.10 if "checked" not in BUILD.name and "clang" not in BUILD.name else 0.60)
    finally:
        if not ptys.over:
            ptys.close()
    d.stop()
