"""sizes: files under 500 lines and functions under 100 are a must; 60 lines, 5 parameters and 3 levels a reminder."""

import re

from tree import code_only, line_of, select

FILE_LINES = 500
FUNCTION_LINES, FUNCTION_LINES_WISHED = 100, 60
PARAMETERS_WISHED = 5
LEVELS_WISHED = 3

# A function's body: from a `{` that ends a line without indentation to the `}` in column one.
BODY = re.compile(r"^(?P<head>[A-Za-z_][^;{}=]*?\((?P<params>[^;{}]*)\))\s*\{[ \t]*\n(?P<body>.*?)^\}", re.M | re.S)


def functions(text):
    """(name, first line, number of lines, number of parameters, deepest level) of each function in a C text."""
    code = code_only(text)
    for m in BODY.finditer(code):
        name = re.search(r"(\w+)\s*\(", m["head"]).group(1)
        params = _parameters(m["head"])
        lines = code.count("\n", m.start(), m.end()) + 1
        yield name, line_of(code, m.start()), lines, params, _levels(m["body"])


def _parameters(head):
    inner = head[head.index("(") + 1:head.rindex(")")]
    inner = re.sub(r"\([^()]*\)", "", re.sub(r"\([^()]*\)", "", inner))
    return 0 if inner.strip() in ("", "void") else inner.count(",") + 1


def _levels(body):
    depth = deepest = 0
    for c in body:
        depth += (c == "{") - (c == "}")
        deepest = max(deepest, depth)
    return deepest


def faults(files):
    found = []
    for path, text in select(files, ("daemon/", "clients/", "tests/", "schema/", "start", "check", ".ci/"),
                             (".c", ".h", ".def", ".py", ".sql", ".sh", "start", "check")):
        lines = text.count("\n")
        if lines >= FILE_LINES:
            found.append(f"{path}: {lines} lines; a file has fewer than {FILE_LINES}")
    for path, text in select(files, ("daemon/", "clients/", "tests/"), (".c", ".h")):
        for name, line, lines, _, _ in functions(text):
            if lines > FUNCTION_LINES:
                found.append(f"{path}:{line}: {name} has {lines} lines; a function has at most {FUNCTION_LINES}")
    return found


def reminders(files):
    found = []
    for path, text in select(files, ("daemon/", "clients/"), (".c",)):
        for name, line, lines, params, levels in functions(text):
            for value, wished, what in ((lines, FUNCTION_LINES_WISHED, "lines"), (params, PARAMETERS_WISHED, "parameters"),
                                        (levels, LEVELS_WISHED, "levels")):
                if value > wished:
                    found.append(f"{path}:{line}: {name} has {value} {what}, more than {wished}")
    return found
