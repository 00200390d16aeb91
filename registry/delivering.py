"""Sending what waits in the outbox: each notice by one process at a time, again after a failure, then by a person.

Lives here: taking a notice, sending it, recording how it went, and how long to wait before the next attempt.
A notice is recorded as 发送中 before anything leaves and as 已发送 right after the receiver's word; who is killed in
between leaves it taken, and once that has lapsed it is sent anew under the same id (docs/notifications.md).
Add here: another channel, as a sender with ``send`` and ``close``.
Stays out: how a channel sends (``mail``, ``webhook``), writing notices (``outbox``), the person's part (``resending``).
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from django.db import transaction
from django.db.models import F, QuerySet

from config import clock
from registry.mail import Mailer
from registry.models import Message
from registry.outbox import FAILED, PORTAL_ONLY, SENDING, SENT, WAITING
from registry.send_fault import NoReceiverError, NotSentError
from registry.webhook import Caller

MAX_ATTEMPTS = 8  # with the waits below: given up after about eleven hours
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=5), timedelta(hours=6)
LEASE = timedelta(minutes=20)  # longer than any attempt takes
_log = logging.getLogger(__name__)


class Sender(Protocol):
    """One channel for the length of a round."""

    def send(self, message: Message) -> None:
        """Send one notice.

        Raises:
            NotSentError, NoReceiverError: it was not sent.
        """
        ...

    def close(self) -> None:
        """End what is open."""
        ...


@dataclass(frozen=True)
class Attempt:
    """How one attempt went: the notice's state after it, and why it was not sent."""

    message: int
    channel: str
    state: str
    error: str = ""
    next_at: datetime | None = None

    @property
    def is_good(self) -> bool:
        """Whether nothing of this notice remains to be sent."""
        return self.state in (SENT, PORTAL_ONLY)


def due() -> QuerySet[Message]:
    """Return what may be sent now, longest waiting first; also what a killed process has left behind."""
    waiting = Message.objects.filter(state__in=(WAITING, SENDING), next_attempt_at__lte=clock.now())
    return waiting.order_by("next_attempt_at", "pk")


def deliver(limit: int = 200) -> list[Attempt]:
    """Send what is due, at most ``limit`` notices, and return what was tried; never call it inside a transaction.

    A channel that does not work at all is tried once in a round: the rest waits without an attempt counted.
    """
    senders: dict[str, Sender] = {"mail": Mailer(), "webhook": Caller()}
    attempts: list[Attempt] = []
    closed: set[str] = set()
    try:
        for pk, channel in list(due().values_list("pk", "channel")[:limit]):
            message = _take(pk) if channel not in closed else None
            if message is not None:
                attempt, is_closed = _attempt(message, senders)
                attempts.append(attempt)
                closed |= {channel} if is_closed else set()
    finally:
        for sender in senders.values():
            sender.close()
    return attempts


def wait_after(attempt: int, key: str) -> timedelta:
    """Return the wait after a failed attempt (1, 2, …): doubled each time, up to a quarter longer by the key's hash."""
    wait = min(FIRST_WAIT * 2 ** (attempt - 1), LONGEST_WAIT)
    share = int.from_bytes(hashlib.sha256(f"{key}/{attempt}".encode()).digest()[:4], "big") / 2**32
    return wait * (1 + share / 4)


def _take(pk: int) -> Message | None:
    """Record that this process sends a notice now; None if another one was faster. One UPDATE decides."""
    lease = secrets.token_hex(16)
    now = clock.now()
    with transaction.atomic(durable=True):
        taken = due().filter(pk=pk).order_by().update(
            state=SENDING, lease=lease, attempts=F("attempts") + 1, next_attempt_at=now + LEASE
        )  # fmt: skip
    return Message.objects.select_related("recipient").get(pk=pk) if taken else None


def _attempt(message: Message, senders: Mapping[str, Sender]) -> tuple[Attempt, bool]:
    """Send a notice that was taken; also say whether its channel is of no use in this round."""
    if message.attempts > MAX_ATTEMPTS:  # each one ended with its process
        return _not_sent(message, "多次发送均被中断"), False
    try:
        senders[message.channel].send(message)
    except NoReceiverError:
        return _settle(message, PORTAL_ONLY), False
    except NotSentError as fault:
        return _not_sent(message, fault.sentence), fault.whole_channel
    except Exception as error:  # one notice that breaks its sender must not keep the others waiting
        return _not_sent(message, f"发送程序出错（{type(error).__name__}）"), False
    return _sent(message), False


def _sent(message: Message) -> Attempt:
    """Record a receipt; it counts even if the attempt took so long that another process took the notice."""
    not_yet = Message.objects.filter(pk=message.pk).exclude(state=SENT)
    not_yet.update(state=SENT, sent_at=clock.now(), next_attempt_at=None, lease="", last_error="")
    return Attempt(message.pk, message.channel, SENT)


def _not_sent(message: Message, why: str) -> Attempt:
    _log.warning("notice %s was not sent: %s", message.pk, why)
    if message.attempts >= MAX_ATTEMPTS:
        return _settle(message, FAILED, why)
    return _settle(message, WAITING, why, clock.now() + wait_after(message.attempts, message.key))


def _settle(message: Message, state: str, error: str = "", next_at: datetime | None = None) -> Attempt:
    """Record how an attempt ended, unless the notice is no longer this attempt's."""
    own = Message.objects.filter(pk=message.pk, lease=message.lease)
    own.update(state=state, last_error=error, next_attempt_at=next_at, lease="")
    return Attempt(message.pk, message.channel, state, error, next_at)
