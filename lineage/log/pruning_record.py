"""What prunings stand on record, and whether they account for the bodies that are gone.

Lives here: the check of each act: its signature, its row, its own event in the log.
Add here: another thing that a sound pruning must have.
Stays out: choosing events (``lineage.log.retention``), the act itself (``lineage.log.pruning``).
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from config.keys import KeyFileError
from lineage.log import reading
from lineage.log.problem import Problem
from lineage.models import Pruning
from scheme.canonical import digest
from scheme.signing import SignatureRefusedError, SignedDocument, verify

FACET = "suyuan_pruning"
_SIGNED = ("before_us", "known_seq", "by", "reason", "sequences")


class _FaultError(Exception):
    """An act that does not hold, and why."""


def problems(emptied: Sequence[Sequence[int]]) -> list[Problem]:
    """Return prunings that cannot be trusted, and emptied ranges that no sound pruning covers.

    Args:
        emptied: ranges [first, last] of events without a body, ascending.
    """
    found: list[Problem] = []
    covered: list[list[int]] = []
    for pk in Pruning.objects.order_by("pk").values_list("pk", flat=True):
        try:
            covered += _sound(pk)
        except _FaultError as error:
            found.append(Problem(f"pruning {pk} cannot be trusted: {error}"))
        except Exception as error:  # whoever changes the file of the database can put anything into a row
            found.append(Problem(f"pruning {pk} cannot be trusted: it cannot be read ({type(error).__name__})"))
    joined = _joined(covered)
    return found + [_uncovered(first, last) for first, last in emptied if not _is_within(joined, first, last)]


def _sound(pk: int) -> list[list[int]]:
    """Return the ranges that an act covers.

    Raises:
        _FaultError: its signature, its record or its own event does not hold.
    """
    act = Pruning.objects.get(pk=pk)
    try:
        document = verify(SignedDocument.model_validate(act.signed), "bureau")
    except (SignatureRefusedError, KeyFileError, ValidationError):
        raise _FaultError("its signature does not hold") from None
    if {name: document.get(name) for name in _SIGNED} != {name: getattr(act, name) for name in _SIGNED}:
        raise _FaultError("its record is not what was signed")
    event = reading.row(act.event_seq)
    if event is None or _told(reading.as_bytes(event.body)) != digest(document):
        raise _FaultError("the log does not tell of it")
    return act.sequences


def _told(body: bytes) -> str | None:
    """Return the digest of the act that an event of the log tells of."""
    try:
        facet: Any = json.loads(body)["run"]["facets"][FACET]
        return str(facet["sha256"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _joined(ranges: list[list[int]]) -> list[list[int]]:
    joined: list[list[int]] = []
    for first, last in sorted(ranges):
        if joined and first <= joined[-1][1] + 1:
            joined[-1][1] = max(joined[-1][1], last)
        else:
            joined.append([first, last])
    return joined


def _is_within(joined: list[list[int]], first: int, last: int) -> bool:
    at = bisect_right(joined, [first, 2**63]) - 1
    return at >= 0 and joined[at][0] <= first and last <= joined[at][1]


def _uncovered(first: int, last: int) -> Problem:
    span = "" if first == last else f" (and of those up to {last})"
    return Problem(f"its content{span} is gone and no sound pruning covers it: its content was changed", first, "body")
