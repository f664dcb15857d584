"""Words of the pack where codes are asked for; rules.words, that lists them; case.find, by the end of a number."""

import shutil

import pytest
import yaml
from harness import PENGPU, SMALL, Daemon, a_case, refused
from principals import as_one, config

ANYONE = ["platform", "platform2", "housing", "works", "roads", "dispatcher", "supervisor", "inspector", "auditor", "admin"]


@pytest.fixture(scope="module")
def daemon(module_folder):
    """The small pack, and in it two units of one name."""
    pack = module_folder / "pack"
    shutil.copytree(SMALL, pack)
    units = pack / "units.yaml"
    units.write_text(units.read_text("utf-8") + "  - {id: c002, zh: 第二居委, kind: committee}\n"
                     "  - {id: c003, zh: 第二居委, en: Committee Three, kind: committee}\n"
                     "  - {id: old, zh: 撤销办, kind: office, retired: 2020-01-01}\n", "utf-8")
    d = Daemon(module_folder, pack=pack, config=config()).start()
    try:
        yield d
        d.stop()
    finally:
        d.close()


def codes(answer):
    return [w["code"] for w in answer["words"]]


def words(daemon, **params):
    return daemon.call("rules.words", **params)


def fault(daemon, method, **params):
    with refused("invalid_params") as r:
        daemon.call(method, params)
    [only] = r.error.errors
    return only


# -- names for codes ----------------------------------------------------------------------------------------------------

def test_a_submit_takes_names(daemon):
    case = daemon.call("case.submit", a_case(**{"class": "道路破损", "condition": "坑洞", "estate": "二号小区", "grid": "第一网格",
                                                "source": {"channel": "网格巡查", "ref": "names-1"}}))["case"]
    stored = daemon.call("case.get", case=case)
    assert (stored["class"], stored["condition"], stored["estate"], stored["grid"]) == ("E80-01", "1", "pp-002", "g1")
    assert stored["source"]["channel"] == "patrol" and stored["unit"] == "roads"
    english = daemon.call("case.submit", a_case(**{"class": "Illegal Structure"}))["case"]
    assert daemon.call("case.get", case=english)["class"] == "E90-02"
    explained = daemon.call("rules.explain", {"class": "道路破损"})
    assert explained["unit"] == "roads"


def test_a_lenient_channel_takes_names_and_keeps_what_means_nothing(daemon):
    source = {"channel": "hotline", "ref": "names-2"}
    case = daemon.call("case.submit", a_case(**{"class": "房屋 漏水", "estate": "一号小区", "source": source}))["case"]
    stored = daemon.call("case.get", case=case)
    assert stored["class_as_sent"] == "房屋 漏水" and "class" not in stored and stored["estate"] == "pp-001"


def test_commands_take_names(daemon):
    desk = as_one(daemon, "supervisor")
    case = desk.call("case.submit", a_case(**{"class": "E80-01", "condition": "1"}))["case"]
    assert desk.call("case.dispatch", case=case, unit="抢修队", assist=["Housing Office"], reason="x")["unit"] == "works"
    assert {t["unit"] for t in desk.call("case.get", case=case)["tasks"] if t["state"] == "given"} == {"works", "housing"}
    desk.call("case.accept", {"case": case, "for": {"unit": "抢修队"}})
    desk.call("case.mark", {"case": case, "mark": "满意度", "value": "满意", "for": {"unit": "works"}})
    assert desk.call("case.get", case=case)["marks"][-1]["value"] == "satisfied"
    desk.call("case.amend", case=case, set={"class": "道路破损", "condition": "裂缝"}, reason="x")
    assert desk.call("case.get", case=case)["condition"] == "2"
    assert desk.call("case.clock", case=case, clock="处置")["clocks"]
    for unit in ("housing office", "repair crew"):
        desk.call("case.finish", {"case": case, "result": "实际解决", "for": {"unit": unit}})
    stored = desk.call("case.get", case=case)
    assert stored["result"] == "solved" and stored["class"] == "E80-01"
    other = desk.call("case.submit", a_case(estate="pp-002"))["case"]
    desk.call("case.accept", {"case": other, "for": {"unit": "房管办"}})
    desk.call("case.return", {"case": other, "reason": "地点有误", "for": {"unit": "房管办"}})
    assert desk.call("case.get", case=other)["tasks"][0]["reason"] == "wrong_place"


def test_a_deadline_by_a_clocks_name_is_that_clocks(daemon):
    case = daemon.call("case.submit", a_case(deadlines=[{"clock": "处置", "at": "2026-11-24T09:00:00+08:00"}]))["case"]
    assert "handle" in [c["name"] for c in daemon.call("case.get", case=case)["clocks"]]
    assert all(c["name"] != "处置" for c in daemon.call("case.get", case=case)["clocks"])


@pytest.mark.parametrize("by_code, by_name", [
    ({"unit": "housing"}, {"unit": "房管办"}), ({"class": "E80-01"}, {"class": "broken road"}), ({"class": "E80"}, {"class": "道路问题"}),
    ({"estate": "pp-002"}, {"estate": "二号小区"}), ({"grid": "g1"}, {"grid": "第一网格"}), ({"channel": "hotline"}, {"channel": "热线"}),
    ({"state": "dispatched"}, {"state": "待处置"}), ({"unit": ["housing", "works"]}, {"unit": ["抢修队", "housing"]})])
def test_a_list_takes_names(daemon, by_code, by_name):
    daemon.call("case.submit", a_case(estate="pp-002"))
    found = [[c["number"] for c in daemon.call("case.list", limit=500, **filters)["cases"]] for filters in (by_code, by_name)]
    assert found[0] == found[1] and found[0]


def test_other_lists_take_names(daemon):
    assert daemon.call("supervision.list", unit="房管办")["orders"] == []
    case = daemon.call("case.submit", a_case())["case"]
    as_one(daemon, "supervisor").call("case.urge", case=case)
    by_name = daemon.call("notify.list", unit="甲物业")["notices"]
    assert by_name and by_name == daemon.call("notify.list", unit="firm_a")["notices"]
    assert fault(daemon, "supervision.list", unit="房管处")["suggestion"] == "housing"
    assert fault(daemon, "notify.list", unit="hosing")["suggestion"] == "housing"


def test_a_name_that_two_have_is_a_fault_that_names_both(daemon):
    f = fault(daemon, "case.list", unit="第二居委")
    assert (f["path"], f["code"]) == ("/params/unit", "ambiguous") and "suggestion" not in f
    assert f["message"] == "第二居委 is the name of 2 of them: say which by its code: c002 (第二居委), c003 (第二居委)"
    assert daemon.call("case.list", unit="committee three")["cases"] == [], "its other name is its own"


def test_a_part_of_one_name_suggests_its_code(daemon):
    f = fault(daemon, "case.list", unit="道路")
    assert f["suggestion"] == "roads" and f["message"] == "the pack knows no unit 道路; did you mean roads (道路办)?"
    case = daemon.call("case.submit", a_case())["case"]
    assert fault(daemon, "case.dispatch", case=case, unit="抢修")["suggestion"] == "works"
    assert fault(daemon, "case.submit", **a_case(**{"class": "困人"}))["suggestion"] == "E90-01"
    assert fault(daemon, "case.submit", **a_case(estate="二号"))["suggestion"] == "pp-002"
    near = fault(daemon, "case.submit", **a_case(**{"class": "房屋露水"}))
    assert near["suggestion"] == "E70-05" and "房屋漏水" in near["message"]


def test_a_part_of_several_names_lists_them(daemon):
    f = fault(daemon, "case.list", unit="居委")
    assert "suggestion" not in f and f["code"] == "unknown"
    assert f["message"] == "the pack knows no unit 居委, which is a part of: c001 (第一居委), c002 (第二居委), c003 (第二居委)"


@pytest.mark.parametrize("word", ["", " 房管办", "房管办 ", "a\tb", "a\nb", "x" * 201])
def test_what_is_no_word(daemon, word):
    assert fault(daemon, "case.assign", case="20261123-0000001", unit=word, kind="assist")["path"] == "/params/unit"


# -- rules.words --------------------------------------------------------------------------------------------------------

def test_every_role_may_ask_for_words(daemon):
    answers = [as_one(daemon, name).call("rules.words", limit=1000) for name in ANYONE]
    assert all(a == answers[0] for a in answers) and "more" not in answers[0]
    kinds = list(dict.fromkeys(w["kind"] for w in answers[0]["words"]))
    assert kinds == ["unit", "class", "big_class", "condition", "estate", "grid", "channel", "result", "reason", "mark", "mark_value",
                     "clock", "state", "tag"]


def test_words_of_a_kind(daemon):
    units = words(daemon, kind="unit")
    assert codes(units) == sorted(codes(units)) and "more" not in units
    assert {"kind": "unit", "code": "housing", "name": "房管办", "name_en": "housing office"} in units["words"]
    assert {"kind": "unit", "code": "old", "name": "撤销办", "retired": "2020-01-01"} in units["words"]
    conditions = words(daemon, kind="condition", of="E80-01")["words"]
    assert {"kind": "condition", "code": "1", "name": "坑洞", "name_en": "hole", "of": "E80-01"} in conditions and len(conditions) == 2
    assert codes(words(daemon, kind="reason", of="return")) == ["not_ours", "wrong_place"]
    assert codes(words(daemon, kind="mark_value", of="satisfaction")) == ["dissatisfied", "satisfied"]
    assert codes(words(daemon, kind="tag")) == ["propose"]
    assert {"kind": "state", "code": "triage", "name": "待派遣"} in words(daemon, kind="state")["words"]
    clocks = {w["code"]: w["name"] for w in words(daemon, kind="clock")["words"]}
    assert clocks["handle"] == "处置" and clocks["danger"] == "排险"


def test_a_text_finds_codes_that_begin_and_names_that_contain(daemon):
    assert codes(words(daemon, kind="unit", text="ho")) == ["housing"]
    assert codes(words(daemon, kind="unit", text="using")) == ["housing"], "in its English name"
    assert codes(words(daemon, kind="unit", text="领导")) == ["head"]
    assert codes(words(daemon, kind="class", text="Ｅ70")) == ["E70-05", "E70-06"]
    assert codes(words(daemon, kind="estate", text="小区")) == ["pp-001", "pp-002"]
    assert codes(words(daemon, text="contact")) == ["contacted", "contact"], "by kind"
    assert words(daemon, kind="unit", text="nobody here") == {"words": []}


def test_words_have_a_limit(daemon):
    page = words(daemon, kind="unit", limit=3)
    assert page["more"] is True and codes(page) == codes(words(daemon, kind="unit"))[:3]
    assert len(words(daemon)["words"]) == 50 and words(daemon)["more"] is True
    for limit in (0, 1001):
        assert fault(daemon, "rules.words", limit=limit)["path"] == "/params/limit"


def test_an_unknown_kind_is_a_fault(daemon):
    assert fault(daemon, "rules.words", kind="untt")["suggestion"] == "unit"
    assert fault(daemon, "rules.words", kind="people")["code"] == "unknown"


# -- case.find ----------------------------------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def cases(daemon):
    """Numbers of 25 cases of the first platform's that the roads office holds, by receipt."""
    client = as_one(daemon, "platform")
    return [client.call("case.submit", a_case(**{"class": "E80-01", "condition": "1"}, address="试验路9号"))["case"] for _ in range(25)]


def found(client, tail, **params):
    return [c["number"] for c in client.call("case.find", tail=tail, **params)["cases"]]


def test_a_number_is_found_by_its_end(daemon, cases):
    number = cases[3]
    for n in (1, 2, 3, 6, 7, 8, 12, 16):
        tail = number[-n:]
        numbers = found(daemon, tail, limit=50)
        assert number in numbers and all(x.endswith(tail) for x in numbers), tail
    assert found(daemon, number) == found(daemon, number[-7:]) == [number]
    assert found(daemon, "1123-" + number[-2:]) == [number], "the day's end, and the end of what stands behind"
    assert found(daemon, "1124-" + number[-2:]) == found(daemon, "20251123-" + number[-7:]) == []
    assert found(daemon, "1" + number[-7:]) == found(daemon, "9999999") == found(daemon, "0" * 18) == []


def test_what_is_told_of_a_case_found(daemon, cases):
    [case] = daemon.call("case.find", tail=cases[0])["cases"]
    stored = daemon.call("case.get", case=cases[0])
    assert case == {k: stored[k] for k in ("number", "state", "state_name", "class", "class_name", "class_name_en", "estate", "estate_name",
                                           "address", "unit", "unit_name", "unit_name_en", "due_at")}
    assert "text" not in case and "reporter" not in case


def test_open_ones_come_first_then_the_newest(daemon, cases):
    desk = as_one(daemon, "supervisor")
    tail = cases[20][-1]
    same = [n for n in found(daemon, tail, limit=50) if n in cases]
    assert same == sorted(same, reverse=True) and len(same) >= 2
    newest = found(daemon, tail, limit=50)[0]
    desk.call("case.reject", case=newest, reason="duplicate")
    after = daemon.call("case.find", tail=tail, limit=50)["cases"]
    over = [c["state"] in ("closed", "rejected", "merged") for c in after]
    assert over == sorted(over) and next(c["number"] for c in after if c["state"] == "rejected") == newest
    assert [c["number"] for c in after if c["state"] == "dispatched"][:1] != [newest]


def test_more_are_said_to_be_there(daemon, cases):
    whole = daemon.call("case.find", tail=cases[0][-1], limit=50)
    assert whole["more"] is False and len(whole["cases"]) >= 2
    page = daemon.call("case.find", tail=cases[0][-1], limit=1)
    assert page["more"] is True and page["cases"] == whole["cases"][:1]


def test_only_what_one_may_see_is_found(daemon, cases):
    tail = cases[5][-7:]
    for name in ("platform", "roads", "dispatcher", "supervisor", "inspector", "auditor", "admin"):
        assert found(as_one(daemon, name), tail) == [cases[5]], name
    for name in ("platform2", "housing", "works"):
        assert as_one(daemon, name).call("case.find", tail=tail) == {"cases": [], "more": False}, name
    with refused("invalid_params"):
        as_one(daemon, "elsewhere").call("case.find", tail=tail)


def test_a_unit_finds_what_it_held_helped_with_or_is_ordered_about(daemon, cases):
    desk = as_one(daemon, "supervisor")
    held, helped, ordered = cases[6], cases[7], cases[8]
    desk.call("case.dispatch", case=held, unit="housing", reason="x")
    desk.call("case.dispatch", case=held, unit="roads", reason="x")
    desk.call("case.assign", case=helped, unit="works", kind="assist")
    desk.call("supervision.open", case=ordered, unit="housing", kind="key", demand="x")
    housing, works = as_one(daemon, "housing"), as_one(daemon, "works")
    for case in (held, helped, ordered):
        assert found(housing, case[-7:]) == [case]
    assert found(works, helped[-7:]) == [helped] and found(works, held[-7:]) == []
    listed = {c["number"] for c in housing.call("case.list", limit=500)["cases"]}
    assert {n for d in "0123456789" for n in found(housing, d, limit=50)} == listed, "the same scope as a list's"


@pytest.mark.parametrize("tail", ["", "-", "x", "4-", "4x", "4 2", "+4", "-4-2", "４２", "1" * 19, "120261123-0000042", "%", "' OR 1=1"])
def test_what_is_no_end_of_a_number(daemon, tail):
    assert fault(daemon, "case.find", tail=tail)["path"] == "/params/tail"


def test_other_faults_of_a_search(daemon):
    assert fault(daemon, "case.find")["code"] == "missing"
    assert fault(daemon, "case.find", tail="1", limit=51)["path"] == "/params/limit"
    assert fault(daemon, "case.find", tail=1)["code"] == "type"


def test_few_digits_are_too_few_in_a_large_town(daemon, cases):
    """Ids far beyond: their number decides how many would have to be tried."""
    [copied] = daemon.sql("SELECT id FROM gridd.case_file WHERE number = %s", cases[9])[0]
    columns = ", ".join(r[0] for r in daemon.sql("SELECT attname FROM pg_attribute WHERE attrelid = 'gridd.case_file'::regclass AND "
                                                 "attnum > 0 AND NOT attisdropped AND attname NOT IN ('id', 'number') ORDER BY attnum"))
    try:
        daemon.sql(f"INSERT INTO gridd.case_file (id, number, {columns}) SELECT 300042, '20261123-0300042', {columns} "
                   "FROM gridd.case_file WHERE id = %s", copied)
        assert found(daemon, "42")[0] == "20261123-0300042"
        assert fault(daemon, "case.find", tail="2")["code"] == "too_short"
        assert found(daemon, "1123-0300042") == ["20261123-0300042"]
    finally:
        daemon.sql("DELETE FROM gridd.case_file WHERE id = 300042")


def test_whoever_acts_in_pengpu_has_a_name_in_both_languages():
    units = yaml.safe_load((PENGPU / "units.yaml").read_text("utf-8"))["units"]
    assert len(units) > 80 and [u["id"] for u in units if not (u.get("zh") and u.get("en"))] == []
