"""Many short questions to one snapshot of the graph.

Lives here: what lies upstream or downstream of a data set, which of its columns come from another, when it was made.
Add here: another question that a list of many data sets asks.
Stays out: a full answer about one data set (``lineage.graph.trace``).
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from functools import cached_property

from config import clock
from lineage.graph.snapshot import Snapshot, snapshot
from lineage.models import WHOLE, moment


class Paths:
    """Answers from the graph as it stands now; a name that lineage never heard of has no paths."""

    def __init__(self) -> None:
        self._graph: Snapshot = snapshot()
        self._ids = {d.name: pk for pk, d in self._graph.datasets.items()}

    def last_made(self, name: str) -> datetime | None:
        """Return when a data set was last made, None if never."""
        version = self._graph.versions.get(self._ids.get(name, -1))
        return moment(version.event_us).astimezone(clock.SHANGHAI) if version else None

    def upstream(self, name: str) -> set[str]:
        """Return the names of everything it was made of."""
        return self._reach(self._graph.inputs, name)

    def downstream(self, name: str) -> set[str]:
        """Return the names of everything made of it."""
        return self._reach(self._graph.outputs, name)

    def columns_from(self, name: str, source: str) -> set[str]:
        """Return the columns of a data set whose values come from ``source``."""
        start, end = self._ids.get(name), self._ids.get(source)
        if start is None or end is None:
            return set()
        return {e.column for e in self._graph.column_edges[start] if end in self._origins(start, e.column)}

    def columns_to(self, name: str, column: str) -> dict[str, set[str]]:
        """Return data set → its columns that depend on a column, of everything downstream of it.

        No columns: the column only decides which rows there are, and with them every data set made of those.
        """
        start = self._ids.get(name)
        seen = {(start, column)} if start is not None else set()
        open_ends = list(seen)
        while open_ends:
            fresh = self._next(*open_ends.pop()) - seen
            seen |= fresh
            open_ends += fresh
        found: dict[str, set[str]] = {}
        for pk, each in seen - {(start, column)}:
            found.setdefault(self._graph.datasets[pk].name, set()).update({each} - {WHOLE})
        return found

    @cached_property
    def _uses(self) -> dict[tuple[int, str], set[tuple[int, str]]]:
        uses: dict[tuple[int, str], set[tuple[int, str]]] = defaultdict(set)
        for output, edges in self._graph.column_edges.items():
            for edge in edges:
                uses[edge.input_id, edge.input_column].add((output, edge.column))
        return uses

    def _next(self, dataset: int, column: str) -> set[tuple[int, str]]:
        whole = column == WHOLE
        return {(o, WHOLE) for o in self._graph.outputs[dataset]} if whole else self._uses[dataset, column]

    def _origins(self, dataset: int, column: str) -> set[int]:
        seen, open_ends = {(dataset, column)}, [(dataset, column)]
        while open_ends:
            here, name = open_ends.pop()
            for edge in self._graph.column_edges[here]:
                other = (edge.input_id, edge.input_column)
                if edge.column == name and edge.type == "DIRECT" and other not in seen:
                    seen.add(other)
                    open_ends.append(other)
        return {pk for pk, _ in seen}

    def _reach(self, near: dict[int, set[int]], name: str) -> set[str]:
        start = self._ids.get(name)
        seen: set[int] = set()
        edge = {start} if start is not None else set()
        while edge:
            edge = {other for here in edge for other in near[here]} - seen
            seen |= edge
        return {self._graph.datasets[pk].name for pk in seen}
