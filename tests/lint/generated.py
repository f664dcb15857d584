"""generated: the parts of the docs that are made from tables in the code. `python3 tests/lint/generated.py` rewrites them."""

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import lifecycle  # noqa: E402
from tree import ROOT  # noqa: E402

STRING = r'"((?:[^"\\]|\\.)*)"'


def _rows(files, path, pattern):
    return re.findall(pattern, files[path])


def errors(files):
    rows = _rows(files, "daemon/base/errors.def", rf"ERR\(\w+,\s*(-?\d+),\s*{STRING},\s*{STRING}\)")
    lines = ["| code | reason | when |", "|---|---|---|"]
    return lines + [f"| {code} | `{reason}` | {text} |" for code, reason, text in rows if code != "0"]


def roles(files):
    rows = _rows(files, "daemon/call/roles.def", rf"ROLE\(\w+,\s*{STRING},\s*{STRING}\)")
    return ["| role | is |", "|---|---|"] + [f"| `{name}` | {text} |" for name, text in rows]


def methods(files):
    names = {s: n for s, n, _ in _rows(files, "daemon/call/roles.def", rf"ROLE\((\w+),\s*{STRING},\s*{STRING}\)")}
    lines = ["| method | roles | does |", "|---|---|---|"]
    for name, bits, text in _rows(files, "daemon/methods/methods.def", rf"METHOD\(\w+,\s*{STRING},\s*([^,]+),\s*{STRING}\)"):
        bits = bits.strip()
        if bits == "ROLES_ALL":
            who = "any role"
        elif bits == "ROLES_ANYONE":
            who = "anyone who can connect"
        else:
            asked = {b.strip().removeprefix("ROLE_") for b in bits.split("|")}
            who = ", ".join(n for symbol, n in names.items() if symbol in asked)
        lines.append(f"| `{name}` | {who} | {text} |")
    return lines


def events(files):
    rows = _rows(files, "daemon/cases/lifecycle.def", rf"COMMAND\(\w+,\s*(NULL|{STRING}),\s*{STRING},\s*{STRING},\s*{STRING}\)")
    lines = ["| event | method | is |", "|---|---|---|"]
    return lines + [f"| `{event}` | {f'`{name}`' if name else '-'} | {zh}: {en} |" for _, name, event, zh, en in rows]


GROUPS = {"GROUP_CASES": "Cases 案件", "GROUP_STAYS": "Stays 处置", "GROUP_CENTRE": "The centre's own time 网格中心",
          "GROUP_CITIZEN": "Citizens 市民评价", "GROUP_SCORE": "Scores 综合得分", "GROUP_GAMED": "How figures could be gamed 数据异常提示"}
WHOSE = {"WHOSE_STAY": "stay", "WHOSE_LAST": "last", "WHOSE_BEARER": "bearer", "WHOSE_DESK": "desk", "WHOSE_TOWN": "town"}


def indicators(files):
    pattern = (rf"INDICATOR\(\w+,\s*{STRING},\s*{STRING},\s*{STRING},\s*{STRING},\s*{STRING},\s*(NULL|{STRING}),\s*(NULL|{STRING}),"
               rf"\s*{STRING},\s*(IND_\w+),\s*(GROUP_\w+),\s*(WHOSE_\w+),\s*(true|false)\)")
    rows = _rows(files, "daemon/reports/indicators.def", pattern)
    assert len(rows) == files["daemon/reports/indicators.def"].count("\nINDICATOR("), "a row of indicators.def isn't read"
    lines = []
    for symbol, heading in GROUPS.items():
        lines += [f"### {heading}", "", "| id | 中文 | English | numerator 分子 | denominator 分母 | source | row |", "|---|---|---|---|---|---|---|"]
        for name, zh, en, n_zh, n_en, _, d_zh, _, d_en, source, _, group, whose, _ in rows:
            if group == symbol:
                below = f"{d_en}<br>{d_zh}" if d_en else "-"
                lines.append(f"| `{name}` | {zh} | {en} | {n_en}<br>{n_zh} | {below} | {source} | {WHOSE[whose]} |")
        lines.append("")
    return lines[:-1]


PARTS = {
    "docs/kpi.md": {"indicators": indicators},
    "docs/protocol.md": {"errors": errors, "roles": roles, "methods": methods, "events": events},
    "docs/lifecycle.md": {"states": lifecycle.states, "diagram": lifecycle.diagram, "commands": lifecycle.commands,
                          "moves": lifecycle.moves},
}


def renewed(files, path):
    """The text of a doc with its generated parts made anew."""
    text = files[path]
    for name, make in PARTS[path].items():
        part = f"<!-- generated: {name} -->\n" + "\n".join(make(files)) + "\n<!-- end -->"
        text, n = re.subn(rf"<!-- generated: {name} -->\n.*?<!-- end -->", lambda _: part, text, count=1, flags=re.S)
        assert n == 1, f"{path} has no part called {name}"
    return text


def faults(files):
    return [f"{path}: stale; run python3 tests/lint/generated.py" for path in PARTS if renewed(files, path) != files[path]]


if __name__ == "__main__":
    tree = {p.relative_to(ROOT).as_posix(): p.read_text("utf-8") for p in ROOT.rglob("*") if p.suffix in (".def", ".md") and p.is_file()}
    for doc in PARTS:
        (ROOT / doc).write_text(renewed(tree, doc), "utf-8")
