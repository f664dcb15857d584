#!/usr/bin/env python3
"""reckon: a second opinion on the vectors beside it. It lists every minute that an office is open and counts them one by one
(every second, where a vector has seconds), which is too slow for a daemon and too plain to be wrong in the same way. Prints what
differs; exits 1 if anything does. `reckon.py --fill` prints each vector's due time, segments and firings instead."""

import sys
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml

SECOND = timedelta(seconds=1)
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


ALWAYS = {"week": {"mon-sun": ["00:00-24:00"]}, "day_hours": "24h"}     # what runs through nights and holidays


class Calendar:
    def __init__(self, zone, spec):
        self.zone, self.spec, self.tick = ZoneInfo(zone), spec, MINUTE
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
        """Every open minute (tick) that begins at or after start, in order."""
        first = start.astimezone(self.zone).date() - timedelta(days=1)
        found = set()
        for n in range(days + 2):
            day = first + timedelta(days=n)
            for text in self.hours_of(day):
                at, end = self.interval(day, text)
                while at < end:
                    if at >= start:
                        found.add(at)
                    at += self.tick
        return sorted(found)

    def after(self, start, minutes):
        days = 10
        while True:
            open_minutes = self.open_minutes(start, days)
            if len(open_minutes) >= minutes + 1000 or days > 2000:
                return open_minutes[:minutes]
            days *= 2

    def used_up(self, start, minutes):
        """The earliest instant at which so many open minutes have passed."""
        return self.after(start, minutes)[-1] + self.tick

    def worked(self, start, end):
        return len([m for m in self.open_minutes(start, (end - start).days + 2) if m < end])

    def opening(self, at):
        return self.after(at, 1)[0]

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


def segments(minutes, tick):
    """Runs of minutes without a gap."""
    runs = []
    for m in minutes:
        if runs and runs[-1][1] == m:
            runs[-1][1] = m + tick
        else:
            runs.append([m, m + tick])
    return runs


def amount_and_unit(limit):
    text, _, reading = limit.partition("/")
    for unit, minutes in (("min", 1), ("uh", 60), ("nd", 1440), ("wh", 60), ("wd", None)):
        if text.endswith(unit):
            return int(text.removesuffix(unit)), unit, minutes, reading
    raise ValueError(limit)


def pair(text):
    """"begin/end"; without an end: for good."""
    begin, _, end = text.partition("/")
    return instant(begin), instant(end) if end else None


class Clock:
    """A limit in minutes of one calendar; `stretches` are the times that it runs, each with what is known at its start."""

    def __init__(self, vector, calendars, zone):
        amount, unit, minutes, reading = amount_and_unit(vector["limit"])
        amount *= 1 + int(vector.get("extended", 0))
        self.vector, self.office = vector, calendars.get(vector.get("calendar"))
        self.always = unit in ("min", "uh", "nd")
        self.calendar = Calendar(zone.key, ALWAYS) if self.always else self.office
        texts = [vector["start"], *vector.get("pauses", [])]
        self.calendar.tick = SECOND if any(t[16:19] != ":00" for text in texts for t in text.split("/") if t) else MINUTE
        self.start = instant(vector["start"])
        self.day_ends = unit == "wd" and (reading or self.calendar.spec["wd"]) == "end_of_day"
        if self.day_ends:
            self.budget = self.calendar.worked(self.start, self.calendar.nth_close(self.start, amount))
        elif unit == "nd":              # the same time of day, so many dates on: python adds days by the wall
            end = (self.start.astimezone(zone) + timedelta(days=amount)).astimezone(timezone.utc)
            self.budget = (end - self.start) // self.calendar.tick
        else:
            self.budget = amount * (minutes or self.calendar.day_minutes) * (MINUTE // self.calendar.tick)
        self.run()

    def run(self):
        self.stretches, spent, start, self.due = [], 0, self.start, None
        for begin, end in [pair(text) for text in self.vector.get("pauses", [])] + [(None, None)]:
            if self.due is None:
                worked = self.calendar.after(start, self.budget - spent)
                due = worked[-1] + self.calendar.tick
                self.last = worked
            self.stretches.append((start, begin, spent, self.budget, due))
            if begin is None or due <= begin:
                self.due = due          # used up: no later pause moves it
            if begin is None or end is None:
                return
            spent += len([m for m in worked if m < begin])
            start = end
            if self.day_ends and self.due is None:
                close = self.calendar.day_close(self.calendar.used_up(start, self.budget - spent))
                self.budget = spent + self.calendar.worked(start, close)

    def provisional(self):
        return not self.always and self.due is not None and self.calendar.provisional(self.start, self.due)

    def recount(self, other, at):
        """By another calendar: everything is counted again; what would be over at once has until the office closes."""
        before, self.calendar, other.tick = self.due, other, self.calendar.tick
        if self.day_ends:
            amount = amount_and_unit(self.vector["limit"])[0]
            self.budget = other.worked(self.start, other.nth_close(self.start, amount))
        self.run()
        if before > at >= self.due:
            self.due = other.day_close(at + other.tick)
            self.last = None


# ---- What fires ----


def after_due(clock, step):
    """When a step that hangs on the due time comes."""
    if step == "100%":
        return clock.due
    amount, unit, minutes, reading = amount_and_unit(step.removeprefix("+"))
    office = clock.office
    if unit in ("min", "uh", "nd"):
        return clock.due + timedelta(minutes=amount * minutes)
    if unit == "wd" and (reading or office.spec["wd"]) == "end_of_day":
        return office.nth_close(clock.due, amount)
    return office.used_up(clock.due, amount * (minutes or office.day_minutes))


def candidates(clock, stretch, left, holds):
    """(when, breach before steps, when it wasn't held, index, name) of all that could fire in that stretch, wherever it ends."""
    start, _, spent, budget, due = stretch
    for n, step in enumerate(left):
        if step == "breach":
            yield due, 0, due, n, step
            continue
        if step.endswith("%") and step != "100%":
            share = budget * int(step.removesuffix("%")) / 100
            assert share == int(share), "a vector has shares of whole minutes"
            if share <= spent:
                continue
            at = clock.calendar.used_up(start, int(share) - spent)
        elif clock.due is None:
            continue
        else:
            at = max(after_due(clock, step), start)
        yield clock.office.opening(at) if holds else at, 1, at, n, step


def firings(vector, clock):
    ladder = vector.get("ladder", {})
    holds = ladder.get("hold", "never") == "open"
    left = ["breach", *ladder.get("steps", [])]
    stopped, entered = pair(vector["stopped"]) if "stopped" in vector else (None, None)
    fired = []
    for stretch in clock.stretches:
        ends = [t for t in (stretch[1], entered or stopped) if t]
        due = sorted(c for c in candidates(clock, stretch, left, holds) if not ends or c[0] <= min(ends))
        fired += [(at, name) for at, _, _, _, name in due]
        left = [step for step in left if step not in {name for _, name in fired}]
    if entered and any(name == "breach" for _, name in fired) and stopped <= clock.due:
        fired.append((clock.due, "corrected"))
    return fired


def reckon(path):
    spec = yaml.load(path.read_text(encoding="utf-8"), Text)
    calendars = {name: Calendar(spec["zone"], c) for name, c in spec["calendars"].items()}
    zone = ZoneInfo(spec["zone"])
    for vector in spec["vectors"]:
        clock = Clock(vector, calendars, zone)
        fired = firings(vector, clock)
        if "beside" in vector:
            beside = {**vector["beside"], "ladder": {"steps": []}}
            fired += [(at, "beside " + name) for at, name in firings(beside, Clock(beside, calendars, zone))]
        if "recounted" in vector:
            clock.recount(calendars[vector["recounted"]["calendar"]], instant(vector["recounted"]["at"]))
        runs = segments(clock.last, clock.calendar.tick) if clock.last and not clock.always else None
        yield vector, zone, clock, runs, sorted(fired, key=lambda f: f[0])


def show(at, zone):
    return at.astimezone(zone).isoformat() if at else "none"


def shown(fired, zone):
    return [f"{name} {show(at, zone)}" for at, name in fired]


def differences(vector, zone, clock, runs, fired):
    if show(clock.due, zone) != (show(instant(vector["due"]), zone) if vector.get("due", "none") != "none" else "none"):
        yield f"due {vector.get('due')}"
    if (vector.get("provisional", "false") == "true") != clock.provisional():
        yield f"provisional {vector.get('provisional')}"
    given = [[instant(t) for t in text.split("/")] for text in vector.get("segments", [])]
    if given and given != runs:
        yield f"segments {vector['segments']}"
    if "fires" in vector and vector["fires"] != shown(fired, zone):
        yield f"fires {vector['fires']}"


def main(argv):
    faults = count = 0
    for path in sorted(Path(__file__).parent.glob("*.yaml")):
        for vector, zone, clock, runs, fired in reckon(path):
            count += 1
            said = list(differences(vector, zone, clock, runs, fired))
            faults += bool(said)
            if said or "--fill" in argv:
                print(f"{path.name}: {vector['name']}: {', '.join(said)}\n  reckoned: due {show(clock.due, zone)}"
                      f" provisional {str(clock.provisional()).lower()} segments "
                      + str(["/".join(show(at, zone) for at in run) for run in runs or []]).replace("'", '"')
                      + "\n  fires " + str(shown(fired, zone)).replace("'", '"'))
    print(f"{count} vectors, {faults} differ")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
