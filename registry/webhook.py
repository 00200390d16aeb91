"""Notices to the webhook: one JSON format, signed; documented in docs/notifications.md.

Lives here: the document, its signature, and one POST without redirects.
Add here: another field of the document, with a new ``version`` if a receiver could stumble.
Stays out: when to send and again (``delivering``).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import ssl
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from config import clock, keys
from config.settings import settings
from registry.models import Message
from registry.outbox import address_of, event_id
from registry.send_fault import NotSentError

if TYPE_CHECKING:
    import httpx

TIMEOUT = 15.0  # seconds of silence of the receiver at one step
LARGEST = 64 << 10  # bytes of a document; a notice's text is bounded far below
VERSION = 1
_OF_THIS_ONE = (400, 409, 413, 422)  # answers that concern one notice, not the way


class Caller:
    """One connection for the calls of a round, opened with the first of them."""

    def __init__(self) -> None:
        self._client: httpx.Client | None = None

    def send(self, message: Message) -> None:
        """POST one notice; any 2xx is a receipt.

        Raises:
            NotSentError: there was none; after a broken connection nobody knows whether it arrived.
        """
        import httpx

        url, body = _address(), document(message)
        try:
            if self._client is None:
                self._client = _client()
            with self._client.stream("POST", url, content=body, headers=headers(message, body)) as answer:
                status = answer.status_code
        except httpx.TimeoutException:
            raise NotSentError("通知接口未在规定时间内应答", whole_channel=True) from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError):
            raise NotSentError("通知接口无法连接、证书未通过校验或连接中断", whole_channel=True) from None
        except keys.KeyFileError:
            raise NotSentError("通知接口的签名密钥不可用", whole_channel=True) from None
        if not 200 <= status < 300:
            followed = "要求转向，不予跟随" if 300 <= status < 400 else "未接收"
            raise NotSentError(f"通知接口{followed}（{status}）", whole_channel=status not in _OF_THIS_ONE)

    def close(self) -> None:
        """End the connection."""
        if self._client is not None:
            self._client.close()
            self._client = None


def document(message: Message) -> bytes:
    """Return the JSON of a notice, the same bytes at each attempt.

    Raises:
        NotSentError: it is larger than a receiver must take.
    """
    content = {
        "version": VERSION, "id": event_id(message), "kind": message.kind, "subject": message.subject,
        "text": message.body, "link": address_of(message) or message.link,
        "at": message.made_at.astimezone(clock.SHANGHAI).isoformat(),
    }  # fmt: skip
    body = json.dumps(content, ensure_ascii=False).encode()
    if len(body) > LARGEST:
        raise NotSentError("通知内容超出接口允许的大小")
    return body


def headers(message: Message, body: bytes) -> dict[str, str]:
    """Return type, idempotency key and signature: HMAC-SHA256 over timestamp, a full stop and the body."""
    found = keys.key("portal", "webhook")
    timestamp = str(int(clock.now().timestamp()))
    signature = hmac.new(found.material, f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json; charset=utf-8", "User-Agent": "suyuan", "Idempotency-Key": event_id(message),
        "X-Suyuan-Timestamp": timestamp, "X-Suyuan-Key-Id": found.key_id, "X-Suyuan-Signature": f"sha256={signature}",
    }  # fmt: skip


def _address() -> str:
    url = settings().webhook_url
    try:
        parts = urlsplit(url)
        is_good = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        is_good = False
    if not is_good:
        raise NotSentError("通知接口未配置，或其地址不是 http、https 地址", whole_channel=True)
    return url


def _client() -> httpx.Client:
    """Return a client that follows nothing, takes nothing from the environment and trusts the system's certificates."""
    import httpx

    return httpx.Client(
        timeout=httpx.Timeout(TIMEOUT), follow_redirects=False, trust_env=False, verify=ssl.create_default_context()
    )
