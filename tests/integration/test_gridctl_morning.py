"""A supervisor's morning, as she types it: the night's worst five, why one is hers, one back, two out, three closed, one order, and
the agenda for the meeting. Each step finds what it needs in what the step before printed."""

import json
import re

import pytest
from harness import BUILD, PENGPU, remove, run, scratch_folder
from principals import token
from scripted import environment
from town import Town

FILTERS = """# what I look at first
morning: {overdue: any, state: [triage, dispatched, handling], sort: overdue}
to-check: {state: finished, class: 道路不洁, updated-since: today}
buildings: {state: triage, class: 违法搭建（既成）}
"""


@pytest.fixture(scope="module")
def town():
    """The morning after the sample day: 183 cases, and three that a unit has finished."""
    folder = scratch_folder()
    t = Town(folder, "2026-11-23T00:00:00+08:00")
    t.folder = folder
    try:
        day = run([BUILD / "gridctl", "case", "import", PENGPU / "sample-day.jsonl", "--advance", "--socket", t.daemon.url], env=environment())
        assert day.stdout.startswith("183 new"), day.stderr
        t.at("2026-11-24T08:00:00")
        t.finished = [c["number"] for c in t.desk.call("case.list", unit="sanitation", **{"class": "E01-12"}, limit=3)["cases"]]
        for case in t.finished:
            t.by("sanitation", "case.accept", case)
            t.by("sanitation", "case.finish", case, result="solved")
        t.at("2026-11-24T08:30:00")
        (folder / "gridctl").mkdir()
        (folder / "gridctl/filters.yaml").write_text(FILTERS, "utf-8")
        yield t
        assert t.daemon.call("db.verify")["ok"]
        t.daemon.stop()
    finally:
        t.daemon.close()
        remove(folder)


@pytest.fixture
def boss(town):
    def call(*args, expect=0, lang="C"):
        env = environment(lang, GRIDD_SOCKET=str(town.daemon.socket), GRIDD_TOKEN=token("boss"), XDG_CONFIG_HOME=str(town.folder),
                          XDG_STATE_HOME=str(town.folder / "state"))
        done = run([BUILD / "gridctl", *args], env=env)
        assert "Sanitizer" not in done.stderr, done.stderr
        assert done.returncode == expect, (args, done.returncode, done.stdout, done.stderr)
        return done

    return call


def numbers(text):
    return re.findall(r"^[ X✗!]*(20261123-\d{7})\b", text, re.M)


def test_the_morning(town, boss):
    # the worst five, worst first
    worst = numbers(boss("ls", "@morning", "-n", "5").stdout)
    assert len(worst) == 5, boss("ls", "@morning", "-n", "5").stdout
    told = json.loads(boss("ls", "@morning", "-n", "5", "--json").stdout)
    assert [c["number"] for c in told["cases"]] == worst and all(c["due_at"] < told["now"] for c in told["cases"])
    assert sorted(c["due_at"] for c in told["cases"]) == [c["due_at"] for c in told["cases"]]

    # why is this mine: by the end of its number
    first, tail = worst[0], worst[0][-4:]
    why = boss("case", "why", tail)
    assert why.stderr.startswith(f"{tail} is {first}  dispatched  ") and "Police Station" in why.stderr
    assert "accept" in why.stdout and "Police Station" in why.stdout
    shown = boss("show", tail, lang="zh_CN")
    assert shown.stderr.startswith(f"{tail} 即 {first}  待处置  ")
    assert json.loads(boss("show", tail, "--json").stdout)["rule"]["id"] in shown.stdout

    # return that: looks first what would happen, then does it; the police phoned
    dry = boss("case", "return", tail, "not_ours", "--for", "police", "--dry-run").stdout
    assert "nothing stored" in dry and "would be told: " in dry and re.search(r"held by: .*→", dry), dry
    assert json.loads(boss("show", tail, "--json").stdout)["unit"] == "police"
    boss("case", "return", tail, "not_ours", "--for", "police", "--note", "电话：属城管")
    after = json.loads(boss("show", tail, "--json").stdout)
    assert after["unit"] != "police" and after["returns"] == 1

    # dispatch two by filter
    refused = boss("dispatch", "--where", "@buildings", "urban_enforcement", "--reason", "既有违建归城管", expect=2)
    assert "2 would go" in refused.stderr and "--confirm 2" in refused.stderr
    done = boss("dispatch", "--where", "@buildings", "urban_enforcement", "--reason", "既有违建归城管", "--confirm", "2")
    two = numbers(done.stdout)
    assert len(two) == 2 and done.stdout.endswith("2 done, 0 done already, 0 changed meanwhile, 0 failed\n")
    assert numbers(boss("ls", "@buildings").stdout) == []
    assert {json.loads(boss("show", n, "--json").stdout)["unit"] for n in two} == {"urban_enforcement"}

    # verify three
    assert set(numbers(boss("ls", "@to-check").stdout)) == set(town.finished)
    done = boss("verify", "--where", "@to-check", "pass", "--method", "photo", "--confirm", "3")
    assert set(numbers(done.stdout)) == set(town.finished) and done.stdout.count("closed") == 3

    # open a supervision order over the second of the worst, for the unit that has it
    opened = boss("supervision", "open", worst[1][-4:], "overdue", "今日内办结并回复", "--within", "1wd")
    assert opened.stdout.startswith(worst[1]) and f"order {worst[1]}-D1" in opened.stdout
    assert f"{worst[1]}-D1" in boss("supervision", "list", "--state", "open", "--since", "today").stdout

    # the agenda, to a file
    out = boss("report", "agenda", "--from", "-7d", "--to", "now")
    path = town.folder / "agenda.txt"
    path.write_text(out.stdout, "utf-8")
    assert path.read_text("utf-8").startswith("joint meeting, 2026-11-17 08:30 to 2026-11-24 08:30: ")


def test_each_step_that_goes_wrong_says_what_to_type(town, boss):
    """None of it needs the manual: each slip names the next command."""
    assert "did you mean @morning?" in boss("ls", "@mornin", expect=5).stderr
    several = boss("show", "1", expect=2).stderr
    assert "several cases end in 1:" in several and "... and more" in several and re.search(r"try: gridctl case show 2026112\d-\d+\n", several)
    error = boss("dispatch", town.finished[0][-4:], "urban_enforcment", "--reason", "x", expect=1).stderr
    assert "did you mean urban_enforcement (" in error
    assert "gridctl ls" in boss("show", "998877", expect=5).stderr
