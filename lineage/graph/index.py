"""The whole graph in memory: names, statements, derivations and edges of all times.

Lives here: loading the projected tables once and what is new since, one index for each process.
Add here: another table that walks need in memory.
Stays out: which of it held at a moment (``lineage.graph.validity``), walking (``lineage.graph.walks``).

Rows are only ever added, so an index grows; after a rebuild of the graph it is loaded anew.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from django.db import connection

from lineage.graph.arrays import Adjacency, Table, Timeline
from lineage.models import (
    PROJECTION,
    ColumnEdge,
    Dataset,
    DatasetColumn,
    DatasetEdge,
    Derivation,
    EdgeKind,
    Event,
    Job,
    Statement,
)
from lineage.projection import catching_up

CHANGES = {"": 0, Statement.Change.DROP: 1, Statement.Change.RENAME: 2}
_CHUNK = 50_000


class Index:
    """Everything the projection holds, by id; ``seq``: the log up to which it is complete."""

    def __init__(self, generation: int) -> None:
        self.seq, self.generation, self.mark = 0, generation, ""
        self.datasets: list[tuple[str, str]] = [("", "")]  # (namespace, name) by id; 0 is no data set
        self.ids: dict[tuple[str, str], int] = {}
        self.jobs: list[tuple[str, str]] = [("", "")]
        self.kinds: list[tuple[str, str, bool | None, str]] = [("", "", None, "")]
        self.is_direct = np.zeros(1, bool)
        self.columns: list[str] = [""]
        self.column_ids: dict[tuple[int, str], int] = {}
        self.column_of = Table("dataset")
        self.column_of.extend([(0,)])
        self.derivations = Table("output", "job")
        self.derivations.extend([(0, 0)])
        self.statements = Table("dataset", "job", "derivation", "change", "event_us", "seq")
        self.dataset_edges = Table("id", "derivation", "input", "output")
        self.column_edges = Table("id", "derivation", "column", "input_column", "kind")
        self.statements_of = Adjacency(self.statements, "dataset")
        self.timeline = Timeline(self.statements, ("dataset", "job"), ("event_us", "seq"))
        self.into = Adjacency(self.dataset_edges, "output")
        self.out_of = Adjacency(self.dataset_edges, "input")
        self.columns_into = Adjacency(self.column_edges, "column")
        self.columns_out_of = Adjacency(self.column_edges, "input_column")

    def load(self, upto: Bounds) -> None:
        """Load what was projected since, as far as ``upto``."""
        self._names(upto)
        self.derivations.extend(_new(Derivation, self.derivations.size - 1, upto, "output_id", "job_id"))
        fields = ("dataset_id", "job_id", "derivation_id", "change", "event_us", "seq")
        self.statements.extend(
            (dataset, job or 0, derivation or 0, CHANGES[change], us, seq)
            for dataset, job, derivation, change, us, seq in _new(Statement, self.statements.size, upto, *fields)
        )
        self._edges(upto)
        for order in (
            self.timeline,
            self.statements_of,
            self.into,
            self.out_of,
            self.columns_into,
            self.columns_out_of,
        ):
            order.refresh()
        self.is_direct = np.array([kind == "DIRECT" for kind, *_ in self.kinds], bool)
        self.seq, self.mark = upto.seq, upto.mark

    def _names(self, upto: Bounds) -> None:
        for name in _new(Dataset, len(self.datasets) - 1, upto, "namespace", "name"):
            self.ids[name] = len(self.datasets)
            self.datasets.append(name)
        self.jobs.extend(_new(Job, len(self.jobs) - 1, upto, "namespace", "name"))
        for kind, subtype, masking, text in _new(
            EdgeKind, len(self.kinds) - 1, upto, "type", "subtype", "masking", "description"
        ):
            self.kinds.append((kind, subtype, None if masking is None else bool(masking), text))
        owners = []
        for dataset, name in _new(DatasetColumn, len(self.columns) - 1, upto, "dataset_id", "name"):
            self.column_ids[dataset, name] = len(self.columns)
            self.columns.append(name)
            owners.append((dataset,))
        self.column_of.extend(owners)

    def _edges(self, upto: Bounds) -> None:
        outputs = self.derivations["output"]
        self.dataset_edges.extend(
            (pk, derivation, source, int(outputs[derivation]))
            for pk, derivation, source in _new(
                DatasetEdge, _last(self.dataset_edges), upto, "id", "derivation_id", "input_id"
            )
        )
        fields = ("id", "derivation_id", "column_id", "input_column_id", "kind_id")
        self.column_edges.extend(_new(ColumnEdge, _last(self.column_edges), upto, *fields))


class Bounds(NamedTuple):
    """How far the tables go at one moment, read in one statement: writers may go on meanwhile."""

    head: int
    seq: int
    generation: int
    mark: str
    last: dict[type[Any], int]


_index: Index | None = None
_lock = threading.Lock()


def current() -> Index:
    """Return the index, caught up with the log."""
    global _index
    upto = _bounds()
    if upto.seq < upto.head:
        catching_up.catch_up()
        upto = _bounds()
    with _lock:
        while _index is None or _index.seq < upto.seq or not _fits(_index, upto):
            if _index is None or not _fits(_index, upto):
                _index = Index(upto.generation)
            _index.load(upto)
            upto = _bounds()
        return _index


def _fits(index: Index, upto: Bounds) -> bool:
    """Whether an index was loaded from this log and this graph."""
    if index.generation != upto.generation or index.seq > upto.seq:
        return False
    if index.seq in (0, upto.seq):
        return index.seq == 0 or index.mark == upto.mark
    return Event.objects.filter(seq=index.seq, chain_hash=index.mark).exists()


def _bounds() -> Bounds:
    with connection.cursor() as cursor:
        cursor.execute(_bounds_query())
        head, seq, generation, mark, *last = cursor.fetchone()
    return Bounds(head, seq, generation, mark, dict(zip(PROJECTION, last, strict=True)))


@cache
def _bounds_query() -> str:
    last = ", ".join(f"(SELECT COALESCE(MAX(id), 0) FROM {m._meta.db_table})" for m in PROJECTION)
    return (Path(__file__).parent / "bounds.sql").read_text().replace("{last}", last)


def _last(table: Table) -> int:
    return int(table["id"][-1]) if table.size else 0


def _new(model: type[Any], after: int, upto: Bounds, *fields: str) -> Iterator[tuple[Any, ...]]:
    """Yield rows of a table beyond an id, in order; plain cursor rows, because there may be millions."""
    query = f"SELECT {', '.join(fields)} FROM {model._meta.db_table} WHERE id > %s AND id <= %s ORDER BY id"
    with connection.cursor() as cursor:
        cursor.execute(query, [after, upto.last[model]])
        while rows := cursor.fetchmany(_CHUNK):
            yield from rows
