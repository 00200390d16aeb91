"""校验: what anyone who holds a printed document may ask about it by its code.

Lives here: looking a code up, and whether the ledger still says what it said.
Add here: another fact that anyone may know.
Stays out: the document's content, names of persons (neither is answered).

Walking the whole ledger costs time, so one walk answers for ten minutes, and for events it reached.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache

from config import clock
from registry import audit
from registry.models import AuditEvent, PrintedDocument
from registry.printing.issuing import LENGTH

_SECONDS = 600
_KEY = "registry.printing.ledger"


@dataclass(frozen=True)
class Ledger:
    """One walk over the ledger: how many events were sound, whether all were, and when it was walked."""

    events: int
    is_whole: bool
    at: datetime


@dataclass(frozen=True)
class Verified:
    """An issued document; ``is_sound``: its event is whole and names exactly this document and digest."""

    document: PrintedDocument
    event: AuditEvent | None
    is_sound: bool
    ledger: Ledger


def look_up(code: str) -> Verified | None:
    """Return what is known of a code as typed (spaces, hyphens, small and full-width letters alike), or None."""
    plain = "".join(c for c in unicodedata.normalize("NFKC", code[:60]).upper() if c.isalnum())
    document = PrintedDocument.objects.filter(code=plain).first() if len(plain) == LENGTH else None
    if document is None:
        return None
    event = AuditEvent.objects.filter(seq=document.event_seq).first()
    stated = {"document": document.number, "sha256": document.sha256}
    is_sound = event is not None and audit.is_sound(event) and event.detail == stated
    return Verified(document, event, is_sound, _walked(document.event_seq))


def _walked(reaching: int) -> Ledger:
    known: Ledger | None = cache.get(_KEY)
    if known is None or (known.is_whole and known.events < reaching):
        known = _walk()
        cache.set(_KEY, known, _SECONDS)
    return known


def _walk() -> Ledger:
    try:
        return Ledger(audit.verify(), True, clock.now())
    except audit.ChainBrokenError:
        return Ledger(0, False, clock.now())
