"""The latest statements of many data sets at once.

Lives here: reading in bulk what ``View`` reads one by one.
Add here: another thing that a picture needs of hundreds of data sets at once.
Stays out: asking about one data set (``lineage.graph.view``).
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from lineage.graph.view import View
from lineage.models import Statement, microseconds

_AT_ONCE = 500


def latest(graph: View, nodes: Iterable[int]) -> dict[int, Statement]:
    """Return data set → its latest statement by the view's moment."""
    stated, known = graph.index.statements, np.fromiter(sorted(nodes), np.int64)
    rows = graph.index.statements_of.of(known)
    rows = rows[(stated["event_us"][rows] <= microseconds(graph.at)) & (stated["seq"][rows] <= graph.seq)]
    order = rows[np.lexsort((rows, stated["seq"][rows], stated["event_us"][rows], stated["dataset"][rows]))]
    last = np.append(np.diff(stated["dataset"][order]) != 0, True) if len(order) else np.zeros(0, bool)
    ids = (order[last] + 1).tolist()  # ids are given from 1 in the order of the table
    found: dict[int, Statement] = {}
    for i in range(0, len(ids), _AT_ONCE):
        found |= {s.dataset_id: s for s in Statement.objects.filter(pk__in=ids[i : i + _AT_ONCE])}
    return found
