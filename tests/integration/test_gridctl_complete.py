"""Completion by TAB: what it offers, from the table and from the daemon; how long it may take; in real shells."""

import os
import pty
import re
import select
import shutil
import signal
import socket
import subprocess
import time

import pytest
from harness import BUILD, ROOT, size
from scripted import GRIDCTL, NOW, Fault, a_row, environment, gridctl, script  # noqa: F401

QUICK = {"ASAN_OPTIONS": "detect_leaks=0"}  # the leak check stops the process for longer than it runs


def complete(*words, to=None, **options):
    """{word: what it is} in the order of the offer."""
    before = ["--socket", to.url] if to else []
    done = gridctl("complete-words", "--", *before, *words, **options)
    assert done.returncode == 0 and not done.err, done.err
    assert all(line.count("\t") == 1 for line in done.out.splitlines())
    return dict(line.split("\t") for line in done.out.splitlines())


# -- from the table ------------------------------------------------------------------------------------------------


def test_nouns_verbs_and_flags():
    nouns = complete("")
    assert {"case", "board", "help", "config", "rpc"} <= nouns.keys() and "complete-words" not in nouns
    assert {w for w in nouns if w.startswith("re")} == complete("re").keys() == {"request", "report"}
    assert complete("case", "li").keys() == {"list", "link"} and complete("help", "case", "li").keys() == {"list", "link"}
    assert complete("case", "list", "--st") == {"--state": "triage, dispatched, handling, finished, suspended, closed, rejected, merged"}
    assert "列出案件" in complete("case", "li", lang="zh_CN")["list"]
    assert complete("nonsense", "") == {} and complete("case", "nonsense", "") == {} and complete() == {}


def test_values_that_the_table_knows():
    states = ["triage", "dispatched", "handling", "finished", "suspended", "closed", "rejected", "merged"]
    assert list(complete("case", "list", "--state", "")) == states
    assert complete("case", "list", "--state", "tri", lang="zh_CN") == {"triage": "待派遣"}
    assert list(complete("case", "list", "--state=h")) == ["--state=handling"]
    assert list(complete("case", "list", "--sort", "")) == ["due", "overdue", "received", "updated"]
    assert list(complete("case", "verify", "1", "")) == ["pass", "rework"]
    assert list(complete("request", "decide", "1-R1", "")) == ["yes", "no"]
    assert "case.submitted" in complete("events", "read", "--type", "case.")
    assert complete("case", "import", "") == {":file": ""} and complete("rules", "check", "") == {":dir": ""}


def test_a_flag_is_not_offered_twice_unless_it_may_come_again():
    assert "--sort" in complete("case", "list", "--") and "--sort" not in complete("case", "list", "--sort", "due", "--")
    assert "--state" in complete("case", "list", "--state", "triage", "--")
    assert complete("case", "list", "--", "--") == {}


def test_free_text_is_left_alone():
    assert complete("case", "note", "1", "") == {} and complete("case", "list", "--text", "") == {}


def test_indicators_are_those_of_the_table():
    table = (ROOT / "daemon/reports/indicators.def").read_text("utf-8")
    rows = re.findall(r'^INDICATOR\(\w+,\s*"(\w+)"(.*?)\)\s*$', table, re.M | re.S)
    assert len(rows) > 40
    assert list(complete("report", "cases", "")) == [name for name, row in rows if "IND_SCORE" not in row]


# -- every flag of the parser --------------------------------------------------------------------------------------


def preprocessed(path):
    flags = subprocess.run(["pkg-config", "--cflags", "json-c"], capture_output=True, text=True, check=True).stdout.split()
    return subprocess.run(["gcc", "-E", "-P", "-D_GNU_SOURCE", f"-I{ROOT}", *flags, ROOT / "clients/gridctl/cli" / path],
                          capture_output=True, text=True, check=True).stdout


STRING = r'"(?:\\.|[^"\\])*"'


@pytest.fixture(scope="module")
def tables():
    """{table: [(flag, kind, name of its value or None, words or None)]} as the parser has them."""
    text, found = preprocessed("flags.c"), {}
    row = re.compile(rf'\{{"([\w-]+)", (?:0|\'\w\'), FLAG_(\w+), ({STRING}|\(\(void \*\)0\)), {STRING},\s*\{{(?:[^"{{}}]|{STRING})*\}}(?:,\s*({STRING}))?\s*\}}')
    for name, body in re.findall(r"const struct flag (\w+)\[\] = \{(.*?)\n?\s*\{ ?\.name =", text, re.S):
        found[name] = [(m[1], m[2], m[3].strip('"') if m[3].startswith('"') else None, m[4]) for m in row.finditer(body)]
        assert len(found[name]) == len(re.findall(r'\{"[\w-]+", (?:0|\')', body)), f"a row of {name} isn't read"
    assert len(found) > 25
    return found


@pytest.fixture(scope="module")
def rows():
    """[(words of the command, its tables)]."""
    text = preprocessed("commands.c")
    text = text[text.index("const struct command commands[] = {"):]
    found = []
    for part in re.split(r"\{\.noun = ", text)[1:]:
        noun, verb, flags = re.match(r'"([\w-]+)"', part), re.search(r'\.verb = "([\w-]+)"', part), re.search(r"\.flags = \{([\w, ]*)\}", part)
        if noun and ".raw = 1" not in part and ".raw = true" not in part:
            found.append(([noun[1], verb[1]] if verb else [noun[1]], re.findall(r"\w+", flags[1]) if flags else []))
    assert len(found) > 60
    return found


def test_every_flag_is_in_the_completion_and_in_the_man_page(tables, rows):
    man = gridctl("help", "man").out
    everywhere = man[:man.index("# COMMANDS")]
    sections = dict(re.findall(r"^\*([a-z-]+(?: [a-z]+)?)\*(.*?)(?=^\*|\Z)", man[man.index("# COMMANDS"):], re.M | re.S))
    for flag, *_ in tables["global_flags"]:
        assert re.search(rf"^(?:\*-\w\*, )?\*--{flag}\*", everywhere, re.M), flag
    for i, (words, names) in enumerate(rows):
        offered, section = complete(*words, "--") if i % size(4, 2, 1) == 0 else None, sections[" ".join(words)]
        for table in [*names, "global_flags"]:
            for flag, *_ in tables[table]:
                assert offered is None or f"--{flag}" in offered, f"{words}: --{flag}"
                assert table == "global_flags" or f"*--{flag}*" in section, f"{words}: --{flag}"


def test_what_names_a_thing_says_which_words(tables, rows):
    """A value that is a code, a word or a file can be completed."""
    free = {("advance_flags", "by"), ("limit_flags", "limit"), ("words_flags", "of"), ("cases_flags", "code"), ("submit_flags", "ref")}
    for table, flags in tables.items():
        for flag, kind, arg, words in flags:
            if arg in ("ID", "UNIT", "STATE", "CLOCK", "KIND", "WORD", "CODE", "FILE", "DIR", "WHAT", "ORDER", "NUMBER", "TAG", "TYPE", "NAME") \
                    and kind not in ("NUM", "PAIR") and (table, flag) not in free:
                assert words, f"{table}: --{flag} {arg}"


# -- from the daemon -----------------------------------------------------------------------------------------------

UNITS = [{"kind": "unit", "code": "c001", "name": "城管中队", "name_en": "Urban management"},
         {"kind": "unit", "code": "cg-2", "name": "城管二中队"}, {"kind": "unit", "code": "roads", "name": "道路办", "name_en": "Roads"}]


def words_of(units):
    def answer(params):
        text = params.get("text", "")
        return {"words": [u for u in units if params["kind"] == u["kind"] and (u["code"].startswith(text) or text in u["name"])]}

    return answer


def test_units_by_code_and_by_name(script):
    s = script(rules__words=words_of(UNITS))
    assert complete("case", "list", "--unit", "", to=s) == {"c001": "Urban management", "cg-2": "城管二中队", "roads": "Roads"}
    assert complete("case", "list", "-u", "r", to=s, lang="zh_CN") == {"roads": "道路办"}
    assert complete("case", "dispatch", "1", "城管", to=s, lang="zh_CN") == {"c001": "城管中队", "cg-2": "城管二中队"}
    assert complete("case", "list", "--unit=城管二", to=s) == {"--unit=cg-2": "城管二中队"}
    assert [p["kind"] for p in s.params("rules.words")] == ["unit"] * 4


@pytest.mark.parametrize("words, kind, of", [
    (["case", "submit", "--class", ""], "class", None), (["case", "submit", "--class", "E1", "--condition", ""], "condition", "E1"),
    (["case", "list", "--estate", ""], "estate", None), (["case", "list", "--grid", ""], "grid", None),
    (["case", "list", "--channel", ""], "channel", None), (["case", "return", "1", ""], "reason", "return"),
    (["case", "reject", "1", ""], "reason", "reject"), (["case", "finish", "1", ""], "result", None),
    (["case", "mark", "1", "satisfaction", ""], "mark_value", "satisfaction"), (["case", "mark", "1", ""], "mark", None),
    (["case", "waive", "1", ""], "clock", None), (["case", "list", "--overdue", ""], "clock", None),
    (["case", "accept", "1", "--for", ""], "unit", None), (["case", "arbitrate", "1", "roads", ""], "reason", "arbitrate")])
def test_each_kind_is_asked_for(script, words, kind, of):
    s = script(rules__words=lambda p: {"words": [{"kind": p["kind"], "code": "the_word"}]})
    assert "the_word" in complete(*words, to=s)
    asked = s.params("rules.words")[0]
    assert (asked["kind"], asked.get("of")) == (kind, of)


def test_whom_to_ask_stands_in_the_line(script):
    s = script(rules__words=words_of(UNITS))
    assert complete("--town", "310106999", "--token", "id.secret", "case", "list", "--unit", "r", to=s)
    asked = s.params("rules.words")[0]
    assert asked["town"] == "310106999" and asked["auth"] == "id.secret" and asked["text"] == "r"
    assert gridctl("complete-words", "case", "list", "--unit", "ro", env={"GRIDD_SOCKET": s.url}).out == "roads\tRoads\n"


def test_cases_worst_first_and_by_the_end_of_the_number(script):
    cases = [a_row(7), a_row(3, state="handling")]
    s = script(case__list=lambda _: {"cases": cases, "now": NOW}, case__find=lambda p: {"cases": [a_row(42)] if p["tail"] == "42" else []})
    offered = complete("case", "show", "", to=s, lang="zh_CN")
    assert list(offered) == ["20261123-0000007", "20261123-0000003"] and "房屋漏水" in offered["20261123-0000007"] and "甲物业" in offered["20261123-0000007"]
    assert s.params("case.list")[0]["state"] == ["triage", "dispatched", "handling", "finished", "suspended"]
    assert list(complete("case", "show", "20261123-0000003", to=s)) == ["20261123-0000003"] and not s.params("case.find")
    assert list(complete("case", "show", "42", to=s)) == ["20261123-0000042"]
    complete("case", "reopen", "", to=s)
    assert s.params("case.list")[-1]["state"] == ["closed", "rejected"]


def test_what_is_listed(script):
    s = script(case__list=lambda p: {"cases": [a_row(request={"request": "20261123-0000001-R1", "what": "extend"})] if p.get("pending") else []},
               supervision__list=lambda _: {"orders": [{"order": "20261123-0000001-D1", "kind": "leader", "state": "open", "unit": "roads"}]},
               notify__list=lambda _: {"notices": [{"notice": "42-1", "channel": "phone", "kind": "task", "unit": "roads"}] * 2},
               system__info=lambda _: {"towns": [{"code": "310106999", "zh": "试验镇"}]},
               rpc__discover=lambda _: {"methods": [{"name": "case.list", "summary": "cases by filter"}]})
    assert "extend" in complete("request", "decide", "", to=s)["20261123-0000001-R1"]
    assert "open" in complete("supervision", "reply", "", to=s)["20261123-0000001-D1"]
    assert "42-1" in complete("notify", "ack", "", to=s) and "phone" in complete("notify", "pause", "", to=s)
    assert complete("--town", "", to=s) == {"310106999": "试验镇"}
    assert complete("rpc", "doc", "case.", to=s) == {"case.list": "cases by filter"}


def test_words_cannot_play_with_the_terminal(script):
    s = script(rules__words=lambda _: {"words": [{"kind": "unit", "code": "a\u202eb", "name": "x\x1b[2J\ny"}, {"kind": "unit", "code": "a b"},
                                                 {"kind": "unit", "code": "a\tb"}, {"kind": "unit"}, 7]})
    done = gridctl("complete-words", "--", "case", "list", "--unit", "", to=None, env={"GRIDD_SOCKET": s.url})
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", done.out) and done.out.count("\n") == 1


@pytest.mark.parametrize("answer", [b"[]\n", b"HTTP/1.1 400\n", None, b'{"id":1,"result":7}\n', b'{"id":1,"result":{"words":{}}}\n'])
def test_odd_answers_are_silence(script, answer):
    def refuse(_):
        raise Fault(-32002, "forbidden")

    s = script(rules__words=lambda _: answer)
    assert complete("case", "list", "--unit", "", to=s) == {}
    s.answers["rules.words"] = refuse
    assert complete("case", "list", "--overdue", "", to=s) == {"any": ""}


# -- how long it takes ---------------------------------------------------------------------------------------------


def quickly(*words, env=None):
    """What it prints, and the wall time of the quickest of three: the machine has other things to do."""
    best = 60
    for _ in range(3):
        start = time.monotonic()
        done = gridctl("complete-words", "--", *words, env={**QUICK, **(env or {})})
        best = min(best, time.monotonic() - start)
        assert done.returncode == 0 and not done.err
    return done.out, best


def start_up():
    """What the program takes to do nothing: under a sanitizer and beside other work that is no small part."""
    start = time.monotonic()
    gridctl("--version", env=QUICK)
    return time.monotonic() - start


@pytest.mark.quiet
def test_with_the_daemon_down_it_is_silent_and_quick(folder):
    for where in (f"unix:{folder}/none.sock", "tcp://127.0.0.1:1"):
        out, seconds = quickly("case", "show", "", env={"GRIDD_SOCKET": where})
        assert out == "" and seconds < 0.5
    broken = folder / "gridctl/config.yaml"
    broken.parent.mkdir()
    broken.write_text("sokcet: x\n")
    assert quickly("case", "li", env={"XDG_CONFIG_HOME": str(folder)})[0].startswith("list\t")


@pytest.mark.quiet
def test_a_daemon_that_says_nothing_is_left_after_300_ms(script):
    s = script(rules__words=lambda _: b"")
    out, seconds = quickly("case", "list", "--overdue", "", env={"GRIDD_SOCKET": s.url})
    assert out == "any\t\n" and 0.25 < seconds < 0.5 + start_up()


@pytest.mark.quiet
def test_a_daemon_that_takes_nobody_is_left_after_300_ms(folder):
    full = socket.socket(socket.AF_UNIX)
    full.bind(str(folder / "full.sock"))
    full.listen(0)
    waiting = []
    try:
        for _ in range(3):
            waiting.append(socket.socket(socket.AF_UNIX))
            waiting[-1].setblocking(False)
            try:
                waiting[-1].connect(str(folder / "full.sock"))
            except BlockingIOError:
                break
        else:
            pytest.fail("the queue is not full")
        out, seconds = quickly("case", "show", "", env={"GRIDD_SOCKET": f"unix:{folder}/full.sock"})
        assert out == "" and 0.25 < seconds < 0.5 + start_up()
    finally:
        for s in [full, *waiting]:
            s.close()


# -- against a real daemon -----------------------------------------------------------------------------------------


def test_the_words_of_a_real_town(daemon, client):
    env = {"GRIDD_SOCKET": str(daemon.socket), "ASAN_OPTIONS": "detect_leaks=0"}
    units = {w["code"]: w["name"] for w in client.call("rules.words", kind="unit")["words"]}
    assert complete("case", "list", "--unit", "", env=env, lang="zh_CN") == units
    code, name = next((c, n) for c, n in units.items() if len(n) > 2)
    assert code in complete("case", "list", "--unit", name[1:], env=env, lang="zh_CN")
    for kind in ("class", "estate", "channel"):
        assert complete("case", "list", f"--{kind}", "", env=env)
    case = client.call("case.submit", source={"channel": "patrol", "ref": "1"}, text="漏水", estate=next(iter(complete("case", "list", "--estate", "", env=env))))["case"]
    assert case in complete("case", "show", "", env=env) and case in complete("case", "show", case[:9], env=env)
    assert case in complete("case", "show", case[-1], env=env)


# -- in real shells ------------------------------------------------------------------------------------------------


def in_bash(line, env):
    """COMPREPLY for a line that bash has divided as it does, the cursor at its end."""
    words = [w for w in re.split(r"(?:\s+|(?<=[=:])|(?=[=:]))", line)]
    if line.endswith(("=", ":")):
        words = words[:-1]
    program = (f'source <({GRIDCTL} completion bash) || exit 9\nCOMP_WORDS=("$@")\nCOMP_CWORD=$(($# - 1))\n'
               '_gridctl_complete\nprintf "%s\\n" "${COMPREPLY[@]}"')
    words[0] = str(GRIDCTL)
    done = subprocess.run(["bash", "--norc", "-c", program, "bash", *words], capture_output=True, text=True, env=environment(**env), timeout=60)
    assert done.returncode == 0 and not done.stderr, done.stderr
    return done.stdout.split()


def test_in_bash(script, folder):
    s = script(rules__words=words_of(UNITS), case__list=lambda _: {"cases": [a_row(1), a_row(2)], "now": NOW})
    env = {**QUICK, "GRIDD_SOCKET": s.url}
    assert in_bash("gridctl case li", env) == ["list", "link"]
    assert in_bash("gridctl case list --state tri", env) == ["triage"]
    assert in_bash("gridctl case list --state=tri", env) == ["triage"]
    assert in_bash("gridctl case list --unit=", env) == ["c001", "cg-2", "roads"]
    assert in_bash("gridctl case dispatch 1 城管", env) == ["c001", "cg-2"]
    assert in_bash("gridctl case show ", env) == ["20261123-0000001", "20261123-0000002"]
    assert in_bash(f"gridctl rules check {ROOT}/routing-rules/pen", env) == [f"{ROOT}/routing-rules/pengpu"]
    assert in_bash("gridctl case note 1 ", env) == []


class Shell:
    """A shell at a terminal."""

    def __init__(self, args, env):
        self.text = ""
        self.process, self.ours = None, None
        ours, its = pty.openpty()
        self.ours = ours
        self.process = subprocess.Popen(args, stdin=its, stdout=its, stderr=its, env=env, start_new_session=True)
        os.close(its)

    def type(self, keys):
        os.write(self.ours, keys.encode())

    def wait(self, pattern, seconds=30):
        """Reads until the pattern is there; the text since the last wait."""
        end = time.monotonic() + seconds
        while not re.search(pattern, re.sub("\x1b\\[[0-9;?]*[a-zA-Z]|\x08", "", self.text)):
            assert time.monotonic() < end, f"{pattern!r} doesn't come; there is {self.text!r}"
            if select.select([self.ours], [], [], 0.1)[0]:
                self.text += os.read(self.ours, 4096).decode("utf-8", "replace")
        seen, self.text = re.sub("\x1b\\[[0-9;?]*[a-zA-Z]|\x08", "", self.text), ""
        return seen

    def close(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)
        os.close(self.ours)


@pytest.fixture
def shell(script, folder):
    opened = []

    def open_shell(args):
        s = script(rules__words=words_of(UNITS), case__list=lambda _: {"cases": [a_row(1)], "now": NOW})
        env = environment("C.UTF-8", **QUICK, GRIDD_SOCKET=s.url, PATH=f"{BUILD}:{os.environ['PATH']}", TERM="xterm", HOME=str(folder),
                          INPUTRC="/dev/null", GRIDCTL_LANG="zh", COLUMNS="120")
        opened.append(Shell(args, env))
        return opened[-1]

    yield open_shell
    for s in opened:
        s.close()


def test_a_tab_in_bash(shell):
    s = shell(["bash", "--norc", "-i"])
    s.type("PS1='ready> '\nsource <(gridctl completion bash); bind 'set show-all-if-ambiguous on'; echo lo''aded\n")
    s.wait("loaded")
    s.type("gridctl case show \t")
    s.wait("20261123-0000001 ")
    s.type("\x15gridctl case list --unit=ro\t")
    s.wait("--unit=roads ")
    s.type("\x15gridctl case list --unit 道路\t")
    s.wait("roads")


@pytest.mark.skipif(not shutil.which("zsh"), reason="zsh is not installed")
def test_a_tab_in_zsh(shell):
    s = shell(["zsh", "-f", "-i"])
    s.type("PS1='ready> '; autoload -Uz compinit; compinit -u -D; source <(gridctl completion zsh); echo lo''aded\n")
    s.wait("loaded")
    s.type("gridctl case show \t")
    s.wait("20261123-0000001 ")
    s.type("\x15gridctl case list --unit \t")
    assert re.search(r"c001\s+城管中队", s.wait("道路办"))
    s.type("\x15gridctl case list --unit=ro\t")
    s.wait("--unit=roads")
    s.type("\x15gridctl case list --unit 道路\t")
    s.wait("roads ")
