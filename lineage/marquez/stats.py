"""Counts over the last day or week, as the front end's dashboard draws them.

Lives here: data sets, jobs and sources there were by the end of each hour or day; events received in each, by type.
Add here: another thing that is counted.
Stays out: everything that is not counted.

Counted is by the time of receipt: the log is in that order, so the bounds of an hour are found by halving. Only whole
hours and days that are over are remembered.
Source: MarquezProject/marquez, StatsResource, LineageMetric, IntervalMetric.
"""

from __future__ import annotations

import bisect
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from functools import lru_cache
from itertools import pairwise
from typing import Any, Literal, overload

from lineage.events.content import read_content
from lineage.marquez import stamps
from lineage.marquez.census import census
from lineage.marquez.contents import chunks
from lineage.marquez.event_list import naming_known
from lineage.marquez.job_graph import job_graph
from lineage.marquez.reader import PRUNED, Reader
from lineage.models import Dataset, Event, Job, microseconds

Document = dict[str, Any]
Period = Literal["DAY", "WEEK"]
_TYPE = re.compile(rb'"eventType"\s*:\s*"([A-Z]+)"')
_GONE = "pruned"
_TYPES = {"FAIL": "fail", "START": "start", "COMPLETE": "complete", "ABORT": "abort"}


def intervals(now: datetime, period: Period, zone: tzinfo) -> list[datetime]:
    """Return 25 bounds of the last 24 hours, or 8 of the last seven days of a time zone; the last one is to come."""
    here = now.astimezone(zone)
    if period == "DAY":
        end = here.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        return [end - timedelta(hours=h) for h in range(24, -1, -1)]
    days = [here.date() - timedelta(days=d) for d in range(6, -2, -1)]
    return [datetime.combine(day, time(), zone) for day in days]


def names(reader: Reader, asset: Literal["jobs", "datasets", "sources"], bounds: list[datetime]) -> list[Document]:
    """Return how many there were by the end of each interval; counted is only what is known by more than its name."""
    firsts = _first_sequences(reader, asset)
    ends = _sequences(reader, bounds)[1:]
    return _intervals(bounds, [{"count": bisect.bisect_right(firsts, end)} for end in ends])


def event_types(reader: Reader, bounds: list[datetime]) -> list[Document]:
    """Return how many events of each type were received in each interval; of what is hidden nothing is counted."""
    sequences = _sequences(reader, bounds)
    named = None if reader.mask is None else sorted(naming_known(reader))
    found = []
    for first, last in pairwise(sequences):
        if named is not None:
            counts = _types_of(named[bisect.bisect_right(named, first) : bisect.bisect_right(named, last)])
        elif last < sequences[-1]:
            counts = _count(first, last, _mark(last))
        else:
            counts = _types_of(range(first + 1, last + 1))
        if counts[_GONE]:
            reader.lacks(PRUNED)
        found.append({name: counts[kind] for kind, name in _TYPES.items()})
    return _intervals(bounds, found)


def _first_sequences(reader: Reader, asset: str) -> Sequence[int]:
    """Return in order the sequences that named each for the first time."""
    index, model = reader.view.index, Job if asset == "jobs" else Dataset
    seen: Any = job_graph(reader).known_jobs if asset == "jobs" else reader.known
    if seen is None and asset != "sources":
        return _Rows(model, "first_seq", len(index.jobs if asset == "jobs" else index.datasets) - 1)
    ids = [span[0] for span in census(index).datasets.spans.values()] if seen is None else _ids(seen, asset)
    if asset == "sources" and seen is not None:
        ids = list({index.datasets[i][0]: i for i in reversed(ids)}.values())
    rows = (model.objects.filter(id__in=some).values_list("first_seq", flat=True) for some in chunks(ids))
    return sorted(seq for some in rows for seq in some)


def _ids(seen: Any, asset: str) -> list[int]:
    return [i for i in (seen if asset == "jobs" else seen.nonzero()[0]).tolist() if i]


def _intervals(bounds: list[datetime], counted: Sequence[Document]) -> list[Document]:
    pairs = zip(bounds, bounds[1:], counted, strict=False)
    return [
        {"startInterval": stamps.iso(microseconds(start)), "endInterval": stamps.iso(microseconds(end)), **counts}
        for start, end, counts in pairs
    ]


def _sequences(reader: Reader, bounds: list[datetime]) -> list[int]:
    """Return for each bound the last sequence received before it."""
    rows = _Rows(Event, "received_us", reader.view.seq)
    return [bisect.bisect_left(rows, microseconds(bound)) for bound in bounds]


def _mark(seq: int) -> str:
    return Event.objects.filter(seq=seq).values_list("chain_hash", flat=True).first() or ""


@lru_cache(maxsize=512)
def _count(first: int, last: int, mark: str) -> Counter[str]:
    """Count after ``first`` up to ``last``; ``mark``: the chain's hash there, so another log is another question."""
    return _types_of(range(first + 1, last + 1))


def _types_of(sequences: Sequence[int]) -> Counter[str]:
    """Return the event types of these events of the log."""
    counts: Counter[str] = Counter()
    for some in chunks(sequences):
        rows = Event.objects.filter(seq__in=some).values_list("body", flat=True)
        counts.update(_type(bytes(body)) for body in rows)
    return counts


def _type(body: bytes) -> str:
    found = _TYPE.findall(body)
    if len(found) == 1:  # a facet may have one of the same name: then it is read properly
        return found[0].decode()
    content = read_content(body)
    return _GONE if content is None else str(content.get("eventType") or "")


@dataclass(frozen=True)
class _Rows(Sequence[int]):
    """One column of a table whose ids run from 1 without a gap, in the order of the log."""

    model: Any
    column: str
    size: int

    def __len__(self) -> int:
        return self.size

    @overload
    def __getitem__(self, place: int) -> int: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[int]: ...
    def __getitem__(self, place: int | slice) -> int | Sequence[int]:
        assert isinstance(place, int)  # noqa: S101
        return self.model.objects.values_list(self.column, flat=True).get(pk=place + 1)
