"""The append-only event log: sequence, exact bytes, hash chain.

Lives here: appending one or many events, the chain's formula, the head.
Add here: nothing that changes or removes an event.
Stays out: validation (``lineage.events.specification``), the graph (``lineage.projection``), checking
(``lineage.log.verify``).

Chain: ``sha256(prev, seq, received, event time, kind, sha256(body), [via,] producer)``, one field a line. ``via``, the
key of the producer that sent the event, stands there only if the event came from outside; a producer is a URI and has
no line break, so no text in it can pose as another field.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

from config import clock
from lineage.models import PIPELINE, Event, microseconds
from lineage.projection import bulk
from lineage.triggers import GENESIS

_LOCK = 0x5359_4C4F  # PostgreSQL advisory lock of this log


@dataclass(frozen=True)
class Head:
    """The last event of the chain; seq 0 is the empty log."""

    seq: int
    chain_hash: str


@dataclass(frozen=True)
class Entry:
    """An accepted event that is not yet in the log."""

    body: bytes
    kind: str
    event_us: int
    producer: str
    via: str = PIPELINE
    content: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)  # the body, as it is heard
    home: str = field(default="", compare=False)  # under which DuckDB names in it were understood, if it has some


def chain_hash(
    prev_hash: str,
    seq: int,
    received_us: int,
    event_us: int,
    kind: str,
    sha256: str,
    producer: str,
    via: str = PIPELINE,
) -> str:
    """Return the hash that ties an event to all before it."""
    sent = f"{via}\n{producer}" if via else producer
    text = f"{prev_hash}\n{seq}\n{received_us}\n{event_us}\n{kind}\n{sha256}\n{sent}"
    return hashlib.sha256(text.encode()).hexdigest()


def head() -> Head:
    """Return the last sequence and its chain hash."""
    last = Event.objects.order_by("-seq").values_list("seq", "chain_hash").first()
    return Head(*last) if last else Head(0, GENESIS)


def append_many(entries: Sequence[Entry]) -> list[Event]:
    """Append events in order, in one transaction that also takes their sequence numbers."""
    with transaction.atomic():  # IMMEDIATE on SQLite (config.django_settings)
        _take_turn()
        last, received_us = head(), microseconds(clock.now())
        events: list[Event] = []
        for entry in entries:
            event = _chained(entry, last, received_us)
            last = Head(event.seq, event.chain_hash)
            events.append(event)
        bulk.insert(Event, [_row(e) for e in events])
    return events


def append(entry: Entry) -> Event:
    """Append one event."""
    return append_many([entry])[0]


def _chained(entry: Entry, last: Head, received_us: int) -> Event:
    seq, sha256 = last.seq + 1, hashlib.sha256(entry.body).hexdigest()
    return Event(
        seq=seq,
        received_us=received_us,
        event_us=entry.event_us,
        kind=entry.kind,
        producer=entry.producer,
        via=entry.via,
        body=entry.body,
        sha256=sha256,
        prev_hash=last.chain_hash,
        chain_hash=chain_hash(
            last.chain_hash, seq, received_us, entry.event_us, entry.kind, sha256, entry.producer, entry.via
        ),
    )


def _row(e: Event) -> bulk.Row:
    return (
        e.seq, e.received_us, e.event_us, e.kind, e.producer, e.via, e.body, e.sha256, e.prev_hash, e.chain_hash,
    )  # fmt: skip


def _take_turn() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
