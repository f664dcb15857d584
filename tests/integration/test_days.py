"""Six days of a real centre, each a scripted session through the socket, with a timeline that was worked out by hand.

Hours of the office: 8:30-11:30 and 13:30-17:00, Monday to Friday but holidays; `N wd` ends with the N-th working day after today.
"""

import pytest
from harness import refused, remove, scratch_folder
from town import Town, lines


@pytest.fixture
def town(request):
    folder = scratch_folder()
    t = Town(folder, request.param)
    try:
        yield t
        assert t.daemon.call("db.verify")["ok"]
        t.daemon.stop()
    finally:
        t.daemon.close()
        remove(folder)


def starts(clock):
    return pytest.mark.parametrize("town", [clock + "+08:00"], indirect=True)


HOUR = 3600


@starts("2026-10-01T02:30:00")
def test_people_trapped_in_a_lift_on_national_day(town):
    """The lift firm is silent; its crew's arrival at 02:58 is phoned in at 03:05, after the breach of 03:00 was told."""
    case = town.submit("E70-09", "pp-001", "hotline12345")
    assert town.get(case)["unit"] == "lift_a"
    town.at("2026-10-01T03:05:00")
    assert town.get(case)["escalation_level"] == 1
    town.by("lift_a", "case.arrive", case, at="2026-10-01T02:58:00+08:00")
    town.at("2026-10-01T03:20:00")
    town.by("lift_a", "case.finish", case, result="solved")
    assert town.clock(case, "verify")["due_at"] == "2026-10-08T17:00:00+08:00"  # the first working day after the holidays
    town.at("2026-10-08T09:00:00")
    town.verify(case, "pass", "phone")
    # accept 5 min; told again each 5 min, three times, then to the leaders. arrive 30 min, half of it 02:45. handle 1 h, 80 % 03:18.
    assert town.timeline(case) == lines("""
        2026-10-01 02:30:00 case.submitted -> lift_a
        2026-10-01 02:35:00 clock.breached accept
        2026-10-01 02:35:00 clock.escalated accept
        2026-10-01 02:40:00 notice.repeated accept
        2026-10-01 02:45:00 clock.warned arrive
        2026-10-01 02:45:00 notice.repeated accept
        2026-10-01 02:50:00 notice.repeated accept
        2026-10-01 02:55:00 notice.repeated accept
        2026-10-01 03:00:00 clock.breached arrive
        2026-10-01 03:00:00 clock.escalated arrive
        2026-10-01 02:58:00 task.arrived
        2026-10-01 03:05:00 clock.corrected arrive
        2026-10-01 03:18:00 clock.warned handle
        2026-10-01 03:20:00 task.finished -> grid_centre
        2026-10-08 09:00:00 case.verified""")
    assert town.told(case, "clock.escalated", "accept") == ["lift_a", "grid_centre"]  # a lift firm has no leader in the town
    assert town.told(case, "clock.warned", "handle") == ["lift_a", "grid_centre"]
    assert "overdue_seconds" not in town.clock(case, "arrive")
    assert town.clock(case, "accept")["overdue_seconds"] == 23 * 60  # until 02:58


@starts("2026-11-23T16:00:00")
def test_a_leak_in_an_abandoned_estate(town):
    """Nobody accepts, so the next handler has it; its first repair doesn't hold."""
    case = town.submit("E70-05", "pp-060")
    assert town.get(case)["unit"] == "property_support"
    town.at("2026-11-23T18:30:00")  # accept is 2 hours, also in the evening
    town.by("town_property_co", "case.accept", case)
    assert town.clock(case, "handle")["due_at"] == "2026-11-26T17:00:00+08:00"  # 3 working days after Monday
    town.at("2026-11-26T15:00:00")
    town.by("town_property_co", "case.finish", case, result="solved")
    town.at("2026-11-27T09:00:00")
    town.verify(case, "rework", "site")
    assert town.clock(case, "handle")["due_at"] == "2026-11-27T17:00:00+08:00"  # 2 hours are left: to the end of that day
    town.at("2026-11-27T16:00:00")
    town.by("town_property_co", "case.finish", case, result="solved")
    town.at("2026-11-27T16:30:00")
    town.verify(case, "pass", "site")
    # handle is 3 x 6.5 = 19.5 h: half of it 9.75 h, 6.5 on Tuesday and 3.25 on Wednesday; 80 % 15.6 h, 2.6 h of Thursday.
    assert town.timeline(case) == lines("""
        2026-11-23 16:00:00 case.submitted -> property_support
        2026-11-23 18:00:00 clock.breached accept -> town_property_co
        2026-11-23 18:30:00 task.accepted
        2026-11-25 13:45:00 clock.warned handle
        2026-11-26 11:06:00 clock.warned handle
        2026-11-26 15:00:00 task.finished -> grid_centre
        2026-11-27 09:00:00 case.verified -> town_property_co
        2026-11-27 16:00:00 task.finished -> grid_centre
        2026-11-27 16:30:00 case.verified""")
    assert town.ledger(case) == {"property_support": 2 * HOUR, "town_property_co": (69 + 7) * HOUR, "grid_centre": 18.5 * HOUR}
    assert town.get(case)["rounds"] == 1


@starts("2026-11-24T10:00:00")
def test_a_group_rental_with_three_units_together(town):
    """The public-order office leads. Police and enforcement squad come along and must have finished before it; so must the safety
    centre, which the desk asks in. The firm and the committee are told, and needn't do anything."""
    case = town.submit("E70-01", "pp-001", "snapshot", tags=["joint_action"])
    town.at("2026-11-24T10:30:00")
    town.by("public_order", "case.accept", case)
    town.at("2026-11-24T11:00:00")
    town.desk.call("case.assign", case=case, unit="safety_centre", kind="assist")
    town.at("2026-11-25T14:00:00")
    town.by("police", "case.accept", case)
    town.at("2026-11-25T15:00:00")
    town.desk.call("case.mark", case=case, mark="site_checked")
    site_check = town.clock(case, "site_check")
    assert (site_check["due_at"], site_check["stopped_at"]) == ("2026-11-26T17:00:00+08:00", "2026-11-25T15:00:00+08:00")
    for time, unit in (("11-25T15:30", "police"), ("12-02T15:30", "urban_enforcement"), ("12-02T15:45", "safety_centre")):
        with refused("conflict") as others:
            town.by("public_order", "case.finish", case, result="solved")
        assert unit in others.error.message and "firm_a" not in others.error.message
        town.at(f"2026-{time}:00")
        town.by(unit, "case.finish", case, result="solved")
    town.at("2026-12-02T16:00:00")
    assert town.clock(case, "handle")["due_at"] == "2026-12-15T17:00:00+08:00"  # 15 working days after the 24th
    town.by("public_order", "case.finish", case, result="solved")
    town.at("2026-12-03T09:00:00")
    town.verify(case, "pass", "site")
    assert town.timeline(case) == lines("""
        2026-11-24 10:00:00 case.submitted -> public_order
        2026-11-24 10:30:00 task.accepted
        2026-11-24 11:00:00 task.given
        2026-11-25 14:00:00 task.accepted
        2026-11-25 15:00:00 case.marked
        2026-11-25 15:30:00 task.finished
        2026-12-02 15:30:00 task.finished
        2026-12-02 15:45:00 task.finished
        2026-12-02 16:00:00 task.finished -> grid_centre
        2026-12-03 09:00:00 case.verified""")
    states = {t["unit"]: t["state"] for t in town.get(case)["tasks"]}
    assert {unit for unit, state in states.items() if state == "finished"} == {"public_order", "police", "urban_enforcement", "safety_centre"}
    assert states["firm_a"] == "withdrawn"


@starts("2026-11-23T09:00:00")
def test_an_illegal_structure_with_months_of_law(town):
    """A person says yes first; the procedure is waited for on the books (挂账), from the moment that was asked."""
    case = town.submit("E70-03", "pp-001")
    assert (town.get(case)["state"], town.get(case)["proposed"]) == ("triage", "urban_enforcement")
    town.at("2026-11-23T09:10:00")
    town.desk.call("case.dispatch", case=case)
    town.at("2026-11-23T10:00:00")
    town.by("urban_enforcement", "case.accept", case)
    assert town.clock(case, "handle")["due_at"] == "2026-12-14T17:00:00+08:00"  # 15 working days
    town.at("2026-11-25T10:00:00")
    town.by("urban_enforcement", "case.mark", case, mark="notice_served")
    town.at("2026-11-26T10:00:00")
    asked = town.by("urban_enforcement", "request.ask", case, what="suspend", reason="legal_procedure", until="2027-03-01T08:30:00+08:00")
    town.at("2026-11-26T15:00:00")
    town.boss.call("request.decide", request=asked["request"], grant=True)
    assert town.get(case)["state"] == "suspended"
    town.at("2027-03-10T11:00:00")
    # Spent until 26 November 10:00: 5:50 + 6:30 + 6:30 + 1:30 = 20:20 of 103:20. The 83 hours left are 12 days and 5 hours, so
    # they end on 17 March 2027 at 15:30, and that day closes at 17:00. That year isn't announced yet.
    assert town.clock(case, "handle") == {**town.clock(case, "handle"), "due_at": "2027-03-17T17:00:00+08:00", "provisional": True}
    town.by("urban_enforcement", "case.finish", case, result="solved")
    town.at("2027-03-11T09:00:00")
    town.verify(case, "pass", "site")
    # With the 1:30 of rounding the budget is 104:50; half of it, 52:25, is reached 32:05 after the start of 1 March.
    assert town.timeline(case) == lines("""
        2026-11-23 09:00:00 case.submitted -> grid_centre
        2026-11-23 09:10:00 case.dispatched -> urban_enforcement
        2026-11-23 10:00:00 task.accepted
        2026-11-25 10:00:00 case.marked
        2026-11-26 10:00:00 request.asked
        2026-11-26 15:00:00 request.decided
        2027-03-01 08:30:00 case.resumed
        2027-03-05 16:35:00 clock.warned handle
        2027-03-10 11:00:00 task.finished -> grid_centre
        2027-03-11 09:00:00 case.verified""")


@starts("2026-11-25T09:00:00")
def test_three_returns_up_to_the_joint_meeting(town):
    """Down the chain, to the shift leader with the third return, to the joint meeting with the fourth, and there it is decided."""
    case = town.submit("E70-05", "pp-001")
    for time, unit in (("09:30", "firm_a"), ("10:00", "property_support"), ("10:30", "housing_office")):
        town.at(f"2026-11-25T{time}:00")
        town.by(unit, "case.return", case, reason="not_ours")
    town.at("2026-11-25T10:50:00")
    town.desk.call("case.dispatch", case=case, unit="firm_a", reason="the flat roof is in its contract")
    town.at("2026-11-25T11:00:00")
    town.by("firm_a", "case.return", case, reason="not_ours")
    town.at("2026-11-25T14:00:00")
    agenda = town.boss.call("report.agenda", {"from": "2026-11-25T00:00:00+08:00", "to": "2026-11-26T00:00:00+08:00"})
    assert [row["case"] for row in agenda["cases"]] == [case]
    town.boss.call("case.arbitrate", case=case, unit="housing_office", fault="duty_unclear")
    with refused("conflict"):
        town.by("housing_office", "case.return", case, reason="not_ours")
    town.at("2026-11-25T14:30:00")
    town.by("housing_office", "case.accept", case)
    town.at("2026-11-25T16:00:00")
    town.by("housing_office", "case.finish", case, result="solved")
    town.at("2026-11-25T16:30:00")
    town.verify(case, "pass", "photo")
    assert town.timeline(case) == lines("""
        2026-11-25 09:00:00 case.submitted -> firm_a
        2026-11-25 09:30:00 task.returned -> property_support
        2026-11-25 10:00:00 task.returned -> housing_office
        2026-11-25 10:30:00 task.returned -> grid_supervisor
        2026-11-25 10:45:00 clock.breached dispatch
        2026-11-25 10:50:00 case.dispatched -> firm_a
        2026-11-25 11:00:00 task.returned -> joint_meeting
        2026-11-25 11:15:00 clock.breached dispatch
        2026-11-25 14:00:00 case.arbitrated -> housing_office
        2026-11-25 14:30:00 task.accepted
        2026-11-25 16:00:00 task.finished -> grid_centre
        2026-11-25 16:30:00 case.verified""")
    assert town.get(case)["returns"] == 4
    assert town.ledger(case)["joint_meeting"] == 3 * HOUR


@starts("2026-11-26T09:00:00")
def test_a_hotline_order_merged_with_a_patrols_case(town):
    """The order goes along with the patrol's case, but its caller is rung up and answered, and its deadline stays the hotline's."""
    patrol = town.submit("E70-28", "pp-001")
    town.at("2026-11-26T09:30:00")
    town.by("housing_office", "case.accept", patrol)
    town.at("2026-11-26T10:00:00")
    order = town.submit("E70-28", "pp-001", "hotline12345", deadlines=[{"clock": "overall", "at": "2026-12-01T17:00:00+08:00"}])
    town.at("2026-11-26T10:30:00")
    town.desk.call("case.merge", case=order, into=patrol)
    town.at("2026-11-26T15:30:00")
    town.desk.call("case.mark", case=order, mark="contacted")
    town.at("2026-11-27T11:00:00")
    town.by("housing_office", "case.finish", patrol, result="solved")
    town.at("2026-11-27T14:00:00")
    town.verify(patrol, "pass", "phone")
    assert town.get(order)["state"] == "finished"
    with refused("conflict") as missing:
        town.verify(order, "pass", "phone")
    assert "outcome" in missing.error.message
    town.at("2026-11-27T15:00:00")
    town.desk.call("case.mark", case=order, mark="outcome", value="solved")
    town.at("2026-11-27T15:10:00")
    town.verify(order, "pass", "phone")
    # contact is 4 hours from receipt: 16:00; 80 % of it 3.2 h, 1.5 before noon and 1.7 after.
    assert town.timeline(order) == lines("""
        2026-11-26 10:00:00 case.submitted -> housing_office
        2026-11-26 10:30:00 case.merged
        2026-11-26 15:12:00 clock.warned contact
        2026-11-26 15:30:00 case.marked
        2026-11-27 14:00:00 case.answered -> grid_centre
        2026-11-27 15:00:00 case.marked
        2026-11-27 15:10:00 case.verified""")
    overall = town.clock(order, "overall")
    assert (overall["due_at"], overall["state"]) == ("2026-12-01T17:00:00+08:00", "stopped")
    assert town.get(patrol)["merged_from"] == [order]
