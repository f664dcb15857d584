"""A case's life through gridctl alone: each by his own token, against a real daemon."""

import itertools
import json
import re
import signal
import subprocess

import pytest
from harness import BUILD, MORNING, SMALL, Daemon, run, shutil
from principals import config, token
from scripted import environment

DATE = MORNING[:10]
REFS = itertools.count(1)


@pytest.fixture(scope="module")
def daemon(module_folder):
    d = Daemon(module_folder, config=config()).start()
    try:
        yield d
        d.stop()
    finally:
        d.close()


@pytest.fixture
def by(daemon):
    """by("works", "case", "accept", N) runs gridctl as that principal (None: as ourselves, the admin)."""
    def call(who, *args, expect=0, lang="C"):
        env = environment(lang, GRIDD_SOCKET=str(daemon.socket), **({"GRIDD_TOKEN": token(who)} if who else {}))
        done = run([BUILD / "gridctl", *args], env=env)
        assert "Sanitizer" not in done.stderr, done.stderr
        assert done.returncode == expect, (args, done.returncode, done.stdout, done.stderr)
        return done.stderr if expect else done.stdout

    return call


@pytest.fixture
def submit(by):
    def call(*more, klass="E70-05", who=None):
        out = by(who, "case", "submit", "--class", klass, "--estate", "pp-001", "--channel", "patrol", "--ref", f"CASE-{next(REFS)}", "--text",
                 "三楼漏水", *more)
        return out.split()[0]

    return call


def later(by, how):
    """Moves the test clock; the new time."""
    out = by(None, "test", "advance", "--by", how)
    return re.match(r"now (\S+ \S+);", out).group(1).replace(" ", "T") + "+08:00"


def show(by, number):
    return json.loads(by(None, "case", "show", number, "--json"))


def seconds(text):
    hours, minutes, rest = text.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + int(rest)


def test_from_a_file_to_closing(by, folder):
    case = {"class": "E70-05", "estate": "pp-001", "text": "三楼漏水", "source": {"channel": "patrol", "ref": "LIFE-1"}}
    (folder / "day.jsonl").write_text(json.dumps(case, ensure_ascii=False) + "\n", "utf-8")
    assert by("dispatcher", "case", "import", folder / "day.jsonl").startswith("1 new")
    n = show(by, "patrol/LIFE-1")["number"]
    # the firm phones in; without a name it is nobody
    assert "for {unit}" in by("dispatcher", "case", "accept", n, expect=1)
    told = show(by, n)["received_at"]
    later(by, "10min")
    out = by("dispatcher", "case", "accept", n, "--for", "firm_a", "--person", "张师傅", "--at", told, "--note", "电话报来")
    assert re.fullmatch(rf"{n}  handling, held by firm_a, due {DATE[:4]}-\S+ \d\d:\d\d\n", out)
    # once more isn't possible; what is, is said
    error = by("dispatcher", "case", "accept", n, "--for", "firm_a", expect=6)
    assert "task.accepted by dispatcher" in error and re.search(r"possible now: .*case arrive", error)
    assert f"try: gridctl case finish {n} solved --for firm_a\n" in error
    by("dispatcher", "case", "mark", n, "contacted")
    # it isn't the firm's; the next of the chain has it
    out = by("dispatcher", "case", "return", n, "not_ours", "--for", "firm_a")
    assert "dispatched, held by works" in out
    by("works", "case", "accept", n)
    later(by, "60min")
    asked = by("works", "request", "ask", n, "extend", "material")
    assert f"request {n}-R1" in asked
    assert n in by("supervisor", "case", "list", "--pending", "extend")
    before = show(by, n)["due_at"]
    by("supervisor", "request", "decide", f"{n}-R1", "yes", "--note", "配件在途")
    assert show(by, n)["due_at"] > before
    # the assistant first, then the lead
    by("dispatcher", "case", "assign", n, "roads", "assist", "--limit", "1wd")
    assert "roads" in by("works", "case", "finish", n, "solved", expect=6)
    by("roads", "case", "finish", n, "solved")
    assert "did you mean solved (实际解决)?" in by("works", "case", "finish", n, "solvd", expect=1)
    dry = by("works", "case", "finish", n, "solved", "--dry-run")
    assert "finished, held by desk" in dry and "nothing stored" in dry and show(by, n)["state"] == "handling"
    args = ["works", "case", "finish", n, "solved", "--attachment", "after=https://photos.example/1.jpg", "--key", "K-1"]
    done = by(*args)
    assert "finished, held by desk" in done and by(*args) == done.replace("\n", "  (was done already)\n")
    assert "rework" in by("works", "help", "case", "verify")
    assert "dispatched" not in by("dispatcher", "case", "verify", n, "rework", "--method", "photo")
    by("works", "case", "finish", n, "solved")
    assert by("dispatcher", "case", "verify", n, "pass", "--method", "site").startswith(f"{n}  closed")
    timeline = re.sub(r"(?<=\S) {2,}", "  ", by("auditor", "case", "history", n))
    for text in ["case.submitted  dispatcher", "task.accepted  dispatcher for firm_a (张师傅)  dispatched → handling", "told 2026-",
                 "“电话报来”", "held by works", "request.decided  supervisor", "granted", "after: https://photos.example/1.jpg",
                 "rework, photo", "passed, site", "finished → closed"]:
        assert text in timeline, timeline
    timeline = by("auditor", "case", "history", n, lang="zh_CN")
    assert "恢复" not in timeline and re.search("接单 +dispatcher，代 firm_a（张师傅）", timeline), timeline


def test_clock_ledger_and_why_add_up(by, submit):
    n = submit()
    later(by, "180min")
    by("dispatcher", "case", "accept", n, "--for", "firm_a")
    later(by, "3000min")
    out = by("auditor", "case", "clock", n, "handle")
    rows = re.findall(r"^2026-\S+ \S+  2026-\S+ \S+ +([\d:]+) +([\d:]+)", out, re.M)
    assert sum(seconds(worked) for worked, _ in rows) == seconds(rows[-1][1])
    assert seconds(re.search(r"limit ([\d:]+),", out)[1]) == seconds(rows[-1][1])
    later(by, "12000min")
    one = show(by, n)
    ledger = by("auditor", "case", "ledger", n)
    whole = re.search(r", ([\d:]+)\n", ledger)[1]
    assert re.search(rf"^sum +{whole} ", ledger, re.M), ledger
    why = by("auditor", "case", "why", n)
    assert one["state"] == "handling" and why.splitlines()[1].startswith("handle: overdue by ") and re.search("borne by +Firm A: ", why), why
    by("inspector", "case", "waive", n, "handle", "weather")
    assert "excused (severe weather)" in re.sub(r"\s+", " ", by("auditor", "case", "why", n))
    assert re.search(r"\bexcused +handle \(severe weather\)", by("auditor", "case", "show", n), re.M)
    assert n in by("dispatcher", "case", "list", "--overdue", "any", "--all")


def test_each_exit_code(by, submit, daemon):
    n = submit()
    assert by("auditor", "case", "ledger", n)                                                            # 0
    by("dispatcher", "case", "finish", n, "solved", "--for", "firm_a", "--at", "2030-01-01T00:00:00Z", expect=1)
    by("dispatcher", "case", "finish", n, expect=2)
    by(None, "notify", "test", "phone", expect=3)
    assert "it takes one of" in by("auditor", "case", "accept", n, expect=4)
    assert "GRIDD_TOKEN" in by("nobody-we-know", "case", "show", n, expect=4)
    assert "gridctl case list" in by("roads", "case", "show", n, expect=5)
    assert f"try: gridctl case accept {n}" in by("dispatcher", "case", "verify", n, "pass", expect=6)
    error = by("dispatcher", "case", "urge", n, "--expect-version", "9", expect=6)
    assert f"try: gridctl case history {n}" in error
    by("auditor", "case", "show", n, "--socket", str(daemon.folder / "nobody.sock"), expect=7)


def test_the_desk(by, submit):
    n, other = submit(), submit()
    assert "held by firm_a" in by("dispatcher", "case", "assign", n, "housing", "assist", "--limit", "4wh")
    assert "dispatched, held by roads" in by("dispatcher", "case", "dispatch", n, "roads", "--reason", "市政道路")
    by("dispatcher", "case", "note", n, "住户下午在家")
    by("dispatcher", "case", "urge", n)
    by("dispatcher", "case", "link", n, "hotline", "SH-77")
    assert n in by("dispatcher", "case", "show", "hotline/SH-77")
    by("dispatcher", "case", "amend", n, "门牌写错", "--address", "试验路100弄9号", "--urgency", "urgent")
    assert "试验路100弄9号" in by("dispatcher", "case", "show", n)
    assert by("dispatcher", "case", "merge", other, n).startswith(f"{other}  merged")
    assert re.search(rf"\bmerged +into it: {other}", by("dispatcher", "case", "show", n), re.M)
    assert by("dispatcher", "case", "unmerge", other).startswith(f"{other}  dispatched")
    assert by("dispatcher", "case", "reject", other, "duplicate").startswith(f"{other}  rejected")
    assert by("dispatcher", "case", "reopen", other, "又来了").startswith(f"{other}  ")
    out = by("supervisor", "case", "suspend", n, "season", "2027-03-01T09:00:00+08:00")
    assert out.startswith(f"{n}  suspended")
    assert re.search("^suspended +since 2026-", by("dispatcher", "case", "show", n), re.M)
    assert by("supervisor", "case", "resume", n).startswith(f"{n}  dispatched")
    assert "held by roads" in by("supervisor", "case", "arbitrate", n, "roads", "shirked")
    by("roads", "case", "return", n, "not_ours", expect=6)
    agenda = by("supervisor", "report", "agenda", "--from", "2026-11-01T00:00:00+08:00", "--to", "2027-12-01T00:00:00+08:00")
    assert agenda.startswith("joint meeting, 2026-11-01 00:00 to 2027-12-01 00:00: ")


def test_reveal(by, submit):
    n = submit("--reporter-name", "王小明", "--reporter-phone", "13800001234")
    assert "138****1234" in by("dispatcher", "case", "show", n)
    assert "phone  13800001234" in by("dispatcher", "case", "reveal", n, "回访")
    assert re.search("case.revealed +dispatcher", by("auditor", "case", "history", n))


def test_a_deadline_from_outside(by, daemon):
    deadline = later(by, "1min")[:10] + "T23:00:00+08:00"
    case = {"class": "E70-05", "estate": "pp-001", "text": "热线", "source": {"channel": "hotline", "ref": "D-1"},
            "deadlines": [{"clock": "contact", "at": deadline}]}
    n = by("platform", "rpc", "call", "case.submit", json.dumps(case))
    n = json.loads(n)["case"]
    by("platform", "case", "deadline", n, "contact", deadline.replace("23:00", "23:30"), "--note", "顺延")
    assert "set from outside" in by("platform", "case", "show", n) and "23:30" in by("platform", "case", "show", n)


def test_supervision(by, submit):
    n = submit("--tag", "order")
    by("dispatcher", "case", "dispatch", n, "roads", "--reason", "市政")
    out = by("supervisor", "supervision", "open", n, "leader", "两日内办结", "--within", "2wd")
    assert f"order {n}-D1" in out
    assert re.search(rf"^{n}-D1 +leader +open ", by("inspector", "supervision", "list", "--state", "open", "--unit", "roads"), re.M)
    by("roads", "supervision", "reply", f"{n}-D1", "已安排")
    by("supervisor", "supervision", "accept", f"{n}-D1", "refuse")
    by("roads", "supervision", "reply", f"{n}-D1", "已修复", "--attachment", "after=https://photos.example/2.jpg")
    by("supervisor", "supervision", "accept", f"{n}-D1", "accept")
    assert re.search(rf"^{n}-D1 +领导交办 +已接单|^{n}-D1 +领导交办 +\S+", by("inspector", "supervision", "list", lang="zh_CN"), re.M)
    assert [o["state"] for o in show(by, n)["supervisions"]] == ["accepted"]


def test_an_alarm_is_acknowledged(by, submit):
    n = submit(klass="E90-01")
    by(None, "test", "advance", "--by", "15min")
    notices = json.loads(by("supervisor", "notify", "list", "--case", n, "--all", "--json"))["notices"]
    repeating = [x for x in notices if x["acknowledge"]]
    assert repeating and repeating[0]["notice"] in by("supervisor", "notify", "list", "--case", n)
    told = repeating[0]
    assert by("dispatcher", "notify", "ack", told["notice"], "--for", told["unit"]).startswith(n)
    assert "notice.acknowledged" in by("auditor", "case", "history", n)
    by("dispatcher", "notify", "ack", told["notice"], "--for", told["unit"], expect=6)


def test_events(by, submit, daemon):
    head = json.loads(by("auditor", "events", "read", "--after", "0", "-n", "1", "--json"))["head"]
    env = environment(GRIDD_SOCKET=str(daemon.socket), GRIDD_TOKEN=token("auditor"))
    follow = subprocess.Popen([BUILD / "gridctl", "events", "follow", "--after", str(head)], env=env, stdout=subprocess.PIPE, text=True)
    try:
        n = submit()
        assert re.match(rf"{head + 1}  2026-\S+ \S+  {n}  case.submitted  dispatched  uid:", follow.stdout.readline())
        by("dispatcher", "case", "accept", n, "--for", "firm_a")
        assert re.match(rf"{head + 2}  .*  {n}  task.accepted  dispatched → handling  dispatcher for firm_a  firm_a accepted", follow.stdout.readline())
        follow.send_signal(signal.SIGINT)
        assert follow.wait(20) == 130
    finally:
        follow.kill()
        follow.communicate()
    out = by("auditor", "events", "read", "--after", str(head), "--type", "task.*")
    assert re.findall(r"^(\d+) ", out, re.M) == [str(head + 2)] and "case.submitted" not in out


def test_calendar_plan_and_versions(by, submit, folder):
    n = submit()
    pack = folder / "pack"
    shutil.copytree(SMALL, pack)
    shutil.rmtree(pack / "tests")
    assert re.search(r"\d+ open cases, 0 due times would move", by("supervisor", "calendar", "plan", SMALL))
    text = (pack / "calendars.yaml").read_text("utf-8")
    (pack / "calendars.yaml").write_text(text.replace("13:00-17:00", "13:00-16:00").replace("day_hours: 7h", "day_hours: 6h"), "utf-8")
    out = by("supervisor", "calendar", "plan", pack)
    assert re.search(rf"^{n} +handle +\S+ .* earlier by 1 h", out, re.M), out
    assert show(by, n)["due_at"][11:16] != "16:00"
    (pack / "calendars.yaml").write_text("calendars: 7\n", "utf-8")
    assert re.search(r"calendars\.yaml:1:", by("supervisor", "calendar", "plan", pack, expect=1))
    assert "in force" in by("supervisor", "rules", "versions")


def test_nothing_is_wrong_with_what_was_stored(by):
    assert by(None, "db", "verify").endswith("ok\n")
