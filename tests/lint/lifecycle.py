"""lifecycle: the tables of daemon/cases/lifecycle.def, and what docs/lifecycle.md shows of them."""

import re

TABLE = "daemon/cases/lifecycle.def"
SCHEMA = "schema/migrations/0001_first.sql"
TEXT = r'(?:"((?:[^"\\]|\\.)*)"|NULL)'
# Where a submit puts a new case; all other ways are rows of the table.
STARTS = ("dispatched", "triage", "finished")
# What an arrow is called where a method's own name says too little.
ARROWS = {"case.amend": "reroute", "request.decide": "granted", "case.answered": "its parent closed"}


class Table:
    def __init__(self, text):
        self.states = {s: (name, zh, final == "true")
                       for s, name, zh, final in re.findall(rf"^STATE\((\w+),\s*{TEXT},\s*{TEXT},\s*(\w+)\)", text, re.M)}
        self.commands = {c: words for c, *words in
                         re.findall(rf"^COMMAND\((\w+),\s*{TEXT},\s*{TEXT},\s*{TEXT},\s*{TEXT}\)", text, re.M)}
        self.moves = [(c, self._states(where), to, why)
                      for c, where, to, why in re.findall(rf"^MOVE\((\w+),\s*(.+?),\s*(\w+),\s*{TEXT}\)", text, re.M)]

    def _states(self, expression):
        """IN(TRIAGE) | LIVE & ~IN(SUSPENDED): the symbols, in the table's order."""
        bit = {s: 1 << i for i, s in enumerate(self.states)}
        every = sum(bit.values())
        live = every & ~bit["MERGED"] & ~sum(bit[s] for s, (_, _, final) in self.states.items() if final)
        python = re.sub(r"IN\((\w+)\)", lambda m: str(bit[m[1]]), expression)
        bits = eval(python, {"__builtins__": {}}, {"ANY": every, "LIVE": live})
        return [s for s in self.states if bit[s] & bits]

    def name(self, symbol):
        return self.states[symbol][0]

    def where(self, symbols):
        missing = [name for s, (name, *_) in self.states.items() if s not in symbols]
        if len(missing) > 2:
            return ", ".join(self.name(s) for s in symbols)
        return "all but " + ", ".join(missing) if missing else "any"

    def title(self, command):
        """A command as people know it: its method, or whose it is."""
        method, event = self.commands[command][:2]
        return method or ("time" if command == "FIRE" else event)

    def targets(self, where, to, why):
        """The other states that a move may lead to; a state that the command decides is named in its sentence."""
        if to in self.states:
            return [to]
        if to == "SAME":
            return []
        return [s for s in self.states if re.search(rf"\b{self.name(s)}\b", why)]


def _table(files):
    return Table(files[TABLE])


def states(files):
    lines = ["| state | 中文 | after it |", "|---|---|---|"]
    t = _table(files)
    for symbol, (name, zh, final) in t.states.items():
        after = {t.name(s) for _, where, to, why in t.moves if symbol in where for s in t.targets(where, to, why)} - {name}
        told = ", ".join(f"`{n}`" for n, *_ in t.states.values() if n in after)
        lines.append(f"| `{name}` | {zh} | {told}{' (it is over: opened again)' if final else ''} |")
    return lines


def commands(files):
    lines = ["| command | 中文 | does | event |", "|---|---|---|---|"]
    for symbol, (method, event, zh, en) in _table(files).commands.items():
        who = f"`{method}`" if method else "-"
        lines.append(f"| {who} | {zh} | {en} | {f'`{event}`' if event else 'says what happened: `clock.*` and others'} |")
    return lines


def moves(files):
    t = _table(files)
    lines = ["| command | in | leads to | |", "|---|---|---|---|"]
    for command, where, to, why in t.moves:
        leads = {"SAME": "-", "PREVIOUS": "where it was", "DECIDED": "it depends"}.get(to) or f"`{t.name(to)}`"
        lines.append(f"| {t.title(command)} | {t.where(where)} | {leads} | {why} |")
    return lines


def diagram(files):
    """The ways from state to state. What changes nothing about where a case is has no arrow."""
    t = _table(files)
    arrows = {}
    for command, where, to, why in t.moves:
        for symbol in where:
            for target in t.targets(where, to, why):
                if target != symbol:
                    title = t.title(command)
                    arrows.setdefault((symbol, target), []).append(ARROWS.get(title, title.removeprefix("case.")))
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [f"    {name}: {name} {zh}" for name, zh, _ in t.states.values()]
    lines += [f"    [*] --> {name}: submit" for name in STARTS]
    lines += [f"    {t.name(a)} --> {t.name(b)}: {', '.join(dict.fromkeys(how))}" for (a, b), how in arrows.items()]
    return lines + ["```"]


def faults(files):
    """No pair twice, every state reached, every command with a row, and the same states in the schema."""
    t = _table(files)
    found, seen = [], set()
    for command, where, _, _ in t.moves:
        for symbol in where:
            if (symbol, command) in seen:
                found.append(f"{TABLE}: {command} in {symbol} stands twice")
            seen.add((symbol, command))
    moving = {command for command, *_ in t.moves}
    found += [f"{TABLE}: no state has the command {c}" for c in t.commands if c != "SUBMIT" and c not in moving]
    reached = {s for s in t.states if t.name(s) in STARTS}
    for _ in t.states:
        reached |= {to for _, where, how, why in t.moves if reached & set(where) for to in t.targets(where, how, why)}
    found += [f"{TABLE}: nothing leads to {s}" for s in t.states if s not in reached]
    check = re.search(r"CHECK \(state IN\s*\(([^)]*)\)", files[SCHEMA], re.I)
    stored = re.findall(r"'(\w+)'", check[1]) if check else []
    if sorted(stored) != sorted(name for name, *_ in t.states.values()):
        found.append(f"{SCHEMA}: the states are {', '.join(stored)}")
    return found
