"""Real cases with an answer key that nobody of this project wrote; and vectors worked out by hand, that must come out elsewhere."""

import importlib.util
from datetime import datetime

import pytest
import yaml
from harness import ROOT, SHARED, Daemon, remove, scratch_folder

BOSTON = ROOT / "tests/packs/boston"
DATA = SHARED / "data/boston311-100.csv"
CASES, WITH_DUE = 100, 89
VECTORS = yaml.load((BOSTON / "variants/vectors.yaml").read_text("utf-8"), Loader=yaml.BaseLoader)["vectors"]


def load_helper():
    spec = importlib.util.spec_from_file_location("boston_cases", BOSTON / "cases.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


boston = load_helper()


@pytest.fixture(scope="module")
def records():
    if not DATA.exists():
        pytest.skip(f"{DATA.name} is no part of the project, and isn't beside it")
    return boston.read(DATA)


@pytest.fixture(scope="module")
def city(records):
    """A gridd whose clock stands at the first request."""
    folder = scratch_folder()
    d = Daemon(folder, pack=BOSTON, clock=records[0].opened.isoformat()).start()
    try:
        yield d
        d.stop()
    finally:
        d.close()
        remove(folder)


def handle_due(result):
    """Of a submit's clocks, or of what explain says."""
    if "due" in result:
        return result["due"].get("handle")
    return next((c["due_at"] for c in result["clocks"] if c["name"] == "handle"), None)


def judge(records, results):
    """(departments that are right, due times that are right, due times that the city gives)."""
    right = sum(r["unit"] == c.department for c, r in zip(records, results))
    verdicts = [boston.agrees(c, handle_due(r)) for c, r in zip(records, results)]
    return right, sum(v is True for v in verdicts), sum(v is not None for v in verdicts)


def test_the_citys_cases_in_time_order(city, records):
    results = []
    with city.client() as client:
        for case in records:
            client.call("test.advance", {"to": case.opened.isoformat()})
            result = client.call("case.submit", case.params)
            results.append(result)
    assert all(r["state"] == "dispatched" for r in results)
    assert judge(records, results) == (CASES, WITH_DUE, WITH_DUE)


def test_explain_says_the_same(city, records):
    with city.client() as client:
        results = [client.call("rules.explain", {**case.params, "at": case.opened.isoformat()}) for case in records]
    assert all(r["routed"] for r in results)
    assert judge(records, results) == (CASES, WITH_DUE, WITH_DUE)


def test_one_limit_for_each_type():
    classes = yaml.safe_load((BOSTON / "classes.yaml").read_text("utf-8"))["classes"]
    assert all(isinstance(c.get("limits", {}).get("handle", {}), (str, dict)) for c in classes)
    assert len({c["code"] for c in classes}) == len(classes)


# -- vectors -------------------------------------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def variants():
    """{name: Daemon} with the calendar of that variant laid over the pack; each is started when it is first asked for."""
    folder, running = scratch_folder(), {}

    def get(name):
        if name not in running:
            home = folder / name
            home.mkdir(mode=0o755)
            boston.overlay(BOSTON, name, home / "pack")
            running[name] = Daemon(home, pack=home / "pack", clock="2021-01-01T00:00:00-05:00").start()
        return running[name]

    yield get
    for d in running.values():
        d.close()
    remove(folder)


def apart(one, two):
    return abs((datetime.fromisoformat(one) - datetime.fromisoformat(two)).total_seconds())


@pytest.mark.parametrize("vector", VECTORS, ids=[v["name"] for v in VECTORS])
def test_vector(variants, vector):
    """What was worked out by hand, within a minute; and not what the city's own calendar gives."""
    said = variants(vector["variant"]).call("rules.explain", {"class": vector["class"], "text": "x", "at": vector["opened"],
                                                              "source": {"channel": "call"}})
    due = handle_due(said)
    assert apart(due, vector["due"]) <= 60
    assert apart(due, vector["city"]) > 60


def test_there_are_ten_vectors():
    assert len(VECTORS) >= 10 and {v["variant"] for v in VECTORS} == {"holiday", "lunch"}
