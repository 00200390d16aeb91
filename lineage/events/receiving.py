"""A producer's bytes → what the committer takes: an event to store or one to keep apart.

Lives here: reading one event, and cutting a batch into the exact bytes of its events.
Add here: another form in which a producer hands events over.
Stays out: the rules (``lineage.events.specification``, ``lineage.events.authority``), storing
(``lineage.events.committing``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import msgspec

from lineage.events.authority import objection
from lineage.events.content import heard
from lineage.events.refused import Verdict
from lineage.events.specification import (
    EventRefusedError,
    NotJsonError,
    check,
    parse,
)
from lineage.log.appending import Entry
from lineage.models import ProducerKey, microseconds

LARGEST_BATCH = 10_000  # events
AHEAD = timedelta(days=1)  # a producer's clock may be wrong by this much
_ELEMENTS = msgspec.json.Decoder(list[msgspec.Raw])
_NONE = msgspec.Raw(b"")
_ARRAY = re.compile(rb"[ \n\r\t]*\[")


class BatchRefusedError(ValueError):
    """A body is not a JSON array, so nothing of it can be taken in."""


class BatchTooLargeError(BatchRefusedError):
    """A body is a JSON array with more elements than one request may bring."""


@dataclass(frozen=True)
class Item:
    """One event as received; ``entry`` is empty if ``verdict`` says why it is refused."""

    body: bytes
    via: str
    entry: Entry | None
    run_id: str = ""
    verdict: Verdict = Verdict.ACCEPTED
    reason: str = ""


def receive(body: bytes, key: ProducerKey) -> Item:
    """Return one event, checked against the specification and the key's rights."""
    try:
        return _checked(body, parse(body), key)
    except EventRefusedError as error:
        return _refused(body, key, error)


def receive_batch(body: bytes, key: ProducerKey) -> Iterator[Item]:
    """Yield the events of a JSON array, each with the exact bytes it has there.

    Raises:
        BatchRefusedError: the body is not JSON or no array; nothing was yielded.
        BatchTooLargeError: it has more than ``LARGEST_BATCH`` elements; nothing was yielded.
    """
    for part in _elements(body):
        exact = bytes(part)
        try:
            yield _checked(exact, parse(exact), key)
        except EventRefusedError as error:
            yield _refused(exact, key, error)


def _elements(body: bytes) -> list[msgspec.Raw]:
    try:
        if body.count(b",") < LARGEST_BATCH:
            return _ELEMENTS.decode(body)
        return [part for part in msgspec.structs.astuple(_many().decode(body)) if part is not _NONE]
    except msgspec.ValidationError:
        if _ARRAY.match(body):
            raise BatchTooLargeError(f"more than {LARGEST_BATCH:,} events in one batch") from None
        raise BatchRefusedError("not a JSON array") from None
    except (msgspec.DecodeError, RecursionError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else type(error).__name__
        raise BatchRefusedError(f"not a JSON text in UTF-8 ({reason})") from None


@cache
def _many() -> msgspec.json.Decoder[Any]:
    """Return a reader that stops at the first element too many: a body of commas would fill the memory."""
    elements = [(f"e{i}", msgspec.Raw, _NONE) for i in range(LARGEST_BATCH)]
    batch = msgspec.defstruct("Batch", elements, array_like=True, forbid_unknown_fields=True)
    return msgspec.json.Decoder(batch)


def _checked(body: bytes, event: dict[str, Any], key: ProducerKey) -> Item:
    entry = heard(check(body, event, key.key_id))
    if entry.event_us > microseconds(datetime.now(UTC) + AHEAD):  # the real clock, as the producer's should be
        raise EventRefusedError("eventTime lies more than one day ahead of this system's clock")
    reason = objection(key, entry, event)
    if reason:
        return Item(body, key.key_id, None, verdict=Verdict.FORBIDDEN, reason=reason)
    run = event.get("run") or {}
    return Item(body, key.key_id, entry, str(run.get("runId", "")).lower())


def _refused(body: bytes, key: ProducerKey, error: EventRefusedError) -> Item:
    verdict = Verdict.NOT_JSON if isinstance(error, NotJsonError) else Verdict.INVALID
    return Item(body, key.key_id, None, verdict=verdict, reason=str(error))
