"""Which events stated what was still in force at a moment, as known then.

Lives here: one claim for each thing that an answer reads from the latest event alone.
Add here: another thing of which the latest counts.
Stays out: names and titles (``lineage.log.naming``), runs kept whole (``lineage.log.retention``).

What counts as in ``lineage.graph.validity`` and ``lineage.graph.view``: per (data set, job) the latest statement that
says how it was made, beside the latest at all; what a failed run said and took back counts apart from what held. Runs
that had not ended by then are kept whole, so they do not compete: when one of them fails after all, what it
superseded is still there.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from typing import Any

from lineage.models import Mention, Run, Statement
from lineage.projection.runs import FINAL

_CHUNK = 500
_ENDS = (Statement.Change.DROP, Statement.Change.RENAME)
Claim = tuple[Hashable, int, int, bool]  # what is claimed, when it happened, sequence, whether it counts for ever


@dataclass
class _Ended:
    """Runs that had ended: ids; of them those that completed; run → the sequence that took its statements back."""

    closed: set[int] = field(default_factory=set)
    complete: set[int] = field(default_factory=set)
    taken_back: dict[int, int] = field(default_factory=dict)

    def is_open(self, run: int | None) -> bool:
        return run is not None and run not in self.closed

    def counts(self, part: str, run: int | None) -> bool:
        """Whether a mention counts: as output of a run only if that completed and stands."""
        return part != Mention.Part.OUTPUT or run is None or (run in self.complete and run not in self.taken_back)


def in_force(before_us: int, known: int) -> set[int]:
    """Return the sequences of what was in force at that moment, and of what is said of later.

    Args:
        before_us: microseconds since 1970 UTC.
        known: the last sequence that was known then.
    """
    latest: dict[Hashable, tuple[int, int]] = {}
    kept: set[int] = set()
    for key, at, seq, is_kept in _claims(known):
        if at >= before_us or is_kept:
            kept.add(seq)
        if at < before_us:
            latest[key] = max(latest.get(key, (at, seq)), (at, seq))
    return kept | {seq for _, seq in latest.values()}


def _claims(known: int) -> Iterator[Claim]:
    ended = _Ended()
    yield from _of_runs(known, ended)
    yield from _of_statements(known, ended)
    yield from _of_mentions(known, ended)


def _of_runs(known: int, ended: _Ended) -> Iterator[Claim]:
    """Note the runs; the latest of each job is told with the job."""
    runs = Run.objects.filter(state__in=FINAL, last_seq__lte=known).values_list("id", "job_id", "state", "last_seq")
    for run, job, state, seq in runs.order_by("id").iterator(_CHUNK):
        ended.closed.add(run)
        if state == "COMPLETE":
            ended.complete.add(run)
        yield ("run", job), run, seq, False
    back = Statement.objects.filter(change=Statement.Change.RETRACT, seq__lte=known).order_by("seq")
    ended.taken_back |= dict(back.values_list("run_id", "seq").iterator(_CHUNK))


def _of_statements(known: int, ended: _Ended) -> Iterator[Claim]:
    fields = ("dataset_id", "job_id", "event_us", "seq", "run_id", "derivation_id", "change")
    for dataset, job, at, seq, run, derivation, change in _rows(Statement, known, *fields):
        if ended.is_open(run):
            continue
        stands = run is None or ended.taken_back.get(run, 0) < seq
        yield ("statement", dataset, job, stands), at, seq, stands and change in _ENDS
        if derivation is not None and stands:
            yield ("derivation", dataset, job), at, seq, False


def _of_mentions(known: int, ended: _Ended) -> Iterator[Claim]:
    fields = ("dataset_id", "job_id", "event_us", "seq", "run_id", "part", "facets")
    for dataset, job, at, seq, run, part, facets in _rows(Mention, known, *fields):
        if ended.is_open(run):
            continue
        counts = ended.counts(part, run)
        yield ("mention", dataset, job, part, counts), at, seq, False
        for facet in facets.split("\n") if counts and facets else ():
            yield ("facet", dataset, part, facet), at, seq, False


def _rows(model: type[Any], known: int, *fields: str) -> Iterator[tuple[Any, ...]]:
    return model.objects.filter(seq__lte=known).values_list(*fields).iterator(_CHUNK)
