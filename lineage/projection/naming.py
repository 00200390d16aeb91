"""Names in events → ids, and the rows that make them.

Lives here: ``Naming``: data sets, columns, jobs and kinds of edges by name, their titles, the rows to be written.
Add here: another thing that events name.
Stays out: what an event states about them (``lineage.projection.projector``).

A title is that of the latest event by event time that gave another one than before; late events do not bring old
titles back.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any, NamedTuple

from lineage.events import facet_reading as facets
from lineage.events.facet_reading import FieldEdge
from lineage.models import (
    PIPELINE,
    ColumnEdge,
    Dataset,
    DatasetColumn,
    DatasetEdge,
    Derivation,
    EdgeKind,
    Job,
    Mention,
    Statement,
)
from lineage.projection import bulk
from lineage.projection.known import TITLED, Edge, Known, Title

_ORDER = (Dataset, DatasetColumn, Job, EdgeKind, Derivation, DatasetEdge, ColumnEdge, Statement, Mention)
_MODELS: dict[str, type[Any]] = {"datasets": Dataset, "columns": DatasetColumn, "jobs": Job}


class Read(NamedTuple):
    """One event of the log with its content; ``content`` None: pruned, or an exact duplicate."""

    seq: int
    event_us: int
    kind: str
    content: dict[str, Any] | None
    via: str = PIPELINE


class Naming:
    """Gives ids for a stretch of events; rows are written by ``flush``."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.rows: dict[type[Any], list[bulk.Row]] = defaultdict(list)
        self._changed: dict[tuple[str, int], int] = {}  # row → event that changed it

    def flush(self) -> None:
        """Write the rows."""
        for table, model in _MODELS.items():
            fresh = {row[0] for row in self.rows[model]}
            self.rows[model] = [self._titled(table, row) for row in self.rows[model]]
            for (changed, pk), seq in sorted(self._changed.items()):
                if changed == table and pk not in fresh:
                    title = dict(zip(TITLED[table], self.known.titles[table, pk], strict=False))
                    model.objects.filter(id=pk).update(**title, changed_seq=seq)
        for model in _ORDER:
            bulk.insert(model, self.rows.pop(model, []))
        self._changed.clear()

    def _titled(self, table: str, row: bulk.Row) -> bulk.Row:
        """Return a new row with the columns between its names and its first sequence."""
        pk, first_seq = row[0], row[-1]
        text, event_us, by_us = self.known.titles.get((table, pk), Title())
        named = (by_us,) if table == "datasets" else ()
        return (*row[:-1], *named, text, event_us, self._changed.get((table, pk), first_seq), first_seq)

    def dataset(self, namespace: str, name: str, event: Read, *, is_written: bool = False) -> int:
        """Return a data set's id; ``is_written``: the event may state it, so it is more than somebody's word."""
        found = self.known.datasets.ids.get((namespace, name))
        if found is None:
            found = self.known.datasets.id(
                (namespace, name), lambda pk: self.rows[Dataset].append((pk, namespace, name, event.seq))
            )
        if found not in self.known.ours and (is_written or event.via == PIPELINE):
            before = self.known.titles.get(("datasets", found), Title())
            self._change("datasets", found, before._replace(by_us=True), event.seq)
        return found

    def column(self, dataset: int, name: str, seq: int) -> int:
        """Return a column's id."""
        found = self.known.columns.ids.get((dataset, name))
        if found is not None:
            return found

        def made(pk: int) -> None:
            self.known.own_column(pk, dataset, name)
            self.rows[DatasetColumn].append((pk, dataset, name, seq))

        return self.known.columns.id((dataset, name), made)

    def edge(self, dataset: int, edge: FieldEdge, event: Read) -> Edge:
        """Return a column edge by ids."""
        column, namespace, name, field, *way = edge
        source = self.dataset(namespace, name, event)
        return self.column(dataset, column, event.seq), self.column(source, field, event.seq), self.kind(*way)

    def kind(self, *way: Any) -> int:
        """``way``: type, subtype, masking, description."""
        known = self.known.kinds.ids.get(way)
        return known or self.known.kinds.id(way, lambda pk: self.rows[EdgeKind].append((pk, *way)))

    def job(self, named: dict[str, Any], event: Read) -> int:
        """Return a job's id."""
        name = (named["namespace"], named["name"])
        job = self.known.jobs.id(name, lambda pk: self.rows[Job].append((pk, *name, event.seq)))
        self.title("jobs", job, facets.job_type(named), event)
        return job

    def title(self, table: str, pk: int, text: str, event: Read) -> None:
        """Note what a row is called by an event."""
        before = self.known.titles.get((table, pk), Title())
        if text and before.text != text and event.event_us >= before.event_us:
            self._change(table, pk, before._replace(text=text, event_us=event.event_us), event.seq)

    def _change(self, table: str, pk: int, title: Title, seq: int) -> None:
        self.known.entitle(table, pk, title)
        self._changed[table, pk] = seq
