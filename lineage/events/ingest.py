"""The one way into the catalog: validate, append, project.

Lives here: accepting one event, many, or a file of them; the pipeline's own events come this way too, and those of
producers (``lineage.events.committing``).
Add here: nothing that stores events another way than ``ingest_entries``.
Stays out: the rules of an event (``lineage.events.specification``), the log's formula (``lineage.log``).

An event is acknowledged after log and graph are both durable, in one transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from django.db import transaction

from lineage.events.content import heard
from lineage.events.refused import Refused, record
from lineage.events.specification import EventRefusedError, read
from lineage.foreign import homes
from lineage.log import appending as log
from lineage.log.appending import Entry
from lineage.models import Event
from lineage.projection.catching_up import catch_up_with

BATCH = 256


@dataclass(frozen=True)
class Refusal:
    """A refused line of a file: its number (from 1) and the reason, never its content."""

    line: int
    reason: str


@dataclass(frozen=True)
class IngestReport:
    """What became of a file."""

    accepted: int
    refused: tuple[Refusal, ...] = ()


def ingest(body: bytes) -> Event:
    """Accept one event.

    Raises:
        EventRefusedError: not a valid event; nothing was stored.
    """
    return ingest_many([body])[0]


def ingest_many(bodies: Sequence[bytes]) -> list[Event]:
    """Accept events in order, all or none.

    Raises:
        EventRefusedError: one of them is not valid; nothing was stored.
    """
    return ingest_entries([heard(read(body)) for body in bodies])


def ingest_entries(entries: Sequence[Entry]) -> list[Event]:
    """Append events that were checked and heard in order, and project them, in one transaction.

    They are durable when this returns.
    """
    if not entries:
        return []
    with transaction.atomic():
        events = log.append_many(entries)
        homes.record((event.seq, entry.home) for event, entry in zip(events, entries, strict=True))
        catch_up_with(events, [entry.content for entry in entries])
    return events


def ingest_file(path: Path) -> IngestReport:
    """Accept every valid line of an NDJSON file; refused lines are kept apart and reported, the rest goes on.

    Raises:
        OSError: the file cannot be read.
    """
    accepted, refusals = 0, []
    with path.open("rb") as file:
        lines = ((number, line.strip()) for number, line in enumerate(file, start=1))
        while batch := list(islice(lines, BATCH)):
            entries, refused = _sorted_out([pair for pair in batch if pair[1]], refusals)
            with transaction.atomic():
                ingest_entries(entries)
                record(refused)
            accepted += len(entries)
    return IngestReport(accepted, tuple(refusals))


def _sorted_out(lines: list[tuple[int, bytes]], refusals: list[Refusal]) -> tuple[list[Entry], list[Refused]]:
    """Return valid lines as entries and the others to be kept apart, noting each of these."""
    entries, refused = [], []
    for number, line in lines:
        try:
            entries.append(heard(read(line)))
        except EventRefusedError as error:
            refused.append(Refused(line, str(error)))
            refusals.append(Refusal(number, str(error)))
    return entries, refused
