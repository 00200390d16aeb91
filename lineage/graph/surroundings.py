"""What a reader may see around a data set: neighbours, reach, and what was cut.

Lives here: ``Surroundings``, one view of the graph through one reader's eyes.
Add here: another way of collecting data sets around a start.
Stays out: folding and drawing (``lineage.graph.picture``), full walks with their facts (``lineage.graph.trace``).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Literal

import numpy as np

from lineage.graph.trace import UnknownNodeError
from lineage.graph.view import View
from lineage.models import WHOLE

Sees = Callable[[View], np.ndarray]
Side = Literal["up", "down"]
LIMIT = 5_000


class Surroundings:
    """The graph as one reader sees it; ``cut``: hidden data sets met on the way; ``is_full``: the limit was met."""

    def __init__(self, graph: View, sees: Sees | None) -> None:
        self.graph = graph
        self._visible = None if sees is None else sees(graph)
        self.cut: set[int] = set()
        self.is_full = False

    @property
    def sees_all(self) -> bool:
        """Whether nothing is hidden from the reader."""
        return self._visible is None

    def may_see(self, node: int) -> bool:
        """Return whether the reader may see a data set."""
        return self._visible is None or bool(self._visible[node])

    def start(self, name: str) -> int:
        """Return the id of a name.

        Raises:
            UnknownNodeError: not known by then, gone by then, or hidden: the reader can not tell which.
        """
        found = self.graph.find(name)
        if found is None or not self.graph.exists(found) or not self.may_see(found):
            raise UnknownNodeError(f"no data set {name[:120]}")
        return found

    def near(self, node: int, side: Side) -> list[int]:
        """Return the neighbours on a side that the reader may see; the others are noted as cut."""
        found = self.graph.inputs(node) if side == "up" else self.graph.outputs(node)
        self.cut.update(n for n in found if not self.may_see(n))
        return [n for n in found if n not in self.cut and n != node]

    def reach(self, start: int, side: Side, hops: int) -> dict[int, int]:
        """Return data set → steps from the start, at most ``hops`` and ``LIMIT`` of them."""
        found, queue = {start: 0}, deque([start])
        while queue and found[queue[0]] < hops:
            here = queue.popleft()
            for other in self.near(here, side):
                if other in found:
                    continue
                if len(found) >= LIMIT:
                    self.is_full = True
                    return found
                found[other] = found[here] + 1
                queue.append(other)
        return found

    def affected(self, start: int, column: str | None) -> dict[int, set[str]]:
        """Return what was made of a data set → its columns concerned; ``*``: which rows there are.

        With a column only what depends on it: a column that only selects rows concerns whole data sets from there on.
        """
        if column is None:
            return {node: set() for node in self.reach(start, "down", LIMIT) if node != start}
        found: dict[int, set[str]] = {}
        seen, queue = {(start, column)}, deque([(start, column)])
        while queue and len(found) < LIMIT:
            here, name = queue.popleft()
            for other in self._uses(here, name) - seen:
                seen.add(other)
                found.setdefault(other[0], set()).add(other[1])
                queue.append(other)
        self.is_full = self.is_full or bool(queue)
        found.pop(start, None)
        return found

    def _uses(self, node: int, column: str) -> set[tuple[int, str]]:
        outputs = self.near(node, "down")
        if column == WHOLE:
            return {(output, WHOLE) for output in outputs}
        edges = ((output, e) for output in outputs for e in self.graph.edges_into(output))
        return {(output, e.column) for output, e in edges if e.input == node and e.input_column == column}
