"""posting: makes tries of channels, without a daemon (tests/post_send.c). Fixtures: post, serve, tls."""

import base64
import json
import subprocess
import time

import pytest
import yaml
from harness import BUILD, ENVIRONMENT, SANITIZER
from servers import certificates

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
