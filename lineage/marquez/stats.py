"""Counts over the last day or week, as the front end's dashboard draws them.

Lives here: data sets, jobs and sources there were by the end of each hour or day; events received in each, by type.
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
from typing import Any, Literal, overload

from lineage.events.content import read_content
from lineage.marquez import stamps
from lineage.marquez.census import census
from lineage.marquez.reader import CUT_BY_ACCESS, PRUNED, Reader
from lineage.models import Dataset, Event, Job, microseconds

Document = dict[str, Any]
Period = Literal["DAY", "WEEK"]
_TYPE = re.compile(rb'"eventType"\s*:\s*"([A-Z]+)"')
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
    """Return how many there were by the end of each interval."""
    if reader.mask is not None:
        reader.lacks(CUT_BY_ACCESS)
        return _intervals(bounds, [{"count": 0}] * (len(bounds) - 1))
    ends = _sequences(reader, bounds)[1:]
    if asset == "sources":
        firsts = [span[0] for span in census(reader.view.index).datasets.spans.values()]
        first_seqs = sorted(Dataset.objects.filter(id__in=firsts).values_list("first_seq", flat=True))
        counts = [bisect.bisect_right(first_seqs, end) for end in ends]
    else:
        model: Any = Dataset if asset == "datasets" else Job
        size = len(reader.view.index.datasets if asset == "datasets" else reader.view.index.jobs) - 1
        rows = _Rows(model, "first_seq", size)
        counts = [bisect.bisect_right(rows, end) for end in ends]
    return _intervals(bounds, [{"count": count} for count in counts])


def event_types(reader: Reader, bounds: list[datetime]) -> list[Document]:
    """Return how many events of each type were received in each interval."""
    if reader.mask is not None:
        reader.lacks(CUT_BY_ACCESS)
        return _intervals(bounds, [dict.fromkeys(_TYPES.values(), 0)] * (len(bounds) - 1))
    sequences = _sequences(reader, bounds)
    found = []
    for first, last in zip(sequences, sequences[1:], strict=False):
        counts = _count(first, last, _mark(last)) if last < sequences[-1] else _count.__wrapped__(first, last, "")
        if counts["pruned"]:
            reader.lacks(PRUNED)
        found.append({name: counts[kind] for kind, name in _TYPES.items()})
    return _intervals(bounds, found)


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
    """Return the event types after ``first`` up to ``last``; ``mark``: the chain's hash there, so another log differs."""
    counts: Counter[str] = Counter()
    rows = Event.objects.filter(seq__gt=first, seq__lte=last).values_list("body", flat=True)
    for body in rows.iterator(1000):
        counts[_type(bytes(body))] += 1
    return counts


def _type(body: bytes) -> str:
    found = _TYPE.findall(body)
    if len(found) == 1:  # a facet may have one of the same name: then it is read properly
        return found[0].decode()
    content = read_content(body)
    return "pruned" if content is None else str(content.get("eventType") or "")


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
