"""nights: figures of a night and of a month as gridd stores them, made up, with names of ordinary length; and pages_dump."""

import datetime
import json
import re
import subprocess

from harness import BUILD, ROOT

TOWN_TIME = datetime.timezone(datetime.timedelta(hours=8))
AT = datetime.datetime(2026, 11, 23, 22, 0, tzinfo=TOWN_TIME)
UNITS = [("centre", "镇网格中心", "Grid centre"), ("construction", "城建办公室", "Urban Construction Office"),
         ("housing", "房屋管理办公室（住房保障事务受理中心）", "Housing Office (Housing Security Service Centre)"),
         ("police", "彭浦镇派出所", "Pengpu police station"),
         ("property_yonghe", "上海永和物业管理有限公司彭浦分公司", "Shanghai Yonghe Property Management, Pengpu branch"),
         ("sanitation", "环卫所", "Sanitation"), ("market", "市场监督管理所", "Market Supervision"),
         ("urban", "城市管理行政执法中队", "Urban Management Enforcement Squad")]
CLASSES = [("A10-01", "道路井盖缺失、破损、移位", "missing, broken or displaced manhole cover"), ("E70-05", "房屋漏水", "leaking roof"),
           ("E71-02", "违法搭建", "unlawful construction"), ("H02-11", "群租", "overcrowded letting"),
           ("W01", "供水管道破损", "broken water main")]
ESTATES = [("pp-012", "永和二村", "Yonghe Second Village"), ("pp-031", "彭浦新村（北块）", "Pengpu New Village (north)"),
           ("pp-044", "阳曲路 760 弄", "Lane 760, Yangqu Road")]
CLOCKS = [("accept", "接单", "accept"), ("dispatch", "派遣", "dispatch"), ("handle", "处置", "handle"), ("verify", "核查", "verify")]
EVENTS = [("case.dispatched", "派遣", "dispatched"), ("task.accepted", "接单", "accepted"), ("task.returned", "退单", "returned")]
HOUR_US = 3_600_000_000


def utc(t):
    return t.astimezone(datetime.timezone.utc).isoformat().replace("+00:00", "Z")


def row(i, n):
    """The i-th of n: the longest overdue first."""
    worked_s = (n - i) * 5400 + i % 7 * 60
    natural_s = worked_s * 3
    unit = UNITS[i * 5 % len(UNITS)][0]
    r = {"number": f"{20261120 - i % 9}-{i * 37 + 11:07d}", "class": CLASSES[i % 5][0], "estate": ESTATES[i % 3][0],
         "grid": f"310106101-{i % 24 + 1:02d}", "unit": unit, "clock": CLOCKS[i % 4][0],
         "received_at": utc(AT - datetime.timedelta(seconds=natural_s, days=2)),
         "due_at": utc(AT - datetime.timedelta(seconds=natural_s)), "worked_us": worked_s * 1_000_000,
         "natural_us": natural_s * 1_000_000, "longest": UNITS[i * 3 % len(UNITS)][0], "longest_permille": 1000 - i * 7 % 600,
         "returns": i % 4, "level": (n - i) * 5 // n, "last_act": EVENTS[i % 3][0],
         "last_act_at": utc(AT - datetime.timedelta(hours=i + 1))}
    if i % 5 == 4:
        for member in ("class", "estate", "longest", "last_act", "last_act_at"):
            del r[member]
        r["longest_permille"] = 0
    if i % 3 == 0:
        r["fresh"] = True
    if i % 8 == 0:
        r["emergency"] = True
    return r


def names(lists):
    found = [{"kind": kind, "code": code, "zh": zh, "en": en} for kind, entries in lists.items() for code, zh, en in entries]
    return sorted(found, key=lambda name: (name["kind"].encode(), name["code"].encode()))


def night(n=60, **changes):
    rows = [row(i, n) for i in range(n)]
    units = [{"unit": code, "overdue": sum(r["unit"] == code for r in rows),
              "fresh": sum(r["unit"] == code and r.get("fresh", False) for r in rows),
              "longest_us": max((r["worked_us"] for r in rows if r["unit"] == code), default=0),
              "due_soon": i * 3 % 7, "suspended": i, "orders": i % 3} for i, (code, _, _) in enumerate(UNITS)]
    units = [u for u in units if n]
    units.sort(key=lambda u: -u["overdue"])
    fresh = sum(r.get("fresh", False) for r in rows)
    extended = [f"20261119-{i:07d}" for i in range(20 if n else 0)]
    d = {"format": 1, "town": "310106101", "town_zh": "彭浦镇", "town_en": "Pengpu Town", "day": "2026-11-23", "mark": "on_time",
         "at": utc(AT), "offset_s": 8 * 3600, "pack_version": 12, "overdue": n, "overdue_before": n + 4 if n else 0, "fresh": fresh,
         "due_soon": 17 if n else 0, "undelivered": 2 if n else 0, "orders": 3 if n else 0, "suspended": 41 if n else 0,
         "suspended_today": 2 if n else 0, "extended_today": 25 if n else 0, "waived_today": 1 if n else 0,
         "late_entries_today": 2 if n else 0,
         "extended": extended, "waived": ["20261101-0000099"] if n else [],
         "late_entries": ["20261121-0000004", "20261121-0000005"] if n else [], "units": units, "rows": rows,
         "names": names({"class": CLASSES, "clock": CLOCKS, "estate": ESTATES, "event": EVENTS, "unit": UNITS})}
    d.update(changes)
    return {k: v for k, v in d.items() if v != []}


TEXT = r'((?:"(?:[^"\\]|\\.)*"|NULL))'
INDICATORS = re.findall(rf"^INDICATOR\(\w+,\s*{TEXT},\s*{TEXT},\s*{TEXT},\s*{TEXT},\s*{TEXT},\s*{TEXT},\s*{TEXT},\s*{TEXT},\s*"
                        r"IND_(\w+),\s*GROUP_(\w+)",
                        (ROOT / "daemon/reports/indicators.def").read_text("utf-8"), re.M)
INDICATORS = [{"id": i[0].strip('"'), "zh": i[1].strip('"'), "en": i[2].strip('"'), "source": i[7].strip('"'), "kind": i[8],
               "group": i[9]} for i in INDICATORS]


def cell(indicator, i, size):
    """Figures of about that size; every ninth rate has nothing to take a share of."""
    n, d = size * (7 + i % 5) // 12, size
    if indicator["kind"] == "COUNT":
        return {"of": indicator["id"], "n": n}
    if i % 9 == 4 or d == 0:
        return {"of": indicator["id"], "n": 0}
    if indicator["kind"] == "SCORE":
        return {"of": indicator["id"], "n": 61_000 + i * 1370 % 38_000, "d": 1000}
    scale = 1000 if indicator["kind"] == "WEIGHTED" else 1
    return {"of": indicator["id"], "n": n * scale, "d": d * scale}


def cells(seed, size):
    centre = seed % 4 == 1  # as with units: most have nothing to do with the centre's own time
    return [c for c in (cell(x, i + seed, size) for i, x in enumerate(INDICATORS) if centre or x["group"] != "CENTRE")
            if c["n"] or c.get("d")]


def month(keys=None, days=30, **changes):
    keys = sorted(keys or [code for code, _, _ in UNITS])
    start = datetime.date(2026, 11, 1)
    k = {"format": 1, "town": "310106101", "town_zh": "彭浦镇", "town_en": "Pengpu Town",
         "from": utc(datetime.datetime(2026, 11, 1, tzinfo=TOWN_TIME)), "to": utc(datetime.datetime(2026, 12, 1, tzinfo=TOWN_TIME)),
         "as_of": utc(datetime.datetime(2026, 12, 1, 9, 0, tzinfo=TOWN_TIME)), "offset_s": 8 * 3600, "by": "unit", "pack_version": 12,
         "total": {"cells": cells(1, 412)},
         "rows": [{"key": key, "cells": cells(i, (i * 29 + 5) % 120)} for i, key in enumerate(keys)],
         "days": [{"day": str(start + datetime.timedelta(days=i)), "received": 14 + i * 7 % 11, "closed": 9 + i * 5 % 13,
                   "breached": i * 3 % 5, "open": 120 + i * 3 - i % 7 * 2} for i in range(days)],
         "names": sorted(({"kind": "unit", "code": code, "zh": zh, "en": en} for code, zh, en in UNITS if code in keys),
                         key=lambda name: name["code"].encode())}
    k.update(changes)
    return {name: value for name, value in k.items() if value != []}


class Pages:
    """What pages_dump writes of some figures."""

    def __init__(self, kind, figures, folder, lang="zh", sent=None):
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        command = [BUILD / "tests" / "pages_dump", kind, folder, lang]
        if sent:
            (folder / "sent").write_text(json.dumps(sent))
            command.append(folder / "sent")
        subprocess.run(command, input=json.dumps(figures).encode(), check=True, timeout=60)

    def bytes(self, name):
        return (self.folder / name).read_bytes()

    def text(self, name):
        return self.bytes(name).decode()
