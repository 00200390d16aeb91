"""Which events of the past say nothing that is still in force.

Lives here: choosing what a pruning may empty.
Add here: another reason why an event is kept.
Stays out: the act (``lineage.log.pruning``), each reason (``lineage.log.in_force``, ``lineage.log.naming``).

Answers as of ``before`` and later, as known then and later, are the same after a pruning. So these are kept, among
what had happened and was known before that day: what was in force, every drop and renaming, the events that gave the
present titles, for each data set, column and job one event that names it, and prunings. A run is kept or emptied as a
whole, so that its events still add up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Count

from lineage.events.content import read_content
from lineage.log.in_force import in_force
from lineage.log.naming import Names, names
from lineage.log.pruned import known_before
from lineage.models import Event, Pruning, Run
from lineage.projection.runs import FINAL

_CHUNK = 500


@dataclass
class _Past:
    """Events with a body that were known: those of no run, by run, and what is kept whatever it says."""

    single: list[int] = field(default_factory=list)
    runs: dict[UUID, list[int]] = field(default_factory=lambda: defaultdict(list))
    later: set[int] = field(default_factory=set)
    repeated: set[int] = field(default_factory=set)  # word for word an earlier one: the graph passes them over

    def without(self, kept: set[int]) -> set[int]:
        """Return the sequences of whatever is not kept, runs as a whole."""
        held = kept | self.later
        gone = {seq for seq in self.single if seq not in held}
        return gone.union(*(all_of for all_of in self.runs.values() if held.isdisjoint(all_of)))

    def rest(self, gone: set[int]) -> list[int]:
        """Return the others that the graph hears, ascending."""
        every = {*self.single, *(seq for all_of in self.runs.values() for seq in all_of)}
        return sorted(every - gone - self.repeated)


def prunable(before_us: int) -> list[int]:
    """Return the sequences whose bodies may go, ascending; the projection must have caught up.

    Args:
        before_us: only events that happened and were received before this moment, microseconds since 1970 UTC.
    """
    known = known_before(before_us)
    past, named = _read(before_us, known)
    kept = in_force(before_us, known) | named.kept() | set(Pruning.objects.values_list("event_seq", flat=True))
    gone = past.without(kept)
    still = {item for event in _heard(past.rest(gone)) for item in names(event.kind, *_content(event))}
    return sorted(past.without(kept | named.lost(still)))


def ranges(sequences: Iterable[int]) -> list[list[int]]:
    """Return ascending sequences as [first, last] ranges."""
    found: list[list[int]] = []
    for seq in sequences:
        if found and found[-1][1] == seq - 1:
            found[-1][1] = seq
        else:
            found.append([seq, seq])
    return found


def _read(before_us: int, known: int) -> tuple[_Past, Names]:
    """Read the log once; of events received later only what they say of names."""
    past, named, closed, twice = _Past(), Names(), _closed_runs(known), _Repeated()
    for event in Event.objects.order_by("seq").iterator(_CHUNK):
        is_repeated, content = twice.is_repeated(event), read_content(bytes(event.body), event.via, event.seq)
        if content is None:
            continue
        if event.seq <= known:
            _sort(event, content, past, event.event_us < before_us, closed)
        if not is_repeated:
            named.hear(event, content, is_known=event.seq <= known)
        elif event.seq <= known:
            past.repeated.add(event.seq)
    return past, named


def _sort(event: Event, content: dict, past: _Past, is_past: bool, closed: set[UUID]) -> None:
    run = UUID(content["run"]["runId"]) if event.kind == Event.Kind.RUN else None
    (past.single if run is None else past.runs[run]).append(event.seq)
    if not is_past or (run is not None and run not in closed):
        past.later.add(event.seq)


class _Repeated:
    """Tells exact repetitions of earlier events, be they emptied."""

    def __init__(self) -> None:
        counted = Event.objects.values("sha256").annotate(n=Count("seq")).filter(n__gt=1)
        self._twice = set(counted.values_list("sha256", flat=True))
        self._seen: set[str] = set()

    def is_repeated(self, event: Event) -> bool:
        """Whether an earlier event was the same; call once for each, in order."""
        if event.sha256 not in self._twice:
            return False
        was_seen = event.sha256 in self._seen
        self._seen.add(event.sha256)
        return was_seen


def _closed_runs(known: int) -> set[UUID]:
    """Return the runs that ended and of which nothing came later."""
    found = Run.objects.filter(state__in=FINAL, last_seq__lte=known)
    return set(found.values_list("run_id", flat=True).iterator(_CHUNK))


def _heard(sequences: list[int]) -> Iterator[Event]:
    for start in range(0, len(sequences), _CHUNK):
        yield from Event.objects.filter(seq__in=sequences[start : start + _CHUNK])


def _content(event: Event) -> tuple[dict, str]:
    return read_content(bytes(event.body), event.via, event.seq) or {}, event.via
