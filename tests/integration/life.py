"""life: the lifecycle table as the tests read it, and cases brought into any of its states through the socket."""

import re

from harness import ROOT, a_case
from principals import as_one

TABLE = (ROOT / "daemon/cases/lifecycle.def").read_text("utf-8")
STATES = {symbol: name for symbol, name in re.findall(r'^STATE\((\w+),\s*"(\w+)"', TABLE, re.M)}
COMMANDS = {symbol: method for symbol, method in re.findall(r'^COMMAND\((\w+),\s*"([\w.]+)"', TABLE, re.M)}
FINAL = {name for name, final in re.findall(r'^STATE\(\w+,\s*"(\w+)",\s*"[^"]*",\s*(\w+)', TABLE, re.M) if final == "true"}
LIVE = set(STATES.values()) - FINAL - {"merged"}


def _states(expression):
    """IN(TRIAGE) | LIVE & ~IN(SUSPENDED) as a set of names."""
    python = re.sub(r"IN\((\w+)\)", lambda m: f"{{'{STATES[m[1]]}'}}", expression).replace("~", "everything - ")
    python = re.sub(r"(\w+) & everything - ({'\w+'})", r"(\1 - \2)", python)
    return eval(python, {"everything": set(STATES.values()), "ANY": set(STATES.values()), "LIVE": LIVE})


def moves():
    """{(method, state): where to}: a state, SAME, PREVIOUS or DECIDED."""
    found = {}
    for symbol, where, to in re.findall(r"^MOVE\((\w+),\s*(.+?),\s*(\w+),\s*\"", TABLE, re.M):
        for state in _states(where) if symbol in COMMANDS else ():
            found[COMMANDS[symbol], state] = STATES.get(to, to)
    return found


MOVES = moves()
METHODS = [m for m in COMMANDS.values() if m != "case.submit"]
SOON, LATER = "2026-12-01T12:00:00+08:00", "2026-12-08T12:00:00+08:00"  # the clock of the tests stands at 2026-11-23
LONG_AGO = "2026-11-23T08:00:00+08:00"


class Centre:
    """The people of the small town: each has a connection."""

    NAMES = ("platform", "platform2", "dispatcher", "supervisor", "inspector", "auditor", "housing", "works", "roads")

    def __init__(self, daemon):
        self.daemon = daemon
        for name in self.NAMES:
            setattr(self, name, as_one(daemon, name))

    # -- one case ----------------------------------------------------------------------------------------------

    def submit(self, **changes):
        """A hole in a road, which is the roads office's; nobody else is involved."""
        params = a_case(**{"class": "E80-01", "condition": "1", "estate": None, **changes})
        return self.platform.call("case.submit", params)["case"]

    def get(self, case):
        return self.dispatcher.call("case.get", case=case)

    def act(self, method, case, unit=None, **params):
        """The dispatcher does it, for that unit or for whoever holds the case."""
        return self.dispatcher.call(method, params, case=case, **{"for": {"unit": unit or self.get(case)["unit"]}})

    def bring(self, case, state):
        """A case that was submitted, and perhaps accepted, into that state."""
        now = self.get(case)["state"]
        if state == "triage" and now != state:
            self.act("case.return", case, reason="not_ours")
        if state in ("handling", "finished", "suspended", "closed") and now == "dispatched":
            self.act("case.accept", case)
        if state in ("finished", "closed"):
            self.act("case.finish", case, result="solved")
        if state == "suspended":
            self.supervisor.call("case.suspend", case=case, reason="season", until=SOON)
        if state == "closed":
            self.supervisor.call("case.verify", case=case, outcome="pass")
        if state == "rejected":
            self.dispatcher.call("case.reject", case=case, reason="duplicate")
        if state == "merged":
            self.dispatcher.call("case.merge", case=case, into=self.submit())
        assert self.get(case)["state"] == state
        return case

    def case_in(self, state, **changes):
        if state == "triage":
            changes["tags"] = ["propose"]
        return self.bring(self.submit(**changes), state)


# What a method needs besides a case in that state: ready(centre, state) gives (caller, params), the case among them.

def _plain(caller, **params):
    return lambda centre, state: (getattr(centre, caller), {"case": centre.case_in(state), **params})


def _by_unit(**params):
    """On the task of the unit that has one: the lead's, or while the lead has finished, of whoever checks."""
    def ready(centre, state):
        case = centre.case_in(state)
        if state == "triage":  # it was never the roads office's
            return centre.dispatcher, {"case": case, "for": {"unit": "roads"}, **params}
        if state != "finished":
            return centre.roads, {"case": case, **params}
        centre.dispatcher.call("case.assign", case=case, unit="housing", kind="check")
        return centre.housing, {"case": case, **params}
    return ready


def _accept(centre, state):
    if state != "handling":
        return _by_unit()(centre, state)
    case = centre.case_in(state)
    centre.dispatcher.call("case.assign", case=case, unit="housing", kind="assist")
    return centre.housing, {"case": case}


def _assign(centre, state):
    kind = "check" if state == "finished" else "assist"
    return centre.dispatcher, {"case": centre.case_in(state), "unit": "housing", "kind": kind}


def _dispatch(centre, state):
    params = {} if state == "triage" else {"unit": "housing", "reason": "the roads office is away"}
    return centre.dispatcher, {"case": centre.case_in(state), **params}


# With something overdue that can be excused.
OVERDUE = {"deadlines": [{"clock": "handle", "at": LONG_AGO}], "received_at": "2026-11-23T07:00:00+08:00"}


def _ask(centre, state):
    if state in ("finished", "closed"):
        return centre.roads, {"case": centre.case_in(state, **OVERDUE), "what": "waive", "reason": "weather"}
    case = centre.case_in(state)
    return centre.dispatcher, {"case": case, "what": "extend", "reason": "material", "for": {"unit": "roads"}}


def _decide(centre, state):
    if state in ("dispatched", "handling"):
        caller, params = _ask(centre, state)
        return centre.supervisor, {"request": caller.call("request.ask", params)["request"], "grant": True}
    case = centre.case_in("handling", **OVERDUE)
    request = centre.roads.call("request.ask", case=case, what="waive", reason="weather")["request"]
    centre.bring(case, state)
    return centre.inspector, {"request": request, "grant": True}


def _waive(centre, state):
    return centre.inspector, {"case": centre.case_in(state, **OVERDUE), "clock": "handle", "reason": "weather"}


def _deadline(centre, state):
    case = centre.case_in(state, deadlines=[{"clock": "contact", "at": SOON}])
    return centre.platform, {"case": case, "clock": "contact", "at": LATER}


def _merge(centre, state):
    return centre.dispatcher, {"case": centre.case_in(state), "into": centre.submit()}


def _order(centre, state):
    """A case with an order that the roads office has replied to."""
    case = centre.submit()
    order = centre.inspector.call("supervision.open", case=case, unit="roads", kind="key", demand="today")["order"]
    if state != "rejected":
        centre.dispatcher.call("supervision.reply", {"order": order, "text": "it will be", "for": {"unit": "roads"}})
    centre.bring(case, state)
    return order


def _reply(centre, state):
    order = _order(centre, state)
    if ("supervision.accept", state) in MOVES:
        centre.inspector.call("supervision.accept", order=order, outcome="refuse")
    return centre.dispatcher, {"order": order, "text": "once more", "for": {"unit": "roads"}}


def _accept_order(centre, state):
    return centre.inspector, {"order": _order(centre, state), "outcome": "accept"}


READY = {
    "case.dispatch": _dispatch,
    "case.assign": _assign,
    "case.accept": _accept,
    "case.arrive": _by_unit(),
    "case.return": _by_unit(reason="not_ours"),
    "case.finish": _by_unit(result="solved"),
    "case.verify": _plain("supervisor", outcome="pass", method="photo"),
    "request.ask": _ask,
    "request.decide": _decide,
    "case.suspend": _plain("supervisor", reason="season", until=SOON),
    "case.resume": _plain("supervisor"),
    "case.arbitrate": _plain("supervisor", unit="housing", fault="duty_unclear"),
    "case.waive": _waive,
    "case.amend": _plain("dispatcher", set={"condition": "2", "address": "试验路9号", "urgency": "urgent"}, reason="went there"),
    "case.link": lambda centre, state: (centre.dispatcher, {
        "case": centre.case_in(state), "channel": "hotline", "ref": a_case()["source"]["ref"]}),
    "case.mark": _plain("dispatcher", mark="satisfaction", value="satisfied"),
    "case.note": _plain("auditor", note="seen"),
    "case.urge": _plain("platform"),
    "case.deadline": _deadline,
    "case.reveal": _plain("dispatcher", reason="to ask back"),
    "case.reject": _plain("dispatcher", reason="no_filing"),
    "case.reopen": _plain("supervisor", reason="it is there again"),
    "case.merge": _merge,
    "case.unmerge": _plain("dispatcher"),
    "supervision.open": _plain("inspector", kind="leader", unit="roads", demand="act today", within="2wd"),
    "supervision.reply": _reply,
    "supervision.accept": _accept_order,
}
