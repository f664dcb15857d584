"""The lints over the tree, and each lint over a bad snippet that it must catch."""

import sys
import warnings
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import banned  # noqa: E402
import bilingual  # noqa: E402
import generated  # noqa: E402
import layers  # noqa: E402
import lifecycle  # noqa: E402
import shape  # noqa: E402
import sizes  # noqa: E402
from tree import code_only, read_tree  # noqa: E402

FILES = read_tree()
LINTS = {
    "layers": layers.faults,
    "sizes": sizes.faults,
    "banned_calls": banned.faults,
    "first_lines": shape.first_line_faults,
    "headers_alone": shape.header_faults,
    "machine_paths": shape.machine_path_faults,
    "generated_docs": generated.faults,
    "lifecycle": lifecycle.faults,
    "two_languages": bilingual.faults,
}


@pytest.mark.parametrize("name", LINTS)
def test_tree(name):
    faults = LINTS[name](FILES)
    assert not faults, f"{len(faults)} faults\n" + "\n".join(faults)


def test_reminders():
    for reminder in sizes.reminders(FILES):
        warnings.warn(reminder)


@pytest.mark.parametrize("path, line, expected", [
    ("daemon/cases/x.c", '#include "daemon/store/db.h"', "cases must not know store"),
    ("daemon/base/x.h", '#include "daemon/wire/rpc.h"', "base must not know wire"),
    ("daemon/methods/x.c", '#include "daemon/net/net.h"', "methods must not know net"),
    ("daemon/store/x.c", '#include "daemon/call/call.h"', "store must not know call"),
    ("daemon/call/x.c", "#include <libpq-fe.h>", "call must not use libpq"),
    ("daemon/rules/x.c", "#include <event2/event.h>", "rules must not use libevent"),
    ("daemon/methods/x.c", "#include <sys/socket.h>", "methods must not use sockets"),
    ("daemon/cases/x.c", "#include <json-c/json.h>", "cases must not use json-c"),
    ("clients/gridctl/x.c", '#include "daemon/store/db.h"', "gridctl must not know store"),
    ("daemon/base/x.c", '#include "err.h"', "by the path from the root"),
    ("daemon/attic/x.c", "", "no room called attic"),
])
def test_layers_catch(path, line, expected):
    assert any(expected in f for f in layers.faults({path: line + "\n"}))


def test_layers_allow_what_is_below():
    assert layers.faults({"daemon/store/x.c": '#include "daemon/wire/gate.h"\n#include <libpq-fe.h>\n'}) == []


def test_sizes_catch():
    long_function = "int f(int a)\n{\n" + "\ta++;\n" * 120 + "}\n"
    assert any("f has 123 lines" in f for f in sizes.faults({"daemon/base/x.c": long_function}))
    assert any("600 lines" in f for f in sizes.faults({"daemon/base/x.c": "\n" * 600}))
    wide = "static bool g(int a, int b, struct s *c,\n              void (*d)(int, int), int e, int f) {\n\treturn a;\n}\n"
    assert any("g has 6 parameters" in r for r in sizes.reminders({"daemon/base/x.c": wide}))
    deep = "int h(void) {\n\tif (1) {\n\t\tif (2) {\n\t\t\tif (3) {\n\t\t\t\tif (4) {\n\t\t\t\t}\n\t\t\t}\n\t\t}\n\t}\n}\n"
    assert any("h has 4 levels" in r for r in sizes.reminders({"daemon/base/x.c": deep}))


@pytest.mark.parametrize("path, text", [
    ("daemon/base/x.c", "\tstrcpy(a, b);\n"),
    ("daemon/base/x.c", "\tsprintf (a, b);\n"),
    ("clients/gridctl/x.c", "\treturn atoi(s);\n"),
    ("daemon/base/x.c", "\tsystem(\"ls\");\n"),
    ("daemon/cases/x.c", "\tlocaltime(&t);\n"),
    ("daemon/cases/x.c", "\tclock_gettime(CLOCK_REALTIME, &t);\n"),
    ("clients/gridctl/cli/x.c", "\tnow = time(NULL);\n"),
    ("schema/statements/x.sql", "SELECT now() - at FROM case_event\n"),
    ("schema/statements/x.sql", "SELECT CURRENT_TIMESTAMP\n"),
])
def test_banned_calls_are_caught(path, text):
    assert len(banned.faults({path: text})) == 1


@pytest.mark.parametrize("path, text", [
    ("daemon/base/x.c", "/* strcpy(a, b) is banned */\n\tputs(\"atoi(1)\");\n"),
    ("daemon/base/x.c", "\tdb_system(1); snprintf(a, 1, b); run_time(3);\n"),
    ("daemon/base/clock.c", "\tclock_gettime(CLOCK_MONOTONIC, &t);\n"),
    ("schema/statements/sample_clock.sql", "SELECT clock_timestamp()\n"),
    ("schema/statements/x.sql", "-- never now()\nSELECT 1\n"),
])
def test_banned_calls_lets_pass(path, text):
    assert banned.faults({path: text}) == []


@pytest.mark.parametrize("line, expected", [
    ('T("open", "")', "has no Chinese"),
    ('T("open", "open it")', "no Chinese in it"),
    ('{"a", 0, {"the limit", "limit"}}', "no Chinese in it"),
    ('{.help = {"the limit of it", NULL}}', "has no Chinese"),
    ('T("未办", "未办")', "its English is Chinese"),
    ('T("%s has %d", "%d：%s")', "converts"),
    ('T("%zu rows " "of %" PRId64, "%zu 行")', "converts"),
    ('{{"%d left", "剩 %s"}}', "converts"),
    ('term_error(NULL, "no such thing: %s", x)', "in one language"),
    ('puts("nothing here")', "in one language"),
    ('return err_set(e, E_IO, "it is gone")', "in one language"),
    ('fprintf(stderr, T("x is %s", "某是 %s"), a ? "open" : "")', None),
    ('T("%" PRId64 " of\\n" "%s", "共 %" PRId64 "，%s")', None),
    ('term_error("gridctl help case", "%s", T("it is gone", "没有了"))', None),
    ('static const char *const words[] = {"limit", "calendar"};', None),
    ('tree_str(row, T("name_en", "name")); /* T("a thing", "") */', None),
])
def test_two_languages_catch(line, expected):
    found = bilingual.faults({"clients/gridctl/views/x.c": line + "\n"})
    assert any(expected in f for f in found) if expected else found == []


def test_two_languages_sees_the_words():
    """A lint that finds no pairs finds no faults either."""
    seen = [p for path, text in FILES.items() if path.startswith("clients/gridctl/") for p in bilingual.pairs(path, text, bilingual.tokens(text))]
    assert len(seen) > 700


def test_first_lines_catch():
    assert shape.first_line_faults({"daemon/base/x.c": '#include "x.h"\n'})
    assert shape.first_line_faults({"daemon/base/x.c": "/* y: another name */\n"})
    assert shape.first_line_faults({"daemon/base/x.c": "/* x: a tool. */\n"}) == []


def test_machine_paths_catch():
    someone = "/ho" + "me/someone/src"
    assert shape.machine_path_faults({"README.md": f"cd {someone}\n"})
    assert shape.machine_path_faults({"README.md": "/params/estate, ~/home/x and /usr/share/zoneinfo/UTC\n"}) == []


def test_headers_alone_catch(tmp_path):
    header = tmp_path / "x.h"
    header.write_text("bool f(size_t n);\n")
    assert "does not compile alone" in shape.header_fault(header, shape.compile_flags())
    header.write_text("#include <stdbool.h>\n#include <stddef.h>\nbool f(size_t n);\n")
    assert shape.header_fault(header, shape.compile_flags()) is None


def test_code_only_keeps_lines():
    text = 'a /* x\ny */ "s\\"t" b\n'
    assert code_only(text) == 'a     \n     "    " b\n'


def test_a_stale_doc_is_noticed():
    files = dict(FILES)
    files["daemon/base/errors.def"] = files["daemon/base/errors.def"].replace('"overloaded"', '"swamped"')
    assert generated.faults(files) == ["docs/protocol.md: stale; run python3 tests/lint/generated.py"]


@pytest.mark.parametrize("old, new, expected", [
    ("MOVE(ACCEPT,       IN(HANDLING)", "MOVE(ACCEPT,       IN(DISPATCHED)", "ACCEPT in DISPATCHED stands twice"),
    ("MOVE(URGE,", "MOVE(NOTE,", "no state has the command URGE"),
    ("IN(HANDLING), SUSPENDED,", "IN(HANDLING), SAME,", None),
    ("IN(TRIAGE) | IN(DISPATCHED) | IN(HANDLING), MERGED,", "IN(CLOSED), SAME,", "nothing leads to MERGED"),
    ('STATE(MERGED,     "merged"', 'STATE(MERGED,     "joined"', "the states are triage, "),
])
def test_a_broken_lifecycle_is_noticed(old, new, expected):
    files = dict(FILES)
    assert old in files[lifecycle.TABLE]
    files[lifecycle.TABLE] = files[lifecycle.TABLE].replace(old, new)
    found = lifecycle.faults(files)
    assert any(expected in f for f in found) if expected else found == []
