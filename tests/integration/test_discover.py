"""rpc.discover: the methods and their params as the daemon itself lists them; and junk in every one of these params."""

import json
import re

import pytest
from harness import MORNING, ROOT, a_case

TABLE = (ROOT / "daemon/methods/methods.def").read_text("utf-8")
METHODS = re.findall(r'^METHOD\(\w+,\s*"([\w.]+)"', TABLE, re.M)
JUNK = [None, True, 0, -1, 1.5, 2**63 - 1, "", "x", "长" * 300, "20261123-0000001", "20261123-0000001-D1", "9999-12-31T23:59:59Z",
        "1900-01-01T00:00:00Z", "5wd", [], [None], [1, "x", {}], [["x"]], {}, {"x": None}, {"channel": 1}, {"unit": "roads"},
        {"channel": "patrol", "ref": "x"}]
STREAMS = {"events.subscribe"}  # what it sends would stand between the replies


@pytest.fixture(scope="module")
def document(daemon):
    return daemon.call("rpc.discover")


@pytest.fixture(scope="module")
def case(daemon):
    return daemon.call("case.submit", a_case(**{"class": "E80-01"}))["case"]


def params_of(document, method):
    return {p["name"]: p for p in next(m for m in document["methods"] if m["name"] == method)["params"]}


def test_every_method_is_there(document):
    assert document["openrpc"].startswith("1.") and document["info"]["title"] == "gridd"
    assert [m["name"] for m in document["methods"]] == METHODS and len(METHODS) == len(set(METHODS))
    assert all(m["summary"] and m["paramStructure"] == "by-name" for m in document["methods"])


def test_params_say_what_they_take(document):
    verify = params_of(document, "case.verify")
    assert verify["case"]["required"] and verify["outcome"] == {
        "name": "outcome", "required": True, "schema": {"type": "string", "enum": ["pass", "rework"]}}
    assert set(verify) >= {"town", "auth", "key", "expect_version", "dry_run", "note", "for", "at", "method", "attachments"}
    assert verify["at"]["schema"] == {"type": "string", "format": "date-time"}
    assert verify["for"]["schema"]["required"] == ["unit"]
    assert params_of(document, "case.list")["limit"]["schema"]["maximum"] == 500
    roles = {m["name"]: m["x-roles"] for m in document["methods"]}
    assert roles["case.suspend"] == ["supervisor"] and roles["system.ping"] == []


def test_every_writing_method_on_a_case_takes_the_common_params(document):
    for method in document["methods"]:
        names = {p["name"] for p in method["params"]}
        assert {"town", "auth"} <= names
        if "key" in names and method["name"] not in ("case.submit", "rules.explain"):
            assert {"expect_version", "dry_run", "note", "for", "at"} <= names, method["name"]


def sample(name, schema, case):
    """A value that the schema lets through."""
    if name in ("case", "into"):
        return case
    if name in ("order", "request"):
        return f"{case}-{'D' if name == 'order' else 'R'}1"
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("format") == "date-time":
        return MORNING
    kind = schema.get("type")
    if kind == "object":
        return {n: sample(n, schema["properties"][n], case) for n in schema["required"]}
    return {"string": "x", "boolean": True, "integer": 1, "number": 1, "array": [], None: {}}[kind]


@pytest.mark.parametrize("method", [m for m in METHODS if m not in STREAMS])
def test_junk_in_any_param_is_answered(document, daemon, case, method):
    """Every value in every place is answered, by a result or a fault, and never by a fault of gridd's own."""
    params = params_of(document, method)
    sound = {n: sample(n, p["schema"], case) for n, p in params.items() if p["required"]}
    if "dry_run" in params:
        sound["dry_run"] = True
    with daemon.client() as client:
        for name in params:
            for i, value in enumerate(JUNK):
                client.send_line(json.dumps({"jsonrpc": "2.0", "id": i, "method": method, "params": {**sound, name: value}}))
            for _ in JUNK:
                reply = client.read_message()
                assert "result" in reply or reply["error"]["code"] != -32603, f"{name}={JUNK[reply['id']]!r}: {reply}"
    assert daemon.call("system.ping")["ready"]
