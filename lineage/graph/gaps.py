"""Where a walk upstream ends elsewhere than at a source.

Lives here: the data sets and columns of a walk that nothing recorded leads to.
Add here: another kind of data set at which a way may end, in ``SOURCES``.
Stays out: walking (``lineage.graph.walks``), answers cut by limits, access or retention (``lineage.graph.trace``).

What the viewer may not see counts as a source here: that it is hidden is said elsewhere, that it is there is true.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from lineage.graph.arrays import Ints
from lineage.graph.view import View
from lineage.graph.walks import Reached

SOURCES = ("delivery.", "platform.reference.")


def is_gap(now: View, dataset: int) -> bool:
    """Whether a data set has no recorded source and is none itself; sources are our own alone."""
    return not now.node(dataset).startswith(SOURCES) and not now.inputs(dataset)


def dataset_gaps(now: View, datasets: Iterable[int]) -> list[str]:
    """Say which of these data sets have no source, by name."""
    return [f"{name} has no recorded source" for name in sorted(now.node(i) for i in datasets if is_gap(now, i))]


def column_gaps(now: View, found: Reached, most: int | None = None) -> list[str]:
    """Say which columns reached upstream came from nowhere that was recorded, by name.

    ``most``: so many are named, nearest first; the rest are counted. None: all are named.
    """
    owners, names = now.index.column_of["dataset"], now.index.columns
    ends = _ends(now, found)
    told = sorted((now.node(int(owners[c])), names[c]) for c in ends[:most].tolist())
    reasons = [f"{node}.{column} has no recorded source column" for node, column in told]
    rest = len(ends) - len(told)
    return [*reasons, f"{rest} more columns have no recorded source column"] if rest else reasons


def _ends(now: View, found: Reached) -> Ints:
    """Return the columns without any edge in force, nearest first, but those of sources."""
    index = now.index
    derived = np.zeros(len(index.columns), bool)
    derived[index.column_edges["column"][found.edges]] = True
    left = found.nodes[~derived[found.nodes]]
    beyond = now.column_edges(index.columns_into.of(left))  # edges that the walk left out: hidden, or behind its limit
    derived[index.column_edges["column"][beyond]] = True
    left = left[~derived[left]]
    owners = index.column_of["dataset"][left]
    inside = [i for i in np.unique(owners).tolist() if not now.node(i).startswith(SOURCES)]
    return left[np.isin(owners, inside)]
