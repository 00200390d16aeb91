"""Notices as mail, through Django's SMTP backend.

Lives here: what a mail looks like, its connection, and reading a server's refusal without repeating its words.
Add here: another header that every notice has.
Stays out: when to send and again (``delivering``), wording (templates/registry/message.txt).
"""

from __future__ import annotations

import json
import smtplib
import ssl
from contextlib import suppress
from email.charset import BASE64, Charset
from email.utils import format_datetime, parseaddr
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend
from django.template.loader import render_to_string

from config import clock, keys
from config.settings import settings
from registry.models import Message
from registry.outbox import address_of, event_id
from registry.send_fault import NoReceiverError, NotSentError

TIMEOUT = 20.0  # seconds of silence of the server at one step
_PORTS = {"starttls": 587, "ssl": 465, "none": 25}
_REFUSED = "邮件服务器拒收（{}）"


class Mailer:
    """One connection for the mails of a round, opened with the first of them."""

    def __init__(self) -> None:
        self._backend: EmailBackend | None = None

    def send(self, message: Message) -> None:
        """Send one notice to its recipient's present address.

        Raises:
            NotSentError: it was not accepted; after a broken connection nobody knows.
            NoReceiverError: the account has no address or is closed.
        """
        account = message.recipient
        if account is None or not account.email or not account.is_active:
            raise NoReceiverError
        try:
            if self._backend is None:
                self._backend = _connected()
            self._backend.send_messages([written(message, account.email)])
        except NotSentError:
            raise
        except Exception as error:
            opened = self._backend is not None
            self.close()
            raise _fault(error, opened) from None

    def close(self) -> None:
        """End the connection, whatever its state."""
        backend, self._backend = self._backend, None
        if backend is not None:
            _close(backend)


def written(message: Message, address: str) -> EmailMessage:
    """Return a notice as mail; the same notice always has the same Message-ID, so that a repeat can be dropped."""
    headers = {
        "Message-ID": f"<{event_id(message)}@{settings().district}.suyuan>",
        "Date": format_datetime(clock.now()), "Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All",
    }  # fmt: skip
    text = render_to_string("registry/message.txt", {"m": message, "address": address_of(message)})
    mail = EmailMessage(message.subject, text, settings().smtp_from, [address], headers=headers)
    mail.encoding = Charset("utf-8")
    mail.encoding.body_encoding = BASE64  # also where a relay takes seven bits only
    return mail


def _connected() -> EmailBackend:
    found = settings()
    if not found.smtp_host or "@" not in parseaddr(found.smtp_from)[1]:
        raise NotSentError("邮件服务未配置完整（服务器地址、发件人）", whole_channel=True)
    user, password = _account()
    if password and found.smtp_security == "none":
        raise NotSentError("未加密的连接不得发送邮件账号密码，请改用 starttls 或 ssl", whole_channel=True)
    backend = EmailBackend(
        host=found.smtp_host, port=found.smtp_port or _PORTS[found.smtp_security], username=user, password=password,
        use_tls=found.smtp_security == "starttls", use_ssl=found.smtp_security == "ssl", timeout=TIMEOUT,
    )  # fmt: skip
    try:
        backend.open()
    except Exception:
        _close(backend)
        raise
    return backend


def _account() -> tuple[str, str]:
    """Return user and password from ``connections/smtp.json``; both empty where there is no such file."""
    try:
        content: Any = json.loads(keys.connection_file("smtp"))
        user, password = content["user"], content["password"]
        if set(content) != {"user", "password"} or not (isinstance(user, str) and isinstance(password, str)):
            raise ValueError
    except FileNotFoundError:
        return "", ""
    except (keys.KeyFileError, OSError, ValueError, KeyError, TypeError):
        raise NotSentError("邮件账号文件不可用（格式有误或他人可读）", whole_channel=True) from None
    return user, password


def _close(backend: EmailBackend) -> None:
    with suppress(OSError, smtplib.SMTPException):
        backend.close()


def _fault(error: Exception, opened: bool) -> NotSentError:
    """Say what went wrong by its kind and the server's number; ``opened``: the connection stood already."""
    match error:
        case smtplib.SMTPRecipientsRefused(recipients=refused):
            return NotSentError(_REFUSED.format(next(iter(refused.values()))[0]))
        case smtplib.SMTPAuthenticationError(smtp_code=code):
            return NotSentError(f"邮件服务器登录未通过（{code}）", whole_channel=True)
        case smtplib.SMTPResponseException(smtp_code=code):
            for_all = not opened or code == 421 or isinstance(error, smtplib.SMTPSenderRefused)
            return NotSentError(_REFUSED.format(code), whole_channel=for_all)
        case smtplib.SMTPNotSupportedError():
            return NotSentError("邮件服务器不支持所设的加密或登录方式", whole_channel=True)
        case ssl.SSLError():
            return NotSentError("与邮件服务器的加密连接未建立（证书未通过校验或方式不符）", whole_channel=True)
        case TimeoutError():
            return NotSentError("邮件服务器未在规定时间内应答", whole_channel=True)
        case OSError():  # smtplib's own errors are of this kind
            return NotSentError("邮件服务器无法连接或连接中断", whole_channel=True)
    return NotSentError(f"邮件未能生成（{type(error).__name__}）")
