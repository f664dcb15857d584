"""banned: calls with a better neighbour, clock readings outside base/clock, SQL that asks the time."""

import re

from tree import code_only, line_of, select, sql_only

UNSAFE = re.compile(r"\b(strcpy|strcat|v?sprintf|gets|strtok|atoi|atol|atof|alloca|system)\s*\(")
CIVIL = re.compile(r"\b(localtime|localtime_r|mktime|tzset|setlocale)\s*\(")        # zones are data, not process state
CLOCK = re.compile(r"\b(clock_gettime|gettimeofday|time)\s*\(")                     # base/clock asks, nobody else
SQL_TIME = re.compile(r"\b(now\s*\(|current_timestamp|localtimestamp|clock_timestamp\s*\(|statement_timestamp\s*\()", re.I)
CLOCK_FILES = ("daemon/base/clock.c",)
SQL_CLOCK_FILES = ("schema/statements/sample_clock.sql", "schema/statements/promise.sql")  # both are samples


def _hits(pattern, path, text, why):
    return [f"{path}:{line_of(text, m.start())}: {m.group(1).strip('( ')}: {why}" for m in pattern.finditer(text)]


def faults(files):
    found = []
    for path, text in select(files, ("daemon/", "clients/", "tests/"), (".c", ".h")):
        code = code_only(text)
        found += _hits(UNSAFE, path, code, "banned")
        if path.startswith("daemon/"):
            found += _hits(CIVIL, path, code, "time zones come from cases/zone")
        if not path.startswith("tests/") and path not in CLOCK_FILES:
            found += _hits(CLOCK, path, code, "only base/clock asks the time")
    for path, text in select(files, ("schema/statements/",), (".sql",)):
        if path not in SQL_CLOCK_FILES:
            found += _hits(SQL_TIME, path, sql_only(text), "time is a parameter")
    return found
