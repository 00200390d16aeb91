"""Which events of the past say nothing that is still in force.

Lives here: choosing what a pruning may empty.
Add here: another reason why an event is kept.
Stays out: the act (``lineage.log.pruning``).

Answers as of ``before`` and later, as known then and later, are the same after a pruning. So these are kept: the
latest statement of each (data set, job), the latest mention of each (data set, job) and the latest bearer of each
facet of a data set, among what had happened and was known before that day; every drop and renaming; prunings; and a
run is kept or emptied as a whole, so that its events still add up.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from typing import Any
from uuid import UUID

from lineage.log.pruned import known_before
from lineage.models import Event, Mention, Pruning, Run, Statement
from lineage.projection.runs import FINAL

_CHUNK = 500


def prunable(before_us: int) -> list[int]:
    """Return the sequences whose bodies may go, ascending; the projection must have caught up.

    Args:
        before_us: only events that happened and were received before this moment, microseconds since 1970 UTC.
    """
    known = known_before(before_us)
    kept = _in_force(before_us, known) | set(Pruning.objects.values_list("event_seq", flat=True))
    single: list[int] = []
    runs: dict[UUID, list[int]] = defaultdict(list)
    closed = _closed_runs(known)
    kept_runs: set[UUID] = set()
    for seq, is_past, run in _events(before_us, known):
        if run is None:
            single += [seq] if is_past and seq not in kept else []
            continue
        runs[run].append(seq)
        if not is_past or seq in kept or run not in closed:
            kept_runs.add(run)
    return sorted([*single, *(seq for run, all_of in runs.items() if run not in kept_runs for seq in all_of)])


def ranges(sequences: Iterable[int]) -> list[list[int]]:
    """Return ascending sequences as [first, last] ranges."""
    found: list[list[int]] = []
    for seq in sequences:
        if found and found[-1][1] == seq - 1:
            found[-1][1] = seq
        else:
            found.append([seq, seq])
    return found


def _in_force(before_us: int, known: int) -> set[int]:
    """Return the sequences of what was still in force at that moment, as known then, or is later than it."""
    latest: dict[Hashable, tuple[int, int]] = {}
    kept: set[int] = set()
    for key, at, seq, is_change in _claims(known):
        if at >= before_us or is_change:
            kept.add(seq)
        if at < before_us:
            latest[key] = max(latest.get(key, (at, seq)), (at, seq))
    return kept | {seq for _, seq in latest.values()}


def _claims(known: int) -> Iterator[tuple[Hashable, int, int, bool]]:
    """Yield (what is claimed, when it happened, sequence, whether it is a drop or renaming)."""
    fields = ("dataset_id", "job_id", "event_us", "seq")
    for dataset, job, at, seq, change in _rows(Statement, known, *fields, "change"):
        yield ("statement", dataset, job), at, seq, bool(change)
    for dataset, job, at, seq, part, facets in _rows(Mention, known, *fields, "part", "facets"):
        yield ("mention", dataset, job, part), at, seq, False
        for facet in facets.split("\n"):
            yield ("facet", dataset, part, facet), at, seq, facet == "lifecycleStateChange"


def _rows(model: type[Any], known: int, *fields: str) -> Iterator[tuple[Any, ...]]:
    return model.objects.filter(seq__lte=known).values_list(*fields).iterator(_CHUNK)


def _closed_runs(known: int) -> set[UUID]:
    """Return the runs that ended and of which nothing came later."""
    found = Run.objects.filter(state__in=FINAL, last_seq__lte=known)
    return set(found.values_list("run_id", flat=True).iterator(_CHUNK))


def _events(before_us: int, known: int) -> Iterator[tuple[int, bool, UUID | None]]:
    """Yield (sequence, whether it happened before, its run) of events that still have a body."""
    rows = Event.objects.filter(seq__lte=known).order_by("seq").values_list("seq", "kind", "event_us", "body")
    for seq, kind, event_us, body in rows.iterator(_CHUNK):
        if body:
            run = UUID(json.loads(bytes(body))["run"]["runId"]) if kind == Event.Kind.RUN else None
            yield seq, event_us < before_us, run
