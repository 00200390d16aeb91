"""What a report is made of: both walks from what was asked, and the events they rest on.

Lives here: ``Ways``, ``Stated``, and how a line between two data sets is drawn.
Add here: another fact that several parts of the report need.
Stays out: words and tables (``lineage.evidence.report``, ``lineage.evidence.tables``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from lineage.answers.asked import Asked
from lineage.answers.chain import Chain
from lineage.evidence.drawing import INDIRECT, MASKED, PLAIN
from lineage.graph.trace import Trace
from lineage.graph.view import Edge, View
from lineage.graph.walks import Direction
from lineage.log.checkpoint import Checkpoint


@dataclass(frozen=True)
class Ways:
    """Both walks from what was asked, over the same log; ``direction``: the one asked for."""

    direction: Direction
    up: Chain
    down: Chain

    @property
    def asked(self) -> Asked:
        """The question."""
        return self.up.asked

    @property
    def seen(self) -> View:
        """The graph as both know it."""
        return self.up.view

    @property
    def answer(self) -> Chain:
        """The walk asked for."""
        return self.up if self.direction == "upstream" else self.down

    @property
    def opposite(self) -> Chain:
        """The other walk."""
        return self.down if self.direction == "upstream" else self.up

    @cached_property
    def whole(self) -> Trace:
        """Both as one: each data set and each edge once."""
        nodes = {n.name: n for n in (*self.opposite.nodes, *self.answer.nodes)}
        edges = dict.fromkeys([*self.up.edges, *self.down.edges])
        return replace(self.answer.found, nodes=list(nodes.values()), edges=list(edges))


@dataclass(frozen=True)
class Stated:
    """What a report is made of; ``columns``: (target, edge) between the data sets of the answer."""

    ways: Ways
    columns: Sequence[tuple[str, Edge]]
    source_names: dict[int, str]
    checkpoint: Checkpoint
    events: int
    pruned: int


def kinds(stated: Stated) -> dict[tuple[str, str], str]:
    """Return (source, target) → whether values go over plain, only masked, or only as conditions."""
    direct: dict[tuple[str, str], list[bool]] = {}
    for target, edge in stated.columns:
        found = direct.setdefault((stated.source_names[edge.input], target), [])
        found += [edge.masking is True] if edge.type == "DIRECT" else []
    return {pair: INDIRECT if not m else MASKED if all(m) else PLAIN for pair, m in direct.items()}
