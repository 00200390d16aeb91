"""The neighbourhood of a data set, as the portal draws it.

Lives here: one node, some hops each way, columns with their edges, and how many more stand behind each edge of
the picture.
Stays out: drawing (``portal``).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from lineage.graph.trace import known_node
from lineage.graph.view import View, view
from lineage.graph.walks import Sees
from lineage.models import WHOLE
from scheme.names import ZONE_TITLES


def neighbourhood(
    node: str, *, up: int = 1, down: int = 1, at: datetime | None = None, sees: Callable[[View], Sees] | None = None
) -> dict[str, Any]:
    """Return nodes and edges around a data set.

    Raises:
        UnknownNodeError: no event named it by then, or the viewer may not see it.
    """
    now = view(at)
    visible = sees(now) if sees else None
    start = known_node(now, node, visible)
    shown = _reach(now.inputs, start, up, visible) | _reach(now.outputs, start, down, visible)
    return {
        "start": now.node(start),
        "as_of": now.at.isoformat(),
        "as_of_seq": now.seq,
        "nodes": [_node(now, i, shown) for i in sorted(shown)],
        "edges": [
            {"source": now.node(s), "target": now.node(t), "columns": _between(now, s, t)}
            for t in sorted(shown)
            for s in now.inputs(t)
            if s in shown
        ],
    }


def _reach(near: Callable[[int], list[int]], start: int, hops: int, visible: Sees | None) -> set[int]:
    found, edge = {start}, {start}
    for _ in range(hops):
        edge = {other for here in edge for other in near(here) if visible is None or visible[other]} - found
        found |= edge
    return found


def _node(now: View, i: int, shown: set[int]) -> dict[str, Any]:
    statement, name = now.statement(i), now.name(i)
    zone = name.split(".")[0]
    stated = now.facets(i, "suyuan_grant", "dataQualityAssertions")
    return {
        "id": now.node(i),
        "title": now.title(i),
        "zone": zone,
        "zone_title": ZONE_TITLES.get(zone, zone),
        "version": statement.version[:12] if statement else "",
        "rows": statement.rows if statement else None,
        "columns": [{"name": c.name, "title": c.description} for c in now.columns(i)],
        "grant": (stated.get("suyuan_grant") or {}).get("grant", ""),
        "failed_rules": _failed(stated.get("dataQualityAssertions")),
        "more_up": len(set(now.inputs(i)) - shown),
        "more_down": len(set(now.outputs(i)) - shown),
    }


def _failed(facet: dict[str, Any] | None) -> int:
    return sum(not a.get("success") for a in (facet or {}).get("assertions", []))


def _between(now: View, source: int, target: int) -> list[dict[str, Any]]:
    return [
        {"from": e.input_column, "to": e.column, "type": e.type, "subtype": e.subtype, "masking": e.masking}
        for e in now.edges_into(target)
        if e.input == source and e.column != WHOLE and e.type == "DIRECT"
    ]
