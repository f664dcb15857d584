"""Another city's table of limits, all 519 lines of it: generated into a pack, loaded, and asked line by line."""

import json
import subprocess
import sys

import pytest
from harness import ROOT, SHARED, Daemon, a_case, remove, scratch_folder

TABLE = SHARED / "domain/case-limits-yuncheng.csv"
LINES = 519
pytestmark = pytest.mark.skipif(not TABLE.exists(), reason=f"{TABLE.name} is no part of the project, and isn't beside it")


@pytest.fixture(scope="module")
def generated():
    folder = scratch_folder()
    pack = folder / "pack"
    subprocess.run([sys.executable, ROOT / "tests/packs/yuncheng/generate.py", TABLE, pack], check=True, timeout=60)
    expectations = next(pack.glob("*.jsonl"))
    cases = [json.loads(line) for line in expectations.read_text("utf-8").splitlines()]
    expectations.unlink()
    yield pack, cases
    remove(folder)


@pytest.fixture(scope="module")
def daemon(generated):
    folder = scratch_folder()
    d = Daemon(folder, pack=generated[0], clock="2026-11-23T09:00:00+08:00").start()
    try:
        yield d
        d.stop()
    finally:
        d.close()
        remove(folder)


def test_each_line_has_its_limit(daemon, generated):
    _, cases = generated
    assert len(cases) == LINES
    channel = daemon.call("rules.show").get("channel", "patrol")
    with daemon.client() as client:
        answers = client.call_many([("rules.explain", {"class": c["class"], "condition": c["condition"], "text": "x",
                                                       "source": {"channel": c.get("channel", channel)}}) for c in cases])
    wrong = []
    for case, answer in zip(cases, answers):
        limits = {l["clock"]: l["limit"] for l in answer["limits"]} if isinstance(answer, dict) else answer
        if not isinstance(answer, dict) or not answer["routed"] or limits.get("handle") != case["limit"]:
            wrong.append((case, limits))
    assert not wrong, f"{len(wrong)} of {LINES}: {wrong[:5]}"


def test_a_case_of_the_table_is_stored(daemon, generated):
    case = generated[1][0]
    params = a_case(**{"class": case["class"], "condition": case["condition"], "estate": None})
    params["source"]["channel"] = case.get("channel", "patrol")
    assert daemon.call("case.submit", params)["state"] == "dispatched"
