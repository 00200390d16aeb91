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
from lineage.log.problem import Problem
from lineage.models import Event, Pruning
from scheme.canonical import digest
from scheme.signing import SignatureRefusedError, SignedDocument, verify

FACET = "suyuan_pruning"


def problems(emptied: Sequence[Sequence[int]]) -> list[Problem]:
    """Return prunings that cannot be trusted, and emptied ranges that no sound pruning covers.

    Args:
        emptied: ranges [first, last] of events without a body, ascending.
    """
    found: list[Problem] = []
    covered: list[list[int]] = []
    for act in Pruning.objects.order_by("pk").iterator():
        fault = _fault(act)
        if fault:
            found.append(Problem(f"pruning {act.pk} cannot be trusted: {fault}"))
        else:
            covered += act.sequences
    joined = _joined(covered)
    return found + [_uncovered(first, last) for first, last in emptied if not _is_within(joined, first, last)]


def _fault(act: Pruning) -> str:
    try:
        document = verify(SignedDocument.model_validate(act.signed), "bureau")
    except (SignatureRefusedError, KeyFileError, ValidationError):
        return "its signature does not hold"
    row = {"before_us": act.before_us, "by": act.by, "reason": act.reason, "sequences": act.sequences}
    if {name: document.get(name) for name in row} != row:
        return "its record is not what was signed"
    event = Event.objects.filter(seq=act.event_seq).first()
    if event is None or _told(bytes(event.body)) != digest(document):
        return "the log does not tell of it"
    return ""


def _told(body: bytes) -> str | None:
    """Return the digest of the act that an event of the log tells of."""
    try:
        facet: Any = json.loads(body)["run"]["facets"][FACET]
        return str(facet["sha256"])
    except (ValueError, KeyError, TypeError):
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
