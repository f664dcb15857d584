"""gridctl case import: keys that make it safe to run again, reports by line, tables by a map, the test clock."""

import json
import re
import signal
import subprocess
import threading

import pytest
from harness import wait_until
from scripted import NOW, Fault, gridctl, on_terminal, script, start  # noqa: F401


class Intake:
    """Takes cases in, knows keys, refuses estates that it doesn't know."""

    def __init__(self, **more):
        self.stored, self.order = {}, []
        self.answers = {"case__submit": self.submit, **more}

    def submit(self, p):
        if p.get("estate", "pp-001") != "pp-001":
            raise Fault(-32602, "invalid_params", "faults", errors=[
                {"path": "/params/estate", "code": "unknown", "message": "no such estate", "suggestion": "pp-001"},
                {"path": "/params/text", "code": "empty", "message": "is empty"}])
        if p.get("dry_run"):
            return {"dry_run": True, "state": "triage"}
        replayed = p["key"] in self.stored
        self.stored.setdefault(p["key"], p)
        self.order.append(p)
        return {"case": f"20261123-{len(self.stored):07}", "state": "triage", **({"replayed": True} if replayed else {})}


def lines_of(*cases):
    return "".join(json.dumps(c, ensure_ascii=False) + "\n" for c in cases).encode()


def plain_case(n, **more):
    return {"text": f"第{n}件", "source": {"channel": "patrol", "ref": f"R-{n}"}, **more}


def test_import_is_resumable(script, folder):
    intake = Intake()
    s = script(**intake.answers)
    (folder / "a.jsonl").write_bytes(lines_of(*[plain_case(i) for i in range(300)]))
    assert gridctl("case", "import", folder / "a.jsonl", to=s).out == "300 new, 0 there already, 0 refused\n"
    assert gridctl("case", "import", folder / "a.jsonl", to=s).out == "0 new, 300 there already, 0 refused\n"
    assert len(intake.stored) == 300 and all(re.fullmatch(r"import:[0-9a-f]{64}", key) for key in intake.stored)
    assert [p["text"] for p in intake.order[:300]] == [f"第{i}件" for i in range(300)]


def test_import_shows_progress_on_a_terminal_only(script, folder):
    intake = Intake()
    s = script(**intake.answers)
    (folder / "a.jsonl").write_bytes(lines_of(*[plain_case(i) for i in range(100)]))
    out = on_terminal("case", "import", folder / "a.jsonl", to=s)
    assert re.search(r"\r\x1b\[K +\d+%  \d+ new", out) and out.endswith("100 new, 0 there already, 0 refused\n")
    assert not gridctl("case", "import", folder / "a.jsonl", to=s).err


def test_import_reports_every_fault_by_line(script, folder):
    s = script(**Intake().answers)
    (folder / "a.jsonl").write_bytes(lines_of(plain_case(1)) + b"\n{oops}\n[1]\n" + lines_of(plain_case(2, estate="x"), plain_case(3)))
    done = gridctl("case", "import", folder / "a.jsonl", to=s)
    assert done.returncode == 1 and done.out == "2 new, 0 there already, 3 refused\n"
    name = re.escape(str(folder / "a.jsonl"))
    assert re.fullmatch(rf"{name}:3: not JSON: .*\n{name}:4: expected a JSON object.*\n"
                        rf"{name}:5: estate: no such estate; did you mean pp-001\?\n{name}:5: text: is empty\n", done.err)
    assert json.loads(gridctl("case", "import", folder / "a.jsonl", "--json", to=s).out) == {"new": 0, "replayed": 2, "refused": 3}


def test_import_takes_odd_lines_as_they_are(script, folder):
    """What they mean is the daemon's to judge; none of them may stop the import."""
    odd = [{}, {"tags": [None, 7]}, {"tags": "x"}, {"source": "patrol"}, {"source": {"channel": 7, "ref": None}}, {"key": 7}, {"received_at": 0}]
    intake = Intake()
    (folder / "a.jsonl").write_bytes(lines_of(*odd) + b'{"text":"' + b"x" * (600 << 10) + b'"}\n')
    done = gridctl("case", "import", folder / "a.jsonl", "--tag", "t", "--channel", "patrol", to=script(**intake.answers))
    assert done.out == "7 new, 0 there already, 1 refused\n" and ":8: longer than 512 KiB" in done.err


def test_import_ends_when_the_daemon_cannot_read_it(script, folder):
    refusal = b'{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error","data":{"reason":"parse_error"}}}\n'
    (folder / "a.jsonl").write_bytes(lines_of(plain_case(1)))
    done = gridctl("case", "import", folder / "a.jsonl", to=script(case__submit=lambda _: refusal))
    assert done.returncode == 1 and "Parse error" in done.err


def test_import_adds_tags_and_channel(script, folder):
    intake = Intake()
    (folder / "a.jsonl").write_bytes(lines_of({"text": "x", "tags": ["t1"]}, {"text": "y", "source": {"channel": "own", "ref": "1"}}))
    s = script(**intake.answers)
    gridctl("case", "import", folder / "a.jsonl", "--tag", "t1", "--tag", "t2", "--channel", "patrol", to=s)
    first, second = intake.order
    assert first["tags"] == ["t1", "t2"] and first["source"] == {"channel": "patrol"} and second["source"]["channel"] == "own"


def test_import_dry_run_stores_nothing(script, folder):
    intake = Intake()
    (folder / "a.jsonl").write_bytes(lines_of(plain_case(1), plain_case(2, estate="x")))
    done = gridctl("case", "import", folder / "a.jsonl", "--dry-run", to=script(**intake.answers))
    assert done.returncode == 1 and not intake.stored and done.out == "1 sound, 1 refused; nothing was stored\n"


def test_import_asks_again_when_the_daemon_is_busy(script, folder):
    intake, tries = Intake(), {}

    def busy(p):
        tries[p["key"]] = tries.get(p["key"], 0) + 1
        if tries[p["key"]] < 3:
            raise Fault(-32005, "overloaded", "busy", retry_after_ms=1)
        return intake.submit(p)

    (folder / "a.jsonl").write_bytes(lines_of(*[plain_case(i) for i in range(20)]))
    done = gridctl("case", "import", folder / "a.jsonl", to=script(case__submit=busy))
    assert done.returncode == 0 and done.out == "20 new, 0 there already, 0 refused\n" and set(tries.values()) == {3}


def test_import_stops_where_nobody_may(script, folder):
    def refuse(_):
        raise Fault(-32002, "forbidden", "your role may not")

    s = script(case__submit=refuse)
    (folder / "a.jsonl").write_bytes(lines_of(*[plain_case(i) for i in range(1000)]))
    done = gridctl("case", "import", folder / "a.jsonl", to=s)
    assert done.returncode == 4 and done.err.count("your role may not") == 1 and len(s.calls) < 200


def test_import_after_a_broken_connection_goes_on_by_key(script, folder):
    intake, count = Intake(), [0]

    def breaks_once(p):
        count[0] += 1
        return None if count[0] == 100 else intake.submit(p)

    s = script(case__submit=breaks_once)
    (folder / "a.jsonl").write_bytes(lines_of(*[plain_case(i) for i in range(250)]))
    done = gridctl("case", "import", folder / "a.jsonl", to=s)
    assert done.returncode == 7 and "run the same command again" in done.err
    done = gridctl("case", "import", folder / "a.jsonl", to=s)
    assert done.returncode == 0 and len(intake.stored) == 250 and done.out.endswith("99 there already, 0 refused\n")


def test_import_moves_the_test_clock(script, folder):
    intake, clock, log = Intake(), [NOW], []

    def advance(p):
        log.append(p["to"])
        clock[0] = p["to"]
        return {"now": p["to"], "fired": 0, "jobs": 0}

    def submit(p):
        log.append(p["text"])
        return intake.submit(p)

    s = script(case__submit=submit, test__advance=advance, system__info=lambda _: {"now": clock[0], "test_clock": True})
    at = ["2026-11-23T11:00:00+08:00", "2026-11-23T12:30:00+08:00", "2026-11-23T12:30:00+08:00", "2026-11-23T05:00:00Z"]
    (folder / "a.jsonl").write_bytes(lines_of(*[plain_case(i, received_at=t) for i, t in enumerate(at)]))
    assert gridctl("case", "import", folder / "a.jsonl", "--advance", to=s).returncode == 0
    assert log == ["第0件", at[1], "第1件", "第2件", at[3], "第3件"]


def test_advance_needs_a_test_clock(script, folder):
    (folder / "a.jsonl").write_bytes(lines_of(plain_case(1)))
    s = script(**Intake(system__info=lambda _: {"now": NOW, "test_clock": False}).answers)
    done = gridctl("case", "import", folder / "a.jsonl", "--advance", to=s)
    assert done.returncode == 1 and not s.params("case.submit")


MAP = """\
text: 描述
class: {column: 类别, values: {漏水: E70-05}}
source.channel: {const: hotline}
source.ref: {column: 工单号}
received_at: {column: 时间, format: "%Y-%m-%d %H:%M:%S", zone: "+08:00"}
urgency: {column: 紧急, default: normal}
tags: {column: 标签, split: ";"}
attrs.floor: 楼层
place.x: 经度
"""
HEADER = "工单号,类别,描述,时间,紧急,标签,楼层,经度\r\n"
GOOD = '1,漏水,"他说""漏水""，\r\n三楼",2026-11-23 09:30:00,,甲;乙,3,121.5\r\n'


def import_csv(script, folder, body, *args, encoding="utf-8", mapping=MAP):
    intake = Intake()
    s = script(**intake.answers)
    (folder / "a.csv").write_bytes((HEADER + body).encode(encoding))
    (folder / "map.yaml").write_text(mapping)
    return gridctl("case", "import", folder / "a.csv", "--map", folder / "map.yaml", *args, to=s), intake


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_import_csv(script, folder, encoding):
    done, intake = import_csv(script, folder, GOOD, encoding=encoding)
    assert done.returncode == 0, done.err
    (case,) = intake.order
    case.pop("key")
    assert case == {"text": '他说"漏水"，\r\n三楼', "class": "E70-05", "source": {"channel": "hotline", "ref": "1"},
                    "received_at": "2026-11-23T09:30:00+08:00", "urgency": "normal", "tags": ["甲", "乙"], "attrs": {"floor": "3"},
                    "place": {"x": 121.5}}


def test_import_csv_reports_by_line(script, folder):
    body = GOOD + "2,漏水,x\r\n" + '3,漏水,"a"b,2026-11-23 09:30:00,,,,\r\n' + "4,漏水,x,23/11/2026,,,,east\r\n" + "5,路坏,x,,,,,\r\n"
    done, intake = import_csv(script, folder, body)
    name = re.escape(str(folder / "a.csv"))
    assert done.returncode == 1 and done.out == "2 new, 0 there already, 3 refused\n"
    assert re.fullmatch(rf"{name}:4: 3 fields where the header has 8\n{name}:5: text behind a closing quote.*\n"
                        rf"{name}:6: received_at: “23/11/2026” is no time.*\n{name}:6: place.x: “east” is not a number\n", done.err), done.err
    assert [p.get("class") for p in intake.order] == ["E70-05", "路坏"]


def test_import_csv_unclosed_quote(script, folder):
    done, _ = import_csv(script, folder, GOOD + '2,漏水,"x\n\n')
    assert done.returncode == 1 and "a quote is opened in line 4 and never closed" in done.err


def test_import_encoding_is_checked(script, folder):
    done, _ = import_csv(script, folder, GOOD, "--encoding", "utf-8", encoding="gb18030")
    assert done.returncode == 1 and "line 1: not valid UTF-8" in done.err
    (folder / "a.csv").write_bytes((HEADER + GOOD).encode("utf-16"))
    done = gridctl("case", "import", folder / "a.csv", "--map", folder / "map.yaml")
    assert done.returncode == 1 and "UTF-16" in done.err
    assert gridctl("case", "import", folder / "a.csv", "--map", folder / "map.yaml", "--encoding", "ebcdic").returncode == 2


@pytest.mark.parametrize("line, message, hint", [
    ("txt: 描述", "txt", "text"), ("text: 描叙", "描叙", "描述"), ("class: {colunm: 类别}", "colunm", "column"), ("class: {}", "class", None),
    ("received_at: {column: 时间, format: '%Y'}", "zone", None), ("text: [a]", "text", None), ("class: {column: 类别, values: x}", "values", None)])
def test_map_faults_have_a_place_and_a_hint(script, folder, line, message, hint):
    done, intake = import_csv(script, folder, GOOD, mapping=line + "\n")
    assert done.returncode == 1 and not intake.order
    assert re.search(r"map\.yaml:1:\d+: ", done.err) and message in done.err and (hint or "") in done.err, done.err


def test_import_interrupted_says_how_to_go_on(script, folder):
    intake, reached, hold = Intake(), threading.Event(), threading.Event()

    def slow(p):
        if p["text"] == "第50件":
            reached.set()
            hold.wait(30)
        return intake.submit(p)

    s = script(case__submit=slow)
    (folder / "a.jsonl").write_bytes(lines_of(*[plain_case(i) for i in range(200)]))
    process = start("case", "import", folder / "a.jsonl", to=s, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert reached.wait(30)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    hold.set()
    assert process.returncode == 130 and b"run the same command again" in err and b" new, 0 there already" in out
    wait_until(lambda: "第50件" in [p["text"] for p in intake.order], what="the held call's end")
    assert gridctl("case", "import", folder / "a.jsonl", to=s).returncode == 0
    assert len(intake.stored) == 200
