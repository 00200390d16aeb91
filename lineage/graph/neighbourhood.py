"""The neighbourhood of a data set, as the portal draws it.

Lives here: one node, some hops each way, columns with their edges, and how many more stand behind each edge of
the picture.
Stays out: drawing (``portal``).
"""

from __future__ import annotations

from typing import Any

from lineage.graph.snapshot import Snapshot, facets, snapshot
from lineage.graph.trace import UnknownNodeError
from lineage.models import WHOLE, DatasetColumn
from scheme.names import ZONE_TITLES


def neighbourhood(node: str, *, up: int = 1, down: int = 1) -> dict[str, Any]:
    """Return nodes and edges around a data set.

    Raises:
        UnknownNodeError: no event ever named it.
    """
    graph = snapshot()
    start = graph.by_name(node)
    if start is None:
        raise UnknownNodeError(f"no data set {node[:120]}")
    shown = _reach(graph.inputs, start.pk, up) | _reach(graph.outputs, start.pk, down)
    return {
        "start": node,
        "as_of": graph.at.isoformat(),
        "as_of_seq": graph.seq,
        "nodes": [_node(graph, pk, shown) for pk in sorted(shown)],
        "edges": [
            {"source": graph.datasets[s].name, "target": graph.datasets[t].name, "columns": _between(graph, s, t)}
            for t in sorted(shown)
            for s in sorted(graph.inputs[t])
            if s in shown
        ],
    }


def _reach(near: dict[int, set[int]], start: int, hops: int) -> set[int]:
    found, edge = {start}, {start}
    for _ in range(hops):
        edge = {other for here in edge for other in near[here]} - found
        found |= edge
    return found


def _node(graph: Snapshot, pk: int, shown: set[int]) -> dict[str, Any]:
    dataset, version = graph.datasets[pk], graph.versions.get(pk)
    zone = dataset.name.split(".")[0]
    stated = facets(pk, graph.at)
    columns = DatasetColumn.objects.filter(dataset_id=pk).values_list("name", "description")
    return {
        "id": dataset.name,
        "title": dataset.title,
        "zone": zone,
        "zone_title": ZONE_TITLES.get(zone, zone),
        "version": version.version[:12] if version else "",
        "rows": version.rows if version else None,
        "columns": [{"name": n, "title": d} for n, d in columns],
        "grant": (stated.get("suyuan_grant") or {}).get("grant", ""),
        "failed_rules": _failed(stated.get("dataQualityAssertions")),
        "more_up": len(graph.inputs[pk] - shown),
        "more_down": len(graph.outputs[pk] - shown),
    }


def _failed(facet: dict[str, Any] | None) -> int:
    return sum(not a.get("success") for a in (facet or {}).get("assertions", []))


def _between(graph: Snapshot, source: int, target: int) -> list[dict[str, Any]]:
    return [
        {"from": e.input_column, "to": e.column, "type": e.type, "subtype": e.subtype, "masking": e.masking}
        for e in graph.column_edges[target]
        if e.input_id == source and e.column != WHOLE and e.type == "DIRECT"
    ]
