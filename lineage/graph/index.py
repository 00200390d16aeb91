"""The whole graph in memory: names, statements, derivations and edges of all times.

Lives here: loading the projected tables once and what is new since, one index for each process.
Add here: another table that walks need in memory.
Stays out: which of it held at a moment (``lineage.graph.validity``), walking (``lineage.graph.walks``).

Rows are only ever added, so an index grows, by one thread at a time; after a rebuild of the graph it is loaded anew.
Who asks gets a frozen copy, whose arrays share memory with it and do not change: many may read while it grows.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from copy import copy
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from django.db import connection

from lineage.graph.arrays import Adjacency, Table, Timeline
from lineage.models import (
    PROJECTION,
    WHOLE,
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

CHANGES = {"": 0, Statement.Change.DROP: 1, Statement.Change.RENAME: 2, Statement.Change.RETRACT: 3}
_CHUNK = 50_000


class Index:
    """Everything the projection holds, by id; ``seq``: the log up to which it is complete."""

    def __init__(self, generation: int) -> None:
        self.seq, self.generation, self.mark = 0, generation, ""
        self.datasets: list[tuple[str, str]] = [("", "")]  # (namespace, name) by id; 0 is no data set
        self.ids: dict[tuple[str, str], int] | Bounded = {}
        self.jobs: list[tuple[str, str]] = [("", "")]
        self.kinds: list[tuple[str, str, bool | None, str]] = [("", "", None, "")]
        self.is_direct = self.has_columns = self.named_by_us = self.is_whole = np.zeros(1, bool)
        self._marked = self._told = 0
        self.latest_us = 0  # event time of the latest statement
        self.columns: list[str] = [""]
        self.column_ids: dict[tuple[int, str], int] | Bounded = {}
        self.column_of = Table("dataset")
        self.column_of.extend([(0,)])
        self.derivations = Table("output", "job")
        self.derivations.extend([(0, 0)])
        self.statements = Table("dataset", "job", "derivation", "change", "event_us", "seq", "run")
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
        made = _new(Derivation, self.derivations.size - 1, upto, "output_id", "job_id")
        self.derivations.extend((output, job or 0) for output, job in made)  # 0: an event about the data set itself
        fields = ("dataset_id", "job_id", "derivation_id", "change", "event_us", "seq", "run_id")
        self.statements.extend(
            (dataset, job or 0, derivation or 0, CHANGES[change], us, seq, run or 0)
            for dataset, job, derivation, change, us, seq, run in _new(Statement, self.statements.size, upto, *fields)
        )
        self._edges(upto)
        for order in (self.timeline, self.statements_of, *self._adjacent()):
            order.refresh()
        if self.statements.size > self._told:
            self.latest_us = max(self.latest_us, int(self.statements["event_us"][self._told :].max()))
            self._told = self.statements.size
        self.is_direct = np.array([kind == "DIRECT" for kind, *_ in self.kinds], bool)
        self._mark_columns()
        self.seq, self.mark = upto.seq, upto.mark

    def _adjacent(self) -> tuple[Adjacency, ...]:
        return self.into, self.out_of, self.columns_into, self.columns_out_of

    def frozen(self, before: Index | None) -> Index:
        """Return it as it is now for readers; ``before``: the last one, whose copies of names may still do."""
        made = copy(self)
        for name in ("datasets", "jobs", "kinds", "columns"):
            mine, theirs = getattr(self, name), getattr(before, name, None)
            setattr(made, name, theirs if theirs is not None and len(theirs) == len(mine) else mine.copy())
        made.ids = Bounded(self.ids, len(made.datasets))
        made.column_ids = Bounded(self.column_ids, len(made.columns))
        for name in ("column_of", "derivations", "statements", "dataset_edges", "column_edges"):
            setattr(made, name, getattr(self, name).frozen())
        made.timeline = self.timeline.frozen(made.statements)
        for name in ("statements_of", "into", "out_of", "columns_into", "columns_out_of"):
            setattr(made, name, getattr(self, name).frozen())
        return made

    def _mark_columns(self) -> None:
        """Note which derivations say anything of columns, and which data sets our own events named."""
        marks = np.zeros(self.derivations.size, bool)
        marks[: len(self.has_columns)] = self.has_columns
        marks[self.column_edges["derivation"][self._marked :]] = True
        self.has_columns, self._marked = marks, self.column_edges.size
        whole = np.zeros(len(self.columns), bool)
        whole[: len(self.is_whole)] = self.is_whole
        for i in range(len(self.is_whole), len(self.columns)):
            whole[i] = self.columns[i] == WHOLE
        self.is_whole = whole
        named = np.zeros(len(self.datasets), bool)
        named[: len(self.named_by_us)] = self.named_by_us
        named[list(Dataset.objects.filter(changed_seq__gt=self.seq, named_by_us=True).values_list("id", flat=True))] = (
            True
        )
        self.named_by_us = named

    def _names(self, upto: Bounds) -> None:
        for name in _new(Dataset, len(self.datasets) - 1, upto, "namespace", "name"):
            self.ids[name] = len(self.datasets)  # type: ignore[index] - it is the growing one's
            self.datasets.append(name)
        self.jobs.extend(_new(Job, len(self.jobs) - 1, upto, "namespace", "name"))
        for kind, subtype, masking, text in _new(
            EdgeKind, len(self.kinds) - 1, upto, "type", "subtype", "masking", "description"
        ):
            self.kinds.append((kind, subtype, None if masking is None else bool(masking), text))
        owners = []
        for dataset, name in _new(DatasetColumn, len(self.columns) - 1, upto, "dataset_id", "name"):
            self.column_ids[dataset, name] = len(self.columns)  # type: ignore[index]
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


class Bounded:
    """Names → ids below a bound; the dictionary behind it may grow."""

    def __init__(self, ids: Any, bound: int) -> None:
        self._ids, self._bound = ids, bound

    def get(self, name: Any) -> int | None:
        """Return the id of a name, or None."""
        found = self._ids.get(name)
        return found if found is not None and found < self._bound else None

    def __contains__(self, name: Any) -> bool:
        return self.get(name) is not None


class Bounds(NamedTuple):
    """How far the tables go at one moment, read in one statement: writers may go on meanwhile."""

    head: int
    seq: int
    generation: int
    mark: str
    last: dict[type[Any], int]


_growing: Index | None = None
_index: Index | None = None
_lock = threading.Lock()


def current() -> Index:
    """Return the index, caught up with the log; what is returned does not change."""
    upto = _bounds()
    if upto.seq < upto.head:
        catching_up.catch_up()
        upto = _bounds()
    with _lock:
        while _index is None or _index.seq < upto.seq or not _fits(_index, upto):
            _grow(upto)
            upto = _bounds()
        return _index


def _grow(upto: Bounds) -> None:
    global _growing, _index
    growing, _growing = _growing, None  # what could not be loaded whole is not gone on with
    if growing is None or not _fits(growing, upto):
        growing = Index(upto.generation)
    growing.load(upto)
    _index = growing.frozen(_index if _index is not None and _fits(_index, upto) else None)
    _growing = growing


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
