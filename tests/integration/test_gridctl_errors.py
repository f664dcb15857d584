"""Each exit code by what a person would do wrong, on a real daemon and in both languages: what, why, and the next command to type."""

import os
import pty
import re
import signal
import socket
import subprocess

import pytest
from harness import BUILD, a_case, run, wait_until
from principals import config, token
from scripted import environment

CONFIG = config()
LANGS = ["C", "zh_CN"]


@pytest.fixture
def as_typed(daemon, folder):
    """as_typed("roads", "case accept 1", "zh_CN"): the finished gridctl."""
    def call(who, words, lang="C", **env):
        full = environment(lang, **{"GRIDD_SOCKET": str(daemon.socket), "GRIDD_TOKEN": token(who), "XDG_CONFIG_HOME": str(folder),
                                    "XDG_STATE_HOME": str(folder), **env})
        done = run([BUILD / "gridctl", *words.split()], env=full)
        assert "Sanitizer" not in done.stderr and (done.returncode in (0, 3) or not done.stdout), (done.stdout, done.stderr)
        return done

    return call


@pytest.fixture(scope="module")
def case(centre):
    return centre.submit(**{"class": "E70-05", "condition": None, "estate": "pp-001"})


# who, what is typed (N: the case's number), exit code, and what is said in English and in Chinese
SLIPS = [
    ("dispatcher", "case urge N --dry-run", 0, r"^$", r"^$"),
    # 1: a word that the town doesn't know: the nearest code and its name
    ("dispatcher", "dispatch N hosing --reason x", 1, r"did you mean housing \(", r"参数有误：.*did you mean housing \("),
    ("dispatcher", "ls unit=hosing", 1, r"housing \(", r"housing \("),
    ("dispatcher", "case finish N solvd --for firm_a", 1, r"solved \(", r"solved \("),
    # 2: not a command
    ("dispatcher", "case acept N", 2, r"did you mean “case accept”\?\n  try: gridctl help case accept", r"是不是“case accept”？\n  可试: gridctl help case accept"),
    ("dispatcher", "case accept", 2, r"expected: gridctl case accept NUMBER", r"应写作：gridctl case accept NUMBER"),
    ("dispatcher", "ls --stat x", 2, r"did you mean --state\?", r"是不是 --state？"),
    ("dispatcher", "dispatch --where state=dispatched roads --reason x", 2, r"the same command with --confirm \d+", r"同一命令加上 --confirm \d+"),
    # 3: asked, and the answer is no
    ("supervisor", "notify test phone", 3, r"", r""),
    # 4: who may, and who is asking
    ("auditor", "case urge N", 4, r"who may: platform, dispatcher, supervisor; you are auditor: auditor\n  try: gridctl system info",
     r"无权：.*\n  有权的角色：platform 平台、dispatcher 派遣员、supervisor 值班长；您是 auditor：auditor 审计\n  可试: gridctl system info"),
    ("stranger", "show N", 4, r"GRIDD_TOKEN", r"身份不明：.*\n  可试: 把令牌放入 \$GRIDD_TOKEN"),
    # 5
    ("dispatcher", "show 20261123-9999999", 5, r"there is no case 20261123-9999999\n  try: gridctl case list", r"找不到：.*\n  可试: gridctl case list"),
    ("dispatcher", "show 987654", 5, r"ends in 987654\n  try: gridctl ls", r"以 987654 结尾的\n  可试: gridctl ls"),
    ("dispatcher", "ls @nothing", 5, r"no filter @nothing in \S+filters\.yaml\n  try: gridctl filter list", r"没有 @nothing 这个筛选条件（\S+filters\.yaml）\n  可试: gridctl filter list"),
    ("roads", "show N", 5, r"gridctl case list", r"gridctl case list"),
    # 6: not possible in this state: what it is, what is possible, ready to be copied
    ("dispatcher", "verify N pass", 6, r"it is dispatched now\n.*\n  possible now: .*case accept.*\n  try: gridctl case accept N\n",
     r"现在办不了：.*\n  现在的状态：待处置\n.*\n  现在可以：.*case accept.*\n  可试: gridctl case accept N\n"),
    ("dispatcher", "case urge N --expect-version 99", 6, r"it is dispatched now, at version \d+; you saw version 99\n.*  try: gridctl case history N\n",
     r"第 \d+ 版；您看到的是第 99 版\n.*  可试: gridctl case history N\n"),
    ("dispatcher", "dispatch --where class=E70-05 roads --reason x --confirm 4321", 6, r"not 4321: \d+ would go now; nothing was done", r"不是 4321 件：现在可办的是 \d+ 件；未做任何处理"),
    # 7
    ("dispatcher", "show N --socket /nowhere/gridd.sock", 7, r"/nowhere/gridd\.sock: No such file.*\n  try: \./start", r"连不上 gridd（/nowhere/gridd\.sock）.*\n  可试: \./start"),
]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("who, words, code, en, zh", SLIPS, ids=[f"{s[2]}-{s[1]}" for s in SLIPS])
def test_what_is_said(as_typed, case, who, words, code, en, zh, lang):
    done = as_typed(who, " ".join(case if w == "N" else w for w in words.split()), lang)
    assert done.returncode == code, (done.stdout, done.stderr)
    wanted = (en if lang == "C" else zh).replace("N\\n", f"{case}\\n")
    assert re.search(wanted, done.stderr, re.S), (wanted, done.stderr)
    if code not in (0, 3) and "--where" not in words:
        assert ("  try: " if lang == "C" else "  可试: ") in done.stderr, done.stderr


def test_what_is_possible_can_be_copied_as_it_stands(as_typed, centre):
    """Down the advice to the end: every line that is offered is a command that goes."""
    number = centre.submit(**{"class": "E70-05", "condition": None, "estate": "pp-001"})
    seen = []
    centre.act("case.accept", number)
    centre.act("case.arrive", number)
    words = f"case arrive {number} --for firm_a"
    for who in ("dispatcher", "supervisor"):
        done = as_typed("dispatcher", words)
        assert done.returncode == 6, done.stderr
        (step,) = re.findall(r"^  try: gridctl (.*)$", done.stderr, re.M)
        seen.append(step)
        others = re.findall(r"^  or: gridctl (.*)$", done.stderr, re.M)
        assert others and all(as_typed("dispatcher", f"{other} --dry-run").returncode == 0 for other in others), (others, done.stderr)
        # the desk doesn't verify what it said was finished: another one does
        assert as_typed(who, step).returncode == 0, step
        words = step
    assert seen == [f"case finish {number} solved --for firm_a", f"case verify {number} pass"]


@pytest.mark.parametrize("lang, says", [("C", "task.accepted by dispatcher"), ("zh_CN", "接单，dispatcher")])
def test_the_second_supervisor_sees_what_changed_since(as_typed, centre, lang, says):
    number = centre.submit(**{"class": "E70-05", "condition": None, "estate": "pp-001"})
    seen = centre.get(number)["version"]
    centre.act("case.accept", number)
    done = as_typed("supervisor", f"dispatch {number} roads --reason x --expect-version {seen}", lang)
    assert done.returncode == 6 and says in done.stderr and f"gridctl case history {number}" in done.stderr
    assert re.search(r"at version \d+; you saw version|第 \d+ 版；您看到的是第 \d+ 版", done.stderr)


@pytest.mark.parametrize("lang, says", [("C", "the socket is there, but gridd has ended"), ("zh_CN", "套接字还在，gridd 已退出")])
def test_a_socket_that_nobody_listens_at(as_typed, folder, lang, says):
    left = socket.socket(socket.AF_UNIX)
    left.bind(str(folder / "left.sock"))
    left.close()
    done = as_typed("dispatcher", f"ls --socket {folder}/left.sock", lang)
    assert done.returncode == 7 and says in done.stderr and "./start" in done.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another")
def test_a_socket_that_is_not_ours(folder):
    os.chmod(folder, 0o755)
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    env = environment("C", GRIDD_SOCKET=f"{closed}/gridd.sock", ASAN_OPTIONS="detect_leaks=0")
    done = subprocess.run([BUILD / "gridctl", "ls"], env=env, capture_output=True, text=True, user=65534)
    assert done.returncode == 7 and "ask the admin" in done.stderr, done.stderr


@pytest.mark.parametrize("lang", LANGS)
def test_a_daemon_that_does_not_answer_in_time(as_typed, folder, lang):
    with socket.socket(socket.AF_UNIX) as deaf:
        deaf.bind(str(folder / "deaf.sock"))
        deaf.listen()
        done = as_typed("dispatcher", f"ls --socket {folder}/deaf.sock --timeout 1", lang)
    assert done.returncode == 7 and "gridctl system ping" in done.stderr and ("in time" in done.stderr or "超时" in done.stderr)


def test_ctrl_c_is_130(daemon, folder):
    """Of a wait for the daemon, and at the question of a bulk, which then has done nothing."""
    with socket.socket(socket.AF_UNIX) as deaf:
        deaf.bind(str(folder / "deaf.sock"))
        deaf.listen()
        waiting = subprocess.Popen([BUILD / "gridctl", "ls", "--socket", str(folder / "deaf.sock")], env=environment(), stderr=subprocess.PIPE)
        connection, _ = deaf.accept()
        assert connection.recv(10)
        waiting.send_signal(signal.SIGINT)
        assert waiting.wait(20) == 130
        waiting.communicate()
        connection.close()


def test_at_the_question_of_a_bulk(daemon, centre, folder):
    numbers = [centre.platform.call("case.submit", a_case(tags=["asked"]))["case"] for _ in range(3)]
    env = environment("zh_CN", GRIDD_SOCKET=str(daemon.socket), GRIDD_TOKEN=token("supervisor"), XDG_STATE_HOME=str(folder))
    ours, its = pty.openpty()
    process = subprocess.Popen([BUILD / "gridctl", "dispatch", "--where", "tag=asked", "roads", "--reason", "市政"], env=env, stdin=its, stdout=its, stderr=its)
    os.close(its)
    shown = b""

    def asked():
        nonlocal shown
        shown += os.read(ours, 4096)
        return "输入 3 继续".encode() in shown

    wait_until(asked)
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 130
    shown += os.read(ours, 4096)
    os.close(ours)
    assert "可办 3 件" in shown.decode() and "未做任何处理" in shown.decode()
    assert {centre.get(n)["unit"] for n in numbers} == {"firm_a"}


def test_an_ambiguous_end_lists_what_there_is(as_typed, centre):
    # ten cases in a row end in every digit, eleven in one digit twice
    numbers = [centre.submit() for _ in range(11)]
    last = numbers[-1][-1]
    done = as_typed("dispatcher", f"case urge {last}")
    same = [n for n in numbers if n[-1] == last]
    assert done.returncode == 2 and all(n in done.stderr for n in same) and re.search(rf"try: gridctl case urge \d{{8}}-\d+\n", done.stderr)
    done = as_typed("dispatcher", f"case urge {numbers[0][-5:]}")
    assert done.returncode == 0 and done.stdout.startswith(numbers[0]) and f"{numbers[0][-5:]} is {numbers[0]}" in done.stderr
