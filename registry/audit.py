"""The audit chain: every act leaves a trace and has a person responsible（来源可溯、去向可查、行为留痕、责任可究）.

Lives here: appending inside the caller's transaction, and verifying the chain.
Stays out: which acts there are (``actions``). ``detail`` carries no personal data.
"""

from __future__ import annotations

import hashlib
from typing import Any

from django.db import connection, transaction

from config import clock
from registry.models import Account, AuditEvent
from scheme.canonical import canonical_json

GENESIS = "0" * 64
_LOCK = 0x5359_4144  # PostgreSQL advisory lock of this chain


class ChainBrokenError(ValueError):
    """The audit chain does not fit together; says at which sequence."""


def append(
    by: Account | None, action: str, on: str, detail: dict[str, Any] | None = None, *, key: str = ""
) -> AuditEvent:  # fmt: skip
    """Append one act; ``by`` None is the system itself. Call inside the act's own transaction.

    ``key``: id of the producer's key that acted; ``by`` is then the account whose view it reads with, if any, which
    stands in the detail: no person did it.
    """
    actor, role = (by.username, by.role) if by else ("system", "system")
    if key:
        actor, role, detail = f"key:{key}", "key", {**(detail or {}), **({"reads_as": actor} if by else {})}
    with transaction.atomic():
        take_turn()
        last = AuditEvent.objects.order_by("-seq").first()
        event = AuditEvent(
            seq=last.seq + 1 if last else 1, at=clock.now(), actor=actor, role=role, action=action, object=on,
            detail=detail or {},
            prev_hash=last.hash if last else GENESIS,
        )  # fmt: skip
        event.hash = _hash(event)
        event.save(force_insert=True)
    return event


def take_turn() -> None:
    """On PostgreSQL wait for the chain's lock; on SQLite the IMMEDIATE transaction holds it already."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def verify() -> int:
    """Walk the chain and return its length.

    Raises:
        ChainBrokenError: an event is missing or was changed.
    """
    previous, count = GENESIS, 0
    for event in AuditEvent.objects.order_by("seq").iterator():
        count += 1
        if event.seq != count or event.prev_hash != previous or not is_sound(event):
            raise ChainBrokenError(f"the audit chain breaks at sequence {count}")
        previous = event.hash
    return count


def is_sound(event: AuditEvent) -> bool:
    """Whether one event still is what its hash was taken of; its place in the chain is not looked at."""
    return event.hash == _hash(event)


def _hash(event: AuditEvent) -> str:
    content = {
        "seq": event.seq, "at": event.at.astimezone(clock.SHANGHAI).isoformat(), "actor": event.actor,
        "role": event.role, "action": event.action, "object": event.object, "detail": event.detail,
        "prev": event.prev_hash,
    }  # fmt: skip
    return hashlib.sha256(canonical_json(content)).hexdigest()
