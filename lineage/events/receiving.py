"""A producer's bytes → what the committer takes: an event to store or one to keep apart.

Lives here: reading one event, and cutting a batch into the exact bytes of its events.
Add here: another form in which a producer hands events over.
Stays out: the rules (``lineage.events.specification``, ``lineage.events.authority``), storing
(``lineage.events.committing``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lineage.events.authority import objection
from lineage.events.refused import Verdict
from lineage.events.specification import (
    EventRefusedError,
    NotJsonError,
    as_object,
    check,
    no_constant,
    parse,
)
from lineage.log.appending import Entry
from lineage.models import ProducerKey

_SPACE = re.compile(r"[ \t\n\r]*")
_DECODER = json.JSONDecoder(parse_constant=no_constant)


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
        BatchRefusedError: the body is not UTF-8, not JSON or no array; raised where reading stops.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise BatchRefusedError("not a JSON text in UTF-8 (UnicodeDecodeError)") from None
    for part, event in _elements(text):
        exact = part.encode()
        try:
            yield _checked(exact, as_object(exact, event), key)
        except EventRefusedError as error:
            yield _refused(exact, key, error)


def _elements(text: str) -> Iterator[tuple[str, Any]]:
    """Yield (text, value) of each element of a JSON array."""
    at = _after_space(text, 0)
    if text[at : at + 1] != "[":
        raise BatchRefusedError("not a JSON array")
    at = _after_space(text, at + 1)
    if text[at : at + 1] == "]":
        return _end(text, at)
    while True:
        try:
            value, end = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            reason = "nested too deeply" if isinstance(error, RecursionError) else type(error).__name__
            raise BatchRefusedError(f"not a JSON text in UTF-8 ({reason})") from None
        yield text[at:end], value
        at = _after_space(text, end)
        if text[at : at + 1] == "]":
            return _end(text, at)
        if text[at : at + 1] != ",":
            raise BatchRefusedError("not a JSON text in UTF-8 (JSONDecodeError)")
        at = _after_space(text, at + 1)


def _end(text: str, at: int) -> None:
    if _after_space(text, at + 1) != len(text):
        raise BatchRefusedError("not a JSON text in UTF-8 (JSONDecodeError)")


def _after_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _checked(body: bytes, event: dict[str, Any], key: ProducerKey) -> Item:
    entry = check(body, event, key.key_id)
    reason = objection(key, entry, event)
    if reason:
        return Item(body, key.key_id, None, verdict=Verdict.FORBIDDEN, reason=reason)
    run = event.get("run") or {}
    return Item(body, key.key_id, entry, str(run.get("runId", "")).lower())


def _refused(body: bytes, key: ProducerKey, error: EventRefusedError) -> Item:
    verdict = Verdict.NOT_JSON if isinstance(error, NotJsonError) else Verdict.INVALID
    return Item(body, key.key_id, None, verdict=verdict, reason=str(error))
