"""The channels: one message, one try, against servers that behave and servers that don't. No daemon: tests/post_send.c."""

import base64
import hashlib
import hmac
import json
import re
import stat
import subprocess
import threading
import time
from email import message_from_bytes, policy

import pytest
import yaml
from harness import BUILD, ENVIRONMENT, ROOT, SANITIZER, SIZE, alive, run, size, wait_until
from servers import DROP, HANG, Hook, MailServer, ScriptedMail, certificates, free_port, server_tls

POST_SEND = BUILD / "tests/post_send"
WORKBOOK = bytes(range(256)) * 40
DIGEST = {
    "id": "R12-1", "name": "nightly.2026-11-23.supervision.310106999", "kind": "nightly",
    "subject": "【超期清单】彭浦镇 2026-11-23：超期 12 件（较昨日 +3），另有一行说明使主题更长", "text": "超期 12 件\n.\n..两点\n", "html": "<p>超期 12 件</p>\n",
    "json": '{"overdue": 12, "name": "超期"}',
    "enclosures": [{"name": "gridd-overdue-310106999-2026-11-23.xlsx", "base64": base64.b64encode(WORKBOOK).decode(),
                    "media_type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}],
}
NASTY = ["x\r\nBcc: evil@town.example\r\nX-Evil: 1\r\n\r\n<script>alert(1)</script>", "<script>alert(1)</script>", "\u202egnp.exe\u2066",
         "\x9b31m\x85\x1b[2J\x07", "彭" * 4000, "=cmd|' /C calc'!A0", "\" evil=\"1", "a\x00b".replace("\x00", "\x01"), "../../etc/passwd"]


class Post:
    """Makes tries of channels that are written down in a folder of the test."""

    def __init__(self, folder):
        self.folder = folder

    def write(self, channel):
        path = self.folder / "config.yaml"
        path.write_text(yaml.safe_dump({"channels": {"c": channel}}, allow_unicode=True))
        return path

    def send(self, channel, message=None, now_s=None, env=None):
        (answer,) = self.at_once(1, channel, message, now_s, env)
        return answer

    def at_once(self, n, channel, message=None, now_s=None, env=None):
        command = [POST_SEND, self.write(channel), "c", now_s or int(time.time()), n]
        done = subprocess.run([str(c) for c in command], input=json.dumps(message or {}), capture_output=True, text=True, timeout=120,
                              env={**ENVIRONMENT, **(env or {})})
        assert done.returncode == 0 and not SANITIZER.search(done.stderr), done.stderr
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        for answer in answers:
            assert "\n" not in answer["failure"] and len(answer["failure"].encode()) < 240
            assert (answer["failure"] == "") == (answer["end"] == "delivered")
        return answers

    def mail(self, server, message=None, **more):
        options = {"url": f"smtp://127.0.0.1:{server.port}", "from": "gridd@town.example", **more}
        limit = {"limit_s": options.pop("limit_s")} if "limit_s" in options else {}
        return self.send({"mail": options, **limit}, message)

    def hook(self, server, message=None, limit_s=None, scheme="http", now_s=None, env=None, **more):
        limit = {"limit_s": limit_s} if limit_s else {}
        return self.send({"webhook": {"url": f"{scheme}://127.0.0.1:{server.port}/in", **more}, **limit}, message, now_s, env)


@pytest.fixture
def post(folder):
    return Post(folder)


@pytest.fixture
def serve():
    """serve(Class, ...) gives a server; all of them end with the test."""
    made = []

    def make(kind, *args, **options):
        made.append(kind(*args, **options))
        return made[-1]

    yield make
    for server in reversed(made):
        server.close()


@pytest.fixture(scope="module")
def tls(module_folder):
    return certificates(module_folder)


def text_of(mail, subtype):
    return mail.get_body((subtype,)).get_content().replace("\r\n", "\n")


# -- mail -----------------------------------------------------------------------------------------------------------------

def test_a_real_mail_server_takes_a_digest(post, serve):
    server = serve(MailServer)
    for _ in range(2):
        assert post.mail(server, DIGEST) == {"end": "delivered", "again_in_s": 0, "failure": ""}
    assert server.raw[0] == server.raw[1]
    mail = server.mails[0]
    assert (server.senders[0], server.receivers[0]) == ("gridd@town.example", ["office@town.example"])
    assert mail["Subject"] == DIGEST["subject"] and mail["From"] == "gridd@town.example" and mail["To"] == "office@town.example"
    assert mail["Message-ID"] == "<nightly.2026-11-23.supervision.310106999@town.example>"
    assert mail["Auto-Submitted"] == "auto-generated" and mail["X-Gridd-Notice"] == "R12-1" and mail["Content-Language"] == "zh-CN"
    assert mail["Date"].datetime.isoformat() == "2026-11-23T22:00:00+08:00"
    assert text_of(mail, "plain") == DIGEST["text"] and text_of(mail, "html") == DIGEST["html"]
    (workbook,) = mail.iter_attachments()
    assert workbook.get_filename() == DIGEST["enclosures"][0]["name"] and workbook.get_content() == WORKBOOK
    assert workbook.get_content_type() == DIGEST["enclosures"][0]["media_type"]
    assert not mail.defects and all(not part.defects for part in mail.walk())
    assert all(len(line) <= 76 for line in server.raw[0].split(b"\r\n") if not line.startswith((b"Content-Type", b"Message-ID")))


FIELDS = ["id", "name", "town", "kind", "subject", "text", "html", "json", "language", "file", "media_type"]


@pytest.mark.parametrize("fields", [FIELDS] + size([], [], [[f] for f in FIELDS]), ids=",".join)
def test_what_people_wrote_makes_no_header_and_no_receiver(post, serve, fields):
    mails, hooks = serve(MailServer), serve(Hook)
    usual = None
    for nasty in ["usual", *NASTY]:
        enclosure = {"name": "list.xlsx", "media_type": "text/csv", "base64": "eHg="}
        message = {"html": "<p>", "enclosures": [enclosure]}
        message.update({f: nasty for f in fields if f not in ("file", "media_type")})
        enclosure.update({"name" if f == "file" else f: nasty for f in fields if f in ("file", "media_type")})
        assert post.mail(mails, message)["end"] == "delivered"
        mail = mails.mails[-1]
        assert mails.receivers[-1] == ["office@town.example"] and not mail.defects
        usual = usual or mail.keys()
        assert mail.keys() == usual and "Bcc" not in usual and "X-Evil" not in usual
        types = [part.get_content_type() for part in mail.walk()]
        assert types[:4] == ["multipart/mixed", "multipart/alternative", "text/plain", "text/html"] and len(types) == 5
        for name in mail.keys():
            assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", str(mail[name])), name
            assert len(mail[name]) < 1300
        (file,) = mail.iter_attachments()
        assert re.fullmatch(r"[\w-][\w.-]{0,119}", file.get_filename(), re.A)
        assert file.get_content_type() in ("text/csv", "application/octet-stream")
        assert post.hook(hooks, message)["end"] == "delivered"
        path, headers, body = hooks.requests[-1]
        assert path == "/in" and "Bcc" not in headers and "X-Evil" not in headers and body.decode() == message.get("json", "{}")


@pytest.mark.parametrize("to", ["x@y.example\r\nRCPT TO:<evil@town.example>", "a@town.example,evil@town.example", "<evil@town.example>", "13800000000",
                                "\u202e@town.example", "彭@town.example", "x" * 4000 + "@town.example", "a b@town.example", "\"a\"@town.example", ""])
def test_what_is_no_address_is_refused_unsent(post, serve, to):
    server = serve(ScriptedMail)
    answer = post.mail(server, {"to": to})
    assert answer["end"] == "refused" and "is not a mail address" in answer["failure"] and server.commands == []


def test_names_of_contacts_become_addresses(post, serve):
    server = serve(MailServer)
    addresses = {"督查室": "supervision@town.example", "leader": "leader@town.example"}
    assert post.mail(server, {"to": "督查室"}, addresses=addresses)["end"] == "delivered"
    assert post.mail(server, {"to": "other@town.example"}, addresses=addresses)["end"] == "delivered"
    assert server.receivers == [["supervision@town.example"], ["other@town.example"]] and server.mails[0]["To"] == "supervision@town.example"


def test_tls(post, serve, tls):
    ca, certificate, key = tls
    context = server_tls(certificate, key)
    starttls, smtps, plain = serve(MailServer, tls_context=context), serve(MailServer, ssl_context=context), serve(MailServer)
    secure = f"smtps://127.0.0.1:{smtps.port}"
    for word in ("always", "if_offered"):
        assert post.mail(starttls, tls=word, ca_file=str(ca))["end"] == "delivered"
        answer = post.mail(starttls, tls=word)
        assert answer["end"] == "failed" and "certificate" in answer["failure"], answer
    assert post.mail(smtps, url=secure, ca_file=str(ca))["end"] == "delivered"
    answer = post.mail(smtps, url=secure)
    assert answer["end"] == "failed" and "certificate" in answer["failure"]
    assert starttls.secure == [True, True] and len(smtps.raw) == 1
    answer = post.mail(plain, tls="always")
    assert answer["end"] == "failed" and "STARTTLS" in answer["failure"] and plain.raw == []
    assert post.mail(plain)["end"] == "delivered" and post.mail(starttls, tls="never")["end"] == "delivered"
    assert starttls.secure[-1] is False


def test_a_certificate_of_another_host_is_refused(post, serve, folder):
    ca, certificate, key = certificates(folder, "DNS:other.example")
    server = serve(MailServer, ssl_context=server_tls(certificate, key))
    answer = post.mail(server, url=f"smtps://127.0.0.1:{server.port}", ca_file=str(ca))
    assert answer["end"] == "failed" and "127.0.0.1" in answer["failure"] and server.raw == []


def test_a_password_is_read_at_each_try(post, serve, folder, tls):
    server = serve(MailServer, users={b"gridd": b"s3cret"}, tls_context=server_tls(*tls[1:]))
    secret = folder / "password"
    login = {"user": "gridd", "password_file": str(secret), "ca_file": str(tls[0])}
    secret.write_text("wrong\n")
    answer = post.mail(server, **login)
    assert answer["end"] == "failed" and "said to AUTH: 535" in answer["failure"] and "wrong" not in answer["failure"]
    secret.write_text("s3cret\n")
    assert post.mail(server, **login)["end"] == "delivered" and server.secure == [True]
    answer = post.mail(server, ca_file=str(tls[0]))
    assert answer["end"] == "failed" and "530" in answer["failure"]


@pytest.mark.parametrize("script, end, says", [
    ({"greeting": "554 not now"}, "failed", "said to the greeting: 554 not now"),
    ({"greeting": "421 busy"}, "failed", "421 busy"),
    ({"greeting": DROP}, "failed", ""),
    ({"EHLO": "550 who?", "HELO": "550 who?"}, "failed", "550 who?"),
    ({"MAIL": "451 later"}, "failed", "said to MAIL: 451 later"),
    ({"MAIL": "553 not from you"}, "refused", "said to MAIL: 553 not from you"),
    ({"MAIL": "530 log in"}, "failed", "530 log in"),
    ({"RCPT": "450-4.2.1 box\n450 4.2.1 is busy"}, "failed", "said to RCPT: 450 4.2.1 box 4.2.1 is busy"),
    ({"RCPT": "550-5.1.1 no\n550 5.1.1 such user"}, "refused", "said to RCPT: 550 5.1.1 no 5.1.1 such user"),
    ({"RCPT": "550 \u202e\x9b31m\x07 " + "x" * 4000}, "refused", "\\u202e\\u009b31m\\u0007 xxx"),
    ({"RCPT": DROP}, "failed", "RCPT"),
    ({"DATA": "554 no"}, "refused", "said to DATA: 554 no"),
    ({"DATA": DROP}, "failed", "DATA"),
    ({"content": "452 disk full"}, "failed", "said to DATA: 452 disk full"),
    ({"content": "552 too big"}, "refused", "552 too big"),
    ({"content": DROP}, "failed", "didn't say that it took the mail"),
    ({"QUIT": DROP}, "delivered", ""),
    ({"QUIT": "500 no"}, "delivered", ""),
])
def test_mail_servers_that_say_no(post, serve, script, end, says):
    server = serve(ScriptedMail, **script)
    answer = post.mail(server)
    assert answer["end"] == end and says in answer["failure"], answer


def test_first_later_then_never(post, serve):
    server = serve(ScriptedMail, RCPT=["450 greylisted", "550 no such user"])
    assert [post.mail(server)["end"] for _ in range(2)] == ["failed", "refused"]


def test_lines_that_are_a_dot_come_through(post, serve):
    server = serve(ScriptedMail)
    assert post.mail(server, DIGEST)["end"] == "delivered"
    mail = message_from_bytes(server.contents[0][:-3], policy=policy.default)
    assert text_of(mail, "plain") == DIGEST["text"]


def test_nobody_there(post):
    class Gone:
        port = free_port()

    answer = post.mail(Gone)
    assert answer["end"] == "failed" and "onnect" in answer["failure"]
    assert post.hook(Gone)["end"] == "failed"
    assert post.mail(Gone, url="smtp://nowhere.invalid:25")["end"] == "failed"


@pytest.mark.parametrize("step", ["greeting", "EHLO", "RCPT", "content", "QUIT"])
def test_a_mail_server_that_hangs_is_left(post, serve, step):
    limit_s = 60 if SIZE == "long" and step == "content" else 2
    server = serve(ScriptedMail, **{step: HANG})
    before = time.monotonic()
    answer = post.mail(server, limit_s=limit_s)
    took = time.monotonic() - before
    assert answer["end"] == ("delivered" if step == "QUIT" else "failed") and took < limit_s + 3, (answer, took)


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

