"""gridctl against a scripted daemon: its words, its exit codes, its tables, and what it makes of bad files and bad replies."""

import json
import os
import pty
import re
import signal
import socket
import subprocess
import threading
import unicodedata

import pytest
from harness import BUILD, SMALL, wait_until

GRIDCTL = BUILD / "gridctl"
NUMBER = "20261123-0000001"
NOW = "2026-11-23T12:00:00+08:00"


class Fault(Exception):
    def __init__(self, code, reason, message="no", **data):
        self.error = {"code": code, "message": message, "data": {"reason": reason, **data}}


class Script:
    """A line server whose answers the test writes: {method: function of params}. Remembers every call."""

    def __init__(self, path, answers):
        self.url, self.answers, self.calls, self.late = f"unix:{path}", answers, [], False
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(path))
        self.listener.listen()
        threading.Thread(target=self.serve, daemon=True).start()

    def params(self, method):
        return [p for m, p in self.calls if m == method]

    def serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            try:
                with connection, connection.makefile("rwb") as lines:
                    self.talk(lines)
            except ConnectionError:
                pass  # the client went away

    def talk(self, lines):
        for line in lines:
            request = json.loads(line)
            self.calls.append((request["method"], request.get("params")))
            reply = {"jsonrpc": "2.0", "id": request["id"]}
            try:
                answer = self.answers[request["method"]](request.get("params"))
                if answer is None:
                    return  # hangs up
                if isinstance(answer, bytes):
                    lines.write(answer)
                    lines.flush()
                    continue
                reply["result"] = answer
            except Fault as fault:
                reply["error"] = fault.error
            except KeyError:
                reply["error"] = Fault(-32601, "method_not_found", "Method not found").error
            lines.write(json.dumps(reply, ensure_ascii=False).encode() + b"\n")
            lines.flush()

    def close(self):
        self.listener.close()


@pytest.fixture
def script(folder):
    made = []

    def make(**answers):
        made.append(Script(folder / "s.sock", {name.replace("__", "."): answer for name, answer in answers.items()}))
        return made[-1]

    yield make
    for s in made:
        s.close()


def gridctl(*args, to=None, lang="C", stdin=None, env=None, cwd=None):
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "GRID"))}
    environment.update(LANG=lang, **(env or {}))
    socket_args = ["--socket", to.url] if to else []
    done = subprocess.run([str(GRIDCTL), *map(str, args), *socket_args], input=stdin, capture_output=True, timeout=60,
                          env=environment, cwd=cwd)
    done.out, done.err = done.stdout.decode(), done.stderr.decode()
    assert "Sanitizer" not in done.err and "runtime error" not in done.err, done.err
    return done


def width(text):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def a_row(n=1, **more):
    row = {"number": f"20261123-{n:07}", "state": "dispatched", "state_name": "待处置", "class": "E70-05", "class_name": "房屋漏水",
           "class_name_en": "leak", "estate": "pp-001", "estate_name": "一号小区", "unit": "firm_a", "unit_name": "甲物业",
           "unit_name_en": "Firm A", "due_at": "2026-11-23T15:00:00+08:00", "text": "三楼漏水\n第二行"}
    row.update(more)
    return row


# -- words, help, usage --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed, meant", [("cas list", "case list"), ("case lst", "case list"), ("list", "case list"),
                                          ("rule check x", "rules check"), ("bord", "board"), ("verify", "db verify")])
def test_did_you_mean(typed, meant):
    done = gridctl(*typed.split())
    assert done.returncode == 2
    assert f"did you mean “{meant}”?" in done.err and not done.out


def test_nothing_near_points_to_help():
    done = gridctl("frobnicate", "everything")
    assert done.returncode == 2 and "try: gridctl help" in done.err


@pytest.mark.parametrize("args", [["case", "list", "--stat", "x"], ["case", "show"], ["case", "show", "1", "2"], ["case"],
                                  ["case", "list", "--limit", "many"], ["case", "list", "--limit"], ["case", "submit", "--attr", "x"],
                                  ["case", "list", "-q"], ["system", "ping", "--socket", "http://x"],
                                  ["case", "import", "x.csv"], ["rpc", "call", "system.ping", "{"]])
def test_wrong_usage_is_2_and_says_what_next(args):
    done = gridctl(*args)
    assert done.returncode == 2, done.err
    assert done.err.startswith("gridctl: ") and not done.out


def test_unknown_option_names_the_nearest():
    assert "did you mean --state?" in gridctl("case", "list", "--stat", "x").err


def test_every_command_has_help_with_its_options_and_an_example():
    listed = re.findall(r"^  ([a-z]+(?: [a-z]+)?)\s", gridctl("help").out.split("\n\n")[1], re.M)
    assert len(listed) >= 15
    for words in listed:
        done = gridctl("help", *words.split())
        assert done.returncode == 0 and f"usage: gridctl {words}" in done.out and f"example:\n  gridctl {words}" in done.out
        assert gridctl(*words.split(), "--help").out == done.out


def test_help_is_chinese_where_the_language_is():
    assert "列出案件" in gridctl("help", lang="zh_CN.UTF-8").out
    assert "列出案件" in gridctl("help", env={"GRIDCTL_LANG": "zh"}).out
    assert "list cases" in gridctl("help", lang="zh_CN.UTF-8", env={"GRIDCTL_LANG": "en"}).out


def test_version():
    assert re.fullmatch(r"gridctl \d+\.\d+\.\d+\n", gridctl("--version").out)


# -- errors and exit codes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("code, reason, expected", [(-32001, "unauthenticated", 4), (-32002, "forbidden", 4), (-32003, "not_found", 5),
                                                    (-32004, "conflict", 6), (-32005, "overloaded", 7), (-32006, "unavailable", 7),
                                                    (-32007, "outcome_unknown", 1), (-32602, "invalid_params", 1),
                                                    (-32603, "internal", 1)])
def test_exit_codes_of_refusals(script, code, reason, expected):
    def refuse(_):
        raise Fault(code, reason, "because of it")

    done = gridctl("case", "show", NUMBER, to=script(case__get=refuse))
    assert done.returncode == expected
    assert "because of it" in done.err and "try:" in done.err and not done.out


def test_conflict_says_what_is_possible(script):
    def refuse(_):
        raise Fault(-32004, "conflict", "closed already", state="closed", allowed=["case.reopen", "case.note"], case=NUMBER)

    done = gridctl("case", "submit", "--text", "x", to=script(case__submit=refuse))
    assert done.returncode == 6
    assert "case.reopen, case.note" in done.err and f"gridctl case show {NUMBER}" in done.err


def test_all_faults_of_params_are_listed(script):
    def refuse(_):
        raise Fault(-32602, "invalid_params", "2 faults", errors=[
            {"path": "/params/estate", "code": "unknown", "message": "no estate pp-9", "suggestion": "pp-001"},
            {"path": "/params/source/ref", "code": "missing", "message": "is missing"}])

    done = gridctl("case", "submit", "--estate", "pp-9", to=script(case__submit=refuse))
    assert "  estate: no estate pp-9; did you mean pp-001?\n" in done.err and "  source.ref: is missing\n" in done.err


def test_unreachable_is_7(folder):
    done = gridctl("system", "ping", "--socket", folder / "nobody.sock")
    assert done.returncode == 7 and "nobody.sock" in done.err and "./start" in done.err
    assert gridctl("system", "ping", "--socket", "tcp://127.0.0.1:1").returncode == 7


def test_socket_comes_from_the_environment(script):
    s = script(system__ping=lambda _: {"pong": True, "ready": True})
    done = gridctl("system", "ping", env={"GRIDD_SOCKET": s.url})
    assert done.returncode == 0 and done.out == "ready\n"


def test_not_ready_is_7(script):
    done = gridctl("system", "ping", to=script(system__ping=lambda _: {"pong": True, "ready": False, "why": "database away"}))
    assert done.returncode == 7 and "database away" in done.err


def test_hang_up_is_7(script):
    assert gridctl("case", "show", NUMBER, to=script(case__get=lambda _: None)).returncode == 7


def test_silence_ends_at_the_timeout(script):
    done = gridctl("case", "show", NUMBER, "--timeout", "1", to=script(case__get=lambda _: b""))
    assert done.returncode == 7 and "no reply in time" in done.err


@pytest.mark.parametrize("reply", [b"HTTP/1.1 400 Bad Request\n", b"\xff\xfe\n", b'{"a":1,"a":2}\n', b"[\n"])
def test_a_peer_that_is_no_gridd(script, reply):
    assert gridctl("case", "show", NUMBER, to=script(case__get=lambda _: reply)).returncode == 7


@pytest.mark.parametrize("reply", ["[]", "7", '"x"', "{}", '{"id":1,"result":null}', '{"id":1,"result":[1]}',
                                   '{"id":1,"result":{"cases":[7,null,{}],"now":3}}', '{"id":null,"error":{}}', '{"id":1,"error":7}'])
@pytest.mark.parametrize("command", [["case", "list"], ["case", "show", "1"], ["case", "history", "1"], ["system", "info"],
                                     ["rules", "explain"], ["rules", "show"], ["db", "verify"], ["case", "submit"]])
def test_odd_replies_break_nothing(script, reply, command):
    def answer(_):
        return reply.encode() + b"\n"

    s = script(**{m: answer for m in ["case__list", "case__get", "case__history", "system__info", "rules__explain", "rules__show",
                                      "db__verify", "case__submit"]})
    assert gridctl(*command, "--timeout", "1", to=s).returncode in range(0, 8)


def test_db_verify_says_no_with_3(script):
    result = {"ok": False, "checks": [{"name": "case.version", "bad": 2, "examples": [NUMBER, "b"]}, {"name": "event.hash", "bad": 0}]}
    done = gridctl("db", "verify", to=script(db__verify=lambda _: result))
    assert done.returncode == 3 and NUMBER in done.out and "NOT ok" in done.out


def test_interrupt_is_130(script):
    started = threading.Event()

    def never(_):
        started.set()
        return b""

    s = script(case__get=never)
    process = subprocess.Popen([GRIDCTL, "case", "show", NUMBER, "--socket", s.url], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    assert started.wait(20)
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 130


def test_full_disk_is_a_failure(script):
    s = script(case__list=lambda _: {"cases": [a_row()], "now": NOW})
    with open("/dev/full", "wb") as full:
        done = subprocess.run([GRIDCTL, "case", "list", "--socket", s.url], stdout=full, stderr=subprocess.PIPE, timeout=60)
    assert done.returncode == 1 and b"writing the output" in done.stderr


# -- params --------------------------------------------------------------------------------------------------------


def test_submit_puts_each_option_where_it_belongs(script):
    s = script(case__submit=lambda _: {"case": NUMBER, "state": "dispatched", "version": 1, "unit": "firm_a", "rule": "leak", "similar": []})
    done = gridctl("case", "submit", "--class", "E70-05", "--condition=2", "-t", "三楼漏水", "--estate", "pp-001", "--grid", "g1",
                   "--address", "试验路100弄3号", "--channel", "patrol", "--ref", "R-1", "--urgency", "urgent", "--tag", "a", "--tag", "b",
                   "--attr", "floor=3", "--attr", "a.b=x=y", "--observed-at", NOW, "--received-at", NOW, "--key", "k", "--dry-run",
                   "--place-x", "121.45", "--town", "310106999", to=s)
    assert done.returncode == 0 and done.out.startswith(NUMBER)
    assert s.params("case.submit") == [{
        "class": "E70-05", "condition": "2", "text": "三楼漏水", "estate": "pp-001", "grid": "g1", "address": "试验路100弄3号",
        "source": {"channel": "patrol", "ref": "R-1"}, "urgency": "urgent", "tags": ["a", "b"], "attrs": {"floor": "3", "a.b": "x=y"},
        "observed_at": NOW, "received_at": NOW, "key": "k", "dry_run": True, "place": {"x": 121.45}, "town": "310106999"}]


def test_submit_reads_json_and_options_stand_over_it(script, folder):
    s = script(case__submit=lambda _: {"case": NUMBER, "state": "triage"})
    text = json.dumps({"text": "甲", "source": {"channel": "patrol", "ref": "1"}, "class": "E1"}).encode()
    (folder / "one.json").write_bytes(text)
    gridctl("case", "submit", "-", "--class", "E2", "--ref", "2", to=s, stdin=text)
    gridctl("case", "submit", folder / "one.json", to=s)
    assert s.params("case.submit") == [{"text": "甲", "source": {"channel": "patrol", "ref": "2"}, "class": "E2"}, json.loads(text)]


@pytest.mark.parametrize("text", [b"{", b"[]", b"{'a':1}", b'{"a":1,"a":2}', "{\"a\":\"小区\"}".encode("gb18030")])
def test_submit_refuses_what_is_not_json(script, text):
    s = script()
    assert gridctl("case", "submit", "-", to=s, stdin=text).returncode == 2
    assert not s.calls


def test_list_filters(script):
    s = script(case__list=lambda _: {"cases": [], "now": NOW})
    done = gridctl("case", "list", "--state", "triage", "-u", "desk", "--class", "c", "--estate", "e", "--grid", "g", "--channel", "patrol",
                   "--tag", "t", "--overdue", "any", "--due-before", NOW, "--received-since", NOW, "--updated-since", NOW,
                   "--returns-min", "2", "--pending", "--text", "x", "--sort", "overdue", "-n", "7", "--cursor", "c1", to=s)
    assert done.returncode == 0
    assert s.params("case.list") == [{
        "state": "triage", "unit": "desk", "class": "c", "estate": "e", "grid": "g", "channel": "patrol", "tag": "t", "overdue": "any",
        "due_before": NOW, "received_since": NOW, "updated_since": NOW, "returns_min": 2, "pending": True, "text": "x",
        "sort": "overdue", "limit": 7, "cursor": "c1"}]


def test_a_case_may_be_named_by_its_outside_number(script):
    s = script(case__get=lambda _: a_row(), case__history=lambda _: {"events": []})
    gridctl("case", "show", "hotline/SH-1/2", to=s)
    gridctl("case", "history", NUMBER, to=s)
    assert s.calls == [("case.get", {"case": {"channel": "hotline", "ref": "SH-1/2"}}), ("case.history", {"case": NUMBER})]


def test_rpc_call(script):
    s = script(anything=lambda p: {"got": p, "price": 1.50})
    done = gridctl("rpc", "call", "anything", '{"漏":1}', to=s)
    assert json.loads(done.out) == {"got": {"漏": 1}, "price": 1.5} and done.out.count("\n") == 1
    assert json.loads(gridctl("rpc", "call", "anything", "-", to=s, stdin=b'{"x":2}').out)["got"] == {"x": 2}


def test_advance(script):
    s = script(test__advance=lambda _: {"now": NOW, "fired": 3, "jobs": 1})
    done = gridctl("test", "advance", "--by", "240min", to=s)
    assert s.params("test.advance") == [{"by": "240min"}] and done.out == "now 2026-11-23 12:00:00; 3 fired, 1 jobs\n"


# -- tables and pages ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["C", "en_US.UTF-8", "zh_CN.UTF-8", "zh_CN.GB18030", "nonsense"])
def test_chinese_columns_line_up(script, lang):
    rows = [a_row(1), a_row(2, state="handling", state_name="处置中", **{"class": "E1", "class_name": "路", "class_name_en": "r"}),
            a_row(3, estate_name="一个名字很长的住宅小区", due_at=None, text="x")]
    done = gridctl("case", "list", to=script(case__list=lambda _: {"cases": rows, "now": NOW}), lang=lang)
    head, *body = [line for line in done.out.splitlines() if line]
    zh = lang.startswith("zh")
    starts = [width(head[:head.index(title)]) for title in (["编号", "承办", "到期"] if zh else ["number", "unit", "due"])]
    for line, row in zip(body, rows):
        for start, text in zip(starts, [row["number"], "甲物业" if zh else "Firm A", ("剩" if zh else "3 h") if row["due_at"] else "- "]):
            assert width(line[:line.index(text)]) == start, done.out
    assert ("待处置" in done.out) == zh and ("dispatched" in done.out) != zh


@pytest.mark.parametrize("due, en, zh", [
    ("2026-11-23T12:35:00+08:00", "35 min left", "剩 35 分钟"), ("2026-11-23T15:00:00+08:00", "3 h left", "剩 3 小时"),
    ("2026-11-27T13:00:00+08:00", "4 d left", "剩 4 天"), ("2026-11-23T03:30:00Z", "30 min overdue", "超期 30 分钟"),
    ("2026-11-21T11:00:00+08:00", "2 d overdue", "超期 2 天")])
def test_due_is_said_from_now(script, due, en, zh):
    s = script(case__list=lambda _: {"cases": [a_row(due_at=due)], "now": NOW})
    assert en in gridctl("case", "list", to=s).out and zh in gridctl("case", "list", to=s, lang="zh_CN").out


def test_what_citizens_wrote_cannot_play_with_the_terminal(script):
    nasty = "a\x1b[2Jb\x07\x7fc\x9b31md\u202eevil\u2066x\r\nsecond\x1b]0;t\x07"
    case = a_row(text=nasty, estate_name="\x1b[31mred", address=nasty, attrs={"k\x1b": nasty})
    answers = {"case__list": lambda _: {"cases": [case], "now": NOW}, "case__get": lambda _: case,
               "case__history": lambda _: {"events": [{"version": 1, "type": "case.submitted", "at": NOW, "data": {"t": nasty}}]}}
    s = script(**answers)
    for command in (["case", "list"], ["case", "show", NUMBER], ["case", "history", NUMBER]):
        out = gridctl(*command, to=s).out
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", out), out
        assert "␛" in out or "\\u001b" in out


def test_json_on_a_terminal_is_pretty_and_harmless(script):
    value = {"text": "漏\u009b\u202e", "n": [1]}
    s = script(case__get=lambda _: value)
    main, second = pty.openpty()
    process = subprocess.Popen([GRIDCTL, "case", "show", NUMBER, "--json", "--socket", s.url], stdout=second, stdin=subprocess.DEVNULL)
    os.close(second)
    out = b""
    while True:
        try:
            more = os.read(main, 4096)
        except OSError:
            break
        if not more:
            break
        out += more
    assert process.wait(20) == 0
    os.close(main)
    text = out.decode().replace("\r\n", "\n")
    assert json.loads(text) == value and '\n  "text": "漏\\u009b\\u202e"' in text


def test_json_goes_out_as_it_came(script):
    s = script(case__list=lambda _: {"cases": [a_row()], "now": NOW, "new_member": 1.10})
    done = gridctl("case", "list", "--json", to=s)
    assert done.out.count("\n") == 1 and json.loads(done.out) == {"cases": [a_row()], "now": NOW, "new_member": 1.1}


def pages(params, of=1200):
    start, n = int(params.get("cursor", 0)), params.get("limit", 50)
    result = {"cases": [a_row(i) for i in range(start, min(start + n, of))], "now": NOW}
    if start + n < of:
        result["cursor"] = str(start + n)
    return result


def test_all_pages_are_followed(script):
    s = script(case__list=pages)
    done = gridctl("case", "list", "--all", to=s)
    numbers = re.findall(r"^20261123-\d+", done.out, re.M)
    assert len(numbers) == len(set(numbers)) == 1200 and [p.get("limit") for p in s.params("case.list")] == [500] * 3
    assert len(json.loads(gridctl("case", "list", "--all", "--json", to=s).out)["cases"]) == 1200


def test_one_page_says_that_there_are_more(script):
    done = gridctl("case", "list", to=script(case__list=pages))
    assert len(done.out.splitlines()) == 51 and "--cursor 50" in done.err


def test_board_counts_by_unit(script):
    rows = {"dispatched": [a_row(1), a_row(2, due_at="2026-11-20T12:00:00+08:00"), a_row(3, due_at="2026-11-24T09:00:00+08:00")],
            "handling": [a_row(4, unit="roads", unit_name="道路办", due_at=None)]}
    s = script(case__list=lambda p: {"cases": rows.get(p["state"], []), "now": NOW})
    done = gridctl("board", "--json", to=s)
    assert json.loads(done.out)["total"] == {"open": 4, "due_today": 1, "overdue": 1, "longest_overdue_seconds": 3 * 86400}
    assert json.loads(done.out)["units"][0] == {"unit": "firm_a", "open": 3, "due_today": 1, "overdue": 1, "longest_overdue_seconds": 3 * 86400}
    out = gridctl("board", to=s, lang="zh_CN").out
    assert re.search(r"甲物业\s+3\s+1\s+1\s+3 天", out) and re.search(r"合计\s+4\s+1\s+1\s+3 天", out)
    assert {p["state"] for p in s.params("case.list")} == {"triage", "dispatched", "handling", "finished", "suspended"}


def test_show_prints_the_whole_text_tasks_and_clocks(script):
    case = a_row(tasks=[{"unit": "firm_a", "unit_name": "甲物业", "kind": "lead", "state": "finished", "given_at": NOW}],
                 clocks=[{"name": "accept", "state": "running", "limit": "4wh", "started_at": NOW, "due_at": NOW, "overdue_seconds": 7200}],
                 source={"channel": "patrol", "channel_name": "网格巡查", "ref": "R-1"}, attrs={"floor": "3"}, tags=["a"])
    out = gridctl("case", "show", NUMBER, to=script(case__get=lambda _: case), lang="zh_CN").out
    for text in ["待处置", "内容：三楼漏水\n    第二行", "小区：一号小区 (pp-001)", "来源：网格巡查 (patrol)", "floor=3", "已完成", "接单", "超期 2 小时"]:
        assert text in out, out


def test_explain_shows_rule_limits_and_trace(script):
    result = {"routed": True, "unit": "firm_a", "responsible": "firm_a", "handlers": ["firm_a", "housing"], "assist": ["c001"],
              "rule": {"id": "leak", "file": "rules/all.yaml", "line": 12}, "propose": False, "emergency": False, "estate": "pp-001",
              "estate_from": "address: 试验路100弄", "limits": [{"clock": "handle", "limit": "3wd", "calendar": "office", "from": "town"}],
              "due": {"handle": NOW}, "clocks": [], "passed_over": 4, "cut": False,
              "trace": [{"rule": "leak", "file": "rules/all.yaml", "line": 12, "condition": "class: E70-05", "answer": "yes", "because": "it is"},
                        {"rule": "leak", "file": "rules/all.yaml", "line": 12, "condition": "open: x", "answer": "cannot_tell"}]}
    s = script(rules__explain=lambda _: result)
    out = gridctl("rules", "explain", "--class", "E70-05", "--at", NOW, to=s).out
    assert s.params("rules.explain") == [{"class": "E70-05", "at": NOW}]
    for text in ["leak  rules/all.yaml:12", "firm_a → housing", "address: 试验路100弄", "2026-11-23 12:00", "✓", "4 earlier rules"]:
        assert text in out, out


# -- rules check needs no daemon ------------------------------------------------------------------------------------


def test_rules_check(folder):
    done = gridctl("rules", "check", SMALL)
    assert done.returncode == 0 and done.out.startswith("ok") and "试验镇" in done.out
    assert gridctl("rules", "check", folder / "nothing").returncode == 1


def test_rules_check_says_no_with_3(folder):
    (folder / "town.yaml").write_text("format: 1\ntown: {cod: x}\n")
    done = gridctl("rules", "check", folder)
    assert done.returncode == 3 and re.search(r"town\.yaml:\d+:\d+: ", done.out) and "^" in done.out


# -- import ---------------------------------------------------------------------------------------------------------


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


def test_import_reports_every_fault_by_line(script, folder):
    s = script(**Intake().answers)
    (folder / "a.jsonl").write_bytes(lines_of(plain_case(1)) + b"\n{oops}\n[1]\n" + lines_of(plain_case(2, estate="x"), plain_case(3)))
    done = gridctl("case", "import", folder / "a.jsonl", to=s)
    assert done.returncode == 1 and done.out == "2 new, 0 there already, 3 refused\n"
    name = re.escape(str(folder / "a.jsonl"))
    assert re.fullmatch(rf"{name}:3: not JSON: .*\n{name}:4: expected a JSON object.*\n"
                        rf"{name}:5: estate: no such estate; did you mean pp-001\?\n{name}:5: text: is empty\n", done.err)
    assert json.loads(gridctl("case", "import", folder / "a.jsonl", "--json", to=s).out) == {"new": 0, "replayed": 2, "refused": 3}


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
    assert done.returncode == 1 and not intake.stored and done.out.startswith("1 would be new, 0 are there already, 1 refused")


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
    process = subprocess.Popen([GRIDCTL, "case", "import", folder / "a.jsonl", "--socket", s.url], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert reached.wait(30)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    hold.set()
    assert process.returncode == 130 and b"run the same command again" in err and b" new, 0 there already" in out
    wait_until(lambda: "第50件" in [p["text"] for p in intake.order], what="the held call's end")
    assert gridctl("case", "import", folder / "a.jsonl", to=s).returncode == 0
    assert len(intake.stored) == 200
