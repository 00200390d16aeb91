"""时点: the moments at which the data sets of a picture changed.

Lives here: statements of some data sets, put together into moments a reader can choose from.
Add here: another kind of change worth stopping at.
Stays out: the graph at such a moment (``lineage.graph.view``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from config import clock
from lineage.models import Dataset, Statement, moment

_APART_US = 60_000_000  # statements of one run of the pipeline follow each other within a minute
_AT_ONCE = 500
_MOST = 200


@dataclass(frozen=True)
class Moment:
    """One moment, and how many of the data sets changed since the one before."""

    at: datetime
    datasets: int


def moments(datasets: Iterable[int]) -> list[Moment]:
    """Return the last moments at which one of the data sets was stated anew, oldest first; at most 200."""
    known = sorted(datasets)
    rows: list[tuple[int, int]] = []
    for i in range(0, len(known), _AT_ONCE):
        found = Statement.objects.filter(dataset_id__in=known[i : i + _AT_ONCE])
        rows += found.values_list("event_us", "dataset_id")
    together: list[tuple[int, set[int]]] = []
    for at, dataset in sorted(rows):
        if together and at - together[-1][0] <= _APART_US:
            together[-1] = (at, together[-1][1] | {dataset})
        else:
            together.append((at, {dataset}))
    return [Moment(_shown(at), len(names)) for at, names in together[-_MOST:]]


def last_known(namespace: str, name: str) -> datetime | None:
    """Return the moment of the last statement that a data set, gone since, was there; None if it never was."""
    dataset = Dataset.objects.filter(namespace=namespace, name=name).first()
    if dataset is None:
        return None
    there = Statement.objects.filter(dataset_id=dataset.pk, change="").order_by("-event_us", "-seq").first()
    return _shown(there.event_us) if there else None


def _shown(micros: int) -> datetime:
    return moment(micros).astimezone(clock.SHANGHAI)
