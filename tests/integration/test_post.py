"""The channels webhook, exec and file, many tries at once, and what config may say of channels."""

import base64
import hashlib
import hmac
import re
import stat
import threading
import time
from email import message_from_bytes, policy

import pytest
from harness import BUILD, ROOT, alive, run, size, wait_until
from posting import DIGEST, NASTY, WORKBOOK, post, serve, tls  # noqa: F401 (fixtures)
from servers import Hook, MailServer, free_port, server_tls

# -- many at once ---------------------------------------------------------------------------------------------------------

def test_any_number_of_threads(post, serve, folder):
    mails, hooks, n = serve(MailServer), serve(Hook), size(8, 16, 64)
    out = folder / "out"
    out.mkdir()
    program = script(folder, 'cat >"$here/in.$$"; ls /proc/self/fd | wc -l >"$here/fds.$$"')
    for channel in ({"mail": {"url": f"smtp://127.0.0.1:{mails.port}", "from": "gridd@town.example"}}, {"file": str(out)}, {"exec": [program]},
                    {"webhook": {"url": f"http://127.0.0.1:{hooks.port}/"}}):
        assert [a["end"] for a in post.at_once(n, channel, DIGEST)] == ["delivered"] * n
    assert len(mails.raw) == n and len(set(mails.raw)) == 1 and len(hooks.requests) == n and len(list(out.iterdir())) == 5
    assert [p.read_text() for p in folder.glob("in.*")] == [DIGEST["json"] + "\n"] * n
    assert {p.read_text().strip() for p in folder.glob("fds.*")} == {"4"}


# -- webhook --------------------------------------------------------------------------------------------------------------

KEY = b"0123456789abcdef0123456789abcdef"


def verify(headers, body, key=KEY):
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    return headers["webhook-signature"] == "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def test_a_webhook_is_an_event_and_signed_at_each_try(post, serve, folder):
    server, secret = serve(Hook, status=202, body=b"thanks"), folder / "secret"
    secret.write_text("whsec_" + base64.b64encode(KEY).decode() + "\n")
    for now_s in (1795442405, 1795442465):
        assert post.hook(server, DIGEST, secret_file=str(secret), now_s=now_s)["end"] == "delivered"
    for (path, headers, body), now_s in zip(server.requests, (1795442405, 1795442465)):
        assert path == "/in" and body.decode() == DIGEST["json"] and headers["content-type"] == "application/json"
        assert (headers["ce-specversion"], headers["ce-id"], headers["ce-source"]) == ("1.0", "R12-1", "/gridd/310106999")
        assert (headers["ce-type"], headers["ce-time"]) == ("cn.gridd.notice.nightly", "2026-11-23T22:00:00+08:00")
        assert headers["webhook-id"] == "nightly_2026-11-23_supervision_310106999" and headers["webhook-timestamp"] == str(now_s)
        assert verify(headers, body) and not verify(headers, body + b" ") and headers["expect"] is None
    assert post.hook(server)["end"] == "delivered" and server.requests[-1][1]["webhook-signature"] is None
    for text in ("", "whsec_short", "s3cret", "whsec_" + base64.b64encode(KEY).decode() + "\nx"):
        secret.write_text(text)
        answer = post.hook(server, secret_file=str(secret))
        assert answer["end"] == "failed" and "s3cret" not in answer["failure"] and "short" not in answer["failure"]
    assert len(server.requests) == 3


def test_values_of_an_event_are_written_as_the_binding_says(post, serve):
    server = serve(Hook)
    assert post.hook(server, {"id": "4 2%\"漏", "kind": "x y"})["end"] == "delivered"
    headers = server.requests[0][1]
    assert headers["ce-id"] == "4%202%25%22%E6%BC%8F" and headers["ce-type"] == "cn.gridd.notice.x%20y"


@pytest.mark.parametrize("status, headers, end, again_in_s", [
    (200, {}, "delivered", 0), (204, {}, "delivered", 0), (410, {}, "gone", 0),
    (400, {}, "failed", 0), (401, {}, "failed", 0), (404, {}, "failed", 0), (408, {}, "failed", 0), (413, {}, "failed", 0), (425, {}, "failed", 0),
    (429, {}, "failed", 0), (429, {"Retry-After": "120"}, "failed", 120), (503, {"Retry-After": "7"}, "failed", 7),
    (429, {"Retry-After": "99999999999999999999"}, "failed", 86400), (503, {"Retry-After": "-5"}, "failed", 0),
    (503, {"Retry-After": "soon"}, "failed", 0), (500, {"Retry-After": "120"}, "failed", 0),
    (429, {"Retry-After": "Mon, 23 Nov 2026 14:30:00 GMT"}, "failed", 1800),
    (429, {"Retry-After": "Mon, 23 Nov 2026 13:00:00 GMT"}, "failed", 0), (429, {"Retry-After": "Mon, 23 Nov 2099 13:00:00 GMT"}, "failed", 86400),
])
def test_what_an_answer_means(post, serve, status, headers, end, again_in_s):
    server = serve(Hook, status=status, headers=headers, body=b"" if status == 204 else b"because\r\nof \x1b[31m\xff")
    answer = post.hook(server, now_s=1795442400)  # 14:00 UTC
    assert (answer["end"], answer["again_in_s"]) == (end, again_in_s)
    assert end == "delivered" or answer["failure"] == f"HTTP {status}: because of \\u001b[31m\\xff"


def test_a_redirect_is_not_followed(post, serve):
    other = serve(Hook)
    for status in (301, 302, 303, 307, 308):
        server = serve(Hook, status=status, headers={"Location": f"http://127.0.0.1:{other.port}/elsewhere?key=1"})
        answer = post.hook(server)
        assert answer["end"] == "failed" and f"HTTP {status}: redirects are not followed: http://127.0.0.1:{other.port}/elsewhere" == answer["failure"]
    assert other.requests == []


@pytest.mark.parametrize("status, end", [(200, "delivered"), (500, "failed")])
def test_ten_megabytes_are_not_read(post, serve, status, end):
    went_out, over = [], threading.Event()

    def answer(handler):
        handler.send_response(status)
        handler.send_header("content-length", str(10 << 20))
        handler.end_headers()
        for i in range(160):
            try:
                handler.wfile.write(b"x" * 65536)
            except OSError:
                break
            went_out.append(i)
        over.set()

    server = serve(Hook, answer=answer)
    assert post.hook(server)["end"] == end
    wait_until(over.is_set, 10, "the end of the answer")
    assert len(went_out) < 160


def test_a_receiver_that_hangs_is_left(post, serve):
    hung = serve(Hook, answer=lambda handler: hung.ended.wait(60))
    before = time.monotonic()
    answer = post.hook(hung, limit_s=2)
    assert answer["end"] == "failed" and time.monotonic() - before < 5

    def drip(handler):
        handler.send_response(500)
        handler.end_headers()
        while not dripping.ended.wait(0.1):
            handler.wfile.write(b"x")

    dripping = serve(Hook, answer=drip)
    before = time.monotonic()
    assert post.hook(dripping, limit_s=2)["end"] == "failed" and time.monotonic() - before < 5


def test_https_and_no_proxy(post, serve, tls):
    ca, certificate, key = tls
    server = serve(Hook, tls=server_tls(certificate, key))
    proxy = {name: f"http://127.0.0.1:{free_port()}" for name in ("http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY", "ALL_PROXY")}
    assert post.hook(server, scheme="https", ca_file=str(ca), env=proxy)["end"] == "delivered"
    answer = post.hook(server, scheme="https")
    assert answer["end"] == "failed" and "certificate" in answer["failure"] and len(server.requests) == 1
    assert post.hook(serve(Hook), env=proxy)["end"] == "delivered"


# -- exec -----------------------------------------------------------------------------------------------------------------

def script(folder, body):
    path = folder / "program.sh"
    path.write_text(f"#!/bin/sh\nhere={folder}\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_a_program_gets_the_json(post, folder):
    program = script(folder, 'cat >"$here/in"; echo "$1" >"$here/argument"; ls /proc/self/fd | wc -l >"$here/fds"')
    assert post.send({"exec": [program, "a b"]}, DIGEST)["end"] == "delivered"
    assert (folder / "in").read_text() == DIGEST["json"] + "\n" and (folder / "argument").read_text() == "a b\n"
    assert int((folder / "fds").read_text()) == 4  # the three, and the folder that ls reads


@pytest.mark.parametrize("body, failure", [
    ("exit 75", "exit 75"), ('echo "no line" >&2; echo more >&2; exit 3', "exit 3: no line"), ("kill -9 $$", "ended by signal 9"),
    ("printf 'a\\033[31m\\302\\205%s\\n' \"$(printf '%0400d' 0)\" >&2; exit 1", "exit 1: a [31m\\u0085" + "0" * 150),
])
def test_a_program_that_fails(post, folder, body, failure):
    answer = post.send({"exec": [script(folder, body)]})
    assert answer["end"] == "failed" and answer["failure"].startswith(failure), answer


def test_a_program_that_hangs_is_ended_with_its_children(post, folder):
    program = script(folder, 'echo $$ >>"$here/pids"; sleep 300 & echo $! >>"$here/pids"; wait')
    assert post.send({"exec": [program], "limit_s": 1}) == {"end": "failed", "again_in_s": 0, "failure": "it took longer than 1 s"}
    for pid in map(int, (folder / "pids").read_text().split()):
        wait_until(lambda: not alive(pid), 5, f"the end of {pid}")


def test_a_program_may_leave_and_say_nothing_more(post, folder):
    assert post.send({"exec": [script(folder, 'exec 2>&-; sleep 0.2; exit 0')]})["end"] == "delivered"
    assert post.send({"exec": [script(folder, 'head -c 300000 /dev/zero >&2; exit 0')]})["end"] == "delivered"


# -- file -----------------------------------------------------------------------------------------------------------------

def test_a_message_becomes_files(post, folder):
    out = folder / "out"
    out.mkdir()
    name = DIGEST["name"]
    for _ in range(2):
        assert post.send({"file": str(out)}, DIGEST)["end"] == "delivered"
        got = {p.name: p.read_bytes() for p in out.iterdir()}
        assert sorted(got) == sorted([f"{name}.eml", f"{name}.html", f"{name}.json", f"{name}.txt", DIGEST["enclosures"][0]["name"]])
        assert got[f"{name}.json"].decode() == DIGEST["json"] and got[f"{name}.txt"].decode() == DIGEST["text"]
        assert got[f"{name}.html"].decode() == DIGEST["html"] and got[DIGEST["enclosures"][0]["name"]] == WORKBOOK
        mail = message_from_bytes(got[f"{name}.eml"], policy=policy.default)
        assert mail["Subject"] == DIGEST["subject"] and not mail.defects
    assert post.send({"file": str(out)}, {"to": "13800000000", "html": "x", "name": "other"})["end"] == "delivered"
    assert "undisclosed" in (out / "other.eml").read_text()
    plain = folder / "plain"
    plain.mkdir()
    assert post.send({"file": str(plain)}, {"name": "42-1.310106999"})["end"] == "delivered"
    assert [p.name for p in plain.iterdir()] == ["42-1.310106999.json"]


@pytest.mark.parametrize("name", NASTY + ["", ".", "..", ".hidden", "a/b"])
def test_names_stay_in_the_folder(post, folder, name):
    out = folder / "out"
    out.mkdir()
    assert post.send({"file": str(out)}, {"name": name, "enclosures": [{"name": name or "/", "base64": "eHg="}]})["end"] == "delivered"
    assert len(list(out.iterdir())) == 4 and sorted(p.name for p in folder.iterdir()) == ["config.yaml", "out"]
    assert all(re.fullmatch(r"[\w-][\w.-]*", p.name, re.A) for p in out.iterdir())


def test_a_folder_that_is_full_or_gone(post, folder):
    out = folder / "out"
    out.mkdir()
    (out / "x.json").mkdir()  # where the file would be
    answer = post.send({"file": str(out)}, {"name": "x"})
    assert answer["end"] == "failed" and "cannot write x.json" in answer["failure"] and [p.name for p in out.iterdir()] == ["x.json"]


# -- config ---------------------------------------------------------------------------------------------------------------

def check(folder, text):
    path = folder / "gridd.yaml"
    path.write_text(text)
    done = run([BUILD / "gridd", "-c", path, "--check-config"])
    return done.returncode, done.stdout + done.stderr


def test_all_faults_of_channels_at_once(folder):
    status, said = check(folder, """\
channels:
  a: {exec: [/bin/true], bundel: hour}
  b: {exec: [/bin/true], file: /tmp}
  c: {bundle: hour}
  d: {exec: [/bin/true], bundle: hours}
  e: {mail: {url: "http://x", from: nobody, tls: allways, adresses: {}}}
  f: {mail: {url: "smtp://u:p@host"}}
  g: {mail: {url: "smtp://host", from: a@b, user: x}}
  h: {mail: {url: "smtp://host", from: a@b, user: x, password_file: /bin/true, tls: if_offered}}
  i: {webhook: {url: "ftp://host/x", secret_file: /nowhere/secret}}
  j: {file: /nowhere}
  k: {exec: [/bin/true], limit_s: 61}
  l: {mail: {url: "smtp://host", from: a@b, addresses: {x: "a@b, c@d"}}}
  m: {webhook: https://host/}
  n: {exec: [true.sh]}
  o: 7
""")
    assert status == 1
    for line, words in [(2, "unknown key `bundel`"), (3, "one of them, and no other"), (4, "one of them, and no other"), (5, "`hours` is none"),
                        (6, "smtp://HOST:PORT"), (6, "`nobody` is not a mail address"), (6, "`allways` is none"), (6, "unknown key `adresses`"),
                        (7, "no user or password in it"), (7, "here stands `from`"), (8, "go together"), (9, "it is `always`"),
                        (10, "https://HOST/PATH"), (10, "no file here"), (11, "no folder here"), (12, "from 1 to 60"),
                        (13, "`a@b, c@d` is not a mail address"), (14, "webhook is {url"), (15, "whole path"), (16, "a channel has exec")]:
        assert re.search(rf"gridd\.yaml:{line}:\d+: [^\n]*{re.escape(words)}", said), (line, words, said)
    for word in ("bundle", "hour", "always", "addresses"):
        assert re.search(rf"\b{word}\b", said)
    assert "u:p" not in "".join(line for line in said.splitlines() if ": " in line and "gridd.yaml" in line)


def test_the_example_in_the_documents_is_sound(folder):
    text = (ROOT / "docs/operations.md").read_text("utf-8")
    (example,) = [m for m in re.findall(r"^```yaml\n(.*?)^```", text, re.M | re.S) if m.startswith("channels:")]
    stand_in = folder / "stand-in"
    stand_in.write_text("x")
    stand_in.chmod(0o755)
    for path in re.findall(r"(?<=[\s\[])/(?:etc|usr|var)/[\w./-]+", example):
        here = folder if path.startswith("/var/spool") else stand_in
        example = example.replace(path, str(here))
    status, said = check(folder, example)
    assert status == 0, said
    source = (ROOT / "daemon/app/config_channels.c").read_text("utf-8")
    keys = re.findall(r'\{"(\w+)", read_\w+, (?:true|false)\}', source)
    assert len(keys) > 12
    section = text[text.index("\n## Channels\n"):]
    assert not [k for k in keys if f"`{k}`" not in section.split("\n## ")[1]]

