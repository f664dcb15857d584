#!/usr/bin/env python3
"""Writes a pack from a table of case limits: one line for each (class, condition), a limit each.

    generate.py LIMITS.csv FOLDER

FOLDER gets the pack, and expectations.jsonl beside its files: {"class", "condition", "limit"} for every line of the table.
The table's columns: kind, big_code, big_zh, small_code, small_zh, condition_no, close_action_zh, limit_zh, limit_value,
limit_unit.
"""

import csv
import json
import pathlib
import sys

LETTERS = {"component": "C", "event": "E"}
UNITS = {"urgent_hour": "uh", "work_hour": "wh", "work_day": "wd", "natural_day": "nd"}

TOWN = """\
format: 1
town: {code: "140800000", zh: 运城市, en: Yuncheng, zone: Asia/Shanghai}
calendar: office
desk: centre
unit_kinds: [{id: department, zh: 部门, en: department}]
channels: [{id: patrol, zh: 巡查, en: patrol, kind: patrol, unknown: refuse}]
results: [{id: solved, zh: 已解决, en: solved}]
rules: [rules/all.yaml]
"""

CALENDARS = """\
calendars:
  - id: office
    zh: 机关
    wd: rolling
    day_hours: 8h
    holidays: none
    week: {mon-fri: ["08:00-12:00", "14:00-18:00"]}
"""

UNITS_FILE = """\
units:
  - {id: centre, zh: 指挥中心, en: command centre, kind: department}
  - {id: department, zh: 专业部门, en: department, kind: department}
"""

ESTATES = "grids: []\nestates: []\n"

LADDERS = """\
ladders:
  - id: standard
    hold: open
    steps: [{at: handle, do: notify, to: [unit]}]
"""

RULES = """\
rules:
  - {id: all, when: {class: %s}, responsible: [department], handlers: [department], ladder: standard}
  - {id: catch-all, when: {}, triage: no_rule}
"""


def big_code(row):
    return LETTERS[row["kind"]] + row["big_code"]


def class_code(row):
    return f"{big_code(row)}-{row['small_code']}"


def limit(row):
    """The limit as the rule language writes it: 2 urgent hours -> "2uh"."""
    return f"{int(row['limit_value'])}{UNITS[row['limit_unit']]}"


def quoted(text):
    """JSON strings are double-quoted YAML scalars."""
    return json.dumps(text, ensure_ascii=False)


def classes(rows):
    """classes.yaml, in the order of the table."""
    big, small = {}, {}
    for row in rows:
        big[big_code(row)] = (row["big_zh"], row["kind"])
        small.setdefault(class_code(row), []).append(row)
    out = ["big_classes:"]
    out += [f"  - {{id: {code}, zh: {quoted(zh)}, kind: {kind}}}" for code, (zh, kind) in big.items()]
    out.append("classes:")
    for code, lines in small.items():
        out += [f"  - code: {code}", f"    zh: {quoted(lines[0]['small_zh'])}", "    conditions:"]
        for row in lines:
            handle = f"{{handle: {{limit: {limit(row)}, status: sourced, source: {quoted(row['limit_zh'])}}}}}"
            out += [
                f"      - id: {quoted(row['condition_no'])}",
                f"        zh: {quoted(row['close_action_zh'])}",
                f"        limits: {handle}",
            ]
    return "\n".join(out) + "\n"


def tests(rows):
    """One test of the pack's own, so that it is a whole one."""
    row = rows[0]
    return (
        "tests:\n"
        "  - name: the first line of the table\n"
        "    at: 2026-11-23T09:00:00+08:00\n"
        f"    case: {{class: {class_code(row)}, condition: {quoted(row['condition_no'])}, channel: patrol, text: 巡查发现}}\n"
        f"    expect: {{unit: department, limits: {{handle: {limit(row)}}}}}\n"
    )


def generate(table, folder):
    """Writes everything; returns how many lines the table has."""
    with open(table, newline="", encoding="utf-8-sig") as f:
        rows = list(csv.DictReader(f))
    bigs = list(dict.fromkeys(big_code(row) for row in rows))
    files = {
        "town.yaml": TOWN,
        "calendars.yaml": CALENDARS,
        "units.yaml": UNITS_FILE,
        "estates.yaml": ESTATES,
        "ladders.yaml": LADDERS,
        "classes.yaml": classes(rows),
        "rules/all.yaml": RULES % f"[{', '.join(bigs)}]",
        "tests/first.yaml": tests(rows),
        "expectations.jsonl": "".join(
            json.dumps({"class": class_code(row), "condition": row["condition_no"], "limit": limit(row)}) + "\n"
            for row in rows
        ),
    }
    for name, text in files.items():
        path = pathlib.Path(folder, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return len(rows)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    print(f"{generate(sys.argv[1], sys.argv[2])} limits written to {sys.argv[2]}")
