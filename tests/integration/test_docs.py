"""The examples in README.md and docs/ are run, and answer what they say. CONTRIBUTING.md says how they are written."""

import json
import os
import re

import pytest
from harness import BUILD, PENGPU, ROOT, Daemon, remove, run, scratch_folder

FENCE = re.compile(r"^```(?P<info>[^\n]*)\n(?P<body>.*?)^```$", re.M | re.S)
WILD = "..."


def examples(kind):
    """(file:line, body) of the blocks of that kind, without those marked no-run."""
    found = []
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        if not path.exists():
            continue
        text = path.read_text("utf-8")
        for m in FENCE.finditer(text):
            words = m["info"].split()
            if words[:1] == [kind] and "no-run" not in words:
                found.append(pytest.param(m["body"], id=f"{path.relative_to(ROOT)}:{text.count(chr(10), 0, m.start()) + 1}"))
    return found


@pytest.fixture(scope="module")
def daemon():
    """The pack and the moment that the documents assume."""
    folder = scratch_folder()
    d = Daemon(folder, pack=PENGPU, clock="2026-11-23T09:00:00+08:00").start()
    try:
        yield d
        d.stop()
    finally:
        d.close()
        remove(folder)


def pattern(text):
    """`...` stands for anything; runs of spaces are one space."""
    words = [re.escape(part).replace(r"\ ", " ") for part in re.sub(r"[ \t]+", " ", text.strip()).split(WILD)]
    return ".*".join(words)


def same_text(expected, actual):
    """Every expected line comes, in order; a line that is only `...` stands for any number of lines."""
    rows = [re.sub(r"[ \t]+", " ", line.strip()) for line in actual.splitlines()]
    at, skipping = 0, False
    for line in expected.splitlines():
        if line.strip() == WILD:
            skipping = True
            continue
        while at < len(rows) and skipping and not re.fullmatch(pattern(line), rows[at]):
            at += 1
        if at >= len(rows) or not re.fullmatch(pattern(line), rows[at]):
            return f"expected {line!r}, got {rows[at] if at < len(rows) else 'the end'!r}"
        at, skipping = at + 1, False
    return None if skipping or at == len(rows) else f"{len(rows) - at} more lines, the first: {rows[at]!r}"


def commands(body):
    """[(command, expected output)] of a console block."""
    found = []
    for line in body.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif found and found[-1][0].endswith("\\"):
            found[-1] = (found[-1][0][:-1] + line.strip(), [])
        elif found:
            found[-1][1].append(line)
    return [(c, "\n".join(out)) for c, out in found]


@pytest.mark.parametrize("body", examples("console"))
def test_console(daemon, body):
    env = {**os.environ, "PATH": f"{BUILD}:{os.environ['PATH']}", "GRIDD_SOCKET": str(daemon.socket), "NO_COLOR": "1"}
    for command, expected in commands(body):
        wanted = re.search(r"#\s*exit (\d+)\s*$", command)
        done = run(["bash", "-c", command.replace("build/gridctl", "gridctl").replace("build/gridd", "gridd")], cwd=ROOT, env=env)
        assert done.returncode == int(wanted.group(1) if wanted else 0), f"$ {command}\n{done.stdout}{done.stderr}"
        if expected.strip():
            fault = same_text(expected, done.stdout + done.stderr)
            assert fault is None, f"$ {command}\n{fault}\nall of it:\n{done.stdout}{done.stderr}"


def matches(expected, actual):
    """Objects may have more members than shown; "..." as a value or in a text stands for anything."""
    if isinstance(expected, dict):
        return isinstance(actual, dict) and all(k in actual and matches(v, actual[k]) for k, v in expected.items() if k != WILD)
    if isinstance(expected, list):
        if WILD in expected:
            shown = expected[:expected.index(WILD)]
            return isinstance(actual, list) and len(actual) >= len(shown) and all(map(matches, shown, actual))
        return isinstance(actual, list) and len(expected) == len(actual) and all(map(matches, expected, actual))
    if expected == WILD:
        return True
    if isinstance(expected, str) and WILD in expected:
        return isinstance(actual, str) and re.fullmatch(pattern(expected), re.sub(r"[ \t]+", " ", actual), re.S)
    return expected == actual and type(expected) is type(actual)


def exchanges(body):
    """[(request text, expected reply or None)]; a message begins with `--> ` or `<-- ` and goes on until the next."""
    found = []
    for m in re.finditer(r"^(-->|<--) (.*?)(?=^(?:-->|<--) |\Z)", body, re.M | re.S):
        text = " ".join(line.strip() for line in m[2].splitlines()).strip()
        if m[1] == "-->":
            found.append((text, None))
        else:
            found[-1] = (found[-1][0], json.loads(text))
    return found


@pytest.mark.parametrize("body", examples("json"))
def test_wire(daemon, body):
    """Every example in JSON is an exchange with gridd."""
    assert exchanges(body)
    with daemon.client() as client:
        for request, expected in exchanges(body):
            client.send_line(request)
            if expected is not None:
                reply = client.read_message()
                assert matches(expected, reply), f"--> {request}\n<-- {json.dumps(reply, ensure_ascii=False)}\nshown: {expected}"


# -- the comparing itself ---------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("expected, actual, same", [
    ("a  b\nc ... e", "a b\nc d e", True),
    ("a\n...\nd", "a\nb\nc\nd", True),
    ("a\n...", "a\nb\nc", True),
    ("a", "a\nb", False),
    ("a\nb", "a", False),
    ("a\n...\nx", "a\nb", False),
])
def test_same_text(expected, actual, same):
    assert (same_text(expected, actual) is None) == same


@pytest.mark.parametrize("expected, actual, same", [
    ({"a": 1}, {"a": 1, "b": 2}, True),
    ({"a": "..."}, {"a": [1]}, True),
    ({"a": "2026-..."}, {"a": "2026-11"}, True),
    ({"a": 1}, {"b": 1}, False),
    ({"a": True}, {"a": 1}, False),
    ([1], [1, 2], False),
    ([1, "..."], [1, 2], True),
])
def test_matches(expected, actual, same):
    assert bool(matches(expected, actual)) == same
