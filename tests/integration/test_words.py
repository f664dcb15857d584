"""rules.words, and names where codes are asked for."""

import pytest
from harness import PENGPU, Daemon, a_case, refused


@pytest.fixture(scope="module")
def town(module_folder):
    """A gridd with the pack of Pengpu: its names are those of a real town."""
    d = Daemon(module_folder, pack=PENGPU).start()
    try:
        yield d
        d.stop()
    finally:
        d.close()


def codes(answer):
    return [w["code"] for w in answer["words"]]


def test_words_of_a_kind(daemon):
    units = daemon.call("rules.words", kind="unit")
    assert codes(units) == sorted(codes(units)) and "more" not in units
    assert {"kind": "unit", "code": "housing", "name": "房管办", "name_en": "housing office"} in units["words"]
    assert {"kind": "condition", "code": "1", "name": "坑洞", "name_en": "hole", "of": "E80-01"} in daemon.call(
        "rules.words", kind="condition")["words"]
    assert codes(daemon.call("rules.words", kind="reason", of="return")) == ["not_ours", "wrong_place"]
    assert codes(daemon.call("rules.words", kind="mark_value", of="satisfaction")) == ["dissatisfied", "satisfied"]
    assert codes(daemon.call("rules.words", kind="tag")) == ["propose"]
    assert {"kind": "state", "code": "triage", "name": "待派遣"} in daemon.call("rules.words", kind="state")["words"]
    clocks = {w["code"]: w["name"] for w in daemon.call("rules.words", kind="clock")["words"]}
    assert clocks["handle"] == "处置" and clocks["danger"] == "排险"


def test_a_text_finds_codes_that_begin_and_names_that_contain(daemon):
    assert codes(daemon.call("rules.words", kind="unit", text="ho")) == ["housing"]
    assert codes(daemon.call("rules.words", kind="unit", text="using")) == ["housing"], "in its English name"
    assert codes(daemon.call("rules.words", kind="unit", text="领导")) == ["head"]
    assert codes(daemon.call("rules.words", kind="class", text="Ｅ70")) == ["E70-05", "E70-06"]
    assert codes(daemon.call("rules.words", kind="unit", text="nobody here")) == []
