"""What a reader may see around a data set: neighbours, reach, lines, and what was cut.

Lives here: ``Surroundings``, one view of the graph through one reader's eyes.
Add here: another way of collecting data sets around a start; in bulk, there may be thousands.
Stays out: folding and drawing (``lineage.graph.picture``), full walks with their facts (``lineage.graph.trace``).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import numpy as np

from lineage.access import DELIVERED, Viewer
from lineage.graph import walks
from lineage.graph.arrays import Ints
from lineage.graph.trace import UnknownNodeError, known_node
from lineage.graph.view import View
from lineage.models import WHOLE

Side = Literal["up", "down"]
LIMIT = 5_000


class Surroundings:
    """The graph as one reader sees it; ``cut``: hidden data sets met on the way; ``is_full``: the limit was met."""

    def __init__(self, graph: View, who: Viewer) -> None:
        self.graph, self.who = graph, who
        scope = None if who.sees_all else who.scope(graph)
        self._visible: walks.Sees | None = None if scope is None else scope.sees
        self._known: walks.Sees | None = None if scope is None else scope.knows
        self.cut: set[int] = set()
        self.is_full = False

    def may_see(self, node: int) -> bool:
        """Return whether the reader may see a data set; one newer than the view is unknown."""
        return _holds(self._visible, node)

    @property
    def visible(self) -> list[int] | None:
        """Ids of the data sets the reader sees, in order; None for all."""
        return None if self._visible is None else np.flatnonzero(self._visible).tolist()

    def knows(self, node: int) -> bool:
        """Return whether the reader may read more of a data set than name, title and columns."""
        return _holds(self._known, node)

    def may_read_version(self, node: int) -> bool:
        """Return whether the reader may know versions and row counts: those of deliveries tell of delivered files."""
        delivered = self.graph.namespace(node) == self.graph.own and self.graph.name(node).startswith(DELIVERED)
        return self.knows(node) and (self.who.sees_files or not delivered)

    def start(self, name: str) -> int:
        """Return the id of a name.

        Raises:
            UnknownNodeError: not known by then, gone by then, or hidden: the reader can not tell which.
        """
        node = self.graph.find(name)
        if node is None or not self.may_see(node):
            raise UnknownNodeError(f"no data set {name[:120]} was known")
        found = known_node(self.graph, name)
        if self.graph.gone_at(found) is not None:
            raise UnknownNodeError(f"no data set {name[:120]} was there any more")
        return found

    def near(self, nodes: Iterable[int], side: Side) -> list[int]:
        """Return all neighbours on a side that the reader may see, once each; the others are noted as cut."""
        index = self.graph.index
        rows = self._in_force((index.into if side == "up" else index.out_of).of(_ints(nodes)))
        found = np.unique(index.dataset_edges["input" if side == "up" else "output"][rows])
        return self._shown(found).tolist()

    def reach(self, start: int, side: Side, hops: int) -> dict[int, int]:
        """Return data set → steps from the start, at most ``hops`` and ``LIMIT`` of them."""
        found, front = {start: 0}, [start]
        for step in range(1, hops + 1):
            front = [n for n in self.near(front, side) if n not in found]
            if len(found) + len(front) > LIMIT:
                self.is_full = True
                front = front[: LIMIT - len(found)]
            found |= dict.fromkeys(front, step)
            if not front or self.is_full:
                break
        return found

    def lines(self, nodes: Iterable[int]) -> list[tuple[int, int]]:
        """Return (source, target) of every line that touches one of these data sets, seen ends only, no loops."""
        index, here = self.graph.index, _ints(nodes)
        rows = self._in_force(np.concatenate([index.into.of(here), index.out_of.of(here)]))
        pairs = np.stack([index.dataset_edges["input"][rows], index.dataset_edges["output"][rows]], axis=1)
        shown = np.isin(pairs, self._shown(np.unique(pairs))).all(axis=1) & (pairs[:, 0] != pairs[:, 1])
        return [(int(s), int(t)) for s, t in np.unique(pairs[shown], axis=0)]

    def affected(self, start: int, column: str | None) -> dict[int, set[str]]:
        """Return what was made of a data set → its columns concerned; ``*``: which rows there are.

        With a column only what depends on it: a column that only selects rows concerns whole data sets from there on.
        """
        if column is None:
            return {node: set() for node in self.reach(start, "down", LIMIT) if node != start}
        first = self.graph.column(start, column)
        if first is None:
            return {}
        index = self.graph.index
        reached = walks.by_column(self.graph, [first], "downstream", hops=LIMIT, limit=20 * LIMIT, sees=self._visible)
        self.cut.update(reached.hidden.tolist())
        self.is_full = self.is_full or reached.is_cut
        found: dict[int, set[str]] = {}
        for c in reached.nodes.tolist():
            found.setdefault(int(index.column_of["dataset"][c]), set()).add(index.columns[c])
        for dataset in reached.whole.datasets.tolist():
            found.setdefault(dataset, set()).add(WHOLE)
        found.pop(start, None)
        return found

    def _shown(self, nodes: Ints) -> Ints:
        if self._visible is None:
            return nodes
        known = nodes < len(self._visible)
        visible = known & self._visible[np.where(known, nodes, 0)]
        self.cut.update(nodes[~visible].tolist())
        return nodes[visible]

    def _in_force(self, rows: Ints) -> Ints:
        return rows[self.graph.held.in_force(self.graph.index.dataset_edges["derivation"][rows])]


def _holds(mask: walks.Sees | None, node: int) -> bool:
    return mask is None or (node < len(mask) and bool(mask[node]))


def _ints(nodes: Iterable[int]) -> Ints:
    return np.fromiter(sorted(nodes), np.int64)
