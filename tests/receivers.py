"""Receivers of notices: a mail server and an HTTP interface, each with bad days.

Lives here: starting and stopping them, and what they got.
Stays out: what is tested with them.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

USER, PASSWORD = "notice", "smtp-Secret-55cd"


class MailServer:
    """A mail server. ``refusals``: answers to the next recipients before they are taken."""

    def __init__(self) -> None:
        self.refusals: list[str] = []
        self.mails: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.attempts = 0
        self.hold = 0.0  # seconds between taking a mail and saying so
        self.port = 0

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:  # noqa: N802
        self.attempts += 1
        if self.refusals:
            return self.refusals.pop(0).format(address=address)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802
        self.raw.append(envelope.content)
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        await asyncio.sleep(self.hold)
        return "250 taken"


class _OnAnyPort(Controller):
    """A controller that asks itself at the port it was given, without TLS."""

    @property
    def taken(self) -> int:
        return self.server.sockets[0].getsockname()[1]  # type: ignore[union-attr]

    def _trigger_server(self) -> None:
        socket.create_connection(("127.0.0.1", self.taken), 5).close()


@contextmanager
def mail_server(
    *, tls: ssl.SSLContext | None = None, implicit: bool = False, login: bool = False
) -> Iterator[MailServer]:
    """Run a mail server for the block: plain, with STARTTLS, or with TLS from the first byte."""
    handler = MailServer()

    def check(server, session, envelope, mechanism, data) -> AuthResult:
        good = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=good, handled=False)

    more: dict[str, Any] = {"authenticator": check, "auth_required": True} if login else {}
    if tls is not None and not implicit:
        more |= {"tls_context": tls, "require_starttls": True}
    controller = _OnAnyPort(
        handler, hostname="127.0.0.1", port=0, ssl_context=tls if implicit else None,
        auth_require_tls=tls is not None and not implicit, **more,
    )  # fmt: skip
    controller.start()
    handler.port = controller.taken
    try:
        yield handler
    finally:
        controller.stop()


class Receiver(ThreadingHTTPServer):
    """An HTTP interface. ``answers``: statuses before 204; ``pause``: seconds before each answer."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.answers: list[int] = []
        self.calls: list[tuple[str, dict[str, str], bytes]] = []
        self.pause = 0.0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hook?token=url-Secret-81ff"


class _Answers(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.calls.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
        time.sleep(self.server.pause)
        status = self.server.answers.pop(0) if self.server.answers else 204
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self) -> None:
        self.do_POST()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def receiver() -> Iterator[Receiver]:
    """Run an interface for the block."""
    server = Receiver()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """Make a certificate for 127.0.0.1 that nobody knows; return its file and a server's context."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    private = ec.generate_private_key(ec.SECP256R1())
    name, now = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail")]), datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(private.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(private, hashes.SHA256())
    )  # fmt: skip
    public, secret = folder / "mail.pem", folder / "mail.key"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, secret)
    return public, context
