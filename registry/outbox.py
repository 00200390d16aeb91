"""The outbox: what an act tells people is written down in the act's own transaction, and sent afterwards.

Lives here: ``notify``, what stays the same of a notice on every way, and reading one's own in the portal.
Add here: another way of reading them.
Stays out: sending (``delivering``); who is told what and when (the acts that call ``notify``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Case, QuerySet, When

from config import clock
from config.settings import settings
from registry.models import Account, Message

WAITING, SENDING, SENT, FAILED, PORTAL_ONLY = STATES = ("待发送", "发送中", "已发送", "发送失败", "仅站内")
LONGEST_KEY, LONGEST_SUBJECT, LONGEST_BODY, LONGEST_LINK = 200, 200, 4000, 300
_CUT = "\n……（内容较长，全文请登录平台查看相应事项。）"


@transaction.atomic
def notify(accounts: Iterable[Account], *, key: str, kind: str, subject: str, body: str, link: str = "") -> int:
    """Write one notice to each account, and one for the webhook if there is one; return how many are new.

    Call it inside the act's transaction: rolled back with it, sent only once it is committed. ``key`` names the
    occasion: the same key again is the same notice, whatever it says, and only accounts not told yet are added.
    ``subject`` and ``body`` are plain Chinese with row references, never personal data; ``link`` is a portal path.

    Raises:
        ValueError: a key, kind or link that no notice may have; nothing is written.
    """
    _demand_sound(key, kind, link)
    told = {a.pk: a for a in accounts}
    said = {
        "kind": kind, "subject": _one_line(subject), "body": _bounded(body), "link": link, "made_at": clock.now(),
    }  # fmt: skip
    new = sum(_write(f"{key}#{pk}", said | _for_account(account)) for pk, account in told.items())
    if settings().webhook_url:
        new += _write(f"{key}#webhook", said | _due("webhook"))
    return new


def notices_of(account: Account) -> QuerySet[Message]:
    """Return an account's own notices, unread first, then newest first."""
    read = Case(When(read_at__isnull=True, then=0), default=1)
    return Message.objects.filter(recipient=account).order_by(read, "-made_at", "-pk")


def unread_count(account: Account) -> int:
    """Return how many notices an account has not read."""
    return Message.objects.filter(recipient=account, read_at__isnull=True).count()


def mark_read(account: Account, pk: int | None = None) -> int:
    """Mark one own notice as read, or all; return how many were unread."""
    unread = Message.objects.filter(recipient=account, read_at__isnull=True)
    return (unread.filter(pk=pk) if pk is not None else unread).update(read_at=clock.now())


def event_id(message: Message) -> str:
    """Return the id that a notice keeps over all attempts, from its key and the moment it was made."""
    return hashlib.sha256(f"{message.key}\n{message.made_at.timestamp()!r}".encode()).hexdigest()[:40]


def address_of(message: Message) -> str:
    """Return the whole address of what a notice is about, "" if it has none or the portal's is not known."""
    portal = settings().portal_url.rstrip("/")
    return f"{portal}{message.link}" if portal and message.link else ""


def _write(key: str, fields: dict[str, object]) -> int:
    return int(Message.objects.get_or_create(key=key, defaults=fields)[1])


def _for_account(account: Account) -> dict[str, object]:
    by_mail = account.is_active and account.email and settings().smtp_host
    sending = _due("mail") if by_mail else {"channel": "mail", "state": PORTAL_ONLY}
    return {"recipient": account, **sending}


def _due(channel: str) -> dict[str, object]:
    return {"channel": channel, "state": WAITING, "next_attempt_at": clock.now()}


def _demand_sound(key: str, kind: str, link: str) -> None:
    if not key or len(key) > LONGEST_KEY or not kind or len(kind) > 40:
        raise ValueError(f"a notice needs a key of 1 to {LONGEST_KEY} characters and a kind of 1 to 40")
    if link and (not link.startswith("/") or link.startswith("//") or "\\" in link or len(link) > LONGEST_LINK):
        raise ValueError("the link of a notice is a path of the portal, beginning with one /")


def _one_line(subject: str) -> str:
    line = " ".join(subject.split())
    return line if len(line) <= LONGEST_SUBJECT else line[: LONGEST_SUBJECT - 1] + "…"


def _bounded(body: str) -> str:
    text = body.strip()
    return text if len(text) <= LONGEST_BODY else text[: LONGEST_BODY - len(_CUT)] + _CUT
