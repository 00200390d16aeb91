"""A producer's bytes → what the committer takes: an event to store or one to keep apart.

Lives here: reading one event, and cutting a batch into the exact bytes of its events.
Add here: another form in which a producer hands events over.
Stays out: the rules (``lineage.events.specification``, ``lineage.events.authority``), storing
(``lineage.events.committing``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
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
from lineage.models import ProducerKey

_ELEMENTS = msgspec.json.Decoder(list[msgspec.Raw])


class BatchRefusedError(ValueError):
    """A body is not a JSON array, so nothing of it can be taken in."""


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
    """
    for part in _elements(body):
        exact = bytes(part)
        try:
            yield _checked(exact, parse(exact), key)
        except EventRefusedError as error:
            yield _refused(exact, key, error)


def _elements(body: bytes) -> list[msgspec.Raw]:
    try:
        return _ELEMENTS.decode(body)
    except msgspec.ValidationError:
        raise BatchRefusedError("not a JSON array") from None
    except (msgspec.DecodeError, RecursionError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else type(error).__name__
        raise BatchRefusedError(f"not a JSON text in UTF-8 ({reason})") from None


def _checked(body: bytes, event: dict[str, Any], key: ProducerKey) -> Item:
    entry = heard(check(body, event, key.key_id))
    reason = objection(key, entry, event)
    if reason:
        return Item(body, key.key_id, None, verdict=Verdict.FORBIDDEN, reason=reason)
    run = event.get("run") or {}
    return Item(body, key.key_id, entry, str(run.get("runId", "")).lower())


def _refused(body: bytes, key: ProducerKey, error: EventRefusedError) -> Item:
    verdict = Verdict.NOT_JSON if isinstance(error, NotJsonError) else Verdict.INVALID
    return Item(body, key.key_id, None, verdict=verdict, reason=str(error))
