"""The live board at a real terminal, against a real daemon: what it shows, and what its keys do."""

import re
import time

import principals
import pytest
from boards import Board
from harness import a_case
from tmux import columns, needs_tmux

pytestmark = needs_tmux
CONFIG = principals.config()


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


@pytest.mark.quiet
def test_a_case_submitted_elsewhere_appears_at_once(board, centre):
    s = board()
    before = time.monotonic()
    case = centre.submit()
    s.wait(lambda text: s.row(case), seconds=5)
    took = time.monotonic() - before
    assert took < 1, f"it took {took:.2f} s"
    s.wait(lambda text: all(word in s.row(case) for word in ("道路破损", "道路办", "待处置")))
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
    case = centre.submit(address="一条很长很长的路上的一个很长很长的地方的门口的旁边，还要再走一段")
    s = board(width, height)
    s.type(f"/{case[-3:]}")
    s.wait(lambda text: s.row(case))
    s.wait(lambda text: "一" in s.row(case) or width < 60)
    s.keys("Escape")
    s.wait(lambda text: "筛选" not in text)
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
    s = board(180, 36, lang="C")
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
