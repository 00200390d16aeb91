"""Events that were not taken in: kept apart with the reason, never in the log.

Lives here: why an event is refused, keeping refusals, listing them.
Add here: another kind of refusal.
Stays out: the rules (``lineage.events.specification``, ``lineage.events.authority``), the words of the portal
(``portal.refusal_reasons``).

The same refusal of the same bytes by the same key is kept once. A key keeps the latest ``KEPT_A_KEY``; of a large
event the first 64 KiB stay.
"""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from config import clock
from lineage.models import PIPELINE, RefusedEvent

KEPT_A_KEY = 10_000
KEPT_BYTES = 64 * 1024


class Verdict(enum.Enum):
    """What became of an event."""

    ACCEPTED = "in the log"
    NOT_JSON = "not JSON"
    INVALID = "against the specification"
    FORBIDDEN = "the key may not state it"
    UNREADABLE = "the catalog cannot project it"
    REVOKED = "the key is not in force"
    UNAVAILABLE = "the database does not answer; nothing was stored"


@dataclass(frozen=True)
class Refused:
    """An event to be kept apart."""

    body: bytes
    reason: str
    via: str = PIPELINE


def record(refusals: Sequence[Refused]) -> None:
    """Keep refused events, in one transaction."""
    if not refusals:
        return
    with transaction.atomic():
        rows = {(each.via, each.sha256, each.reason): each for each in map(_row, refusals)}
        known = RefusedEvent.objects.filter(sha256__in={sha256 for _, sha256, _ in rows})
        for key in known.values_list("via", "sha256", "reason"):
            rows.pop(key, None)
        RefusedEvent.objects.bulk_create(rows.values())
        for via in {via for via, _, _ in rows}:
            _forget_oldest(via)


def listing() -> QuerySet[RefusedEvent]:
    """Return refused events, latest first, without their bodies."""
    return RefusedEvent.objects.order_by("-id").defer("body")


def _row(each: Refused) -> RefusedEvent:
    return RefusedEvent(
        received_at=clock.now(), via=each.via, reason=each.reason, size=len(each.body),
        sha256=hashlib.sha256(each.body).hexdigest(), body=each.body[:KEPT_BYTES],
    )  # fmt: skip


def _forget_oldest(via: str) -> None:
    of_key = RefusedEvent.objects.filter(via=via).order_by("-id")
    beyond = of_key.values_list("id", flat=True)[KEPT_A_KEY : KEPT_A_KEY + 1].first()
    if beyond is not None:
        RefusedEvent.objects.filter(via=via, id__lte=beyond).delete()
