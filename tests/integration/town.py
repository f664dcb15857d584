"""town: a gridd with the pack of Pengpu on a test clock, and the people of its centre."""

from harness import PENGPU, Client, Daemon
from principals import principal, token

PEOPLE = [principal("desk", "dispatcher"), principal("boss", ["supervisor"]), principal("office", "inspector"),
          principal("platform", "platform", acts_for=["*"])]


class Town:
    """One such gridd. What a unit tells the desk, the desk enters."""

    def __init__(self, folder, clock, people=(), **more):
        self.daemon = Daemon(folder, pack=PENGPU, clock=clock, config={"principals": [*PEOPLE, *people], **more}).start()
        for person in [*PEOPLE, *people]:
            client = Client(self.daemon.url, token=token(person["name"]))
            self.daemon.clients.append(client)
            setattr(self, person["name"], client)
        self.refs = 0

    def at(self, time):
        """On to that moment of the test clock; what is due on the way happens."""
        self.daemon.call("test.advance", to=time + "+08:00")

    def submit(self, class_, estate, channel="patrol", **more):
        self.refs += 1
        params = {"class": class_, "estate": estate, "text": "见现场", "source": {"channel": channel, "ref": f"D-{self.refs}"}, **more}
        return self.platform.call("case.submit", params)["case"]

    def by(self, unit, method, case, **params):
        """The desk enters what a unit tells it."""
        return self.desk.call(method, {"case": case, "for": {"unit": unit}, **params})

    def verify(self, case, outcome, how):
        self.boss.call("case.verify", {"case": case, "outcome": outcome, "method": how})

    def get(self, case):
        return self.desk.call("case.get", case=case)

    def clock(self, case, name):
        return [c for c in self.get(case)["clocks"] if c["name"] == name][-1]

    def timeline(self, case):
        """One line an event: when, what, of which clock, and who holds the case after it."""
        lines, unit = [], None
        for e in self.desk.call("case.history", case=case, limit=200)["events"]:
            changes = e["data"]["changes"]
            fired = next((c["clock"] for c in changes if c["what"] == "fired"), None)
            held = next((c["unit"] for c in changes if c["what"] == "held"), unit)
            words = [e["at"][:19].replace("T", " "), e["type"], fired, f"-> {held}" if held != unit else None]
            lines.append(" ".join(w for w in words if w))
            unit = held
        return lines

    def told(self, case, type_, clock):
        """Whom the first such event told."""
        for e in self.desk.call("case.history", case=case, limit=200)["events"]:
            changes = e["data"]["changes"]
            if e["type"] == type_ and any(c["what"] == "fired" and c["clock"] == clock for c in changes):
                return [c["notice"]["unit"] for c in changes if c["what"] == "notice"]
        raise AssertionError(f"no {type_} of {clock}")

    def ledger(self, case):
        """{holder: seconds}, and that they add up."""
        ledger = self.desk.call("case.ledger", case=case)
        seconds = {h["unit"] or h["why"]: h["seconds"] for h in ledger["holders"]}
        assert sum(seconds.values()) == ledger["seconds"]
        return seconds


def lines(text):
    return [line.strip() for line in text.strip().splitlines()]
