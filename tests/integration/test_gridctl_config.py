"""gridctl's settings: two files, the environment, flags; what is wrong in them; -v, rpc list and rpc doc."""

import json
import re
import shlex

import pytest
from harness import ROOT, size
from scripted import NOW, NUMBER, a_row, gridctl, on_terminal, script  # noqa: F401


class Config:
    """The two files of a person, in a folder of the test."""

    def __init__(self, folder):
        self.etc, self.home = folder / "etc", folder / "xdg"
        self.system, self.own = self.etc / "gridctl.yaml", self.home / "gridctl/config.yaml"
        self.etc.mkdir()
        self.own.parent.mkdir(parents=True)
        self.env = {"GRIDCTL_ETC": str(self.etc), "XDG_CONFIG_HOME": str(self.home)}

    def run(self, *args, env=None, **options):
        return gridctl(*args, env={**self.env, **(env or {})}, **options)

    def shown(self, *args, **env):
        done = self.run("config", "show", "--origin", "--json", *args, env=env)
        assert done.returncode == 0, done.err
        return {key: (one["value"], one["origin"]) for key, one in json.loads(done.out).items()}


@pytest.fixture
def config(folder):
    return Config(folder)


def test_the_later_wins(config):
    assert config.shown()["timeout"] == (0, "default")
    config.system.write_text("# ours\ntimeout: 5\nsocket: /a\nnatural: true\n")
    assert config.shown()["timeout"] == (5, f"{config.system}:2") and config.shown()["natural"] == (True, f"{config.system}:4")
    config.own.write_text("timeout: 6\n")
    assert config.shown()["timeout"] == (6, f"{config.own}:1")
    assert config.shown(GRIDCTL_TIMEOUT="7")["timeout"] == (7, "$GRIDCTL_TIMEOUT")
    assert config.shown("--timeout", "8", GRIDCTL_TIMEOUT="7")["timeout"] == (8, "--timeout")
    assert config.shown()["socket"] == ("/a", f"{config.system}:3")
    assert config.shown(GRIDD_SOCKET="/b")["socket"] == ("/b", "$GRIDD_SOCKET")
    assert config.shown("--town", "310106999")["town"] == ("310106999", "--town")


def test_what_is_set_is_used(config, script):
    s = script(case__list=lambda _: {"cases": []})
    config.own.write_text(f"socket: {s.url}\ntown: '310106999'\ntoken_file: token\n")
    (config.own.parent / "token").write_text("id.secret\n")
    (config.own.parent / "token").chmod(0o600)
    assert config.run("case", "list").returncode == 0
    assert config.run("case", "list", "--town", "310106998", env={"GRIDD_TOKEN": "other"}).returncode == 0
    first, second = s.params("case.list")
    assert first == {"auth": "id.secret", "town": "310106999"} and second == {"auth": "other", "town": "310106998"}


def test_a_timeout_of_the_file_counts(config, script):
    config.own.write_text("timeout: 1\n")
    done = config.run("case", "show", NUMBER, to=script(case__get=lambda _: b""))
    assert done.returncode == 7 and "no reply in time" in done.err


def test_the_language_is_known_before_the_first_word(config):
    config.own.write_text("language: zh\n")
    assert "没有" in config.run("case", "lst").err and "列出案件" in config.run("help").out
    assert "no command" in config.run("case", "lst", env={"GRIDCTL_LANG": "en"}).err
    assert "no command" in config.run("case", "lst", "--lang", "en").err
    assert "没有" in config.run("--lang=zh", "case", "lst", env={"GRIDCTL_LANG": "en"}).err
    config.own.write_text("language: en\n")
    assert "no command" in config.run("case", "lst", lang="zh_CN.UTF-8").err
    assert config.shown(LANG="zh_CN.UTF-8")["language"] == ("en", f"{config.own}:1")
    config.own.unlink()
    assert config.shown(LANG="zh_CN.UTF-8")["language"] == ("zh", "$LANG")
    assert config.run("help", "--lang", "fr").returncode == 0
    assert config.run("config", "show", "--lang", "fr").returncode == 2


BROKEN = """timout: 9
language: zhh
color: [never]
token: id.secret
natural: maybe
socket: /x
"""


def test_a_broken_file_is_told_whole_and_nothing_is_done(config, script):
    s = script(case__list=lambda _: {"cases": []})
    config.own.write_text(BROKEN)
    done = config.run("case", "list", to=s)
    assert done.returncode == 2 and not done.out and not s.calls
    for line, col, text in [(1, 1, "did you mean timeout?"), (2, 11, "zhh"), (3, 8, "one value"), (4, 1, "token_file"), (5, 10, "maybe")]:
        assert re.search(rf"^{re.escape(str(config.own))}:{line}:{col}: .*{re.escape(text)}", done.err, re.M), done.err
    assert "    timout: 9\n    ^\n" in done.err and "              ^\n" in done.err
    assert "try:" in done.err and "gridctl config path" in done.err
    assert "id.secret" not in done.out + config.run("config", "show", to=s).out
    assert "没有 `timout` 这项设置；是不是 timeout？" in config.run("case", "list", env={"GRIDCTL_LANG": "zh"}).err
    # what finds the fault goes on working
    assert config.run("config", "path").out == f"{config.system}  (not there)\n{config.own}\n"
    assert config.run("help", "case").returncode == 0 and config.run("--version").returncode == 0
    assert config.run("completion", "bash").returncode == 0


@pytest.mark.parametrize("text", ["a: [", "- socket\n", "socket: a\nsocket: b\n", "socket: &x a\n", "socket: ''\n", "timeout: -1\n",
                                  "timeout: 1e3\n", "color: always\n", "\x00", "socket: {a: b}\n"])
def test_what_no_file_may_be(config, text):
    config.own.write_text(text)
    done = config.run("config", "show")
    assert done.returncode == 2 and re.search(rf"{re.escape(str(config.own))}:\d+:\d+: ", done.err), done.err


@pytest.mark.parametrize("text", ["", "\n", "# nothing\n", "socket:\n", "socket: ~\ntimeout: 3\n"])
def test_what_a_file_may_be(config, text):
    config.own.write_text(text)
    assert config.shown()["socket"] == (None, "default")


def test_a_file_that_cannot_be_read_is_told(config):
    config.own.mkdir()
    done = config.run("config", "show")
    assert done.returncode == 2 and f"{config.own}:1:1: " in done.err


def test_a_wrong_variable_names_itself(config):
    done = config.run("case", "list", env={"GRIDCTL_TIMEOUT": "soon"})
    assert done.returncode == 2 and "$GRIDCTL_TIMEOUT: “soon”" in done.err


@pytest.mark.parametrize("mode, text, ok", [(0o600, "id.secret\n", True), (0o400, "id.secret", True), (0o640, "id.secret\n", False),
                                            (0o604, "id.secret\n", False), (0o600, "\n", False)])
def test_a_token_file_is_its_owners_alone(config, script, mode, text, ok):
    s = script(system__ping=lambda _: {"ready": True})
    config.own.write_text("token_file: token\n")
    token = config.own.parent / "token"
    token.write_text(text)
    token.chmod(mode)
    done = config.run("system", "ping", to=s)
    assert done.returncode == (0 if ok else 2) and bool(s.calls) == ok
    if not ok:
        assert str(token) in done.err and ("chmod 600" in done.err) == (mode != 0o600)
        assert config.run("system", "ping", to=s, env={"GRIDD_TOKEN": "x"}).returncode == 0, "what is said otherwise needs no file"


def test_a_token_file_that_is_not_there(config, script):
    config.own.write_text("token_file: ~/token\n")
    done = config.run("system", "ping", to=script(system__ping=lambda _: {"ready": True}), env={"HOME": str(config.home)})
    assert done.returncode == 2 and f"{config.home}/token" in done.err


def test_a_token_is_never_shown(config):
    for args in (["--origin"], [], ["--json"], ["--origin", "--json"]):
        out = config.run("config", "show", *args, env={"GRIDD_TOKEN": "id.secret"}).out
        assert "token" in out and "secret" not in out
    assert "(set)" in config.run("config", "show", "--token", "id.secret").out


def test_colors_can_be_turned_off(config, script):
    s = script(case__list=lambda _: {"cases": [a_row(due_at="2026-11-21T11:00:00+08:00")], "now": NOW})
    assert "\x1b[31m" in on_terminal("case", "list", to=s, TERM="xterm", **config.env)
    config.own.write_text("color: never\n")
    assert "\x1b[31m" not in on_terminal("case", "list", to=s, TERM="xterm", **config.env)
    assert "\x1b[31m" in on_terminal("case", "list", "--color", "auto", to=s, TERM="xterm", **config.env)


def test_no_home_is_no_fault(config):
    assert config.run("config", "path", env={"HOME": "", "XDG_CONFIG_HOME": ""}).out == f"{config.system}  (not there)\n"
    out = config.run("config", "path", env={"HOME": "/h", "XDG_CONFIG_HOME": "relative"}).out
    assert "/h/.config/gridctl/config.yaml" in out


# -- -v, rpc list, rpc doc -----------------------------------------------------------------------------------------


def test_verbose_shows_the_request_and_the_time(script):
    s = script(case__list=lambda _: {"cases": []}, session__login=lambda _: {})
    done = gridctl("case", "list", "--tag", "\u202ex", "-v", "--token", "id.secret", to=s)
    request, reply = done.err.splitlines()[:2]
    assert json.loads(request.removeprefix("> ")) == {"jsonrpc": "2.0", "id": 1, "method": "case.list",
                                                      "params": {"tag": "\u202ex", "auth": "***"}}
    assert "\u202e" not in request and re.fullmatch(r"< reply 1: \d+\.\d ms, \d+ bytes", reply)
    assert s.params("case.list")[0]["auth"] == "id.secret"
    assert "secret" not in gridctl("rpc", "call", "session.login", '{"token":"id.secret"}', "--verbose", to=s).err
    assert ">" not in gridctl("case", "list", to=s).err


def test_rpc_list_has_every_method(daemon):
    env = {"GRIDD_SOCKET": str(daemon.socket)}
    table = (ROOT / "daemon/methods/methods.def").read_text("utf-8")
    methods = re.findall(r'^METHOD\(\w+,\s*"([^"]+)"', table, re.M)
    done = gridctl("rpc", "list", env=env)
    assert done.returncode == 0 and [line.split()[0] for line in done.out.splitlines()[1:] if line[:1].islower()] == methods
    assert "列出案件" in gridctl("rpc", "list", env=env, lang="zh_CN").out


def test_rpc_doc_of_every_method(daemon):
    """With an example whose params have the right names and shapes: what may be wrong is only that this town knows no such case or
    word. Of every third one, unless there is time for all."""
    env = {"GRIDD_SOCKET": str(daemon.socket)}
    methods = {m["name"]: m for m in json.loads(gridctl("rpc", "call", "rpc.discover", env=env).out)["methods"]}
    assert len(methods) > 50
    for name, method in list(methods.items())[::size(6, 3, 1)]:
        done = gridctl("rpc", "doc", name, env=env)
        assert done.returncode == 0 and done.out.startswith(f"{name}: "), done.err
        for param in method["params"]:
            needed = r"\s+needed" if param["required"] else ""
            assert re.search(rf"^{param['name']}{needed}\b", done.out, re.M), f"{name}: {param['name']}\n{done.out}"
        assert all(role in done.out for role in method["x-roles"])
        example = re.search(rf"^  gridctl (rpc call {re.escape(name)}.*)$", done.out, re.M)[1]
        if name not in ("test.advance", "rules.reload", "events.subscribe", "session.login"):
            done = gridctl(*shlex.split(example), env=env)
            assert done.returncode in (0, 1, 3, 4, 5, 6), f"{example}\n{done.err}"
            assert not re.search(r"must be given|no param|unknown param|expected an? ", done.err), f"{example}\n{done.err}"


def test_rpc_doc_says_types_and_errors(daemon):
    env = {"GRIDD_SOCKET": str(daemon.socket)}
    out = gridctl("rpc", "doc", "case.submit", env=env).out
    for text in ["normal | urgent | emergency", r"source\.channel\s+needed", r"attachments\[\]\.uri\s+needed", "time with offset",
                 r"conflict\s+-32004", "outcome_unknown"]:
        assert re.search(text, out), f"{text}\n{out}"
    out = gridctl("rpc", "doc", "case.list", env=env).out
    assert "conflict" not in out and "due | overdue | received" in out
    done = gridctl("rpc", "doc", "case.lst", env=env)
    assert done.returncode == 5 and "did you mean case.list?" in done.err and "gridctl rpc list" in done.err
    assert "是不是 case.list？" in gridctl("rpc", "doc", "case.lst", env=env, lang="zh_CN").err
