"""Who may call what, and about which cases: every method, every role, inside and outside the scope; tokens; a reload."""

import json
import re
import signal

import pytest
from harness import BUILD, ROOT, ROOT_USER, Client, Daemon, GriddError, a_case, refused, run
from principals import EVERYONE, as_one, config, principal, token

ROLES = ["platform", "unit", "dispatcher", "supervisor", "inspector", "auditor", "admin"]
ROW = re.compile(r'^METHOD\(\w+,\s*"([\w.]+)",\s*([A-Z_ |]+?),\s*"', re.M)


def method_table():
    """{method: roles}, None for anyone, from the table that the daemon is built of."""
    found = {}
    for name, roles in ROW.findall((ROOT / "daemon/methods/methods.def").read_text("utf-8")):
        words = [w.strip().removeprefix("ROLE_").lower() for w in roles.split("|")]
        found[name] = None if words == ["ROLES_ANYONE".lower()] else set(ROLES) if words == ["roles_all"] else set(words) | {"admin"}
    return found


METHODS = method_table()

# The params of a sound call about case `C`, besides the case itself. A method about cases that isn't here fails the test.
ABOUT_A_CASE = {
    "case.get": {}, "case.history": {}, "case.clock": {"clock": "handle"}, "case.ledger": {}, "case.why": {},
    "case.amend": {"set": {"tags": ["t"]}, "reason": "typo"},
    "case.link": {"channel": "hotline", "ref": "walk-1"},
    "case.dispatch": {}, "case.assign": {"unit": "roads", "kind": "assist"},
    "case.accept": {}, "case.arrive": {}, "case.return": {"reason": "not_ours"}, "case.finish": {"result": "solved"},
    "case.mark": {"mark": "contacted"}, "case.verify": {"outcome": "pass"},
    "request.ask": {"what": "extend", "reason": "material"},
    "case.suspend": {"reason": "season", "until": "2026-12-01T00:00:00+08:00"}, "case.resume": {},
    "case.arbitrate": {"unit": "roads", "fault": "shirked"}, "case.waive": {"clock": "handle", "reason": "weather"},
    "case.reject": {"reason": "duplicate"}, "case.reopen": {"reason": "again"}, "case.merge": {}, "case.unmerge": {},
    "case.note": {"note": "x"}, "case.urge": {}, "case.deadline": {"clock": "handle", "at": "2026-12-01T00:00:00+08:00"},
    "case.reveal": {"reason": "call back"},
    "supervision.open": {"kind": "key", "demand": "act"},
}


@pytest.fixture(scope="module")
def daemon(module_folder):
    d = Daemon(module_folder, config=config()).start()
    try:
        yield d
        d.stop()
    finally:
        d.close()


@pytest.fixture(scope="module")
def foreign(daemon):
    """A case of the first platform's that the housing office holds: nothing to do with `roads` or `platform2`."""
    return as_one(daemon, "platform").call("case.submit", a_case(estate="pp-002"))["case"]


def outcome(client, method, params):
    """The reason of the refusal; None: it went through."""
    try:
        client.call(method, params)
    except GriddError as error:
        return error.reason
    return None


def params_about(method, case):
    params = {"case": case, "dry_run": True, **ABOUT_A_CASE[method]}
    if method in ("case.get", "case.history", "case.clock", "case.ledger", "case.why"):
        params.pop("dry_run")
    if method == "case.merge":
        params["into"] = case
    return params


def test_the_table_is_read():
    assert len(METHODS) > 30 and METHODS["system.ping"] is None and "platform" in METHODS["case.submit"]
    about = {m for m in METHODS if m.startswith("case.") or m in ("request.ask", "supervision.open")}
    assert about - {"case.submit", "case.list", "case.find"} <= set(ABOUT_A_CASE), "say in this test how to call them"


@pytest.mark.parametrize("method", sorted(METHODS))
def test_roles(daemon, method):
    """Who lacks the role is refused before the params are looked at; who has it gets past that door."""
    nonsense = {"no_such_param": 1}
    for role, name in [("platform", "platform"), ("unit", "roads"), *[(r, r) for r in ROLES[2:]]]:
        expected = METHODS[method] is None or role in METHODS[method]
        reason = outcome(as_one(daemon, name), method, nonsense)
        if expected:
            assert reason == "invalid_params", (role, reason)
        else:
            assert reason == "forbidden", (role, reason)


@pytest.mark.parametrize("method", sorted(set(ABOUT_A_CASE) & set(METHODS)))
def test_outside_the_scope_there_is_no_such_case(daemon, foreign, method):
    missing = "20261123-0099999"
    for name, role in [("platform2", "platform"), ("roads", "unit")]:
        if role not in METHODS[method]:
            continue
        client = as_one(daemon, name)
        assert outcome(client, method, params_about(method, foreign)) == "not_found", name
        with refused("not_found") as hidden:
            client.call(method, params_about(method, foreign))
        with refused("not_found") as absent:
            client.call(method, params_about(method, missing))
        assert hidden.error.message.replace(foreign, missing) == absent.error.message


@pytest.mark.parametrize("method", sorted(set(ABOUT_A_CASE) & set(METHODS)))
def test_inside_the_scope_it_is_there(daemon, foreign, method):
    for name, role in [("platform", "platform"), ("housing", "unit"), *[(r, r) for r in ROLES[2:]]]:
        if role not in METHODS[method]:
            continue
        assert outcome(as_one(daemon, name), method, params_about(method, foreign)) not in ("not_found", "unauthenticated"), name


def test_a_parent_sees_what_its_crew_holds_but_not_the_reverse(daemon):
    case = as_one(daemon, "dispatcher").call("case.submit", a_case(estate="pp-002"))["case"]
    assert as_one(daemon, "housing").call("case.get", case=case)["unit"] == "housing"
    with refused("not_found"):
        as_one(daemon, "works").call("case.get", case=case)
    as_one(daemon, "dispatcher").call("case.dispatch", case=case, unit="works", reason="crew")
    assert as_one(daemon, "works").call("case.get", case=case)["unit"] == "works"
    assert as_one(daemon, "housing").call("case.get", case=case)["unit"] == "works"
    as_one(daemon, "dispatcher").call("case.dispatch", case=case, unit="roads", reason="theirs after all")
    held_once = as_one(daemon, "works").call("case.get", case=case)
    assert held_once["unit"] == "roads", "who held it may go on reading"


def test_lists_hold_only_what_one_may_see(daemon, foreign):
    mine = as_one(daemon, "platform2").call("case.submit", a_case(**{"class": "E80-01", "condition": "1"}))["case"]

    def numbers(name, **filters):
        return {c["number"] for c in as_one(daemon, name).call("case.list", limit=500, **filters)["cases"]}

    assert numbers("platform2") == {mine}
    assert mine in numbers("roads") and foreign not in numbers("roads")
    assert foreign in numbers("housing") and mine not in numbers("housing")
    assert {mine, foreign} <= numbers("auditor") == numbers("dispatcher")
    assert numbers("roads", unit="housing") == set()


def test_the_feed_holds_only_what_one_may_see(daemon, foreign):
    def cases(name):
        after, found = 0, set()
        while True:
            page = as_one(daemon, name).call("events.read", after=after, limit=7)
            found |= {e["case"] for e in page["events"]}
            if page["after"] == page["head"]:
                return found
            after = page["after"]

    def listed(name):
        return {c["number"] for c in as_one(daemon, name).call("case.list", limit=500)["cases"]}

    for name in ("platform", "platform2", "housing", "works", "roads", "auditor"):
        assert cases(name) == listed(name), name
    assert foreign in cases("housing") and foreign not in cases("roads")


def test_another_town_is_not_there(daemon, foreign):
    client = as_one(daemon, "elsewhere")
    for params in ({"case": foreign}, {"case": foreign, "town": "310106999"}):
        assert outcome(client, "case.get", params) in ("not_found", "invalid_params")
    assert client.call("system.info")["towns"] == []


# -- who is it ----------------------------------------------------------------------------------------------------------

def test_login_holds_for_the_rest_of_the_connection(daemon):
    with daemon.client() as c:
        before = c.call("system.info")["principal"]
        assert c.call("session.login", token=token("housing"))["unit"] == "housing"
        assert c.call("system.info")["principal"] == "housing" != before
        with refused("unauthenticated"):
            c.call("session.login", token=token("housing") + "x")
        assert c.call("system.info")["principal"] == "housing", "a login that fails changes nothing"
    with daemon.client() as c:
        assert c.call("system.info")["principal"] == before


def test_a_token_in_one_call_holds_for_that_call(daemon):
    with daemon.client() as c:
        before = c.call("system.info")["principal"]
        assert c.call("system.info", auth=token("auditor"))["principal"] == "auditor"
        assert c.call("system.info")["principal"] == before
        with refused("forbidden"):
            c.call("case.submit", a_case(), auth=token("auditor"))


@pytest.mark.parametrize("wrong", ["", "housing", "housing.", ".", "x" * 190, "nobody.secret", "housing.secret", ".secret-of-housing",
                                   "housing.secret-of-roads", "HOUSING.secret-of-housing", "secret-of-housing"])
def test_a_wrong_token_does_not_say_which_half(daemon, wrong):
    with daemon.client() as c, refused("unauthenticated") as r:
        c.call("system.ping", auth=wrong)
    assert r.error.message == "the token is not one that this gridd knows" and r.error.code == -32001


def test_secrets_are_nowhere(daemon, foreign):
    """Neither in the log nor in the database, nor the hashes of other tokens in an answer."""
    log = daemon.log(whole=True)
    assert "secret-of-" not in log
    assert "secret-of-" not in json.dumps(daemon.call("system.info"))
    for table in ("case_event", "call_key", "case_file"):
        assert daemon.value(f"SELECT count(*) FROM gridd.{table} t WHERE t::text LIKE '%%secret-of-%%'") == 0


def test_keys_are_each_principals_own(daemon):
    a = as_one(daemon, "platform").call("case.submit", a_case(), key="same-key")
    b = as_one(daemon, "platform2").call("case.submit", a_case(), key="same-key")
    assert a["case"] != b["case"]
    assert as_one(daemon, "auditor").call("case.history", case=b["case"])["events"][0]["actor"] == "platform2"


def test_acting_for_a_unit_takes_acts_for(daemon):
    case = as_one(daemon, "platform").call("case.submit", a_case(estate="pp-002"))["case"]
    other = as_one(daemon, "platform2").call("case.submit", a_case(estate="pp-002"))["case"]
    with refused("forbidden"):
        as_one(daemon, "platform2").call("case.accept", {"case": other, "for": {"unit": "housing"}})
    done = as_one(daemon, "platform").call("case.accept", {"case": case, "for": {"unit": "housing", "person": "w-17"}})
    assert done["state"] == "handling"
    event = as_one(daemon, "auditor").call("case.history", case=case)["events"][-1]
    assert event["actor"] == "platform" and event["for"] == {"unit": "housing", "person": "w-17"}
    assert (event["state_before"], event["state"]) == ("dispatched", "handling")


# -- the config ---------------------------------------------------------------------------------------------------------

def test_a_reload_changes_who_is_who(make_daemon):
    d = make_daemon(config=config()).start()
    staying, leaving, changing = (as_one(d, n) for n in ("auditor", "platform2", "roads"))
    assert changing.call("system.info")["unit"] == "roads"
    d.config["principals"] = [p for p in EVERYONE if p["name"] not in ("platform2", "roads")] + [
        principal("roads", "unit", unit="works")]
    write_config(d)
    d.process.send_signal(signal.SIGHUP)
    d.wait_log(r"config\.reloaded")
    assert staying.call("case.list")["cases"] == []
    assert changing.call("system.info")["unit"] == "works"
    assert outcome(leaving, "case.list", {}) == "unauthenticated"
    with refused("unauthenticated"):
        d.client().call("session.login", token=token("platform2"))
    d.stop()


def test_a_broken_config_leaves_everybody_as_he_was(make_daemon):
    d = make_daemon(config=config()).start()
    auditor = as_one(d, "auditor")
    d.config["principals"] = [{"name": "x", "roles": "boss"}]
    write_config(d)
    d.process.send_signal(signal.SIGHUP)
    d.wait_log(r"config\.refused")
    assert auditor.call("system.info")["principal"] == "auditor"
    assert as_one(d, "roads").call("system.info")["unit"] == "roads"
    d.stop()


def write_config(daemon):
    import yaml
    daemon.config_file.write_text(yaml.safe_dump(daemon.config, sort_keys=False, allow_unicode=True, width=10000))


HEX = "a" * 64
BAD = [
    ("{roles: [auditor]}", "a principal has a name"),
    ("{name: a}", "a principal has roles"),
    ("{name: a, roles: [audito]}", "there is no role audito.*auditor"),
    ("{name: a, roles: unit}", "the role `unit` takes a unit"),
    ("{name: a, roles: auditor, token: abc}", "a token is \"ID:SHA256\""),
    ("{name: a, roles: auditor, token: \"a b:%s\"}" % HEX, "a token is \"ID:SHA256\""),
    ("{name: a, roles: auditor, token: \"a.b:%s\"}" % HEX, "a token is \"ID:SHA256\""),
    ("{name: a, roles: auditor, token: \"a:%s\"}" % HEX[1:], "64 hex digits"),
    ("{name: a, roles: auditor, token: \"a:%s0\"}" % HEX, "64 hex digits"),
    ("{name: a, roles: auditor, token: \"a:%sg\"}" % HEX[1:], "64 hex digits"),
    ("{name: a, roles: auditor, token: [\"a:%s\", \"a:%s\"]}" % (HEX, HEX), "two tokens have the same id"),
    ("{name: a, roles: auditor, uid: -1}", "a whole number"),
    ("{name: a, roles: auditor, gid: staff}", "a whole number"),
    ("{name: a, roles: auditor, channels: [x]}", "`channels` is for the role platform"),
    ("{name: a, roles: auditor, acts_for: [x]}", "`acts_for` is for the role platform"),
    ("{name: gridd, roles: auditor}", "this name is gridd's own"),
    ("{name: \"uid:7\", roles: auditor}", "this name is gridd's own"),
    ("{name: %s, roles: auditor}" % ("x" * 64), "at most 63 bytes"),
    ("{name: a, roles: auditor, secret: x}", "secret"),
    ("5", "a principal is"),
    ("{name: a, roles: auditor}\n  - {name: a, roles: admin}", "two principals of the name a"),
    ("{name: a, roles: auditor, uid: 7}\n  - {name: b, roles: admin, uid: 7}", "another principal has this uid or gid"),
    ("{name: a, roles: auditor, token: \"t:%s\"}\n  - {name: b, roles: admin, token: \"t:%s\"}" % (HEX, HEX),
     "another principal has a token of this id"),
]


@pytest.mark.parametrize("row, fault", BAD, ids=[f for _, f in BAD])
def test_faults_of_principals(folder, row, fault):
    file = folder / "c.yaml"
    file.write_text(f"principals:\n  - {row}\n")
    done = run([BUILD / "gridd", "-c", file, "--check-config"])
    assert done.returncode == 1 and re.search(rf"^{re.escape(str(file))}:\d+:\d+: .*{fault}", done.stdout, re.M), done.stdout


def test_every_fault_at_once(folder):
    file = folder / "c.yaml"
    file.write_text("principals:\n" + "".join(f"  - {row}\n" for row, _ in BAD if "\n" not in row))
    done = run([BUILD / "gridd", "-c", file, "--check-config"])
    for _, fault in [b for b in BAD if "\n" not in b[0]]:
        assert re.search(fault, done.stdout), fault


def test_a_new_token_works(make_daemon):
    made = run([BUILD / "gridd", "--new-token", "night-desk"])
    assert made.returncode == 0, made.stderr
    secret = re.search(r"(night-desk\.[0-9a-f]{48})$", made.stdout, re.M)[1]
    line = re.search(r'token: "(night-desk:[0-9a-f]{64})"', made.stdout)[1]
    assert secret.split(".")[1] not in line
    d = make_daemon(config={"principals": [{"name": "desk", "token": line, "roles": ["dispatcher"]}]}).start()
    with Client(d.url, token=secret) as c:
        assert c.call("system.info")["principal"] == "desk"
    d.stop()
    assert run([BUILD / "gridd", "--new-token", "no good"]).returncode == 2
    again = run([BUILD / "gridd", "--new-token", "night-desk"]).stdout
    assert again != made.stdout


@pytest.mark.skipif(not ROOT_USER, reason="takes root, to call as another user")
def test_uid_and_gid(make_daemon, folder):
    """By uid, else by gid; who is named by neither is nobody."""
    d = make_daemon(config={"principals": [{"name": "zhang", "uid": 4711, "roles": "auditor"},
                                           {"name": "office", "gid": 4000, "roles": "dispatcher"}]}).start()
    d.socket.parent.chmod(0o755)
    ask = ("import socket, os, sys; os.setgid(int(sys.argv[2])); os.setuid(int(sys.argv[3])); s = socket.socket(socket.AF_UNIX); "
           "s.connect(sys.argv[1]); s.sendall(b'{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"system.info\"}\\n'); "
           "print(s.makefile().readline())")

    def who(gid, uid):
        done = run(["/usr/bin/python3", "-c", ask, d.socket, gid, uid])
        result = json.loads(done.stdout)["result"]
        return result["principal"], result["roles"]

    assert who(5000, 4711) == ("zhang", ["auditor"])
    assert who(4000, 4711) == ("zhang", ["auditor"])
    assert who(4000, 4712) == ("office", ["dispatcher"])
    assert who(5000, 4712) == ("uid:4712", [])
    d.stop()


@pytest.mark.parametrize("file, table, heading", [("config_file.c", "} rows[] = {", "## The config file"),
                                                  ("config_principals.c", "} keys[] = {", "### Principals")])
def test_every_key_is_described(file, table, heading):
    source = (ROOT / "daemon/app" / file).read_text("utf-8")
    keys = re.findall(r'^    \{"(\w+)", read_', source[source.index(table):], re.M)
    text = (ROOT / "docs/operations.md").read_text("utf-8")
    section = text[text.index(f"\n{heading}\n") + len(heading) + 2:]
    assert sorted(keys) == sorted(re.findall(r"^\| `(\w+)` \|", re.split(r"^##", section, flags=re.M)[0], re.M)) and len(keys) > 5
