"""tree: the project's files as the lints see them: {path from the root: text}."""

import os
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SKIPPED = re.compile(r"^(\.git|build|build-.*|var|__pycache__|\.pytest_cache|\.venv|\.cache)$")
BINARY = (".png", ".gz", ".xlsx", ".pdf", ".o", ".a", ".pyc")


def read_tree(root=ROOT):
    files = {}
    for folder, folders, names in os.walk(root):
        folders[:] = [f for f in folders if not SKIPPED.match(f)]
        for name in names:
            path = Path(folder, name)
            if path.suffix not in BINARY and path.is_file():
                files[path.relative_to(root).as_posix()] = path.read_text("utf-8", "replace")
    return files


def select(files, prefixes, suffixes):
    """(path, text) of the files under one of `prefixes` that end in one of `suffixes`, in order."""
    return [(p, t) for p, t in sorted(files.items()) if p.startswith(prefixes) and p.endswith(suffixes)]


def _blank(match):
    """Of a literal its quotes and line breaks remain: line numbers and columns stay what they were."""
    text = match.group(0)
    if text[0] == "/":
        return re.sub(r"[^\n]", " ", text)
    return text[0] + re.sub(r"[^\n]", " ", text[1:-1]) + text[-1]


TOKENS = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def code_only(text):
    """C text with comments and the insides of literals blanked out."""
    return TOKENS.sub(_blank, text)


def sql_only(text):
    return re.sub(r"--[^\n]*", "", text)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1
