"""The graph as it stood at a moment.

Lives here: which derivation of each (data set, job) was the latest stated by then, and its edges, in memory.
Add here: another thing a question needs to know of that moment.
Stays out: walking it (``trace``, ``graph``).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from config import clock
from lineage.models import ColumnEdge, Dataset, DatasetEdge, DatasetFacet, DatasetVersion, Position, microseconds
from lineage.projection import projector as projection


@dataclass
class Snapshot:
    """Adjacency by data set id. ``seq``: the log up to which it is complete."""

    at: datetime
    seq: int
    datasets: dict[int, Dataset] = field(default_factory=dict)
    inputs: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    outputs: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    column_edges: dict[int, list[ColumnEdge]] = field(default_factory=lambda: defaultdict(list))
    versions: dict[int, DatasetVersion] = field(default_factory=dict)
    jobs: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))

    def by_name(self, name: str) -> Dataset | None:
        """Return a data set by name, if it was known."""
        return next((d for d in self.datasets.values() if d.name == name), None)


def snapshot(at: datetime | None = None) -> Snapshot:
    """Catch the projection up and return the graph as of ``at`` (now without it)."""
    projection.catch_up()
    moment = at or clock.now()
    position = Position.objects.filter(id=1).first()
    found = Snapshot(moment, position.seq if position else 0)
    found.datasets = {d.pk: d for d in Dataset.objects.all()}
    derivations = _latest(found, microseconds(moment))
    for edge in DatasetEdge.objects.filter(derivation__in=derivations):
        output = derivations[edge.derivation_id]
        found.inputs[output].add(edge.input_id)
        found.outputs[edge.input_id].add(output)
    for edge in ColumnEdge.objects.filter(derivation__in=derivations):
        found.column_edges[derivations[edge.derivation_id]].append(edge)
    return found


def facets(dataset: int, at: datetime) -> dict[str, dict]:
    """Return the latest facet of each name stated of a data set by ``at``."""
    rows = DatasetFacet.objects.filter(dataset_id=dataset, event_us__lte=microseconds(at))
    return {f.name: f.content for f in rows.order_by("event_us", "seq")}


def _latest(found: Snapshot, micros: int) -> dict[int, int]:
    """Return derivation → output data set of the latest statement of each (data set, job)."""
    latest: dict[tuple[int, int | None], tuple[int, int]] = {}
    rows = DatasetVersion.objects.filter(event_us__lte=micros).select_related("job").order_by("event_us", "seq")
    for row in rows:
        found.versions[row.dataset_id] = row
        if row.job:
            found.jobs[row.dataset_id].add(row.job.name)
        if row.derivation_id:
            latest[row.dataset_id, row.job_id] = (row.derivation_id, row.dataset_id)
    return dict(latest.values())
