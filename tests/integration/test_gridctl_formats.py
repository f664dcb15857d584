"""Each command that prints one list, in each format, against a real daemon: its columns are what the daemon really says."""

import csv
import io
import json
import re

import openpyxl
import pytest
from harness import ROOT, SMALL, run
from scripted import GRIDCTL, environment

SOURCE = (ROOT / "clients/gridctl/cli/reading.c").read_text()
MORE = " ".join(re.findall(r'"([^"]*)"', SOURCE.split("#define CASE_MORE")[1].split("/* clang")[0]))
PERIOD = ["--from", "2026-11-01", "--to", "2026-12-01"]
# Columns that no item of these few cases has; all others must be there, so that no column is one that the daemon never fills.
RARE = {"case list": ["address", "closed_at"], "notify list": ["failure", "times"], "report cases": ["weight"],
        "supervision list": ["grounds", "replied_at", "reply", "ended_at"], "report overdue": ["grid", "longest_permille"]}
ARGS = {"report cases": ["overdue", *PERIOD], "report agenda": ["--from", "2026-11-16T00:00:00+08:00", "--to", "2026-11-23T00:00:00+08:00"],
        "report nightly": ["--list"], "calendar plan": [str(SMALL)], "case history": ["20261123-0000001"], "supervision list": [], "db verify": []}


def readings():
    """(command, columns, more) of each row that has a list."""
    rows = re.findall(r'\{"(\w+)", (?:"(\w+)"|NULL), "(\w+)",\s*"([^"]*)"((?:\s*"[^"]*")*),\s*(CASE_MORE|NULL|"[^"]*")\}', SOURCE)
    for noun, verb, member, first, rest, more in rows:
        columns = (first + "".join(re.findall(r'"([^"]*)"', rest))).split()
        yield pytest.param([noun] + ([verb] if verb else []), member, columns, (MORE if more == "CASE_MORE" else more.strip('"')).split(),
                           id=f"{noun} {verb}".strip())


@pytest.fixture(scope="module")
def ctl(daemon):
    def call(*args, expect=0):
        done = run([GRIDCTL, *args], env=environment("C.UTF-8", leaks=True, GRIDD_SOCKET=str(daemon.socket)))
        assert "Sanitizer" not in done.stderr and done.returncode == expect, (args, done.stdout, done.stderr)
        return done

    call("case", "submit", "--class", "E70-05", "--estate", "pp-001", "--channel", "patrol", "--ref", "F-1", "--text", "三楼漏水, \"滴\"\n第二行")
    call("supervision", "open", "20261123-0000001", "leader", "两日内办结", "--within", "2wd")
    call("case", "accept", "20261123-0000001", "--for", "firm_a", "--note", "记下")
    # Long enough for the case to be overdue, and the nights to be told of.
    call("test", "advance", "--by", "12000min")
    call("case", "submit", "--class", "E70-05", "--estate", "pp-001", "--channel", "patrol", "--ref", "F-2", "--text", "又漏了")
    return call


@pytest.mark.parametrize("words, member, columns, more", readings())
def test_columns_are_what_the_daemon_says(ctl, folder, words, member, columns, more):
    args = [*words, *ARGS.get(" ".join(words), [])]
    whole = json.loads(ctl(*args, "--json").stdout)
    items = whole[member]
    known = {path.split(".")[0] for path in columns + more}
    unknown = sorted({key for item in items for key in item} - known)
    assert not unknown, f"the table of readings doesn't know {unknown}"
    never = {path.split(".")[0] for path in columns} - {key for item in items for key in item} - set(RARE.get(" ".join(words), []))
    assert not items or not never, f"no item has {sorted(never)}"
    assert [json.loads(line) for line in ctl(*args, "--jsonl").stdout.splitlines()] == items
    rows = list(csv.reader(io.StringIO(ctl(*args, "--csv").stdout, newline="")))
    assert rows[0] == columns and len(rows) == len(items) + 1 and {len(r) for r in rows} == {len(columns)}
    plain = ctl(*args, "--plain").stdout.splitlines()
    assert plain[0].split("\t") == columns and len(plain) == len(items) + 1
    ctl(*args, "--xlsx", str(folder / "a.xlsx"))
    assert openpyxl.load_workbook(folder / "a.xlsx").active.max_row == len(items) + 1


def test_there_are_readings():
    assert len(list(readings())) >= 12


def test_what_is_left_agrees_with_the_clock(ctl, daemon):
    one = next(c for c in json.loads(ctl("case", "list", "--json").stdout)["cases"] if c["text"] == "又漏了")
    clock = next(c for c in one["clocks"] if c["state"] == "running" and c.get("due_at") == one["due_at"])
    seconds, day = clock["remaining"], clock.get("day_seconds", 86400)
    days, hours, minutes = seconds // day, seconds % day // 3600, seconds % day % 3600 // 60
    said = f"{days} d " * (days > 0) + f"{hours} h " * (hours > 0) + f"{minutes} min " * (not days and not hours)
    assert said + "left" in ctl("case", "list").stdout
