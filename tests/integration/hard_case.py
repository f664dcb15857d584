"""hard_case: a case that had everything: returned, not accepted in time, extended, suspended, escalated, supervised, and late."""

from town import Town

TEXT = ("3号楼东侧屋面漏水，六楼两户天花板有水渍，雨天滴水不止，住户已多次向物业反映，物业表示维修资金不足无法维修。"
        "居民要求尽快到现场查看并给出维修方案，另反映楼道照明线路受潮，存在安全隐患。")
ADDRESS = "永和路300弄阳曲小区3号楼东单元六楼屋面"
LINK = "https://photos.grid.example/2026/11/23/" + "a1b2c3d4" * 9 + ".jpg"


def live(town, until="supervised"):
    """Brings such a case up to `supervised` (late, an order open), `replied`, `finished`, or `closed`; its number. From Monday
    2026-11-23 at 9:00."""
    case = town.submit("E70-05", "pp-001", "hotline12345", text=TEXT, address=ADDRESS, urgency="urgent", tags=["rain"],
                       reporter={"name": "王小明", "phone": "13800001234", "confidential": True}, attrs={"floor": "6"},
                       attachments=[{"uri": LINK, "kind": "before"}])
    town.at("2026-11-23T09:30:00")
    town.by("firm_a", "case.return", case, reason="not_ours", note="维修资金未到位，不属物业日常养护范围")
    town.at("2026-11-23T14:00:00")  # the next handler lets the time for accepting pass as well
    town.desk.call("case.dispatch", case=case, unit="firm_a", reason="合同约定由物业负责屋面小修")
    town.at("2026-11-23T15:00:00")
    town.by("firm_a", "case.accept", case, note="张师傅接单")
    town.at("2026-11-24T09:00:00")
    ask = town.by("firm_a", "request.ask", case, what="extend", reason="material")
    town.at("2026-11-24T14:00:00")
    town.boss.call("request.decide", request=ask["request"], grant=True)
    town.at("2026-11-25T10:00:00")
    town.boss.call("case.suspend", case=case, reason="engineering", until="2026-11-27T08:30:00+08:00")
    town.at("2026-12-08T15:00:00")
    town.boss.call("supervision.open", case=case, kind="overdue", demand="说明超期原因，两日内办结", within="2wd")
    town.at("2026-12-08T16:00:00")
    if until == "supervised":
        return case
    order = f"{case}-D1"
    town.by("firm_a", "supervision.reply", case=None, order=order, text="材料已到，明日施工")
    if until == "replied":
        return case
    town.office.call("supervision.accept", order=order, outcome="accept")
    town.at("2026-12-09T10:00:00")
    town.by("firm_a", "case.finish", case, result="solved")
    if until == "finished":
        return case
    town.verify(case, "pass", "site")
    return case


def hard_town(folder, **more):
    return Town(folder, "2026-11-23T09:00:00+08:00", **more)
