"""Many short questions to one view of the graph.

Lives here: what lies upstream or downstream of a data set, which of its columns come from another, when it was made.
Add here: another question that a list of many data sets asks.
Stays out: a full answer about one data set (``lineage.graph.trace``).
"""

from __future__ import annotations

from datetime import datetime

import numpy as np

from config import clock
from lineage.graph import walks
from lineage.graph.trace import HOPS
from lineage.graph.view import View, view
from lineage.models import WHOLE, moment

_ALL = 10_000_000


class Paths:
    """Answers from the graph as it stands now; a name that lineage never heard of has no paths."""

    def __init__(self) -> None:
        self._view: View = view()

    def last_made(self, name: str) -> datetime | None:
        """Return when a data set was last made, None if never."""
        start = self._view.find(name)
        statement = self._view.statement(start) if start is not None else None
        return moment(statement.event_us).astimezone(clock.SHANGHAI) if statement else None

    def upstream(self, name: str) -> set[str]:
        """Return the names of everything it was made of."""
        return self._reach(name, "upstream")

    def downstream(self, name: str) -> set[str]:
        """Return the names of everything made of it."""
        return self._reach(name, "downstream")

    def columns_from(self, name: str, source: str) -> set[str]:
        """Return the columns of a data set whose values come from ``source``."""
        start, end = self._view.find(name), self._view.find(source)
        if start is None or end is None:
            return set()
        columns = {e.column for e in self._view.edges_into(start)}
        return {c for c in columns if end in self._origins(start, c)}

    def columns_to(self, name: str, column: str) -> dict[str, set[str]]:
        """Return data set → its columns that depend on a column, of everything downstream of it.

        No columns: the column only decides which rows there are, and with them every data set made of those.
        """
        index, start = self._view.index, self._view.find(name)
        first = self._view.column(start, column) if start is not None else None
        if first is None:
            return {}
        reached = walks.by_column(self._view, [first], "downstream", hops=HOPS, limit=_ALL, sees=None)
        found: dict[str, set[str]] = {}
        for c in reached.nodes.tolist():
            if c != first:
                owner = self._view.node(int(index.column_of["dataset"][c]))
                found.setdefault(owner, set()).update({index.columns[c]} - {WHOLE})
        for dataset in reached.whole.datasets.tolist():
            found.setdefault(self._view.node(dataset), set())
        return found

    def _origins(self, dataset: int, column: str) -> set[int]:
        """Return the data sets a column's values come from: DIRECT edges alone."""
        index, first = self._view.index, self._view.column(dataset, column)
        seen: set[int] = set()
        front = {first} if first is not None else set()
        while front:
            seen |= front
            rows = self._view.column_edges(index.columns_into.of(np.array(sorted(front))))
            rows = rows[index.is_direct[index.column_edges["kind"][rows]]]
            front = set(index.column_edges["input_column"][rows].tolist()) - seen
        return {int(index.column_of["dataset"][c]) for c in seen}

    def _reach(self, name: str, direction: walks.Direction) -> set[str]:
        start = self._view.find(name)
        found = self._reached(start, direction) if start is not None else []
        return {self._view.node(i) for i in found}

    def _reached(self, start: int, direction: walks.Direction) -> list[int]:
        """Return what a walk reaches; a data set reaches itself."""
        return walks.by_dataset(self._view, start, direction, hops=HOPS, limit=_ALL, sees=None).nodes.tolist()
