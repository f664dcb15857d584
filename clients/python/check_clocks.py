#!/usr/bin/env python3
"""Counts due times again, from nothing but what case.clock answers: one reply a line on standard input, as
`gridctl --json case clock 42 handle` prints it. Says what doesn't add up; exits 1 if anything doesn't. Shares no code with gridd.
"""

import json
import re
import sys
from datetime import datetime, timedelta
from decimal import Decimal

UNITS = {"min": 60, "uh": 3600, "wh": 3600}


def duration(seconds):
    return timedelta(microseconds=int(Decimal(seconds) * 1000000))


def least_budget(clock):
    """The limit and its extensions in the clock's own time, where that doesn't hang on dates. Time may be given on top."""
    number, unit, reading = re.fullmatch(r"(\d+)(min|uh|wh|wd|nd)(/\w+)?", clock["limit"]).groups()
    times = int(number) * (1 + clock.get("extensions", 0))
    if unit == "wd":
        return duration(times * clock["day_seconds"] if reading == "/rolling" else 0)
    return duration(times * UNITS[unit]) if unit in UNITS else timedelta(days=times, hours=-2)     # nd: a day may have 23 h


def faults(clock):
    pieces = [[datetime.fromisoformat(piece[end]) for end in ("from", "to")] for piece in clock["segments"]]
    instants = [at for piece in pieces for at in piece]
    total = sum((end - begin for begin, end in pieces), timedelta())
    if instants != sorted(instants) or any(begin >= end for begin, end in pieces):
        yield "the pieces of time overlap, or stand in no order"
    if instants and instants[0] < datetime.fromisoformat(clock["started_at"]):
        yield "a piece lies before the start"
    budget = duration(clock["budget_seconds"])
    if not clock.get("outside") and budget < least_budget(clock):
        yield f"the budget is {budget}, less than {clock['limit']}"
    if clock["state"] != "running" and total != duration(clock["spent_seconds"]):
        yield f"the pieces add up to {total}, not to the {clock['spent_seconds']} s spent"
    if clock["state"] != "running" or not clock.get("due_at"):
        return
    if total != budget:
        yield f"the pieces until the due time add up to {total}, not to the budget of {budget}"
    if pieces and pieces[-1][1] != datetime.fromisoformat(clock["due_at"]):
        yield f"the budget is used up at {pieces[-1][1].isoformat()}, but it says due {clock['due_at']}"


def check(reply):
    """The faults of one reply, as lines."""
    return [f"{reply.get('case')} {c['name']} from {c['started_at']}: {f}" for c in reply["clocks"] for f in faults(c)]


def main():
    found = count = 0
    for line in filter(str.strip, sys.stdin):
        reply = json.loads(line, parse_float=Decimal)
        for fault in check(reply.get("result", reply)):
            found += 1
            print(fault)
        count += len(reply.get("result", reply)["clocks"])
    print(f"{count} clocks, {found} faults")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
