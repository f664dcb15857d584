"""nights: figures of a night as gridd stores them, made up, with names of ordinary and of absurd lengths; and pages_dump."""

import datetime
import json
import subprocess

from harness import BUILD

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


class Pages:
    """What pages_dump writes of some figures."""

    def __init__(self, kind, figures, folder, lang="zh"):
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        subprocess.run([BUILD / "tests" / "pages_dump", kind, folder, lang], input=json.dumps(figures).encode(), check=True,
                       timeout=60)

    def bytes(self, name):
        return (self.folder / name).read_bytes()

    def text(self, name):
        return self.bytes(name).decode()
