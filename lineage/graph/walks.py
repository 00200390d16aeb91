"""Walking the graph, one step of all ends at a time.

Lives here: what is reached from some columns or data sets, how far away, and over which edges.
Add here: another way to choose which edges a walk follows.
Stays out: what held (``lineage.graph.validity``), the answer's form (``lineage.graph.trace``, ``closure``).

Upstream, a walk by columns follows DIRECT edges where a column has any: the value comes from there. Where it has none,
the value hangs on conditions alone: those are followed. Downstream it follows every edge, and goes on with whole data
sets where the column decides which rows there are, or where nobody recorded columns (``lineage.graph.concerned``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from lineage.graph.arrays import Adjacency, Ints, Table
from lineage.graph.concerned import NOBODY, Concerned, concerned
from lineage.graph.view import View

Direction = Literal["upstream", "downstream"]
Sees = np.ndarray  # bool by data set id


@dataclass(frozen=True)
class Reached:
    """``nodes`` with their ``distances``, nearest first; ``edges``: positions of the edges met, in order of steps.

    Among the edges are all that are in force between nodes reached. ``is_cut``: the walk stopped at its limit of hops
    or nodes with more to see; ``hidden``: data sets met that the viewer may not see; ``whole``: data sets that a column
    concerns as a whole.
    """

    nodes: Ints
    distances: Ints
    edges: Ints
    is_cut: bool
    hidden: Ints
    whole: Concerned = NOBODY


@dataclass(frozen=True)
class _Ways:
    """The edges a walk may take: their table, near side → positions, and the name of the far side."""

    table: Table
    near: Adjacency
    far: str
    nodes: int


def by_dataset(view: View, start: int, direction: Direction, *, hops: int, limit: int, sees: Sees | None) -> Reached:
    """Walk whole data sets."""
    index = view.index
    up = direction == "upstream"
    ways = _Ways(
        index.dataset_edges, index.into if up else index.out_of, "input" if up else "output", len(index.datasets)
    )
    return _walk(view, ways, np.array([start]), hops, limit, sees, None)


def by_column(
    view: View, starts: list[int], direction: Direction, *, hops: int, limit: int, sees: Sees | None
) -> Reached:
    """Walk columns."""
    index = view.index
    up = direction == "upstream"
    near, far = (index.columns_into, "input_column") if up else (index.columns_out_of, "column")
    ways = _Ways(index.column_edges, near, far, len(index.columns))
    found = _walk(view, ways, np.array(starts), hops, limit, sees, index.column_of["dataset"])
    if up:
        return found
    whole = concerned(view, found.nodes, found.distances, hops=hops, limit=limit, sees=sees)
    hidden = np.union1d(found.hidden, whole.hidden)
    return replace(found, whole=whole, hidden=hidden, is_cut=found.is_cut or whole.is_cut)


def _walk(
    view: View, ways: _Ways, front: Ints, hops: int, limit: int, sees: Sees | None, owners: Ints | None
) -> Reached:
    """Walk step by step; the step that meets the limit is filled up to it, lowest numbers first."""
    seen = np.zeros(ways.nodes, bool)
    seen[front] = True
    nodes, distances, edges = [front], [np.zeros(len(front), np.int64)], []
    hidden = np.zeros(len(view.index.datasets), bool)
    is_cut, count, step = False, len(front), 0
    while len(front):
        rows, follow = _shown(ways, *_steps(view, ways, front, owners), sees, owners, hidden)
        ends = ways.table[ways.far][rows]
        further = np.unique(ends[follow])
        further = further[~seen[further]]
        front = further[: max(limit - count, 0) if step < hops else 0]
        seen[front] = True
        if len(front) < len(further):
            is_cut, rows = True, rows[~follow | seen[ends]]
        step, count = step + 1, count + len(front)
        edges.append(rows)
        nodes.append(front)
        distances.append(np.full(len(front), step))
    return _reached(nodes, distances, edges, is_cut, hidden)


def _shown(
    ways: _Ways, rows: Ints, follow: np.ndarray, sees: Sees | None, owners: Ints | None, hidden: np.ndarray
) -> tuple[Ints, np.ndarray]:
    """Leave out edges to data sets that the viewer may not see, and note those in ``hidden``."""
    if sees is None:
        return rows, follow
    far = ways.table[ways.far][rows]
    far = far if owners is None else owners[far]
    shown = sees[far]
    hidden[far[~shown]] = True
    return rows[shown], follow[shown]


def _steps(view: View, ways: _Ways, front: Ints, owners: Ints | None) -> tuple[Ints, np.ndarray]:
    """Return the edges in force of these nodes, and which of them a walk follows."""
    rows = ways.near.of(front)
    rows = rows[view.held.in_force(ways.table["derivation"][rows])]
    if owners is None or ways.far == "column":
        return rows, np.ones(len(rows), bool)
    direct = view.index.is_direct[ways.table["kind"][rows]]
    near = ways.table["column"][rows]
    has_direct = np.zeros(ways.nodes, bool)
    has_direct[near[direct]] = True
    return rows, direct | ~has_direct[near]


def _reached(nodes: list[Ints], distances: list[Ints], edges: list[Ints], is_cut: bool, hidden: np.ndarray) -> Reached:
    met = np.concatenate(edges) if edges else np.empty(0, np.int64)
    return Reached(np.concatenate(nodes), np.concatenate(distances), met, is_cut, np.flatnonzero(hidden))
