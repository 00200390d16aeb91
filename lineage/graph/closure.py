"""Everything a column depends on, or that depends on it, in a form that stays small when it is large.

Lives here: ``closure``: data sets once each, columns as (data set, name, distance) triples, on request the edges.
Add here: nothing that takes Python time for each column: it answers with tens of thousands of them.
Stays out: the full answer with titles and facts (``lineage.graph.trace``), walking (``lineage.graph.walks``).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import numpy as np

from lineage.graph import walks
from lineage.graph.gaps import column_gaps
from lineage.graph.trace import UnknownNodeError, cuts, known_node
from lineage.graph.view import View, view
from lineage.graph.walks import Direction, Reached, Sees

LIMIT = 200_000
_NAMED = 20  # columns without a source that are named


def closure(
    node: str, column: str, *, direction: Direction, hops: int = 10, at: datetime | None = None,
    known_seq: int | None = None, sees: Callable[[View], Sees] | None = None, with_edges: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """Return what is reached from a column within some hops.

    ``datasets``: nodes; ``columns``: [place in datasets, name, distance], nearest first; ``whole``: [place in datasets,
    distance] of data sets that the column concerns as a whole; ``edges``: [place in
    columns of the source, of the target, type, subtype, masking].

    Raises:
        UnknownNodeError: no such data set or column was known at that time, or the viewer may not see it.
    """
    now = view(at, known_seq)
    shown = sees(now) if sees else None
    start = now.column(known_node(now, node, shown), column)
    if start is None:
        raise UnknownNodeError(f"{node} has no column {column[:60]}")
    found = walks.by_column(now, [start], direction, hops=hops, limit=LIMIT, sees=shown)
    whole, count = found.whole, len(found.nodes)
    reached = np.concatenate([now.index.column_of["dataset"][found.nodes], whole.datasets])
    owners, places = np.unique(reached, return_inverse=True)
    names = now.index.columns
    reasons = cuts(now, found) + (column_gaps(now, found, _NAMED) if direction == "upstream" else [])
    return {
        "node": node, "column": column, "direction": direction, "hops": hops,
        "as_of": now.at.isoformat(), "as_of_seq": now.seq,
        "is_complete": not reasons, "incomplete_because": reasons,
        "datasets": [now.node(i) for i in owners.tolist()],
        "columns": [
            [place, names[c], far]
            for place, c, far in zip(places.tolist(), found.nodes.tolist(), found.distances.tolist(), strict=False)
        ],
        "whole": [
            [place, far] for place, far in zip(places[count:].tolist(), whole.distances.tolist(), strict=True)
        ],
        **({"edges": _edges(now, found)} if with_edges else {}),
    }  # fmt: skip


def _edges(now: View, found: Reached) -> list[list[Any]]:
    place = {c: i for i, c in enumerate(found.nodes.tolist())}
    e, kinds = now.index.column_edges, now.index.kinds
    ends = zip(*(e[side][found.edges].tolist() for side in ("input_column", "column", "kind")), strict=True)
    return [[place[s], place[t], *kinds[k][:3]] for s, t, k in ends if s in place and t in place]
