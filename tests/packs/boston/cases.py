"""Reads the hotline's records and says, for each, what to submit and what the city answered.

    for case in read(path):
        client.call("case.submit", case.params)
        case.department    # "pwdx": the unit's id in this pack
        case.due           # an aware datetime, or None where the city gives none
"""

import csv
import datetime
import re
import shutil
import zoneinfo
from collections import namedtuple

Case = namedtuple("Case", "number opened params department due")

ZONE = zoneinfo.ZoneInfo("America/New_York")
WITHIN = datetime.timedelta(seconds=60)  # the city's own clock starts some seconds after a request is opened
CHANNELS = {
    "Constituent Call": "call",
    "Citizens Connect App": "app",
    "City Worker App": "worker",
    "Self Service": "self",
}


def class_code(kind):
    """The class of this pack for a `type`: "Sign Repair" -> "sign-repair"."""
    return re.sub("[^a-z0-9]+", "-", kind.lower()).strip("-")


def unit(department):
    """The unit of this pack for a `department`: "GEN_" -> "gen"."""
    return department.lower().strip("_")


def instant(text):
    """A civil time of the city as an aware datetime; None for an empty text."""
    if not text.strip():
        return None
    return datetime.datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=ZONE)


def params(row):
    """The params of case.submit for one record."""
    opened = instant(row["open_dt"]).isoformat()
    out = {
        "class": class_code(row["type"]),
        "text": row["case_title"],
        "source": {"channel": CHANNELS[row["source"]], "ref": row["case_enquiry_id"]},
        "observed_at": opened,
        "received_at": opened,
        "attrs": {"queue": row["queue"]},
    }
    if row["location"].strip():
        out["address"] = " ".join(row["location"].split())
        out["place"] = {"x": float(row["longitude"]), "y": float(row["latitude"]), "crs": "wgs84"}
    return out


def read(path):
    """All records as Cases, in the order in which they were opened."""
    with open(path, newline="", encoding="utf-8") as f:
        rows = sorted(csv.DictReader(f), key=lambda row: row["open_dt"])
    return [
        Case(
            number=row["case_enquiry_id"],
            opened=instant(row["open_dt"]),
            params=params(row),
            department=unit(row["department"]),
            due=instant(row["target_dt"]),
        )
        for row in rows
    ]


def agrees(case, due_text):
    """Is the due time of a reply (RFC 3339, or None) the city's, within a minute? None where the city gives none."""
    if case.due is None:
        return None
    return due_text is not None and abs(datetime.datetime.fromisoformat(due_text) - case.due) <= WITHIN


def overlay(folder, variant, target):
    """Copies the pack to `target` with the calendar of a variant laid over it; `target` must not exist yet."""
    shutil.copytree(folder, target, ignore=shutil.ignore_patterns("variants", "*.py", "__pycache__"))
    shutil.copy(f"{folder}/variants/{variant}/calendars.yaml", f"{target}/calendars.yaml")
