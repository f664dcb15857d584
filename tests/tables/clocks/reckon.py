#!/usr/bin/env python3
"""reckon: a second opinion on the vectors beside it. It lists every minute that an office is open and counts them one by one,
which is too slow for a daemon and too plain to be wrong in the same way. Prints what differs; exits 1 if anything does.
`reckon.py --fill` prints each vector's due time and segments instead."""

import sys
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml

DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
MINUTE = timedelta(minutes=1)
UTC = ZoneInfo("UTC")


class Text(yaml.SafeLoader):
    """Every scalar is text: no dates, no sexagesimal hours."""


Text.yaml_implicit_resolvers = {}


def day_range(text):
    first, _, last = text.partition("..")
    first, last = date.fromisoformat(first), date.fromisoformat(last or first)
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def instant(text):
    return datetime.fromisoformat(text).astimezone(UTC)


def minutes_of(text):
    """"7h30min" -> 450"""
    hours, _, rest = text.partition("h")
    return int(hours) * 60 + int(rest.removesuffix("min") or 0)


class Calendar:
    def __init__(self, zone, spec):
        self.zone, self.spec = ZoneInfo(zone), spec
        self.week = [[] for _ in DAYS]
        for key, hours in spec["week"].items():
            first, _, last = key.partition("-")
            for n in range(DAYS.index(first), DAYS.index(last or first) + 1):
                self.week[n] = hours
        self.closed = {d for text in spec.get("closed", []) for d in day_range(text)}
        makeup = spec.get("makeup", {"days": []})
        self.hours = {date.fromisoformat(d): self.week[DAYS.index(makeup["weekday"])] for d in makeup["days"]}
        self.hours.update({date.fromisoformat(d): hours for d, hours in spec.get("hours", {}).items()})
        self.day_minutes = minutes_of(spec["day_hours"])

    def hours_of(self, day):
        if day in self.hours:
            return self.hours[day]
        return [] if day in self.closed else self.week[day.weekday()]

    def wall(self, day, text, add_day=False):
        """The instant of a time on a clock in that place: the first where it comes twice, the end of a gap that swallows it."""
        hour, minute = map(int, text.split(":"))
        naive = datetime(day.year, day.month, day.day) + timedelta(hours=hour, minutes=minute, days=add_day)
        while True:
            there = naive.replace(tzinfo=self.zone, fold=0).astimezone(UTC)
            if there.astimezone(self.zone).replace(tzinfo=None) == naive:
                return there
            naive += MINUTE

    def interval(self, day, text):
        first, last = text.split("-")
        over = tuple(map(int, last.split(":"))) <= tuple(map(int, first.split(":")))
        return self.wall(day, first), self.wall(day, last, over)

    def close(self, day):
        return max(self.interval(day, text)[1] for text in self.hours_of(day))

    def open_minutes(self, start, days):
        """Every open minute that begins at or after start, in order."""
        first = start.astimezone(self.zone).date() - timedelta(days=1)
        found = set()
        for n in range(days + 2):
            day = first + timedelta(days=n)
            for text in self.hours_of(day):
                at, end = self.interval(day, text)
                while at < end:
                    if at >= start:
                        found.add(at)
                    at += MINUTE
        return sorted(found)

    def after(self, start, minutes):
        days = 10
        while True:
            open_minutes = self.open_minutes(start, days)
            if len(open_minutes) >= minutes + 1000 or days > 400:
                return open_minutes[:minutes]
            days *= 2

    def provisional(self, start, due):
        if "published" not in self.spec:
            return False
        known = day_range(self.spec["published"])
        days = [start.astimezone(self.zone).date(), (due - timedelta(microseconds=1)).astimezone(self.zone).date()]
        return min(days) < known[0] or max(days) > known[-1]

    def nth_close(self, start, n):
        day = start.astimezone(self.zone).date()
        while n:
            day += timedelta(days=1)
            n -= bool(self.hours_of(day))
        return self.close(day)

    def day_close(self, at):
        day = at.astimezone(self.zone).date() - timedelta(days=1)
        while not self.hours_of(day) or self.close(day) < at:
            day += timedelta(days=1)
        return self.close(day)


def segments(minutes):
    """Runs of minutes without a gap."""
    runs = []
    for m in minutes:
        if runs and runs[-1][1] == m:
            runs[-1][1] = m + MINUTE
        else:
            runs.append([m, m + MINUTE])
    return runs


def amount_and_unit(limit):
    text, _, reading = limit.partition("/")
    for unit, minutes in (("min", 1), ("uh", 60), ("nd", 1440), ("wh", 60), ("wd", None)):
        if text.endswith(unit):
            return int(text.removesuffix(unit)), unit, minutes, reading
    raise ValueError(limit)


def due_of(vector, calendar, zone):
    """(due, provisional, open minutes of the running stretch or None)"""
    amount, unit, minutes, reading = amount_and_unit(vector["limit"])
    amount *= 1 + int(vector.get("extended", 0))
    start = instant(vector["start"])
    pauses = [tuple(map(instant, text.split("/"))) for text in vector.get("pauses", [])]
    if unit in ("min", "uh", "nd"):
        due = start + timedelta(minutes=amount * minutes)
        if unit == "nd":                # the same time of day, so many dates on: python adds days by the wall
            due = (start.astimezone(zone) + timedelta(days=amount)).astimezone(timezone.utc)
        for begin, end in pauses:
            due += (end - begin) if begin < due else timedelta(0)
        return due, False, None
    by_day_ends = unit == "wd" and (reading or calendar.spec["wd"]) == "end_of_day"
    if by_day_ends:
        close = calendar.nth_close(start, amount)
        left = len([m for m in calendar.open_minutes(start, (close - start).days + 2) if m < close])
    else:
        left = amount * (minutes or calendar.day_minutes)
    for begin, end in pauses:
        worked = calendar.after(start, left)
        if worked[-1] < begin:
            break
        left -= len([m for m in worked if m < begin])
        start = end
        if by_day_ends:
            close = calendar.day_close(calendar.after(start, left)[-1] + MINUTE)
            left = len([m for m in calendar.open_minutes(start, (close - start).days + 2) if m < close])
    worked = calendar.after(start, left)
    due = worked[-1] + MINUTE
    return due, calendar.provisional(instant(vector["start"]), due), worked


def reckon(path):
    spec = yaml.load(path.read_text(encoding="utf-8"), Text)
    calendars = {name: Calendar(spec["zone"], c) for name, c in spec["calendars"].items()}
    zone = ZoneInfo(spec["zone"])
    for vector in spec["vectors"]:
        calendar = calendars.get(vector.get("calendar"))
        due, provisional, worked = due_of(vector, calendar, zone)
        yield vector, zone, due, provisional, segments(worked) if worked else None


def show(at, zone):
    return at.astimezone(zone).isoformat()


def differences(vector, due, provisional, runs):
    if "due" not in vector or instant(vector["due"]) != due:
        yield f"due {vector.get('due')}"
    if (vector.get("provisional", "false") == "true") != provisional:
        yield f"provisional {vector.get('provisional')}"
    given = [[instant(t) for t in text.split("/")] for text in vector.get("segments", [])]
    if given and given != runs:
        yield f"segments {vector['segments']}"


def main(argv):
    faults = count = 0
    for path in sorted(Path(__file__).parent.glob("*.yaml")):
        for vector, zone, due, provisional, runs in reckon(path):
            count += 1
            said = list(differences(vector, due, provisional, runs))
            faults += bool(said)
            if said or "--fill" in argv:
                print(f"{path.name}: {vector['name']}: {', '.join(said)}\n  reckoned: due {show(due, zone)}"
                      f" provisional {str(provisional).lower()} segments "
                      + str(["/".join(show(at, zone) for at in run) for run in runs or []]).replace("'", '"'))
    print(f"{count} vectors, {faults} differ")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
