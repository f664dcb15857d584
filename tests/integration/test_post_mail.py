"""The mail channel: a real mail server, one that misbehaves by a script, and what people write into fields."""

import re
import time
from email import message_from_bytes, policy

import pytest
from harness import SIZE, size
from posting import DIGEST, NASTY, WORKBOOK, post, serve, text_of, tls  # noqa: F401 (fixtures)
from servers import DROP, HANG, Hook, MailServer, ScriptedMail, certificates, free_port, server_tls


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
