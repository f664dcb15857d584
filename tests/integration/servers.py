"""servers: mail and web servers of the tests: real ones, and ones that misbehave by a script. All on loopback, all ended by `close`."""

import socket
import ssl
import threading
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from harness import run


def certificates(folder, names="DNS:localhost,IP:127.0.0.1"):
    """A CA and a certificate of it for those names: (ca, certificate, key)."""
    ca, ca_key, request, certificate, key = (folder / name for name in ("ca.pem", "ca.key", "host.csr", "host.pem", "host.key"))
    extensions = folder / "host.ext"
    extensions.write_text(f"subjectAltName={names}\n")
    new = ["openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    for command in ([*new, "-x509", "-days", "2", "-subj", "/CN=test CA", "-keyout", ca_key, "-out", ca],
                    [*new, "-subj", "/CN=localhost", "-keyout", key, "-out", request],
                    ["openssl", "x509", "-req", "-in", request, "-CA", ca, "-CAkey", ca_key, "-CAcreateserial", "-days", "2",
                     "-extfile", extensions, "-out", certificate]):
        done = run(command)
        assert done.returncode == 0, done.stderr
    return ca, certificate, key


def server_tls(certificate, key):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class MailServer:
    """aiosmtpd, which keeps what it takes: .raw, and .mails as Python's email reads them; .receivers and .secure beside."""

    def __init__(self, users=None, **options):
        self.raw, self.receivers, self.senders, self.secure = [], [], [], []
        if users is not None:
            def check(server, session, envelope, mechanism, data):
                return AuthResult(success=users.get(data.login) == data.password, handled=False)

            options.update(authenticator=check, auth_required=True, auth_require_tls=False)
        self.controller = Controller(self, hostname="127.0.0.1", port=free_port(), **options)
        self.controller.start()
        self.port = self.controller.port

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 (aiosmtpd's name)
        self.raw.append(envelope.original_content)
        self.receivers.append(envelope.rcpt_tos)
        self.senders.append(envelope.mail_from)
        self.secure.append(session.ssl is not None)
        return "250 taken"

    @property
    def mails(self):
        return [message_from_bytes(raw, policy=policy.default) for raw in self.raw]

    def close(self):
        self.controller.stop()


class Listener:
    """A server on a thread for each connection. `talk(stream, connection)` is the subclass's."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.ended = threading.Event()
        self.connections, self.threads = [], []
        self.accepting = threading.Thread(target=self._accept, daemon=True)
        self.accepting.start()

    def _accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.connections.append(connection)
            self.threads.append(threading.Thread(target=self._serve, args=(connection,), daemon=True))
            self.threads[-1].start()

    def _serve(self, connection):
        try:
            with connection, connection.makefile("rwb", buffering=0) as stream:
                self.talk(stream, connection)
        except OSError:
            pass

    def close(self):
        self.ended.set()
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        for connection in self.connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        for thread in [self.accepting, *self.threads]:
            thread.join(10)
            assert not thread.is_alive()


HANG, DROP = "hang", "drop"


class ScriptedMail(Listener):
    """Says what the script says: {"greeting" | "EHLO" | "MAIL" | "RCPT" | "DATA" | "content" | "QUIT": reply, HANG or DROP}; a
    list is one for each time, the last of them for ever. Keeps the commands it was given."""

    USUAL = {"greeting": "220 here", "EHLO": "250 here", "HELO": "250 here", "MAIL": "250 ok", "RCPT": "250 ok",
             "DATA": "354 go on", "content": "250 taken", "QUIT": "221 bye"}

    def __init__(self, **script):
        self.script, self.commands, self.contents = {**self.USUAL, **script}, [], []
        super().__init__()

    def reply(self, stream, step):
        """False: the connection is over."""
        word = self.script.get(step, "502 what?")
        if isinstance(word, list):
            word = word.pop(0) if len(word) > 1 else word[0]
        if word == HANG:
            self.ended.wait(300)
        if word in (HANG, DROP):
            return False
        stream.write(word.replace("\n", "\r\n").encode() + b"\r\n")
        return True

    def talk(self, stream, connection):
        if not self.reply(stream, "greeting"):
            return
        reader = connection.makefile("rb")
        for line in reader:
            self.commands.append(line.decode("latin-1").strip())
            step = self.commands[-1].split(" ")[0]
            if not self.reply(stream, step) or step == "QUIT":
                return
            if step == "DATA" and self.script["DATA"].startswith("354"):
                content = b""
                while not content.endswith(b"\r\n.\r\n"):
                    more = reader.readline()
                    if not more:
                        return
                    content += more
                self.contents.append(content)
                if not self.reply(stream, "content"):
                    return


class Hook:
    """An HTTP server that keeps requests (.requests: path, headers, body) and answers what it is told: a status, headers and a body,
    or a function of the handler."""

    def __init__(self, status=200, headers=None, body=b"", answer=None, tls=None):
        self.requests, self.ended = [], threading.Event()
        hook = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):  # noqa: N802 (the library's name)
                body_in = self.rfile.read(int(self.headers["content-length"]))
                hook.requests.append((self.path, self.headers, body_in))
                if answer:
                    answer(self)
                    return
                self.send_response(status)
                for name, value in {"content-length": str(len(body)), **(headers or {})}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def do_GET(self):  # noqa: N802
                hook.requests.append((self.path, self.headers, None))
                self.send_error(405)

            def log_message(self, *args):
                pass

        class Server(ThreadingHTTPServer):
            def handle_error(self, *args):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        if tls:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    def close(self):
        self.ended.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(10)
