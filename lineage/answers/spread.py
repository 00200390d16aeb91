"""Which versions hold what one bad version or batch brought: step by step, as the events told what was read.

Lives here: from (data set, version) to every (data set, version) made of it, and those of which nobody can tell.
Add here: another record that tells which version went into which.
Stays out: what was made of one data set (``lineage.answers.readings``), what is downstream whatever the version
(``lineage.answers.chain``).

Where no event told the version that was read, it may have been any: what was made counts as touched. A version that
was read, but of whose making nothing is recorded (any more), may hold anything: what was made of it is unknown.
History and increments hold older batches than the last one read: their versions name the batches they hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from config.settings import settings
from lineage.answers.readings import Made, Record
from lineage.graph.arrays import Ints
from lineage.graph.view import View
from lineage.models import Statement, microseconds
from scheme.catalog import CatalogEntry
from scheme.catalog_files import load_catalog
from scheme.names import delivery_name, landing_name, staging_name
from warehouse import versions


@dataclass
class Spread:
    """Versions made of the bad ones, themselves included, and versions that may be; as known in a view."""

    view: View
    made: set[Made]
    unsure: set[Made]

    def is_touched(self, dataset: int, version: str) -> bool | None:
        """Whether the present version of a data set holds what is bad; None: it may.

        What another job made of it before is still in it, as far as the records tell.
        """
        if (dataset, version) in self.made:
            return True
        held = {(dataset, version), *((dataset, other) for other in self._in_force(dataset))}
        return None if held & self.made or held & self.unsure else False

    def _in_force(self, dataset: int) -> set[str]:
        """Return the versions of the statements in force, one for each job."""
        datasets, ids = self._stated
        first, end = np.searchsorted(datasets, [dataset, dataset + 1])
        stated = Statement.objects.filter(pk__in=ids[first:end].tolist())
        return set(stated.values_list("version", flat=True))

    @cached_property
    def _stated(self) -> tuple[Ints, Ints]:
        """Data sets of the statements in force, ascending, and the ids of these, given from 1 in the order of rows."""
        rows = self.view.held.stated
        datasets = self.view.index.statements["dataset"][rows]
        order = np.argsort(datasets, kind="stable")
        return datasets[order], rows[order] + 1


def spread(view: View, starts: set[Made]) -> Spread:
    """Return what was made of these versions, as known in this view."""
    record = Record(view)
    return Spread(view, _closed(record, view, starts), _closed(record, view, _unrecorded(record, view, starts)))


def _closed(record: Record, view: View, starts: set[Made]) -> set[Made]:
    seen, open_ends = set(starts), list(starts)
    while open_ends:
        dataset, version = open_ends.pop()
        fresh = (record.of(dataset).made_of(version) | _standardised(view, dataset, version)) - seen
        seen |= fresh
        open_ends += fresh
    return seen


def _unrecorded(record: Record, view: View, starts: set[Made]) -> set[Made]:
    """Return versions downstream that were read, but of whose making nothing is recorded."""
    begin = {dataset for dataset, _ in starts}
    return {
        (dataset, version)
        for dataset in _downstream(view, begin) - begin
        for version in record.of(dataset).of.keys() - record.derived(dataset)
    }


def _downstream(view: View, starts: set[int]) -> set[int]:
    """Return everything ever made of these, whether it is in force or not."""
    index, seen, front = view.index, set(starts), set(starts)
    while front:
        rows = index.out_of.of(np.array(sorted(front), np.int64))
        front = set(index.dataset_edges["output"][rows].tolist()) - seen
        seen |= front
    return seen


def starts_of_batch(view: View, batch: str) -> tuple[str, set[Made]]:
    """Return the landed data set of a batch, and the versions that hold it; an empty name: no such batch."""
    of = Statement.objects.filter(version=batch, event_us__lte=microseconds(view.at), seq__lte=view.seq)
    numbers = of.order_by("seq").values_list("dataset_id", flat=True)
    landed = next((pk for pk in numbers if view.name(pk).startswith("landing.")), None)
    if landed is None:
        return "", set()
    return view.name(landed), {(landed, batch)} | _standardised(view, landed, batch)


def holders(landed: str) -> set[str]:
    """Return the data sets of the resource that a landed data set belongs to: delivered, landed, standardised."""
    e = _entry(landed)
    if e is None:
        return {landed}
    return {landed, str(delivery_name(e.department, e.resource)), str(staging_name(e.department, e.stem))}


def _standardised(view: View, dataset: int, batch: str) -> set[Made]:
    """Return the standardised versions that hold a batch, of a landed data set."""
    entry = _entry(view.name(dataset)) if view.name(dataset).startswith("landing.") else None
    staged = staging_name(entry.department, entry.stem) if entry else None
    number = view.find(str(staged)) if staged else None
    if staged is None or number is None:
        return set()
    return {(number, v.version) for v in versions.written(staged) if batch in v.batches}


def _entry(landed: str) -> CatalogEntry | None:
    entries = load_catalog(settings().catalog).entries.values()
    return next((e for e in entries if str(landing_name(e.department, e.resource)) == landed), None)
