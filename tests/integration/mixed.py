"""mixed: people who act on cases at random, each on cases of his own, and ask again by key until every call has an answer."""

import random
import threading
from datetime import datetime, timedelta, timezone

from harness import Client, GriddError, a_case, pause
from principals import token

AGAIN = {"overloaded", "unavailable", "outcome_unknown"}


def in_seconds(n):
    return (datetime.now(timezone.utc) + timedelta(seconds=n)).isoformat()


class Actor(threading.Thread):
    """acked: (case, version, seq, method) of each acknowledged command. Calls that were refused changed nothing."""

    def __init__(self, daemon, number):
        super().__init__(daemon=True)
        self.gridd, self.number, self.random = daemon, number, random.Random(number)
        self.clients, self.cases, self.acked, self.refusals = {}, [], [], 0
        self.ending, self.trouble, self.calls = threading.Event(), None, 0

    def run(self):
        try:
            while not self.ending.is_set():
                self.act()
        except BaseException as error:  # seen by finish()
            self.trouble = error
            raise
        finally:
            for client in self.clients.values():
                client.close()

    def ask(self, who, method, params):
        """The answer, or None for a refusal. The same key until there is one."""
        self.calls += 1
        params = {**params, "key": f"{self.number}-{self.calls}"}
        while True:
            try:
                if who not in self.clients:
                    self.clients[who] = Client(self.gridd.url, token=token(who), timeout=60)
                answer = self.clients[who].call(method, params)
                self.acked.append((answer["case"], answer["version"], answer["seq"], method))
                return answer
            except GriddError as error:
                if error.reason not in AGAIN:
                    assert error.reason in ("conflict", "invalid_params", "forbidden"), error
                    self.refusals += 1
                    return None
                pause(0.02)
            except OSError:
                client = self.clients.pop(who, None)
                if client:
                    client.close()
                pause(0.05)

    def act(self):
        if len(self.cases) < 5 or self.random.random() < 0.2:
            self.submit()
            return
        case = self.random.choice(self.cases)
        who, method, params = self.random.choice(self.choices(case))
        answer = self.ask(who, method, params)
        if answer and answer["state"] in ("closed", "rejected"):
            self.cases.remove(case)

    def submit(self):
        """A hole in a road, sometimes with a deadline that passes in a moment."""
        params = a_case(**{"class": "E80-01", "condition": "1", "estate": None})
        params["source"]["ref"] = f"A{self.number}-{self.calls}"
        if self.random.random() < 0.5:
            params["deadlines"] = [{"clock": "overall", "at": in_seconds(self.random.randint(1, 4))}]
        self.cases.append(self.ask("platform", "case.submit", params)["case"])

    def choices(self, case):
        unit = {"case": case, "for": {"unit": "roads"}}
        return [
            ("dispatcher", "case.accept", unit),
            ("dispatcher", "case.arrive", unit),
            ("dispatcher", "case.finish", {**unit, "result": "solved"}),
            ("dispatcher", "case.return", {**unit, "reason": "not_ours"}),
            ("dispatcher", "case.dispatch", {"case": case, "unit": "roads", "reason": "it is a road"}),
            ("dispatcher", "case.note", {"case": case, "note": "looked at it"}),
            ("dispatcher", "case.urge", {"case": case}),
            ("dispatcher", "case.merge", {"case": case, "into": self.random.choice(self.cases)}),
            ("dispatcher", "case.unmerge", {"case": case}),
            ("supervisor", "case.verify", {"case": case, "outcome": self.random.choice(["pass", "rework"])}),
            ("supervisor", "case.suspend", {"case": case, "reason": "season", "until": in_seconds(self.random.choice([2, 86400]))}),
            ("supervisor", "case.resume", {"case": case}),
            ("supervisor", "supervision.open", {"case": case, "unit": "roads", "kind": "key", "demand": "today"}),
        ]

    def finish(self, seconds=120):
        self.ending.set()
        self.join(seconds)
        assert self.trouble is None, self.trouble
        assert not self.is_alive(), "a call never got an answer"


def acked(actors):
    return sum(len(actor.acked) for actor in actors)


def check_nothing_half_done(daemon, actors):
    """Every acknowledged command is one event, every event of a person was acknowledged, and all that belongs to them is there."""
    stored = {(number, version): seq for number, version, seq in daemon.sql(
        "SELECT f.number, e.version, e.seq FROM gridd.case_event e JOIN gridd.case_file f ON f.id = e.case_id WHERE e.actor <> 'gridd'")}
    told = {(case, version): seq for actor in actors for case, version, seq, _ in actor.acked}
    assert len(told) == acked(actors), "two commands were told one version"
    missing = {k: v for k, v in told.items() if stored.get(k) != v}
    assert not missing, missing
    # The other half of a merge, and what goes along when a parent closes, is told with the command itself.
    alone = [k for k in stored if k not in told]
    kinds = daemon.sql("SELECT DISTINCT e.body::json->>'type' FROM gridd.case_event e JOIN gridd.case_file f ON f.id = e.case_id "
                       "WHERE (f.number, e.version) IN (SELECT * FROM unnest(%s::text[], %s::int[]))",
                       [k[0] for k in alone], [k[1] for k in alone])
    assert {k for k, in kinds} <= {"case.absorbed", "case.released", "case.answered"}, kinds
    verdict = daemon.call("db.verify")
    assert verdict["ok"], verdict
