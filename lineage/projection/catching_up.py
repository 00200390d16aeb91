"""Bringing the graph up to the log's head, and making it anew.

Lives here: ``catch_up`` and ``rebuild``, each in one transaction; what this process knows of the graph's ids.
Add here: another way in which the graph follows the log; it moves ``Position`` in the same transaction.
Stays out: what an event means (``lineage.projection.projector``), appending (``lineage.log``).
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.core.management.color import no_style
from django.db import connection, transaction

from lineage.events.content import read_content
from lineage.models import PROJECTION, Event, Position
from lineage.projection.known import Known, refreshed
from lineage.projection.naming import Read
from lineage.projection.projector import Projector

_STRETCH = 250
_known: Known | None = None


def catch_up() -> int:
    """Project every event not yet projected; return the sequence reached."""
    with transaction.atomic():
        return _project(_position())


def catch_up_with(appended: Sequence[Event], contents: Sequence[dict]) -> int:
    """Project events just appended in this transaction, whose contents are at hand; return the sequence reached."""
    with transaction.atomic():
        position = _position()
        if not appended or position.seq != appended[0].seq - 1:
            return _project(position)
        fresh = zip(appended, contents, strict=True)
        return _project(
            position, [Read(e.seq, e.event_us, e.kind, c, e.via) for e, c in fresh], [e.sha256 for e in appended]
        )


def rebuild() -> int:
    """Rebuild the projected tables in one transaction; return the sequence reached."""
    tables = [model._meta.db_table for model in PROJECTION]
    with transaction.atomic():
        position = _position()
        with connection.cursor() as cursor:
            for statement in connection.ops.sql_flush(no_style(), tables, reset_sequences=True):
                cursor.execute(statement)
        position.seq, position.generation = 0, position.generation + 1
        return _project(position)


def _position() -> Position:
    return Position.objects.select_for_update().get_or_create(id=1)[0]


def _project(position: Position, events: list[Read] | None = None, digests: list[str] | None = None) -> int:
    with _uncollected():
        return _projected(position, events, digests)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Events are trees that nothing refers to afterwards: looking for cycles among them takes most of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _projected(position: Position, events: list[Read] | None, digests: list[str] | None) -> int:
    global _known
    known, _known = refreshed(_known, position), None  # forgotten unless all goes well
    projector, first = Projector(known), position.seq
    stretches = [(events, digests)] if events is not None and digests is not None else _unread(position.seq)
    for stretch, sums in stretches:
        projector.project(_once(stretch, sums))
        projector.flush()
        position.seq = stretch[-1].seq
    if position.seq != first or known.generation != position.generation:
        position.save(update_fields=["seq", "generation"])
        known.reached(position.seq, position.generation)
    _known = known
    return position.seq


def _once(stretch: list[Read], digests: list[str]) -> list[Read]:
    """Leave out exact duplicates of earlier events: they change nothing."""
    first = dict(reversed([(digest, event.seq) for digest, event in zip(digests, stretch, strict=True)]))
    earlier, sums = Event.objects.filter(seq__lt=stretch[0].seq), list(first)
    for start in range(0, len(sums), 500):
        for digest in earlier.filter(sha256__in=sums[start : start + 500]).values_list("sha256", flat=True):
            first[digest] = 0
    return [e for e, digest in zip(stretch, digests, strict=True) if first[digest] == e.seq]


def _unread(after: int) -> Iterator[tuple[list[Read], list[str]]]:
    while True:
        rows = Event.objects.filter(seq__gt=after).order_by("seq")[:_STRETCH]
        found = list(rows.values_list("seq", "event_us", "kind", "body", "via", "sha256"))
        if not found:
            return
        events = [Read(s, us, kind, read_content(bytes(body), via, s), via) for s, us, kind, body, via, _ in found]
        yield events, [f[-1] for f in found]
        after = found[-1][0]
