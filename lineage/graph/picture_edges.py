"""What is said of the lines of a picture: whether values pass masked, unmasked, unknown, or only select rows.

Lives here: the column edges of lines, the state of one line, the path of one column.
Add here: another thing an auditor reads off a line.
Stays out: which nodes there are (``lineage.graph.picture``), when a value is protected (``lineage.protection``).
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable
from typing import Any

import numpy as np

from lineage import protection
from lineage.answers import words
from lineage.graph.view import Edge, View

Lines = dict[tuple[int, int], list[Edge]]
STATES = {
    "masked": words.MASKING[True], "plain": words.MASKING[False], "unknown": words.MASKING[None],
    "indirect": "间接", "unrecorded": "未记录数据项",
}  # fmt: skip


def with_columns(graph: View, pairs: Iterable[tuple[int, int]]) -> Lines:
    """Return (source, target) → column edges in force, of these lines."""
    found: Lines = {pair: [] for pair in pairs}
    if not found:
        return found
    index = graph.index
    owners = index.column_of["dataset"]
    targets = np.unique([target for _, target in found])
    rows = graph.column_edges(index.columns_into.of(np.flatnonzero(np.isin(owners, targets))))
    ends = owners[index.column_edges["column"][rows]].tolist()
    for row, target in zip(rows.tolist(), ends, strict=True):
        edge = graph.edge(row)
        if (edge.input, target) in found:
            found[edge.input, target].append(edge)
    return found


def state(edges: Iterable[Edge]) -> dict[str, Any]:
    """Return what one line says: protected only if every direct edge masks."""
    known = list(edges)
    direct, name = protection.direct(known), protection.state(known)
    masked = sum(e.masking is True for e in direct)
    title = f"部分脱敏 {masked}/{len(direct)}" if masked and name == "plain" else STATES[name]
    return {
        "state": name, "state_title": title, "direct_count": len(direct), "masked_count": masked,
        "indirect_count": len(known) - len(direct),
    }  # fmt: skip


def column_edges(edges: Iterable[Edge], *, with_text: bool = False) -> list[dict[str, Any]]:
    """Return the column edges of one line, each with its own state; ``with_text``: descriptions, which quote SQL."""
    found = []
    for e in edges:
        name = protection.state([e])
        found.append({
            "from": e.input_column, "to": e.column, "type": e.type, "subtype": e.subtype, "masking": e.masking,
            "description": e.description if with_text else "", "state": name, "state_title": STATES[name],
        })  # fmt: skip
    return sorted(found, key=lambda e: (e["to"], e["from"], e["type"]))


def column_path(start: int, column: str, between: Lines) -> dict[int, set[str]]:
    """Return data set → columns of the picture that a column came from or went into, itself included."""
    into: dict[tuple[int, str], list[tuple[int, str]]] = defaultdict(list)
    out_of: dict[tuple[int, str], list[tuple[int, str]]] = defaultdict(list)
    for (source, target), edges in between.items():
        for e in edges:
            into[target, e.column].append((source, e.input_column))
            out_of[source, e.input_column].append((target, e.column))
    found: dict[int, set[str]] = {start: {column}}
    for near in (into, out_of):
        seen, queue = {(start, column)}, deque([(start, column)])
        while queue:
            for other in near.get(queue.popleft(), ()):
                if other not in seen:
                    seen.add(other)
                    found.setdefault(other[0], set()).add(other[1])
                    queue.append(other)
    return found
