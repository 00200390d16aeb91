"""Whole data sets that a column concerns beyond the columns reached from it.

Lives here: what hangs on a column although no edge leads to one of its columns: data sets of which it decides which
rows there are, and data sets made of it whose columns nobody recorded; and all that was made of these.
Add here: another way in which a column concerns a data set without an edge to one of its columns.
Stays out: walking edges (``lineage.graph.walks``), which uses this for the way downstream.

A data set without recorded columns may depend on the column: it is counted as concerned, and the answer says so.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lineage.graph.arrays import Ints
from lineage.graph.view import View


@dataclass(frozen=True)
class Concerned:
    """``datasets`` with their ``distances``, nearest first; ``edges``: positions of data set edges between them.

    ``unrecorded``: those whose own columns nobody recorded; ``hidden``: met, but not to be seen; ``is_cut``: there is
    more beyond the limit.
    """

    datasets: Ints
    distances: Ints
    edges: Ints
    unrecorded: Ints
    hidden: Ints
    is_cut: bool


NOBODY = Concerned(*(np.empty(0, np.int64) for _ in range(5)), is_cut=False)


def concerned(
    view: View, columns: Ints, distances: Ints, *, hops: int, limit: int, sees: np.ndarray | None
) -> Concerned:
    """Return what columns reached downstream concern beside the columns themselves."""
    starts = _by_step(view, columns, distances)
    unrecorded, first = _unrecorded(view, columns)
    steps: dict[int, set[int]] = {}
    for far, datasets in starts.items():
        steps.setdefault(far + 1, set()).update(_made_of(view, datasets)[0])
    nearest = int(distances.min()) if len(distances) else 0
    steps.setdefault(nearest + 1, set()).update(unrecorded.tolist())
    return _walk(view, steps, first, unrecorded, hops, limit, sees, {d for found in starts.values() for d in found})


def _walk(
    view: View, steps: dict[int, set[int]], first: Ints, unrecorded: Ints, hops: int, limit: int,
    sees: np.ndarray | None, starts: set[int],
) -> Concerned:  # fmt: skip
    found: dict[int, int] = {}
    hidden: set[int] = set()
    is_cut, step = False, min(steps, default=0)
    while steps and not is_cut:
        front = steps.pop(step, set()) - found.keys()
        out = {d for d in front if sees is not None and not sees[d]}
        hidden |= out
        there = sorted(front - out)
        front = set(there[: max(limit - len(found), 0) if step <= hops else 0])
        is_cut = len(front) < len(there)
        found |= dict.fromkeys(front, step)
        further = set(_made_of(view, front)[0]) - found.keys() - hidden
        if further:
            steps.setdefault(step + 1, set()).update(further)
        step += 1
    ends = np.array(sorted(found), np.int64)
    edges = view.index.dataset_edges
    rows = np.unique(np.concatenate([first, _made_of(view, starts | found.keys())[1]]))
    rows = rows[np.isin(edges["output"][rows], ends)]
    return Concerned(
        np.array(list(found), np.int64), np.array(list(found.values()), np.int64), rows,
        unrecorded[np.isin(unrecorded, ends)], np.array(sorted(hidden), np.int64), is_cut,
    )  # fmt: skip


def _by_step(view: View, columns: Ints, distances: Ints) -> dict[int, set[int]]:
    """Return distance → data sets of which a column reached there decides which rows there are."""
    wholes = view.index.is_whole[columns]
    owners = view.index.column_of["dataset"][columns[wholes]]
    found: dict[int, set[int]] = {}
    for dataset, far in zip(owners.tolist(), distances[wholes].tolist(), strict=True):
        found.setdefault(far, set()).add(dataset)
    return found


def _unrecorded(view: View, columns: Ints) -> tuple[Ints, Ints]:
    """Return data sets made of these columns' data sets in a way that says nothing of columns, and the edges there."""
    index = view.index
    rows = index.out_of.of(np.unique(index.column_of["dataset"][columns]))
    by = index.dataset_edges["derivation"][rows]
    rows = rows[view.held.in_force(by) & ~index.has_columns[by]]
    return np.unique(index.dataset_edges["output"][rows]), rows


def _made_of(view: View, datasets: set[int]) -> tuple[list[int], Ints]:
    """Return what is made of data sets, and the edges to it."""
    index = view.index
    rows = index.out_of.of(np.array(sorted(datasets), np.int64))
    rows = rows[view.held.in_force(index.dataset_edges["derivation"][rows])]
    return index.dataset_edges["output"][rows].tolist(), rows
