"""Walking from a data set or column to its sources, or to what was made of it.

Lives here: ``trace``: nodes, edges, as-of when, whether complete and why not.
Add here: another question about paths.
Stays out: the picture (``graph``), the log.
"""

from __future__ import annotations

from collections import deque
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

from lineage.graph.snapshot import Snapshot, facets, snapshot
from lineage.models import WHOLE, ColumnEdge, DatasetColumn
from scheme.names import ZONE_TITLES

Direction = Literal["upstream", "downstream"]
_LIMIT = 20_000
_SOURCES = ("delivery.", "platform.reference.")  # where a walk upstream may end
_SHOWN = ("suyuan_delivery", "suyuan_grant", "suyuan_promotion")


class UnknownNodeError(LookupError):
    """No event ever named this data set or column."""


@dataclass(frozen=True)
class TraceNode:
    """One data set on the way; ``columns``: those concerned, all without a column asked for."""

    name: str
    title: str
    zone: str
    distance: int
    version: str
    rows: int | None
    columns: list[str]
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class TraceEdge:
    """One dependency on the way."""

    source: str
    source_column: str
    target: str
    target_column: str
    type: str
    subtype: str
    masking: bool | None
    description: str = ""


@dataclass(frozen=True)
class Trace:
    """The answer, with what it rests on."""

    node: str
    column: str | None
    direction: Direction
    as_of: datetime
    as_of_seq: int
    is_complete: bool
    incomplete_because: list[str]
    nodes: list[TraceNode]
    edges: list[TraceEdge]

    def document(self) -> dict[str, Any]:
        """Return the answer as JSON-ready data."""
        return {**asdict(self), "as_of": self.as_of.isoformat()}


def trace(
    node: str, *, direction: Direction = "upstream", column: str | None = None, at: datetime | None = None
) -> Trace:
    """Return everything upstream or downstream of a data set, or of one of its columns.

    Raises:
        UnknownNodeError: nothing of that name was known at that time.
    """
    graph = snapshot(at)
    start = graph.by_name(node)
    if start is None or (start.pk not in graph.versions and not graph.inputs[start.pk] | graph.outputs[start.pk]):
        raise UnknownNodeError(f"no data set {node[:120]} was known at {graph.at.isoformat(timespec='seconds')}")
    if column and not _has_column(start.pk, column, graph):
        raise UnknownNodeError(f"{node} has no column {column[:60]}")
    found = _by_column(graph, start.pk, column, direction) if column else _by_dataset(graph, start.pk, direction)
    distances, edges, columns = found
    reasons = _gaps(graph, distances, direction) + _column_gaps(graph, columns, edges, direction)
    if len(distances) >= _LIMIT:
        reasons.append(f"more than {_LIMIT} data sets: the answer ends there")
    nodes = [_node(graph, pk, far, sorted(columns.get(pk, ()))) for pk, far in distances.items()]
    return Trace(node, column, direction, graph.at, graph.seq, not reasons, reasons, nodes, edges)


def _by_dataset(
    graph: Snapshot, start: int, direction: Direction
) -> tuple[dict[int, int], list[TraceEdge], dict[int, set[str]]]:
    near = graph.inputs if direction == "upstream" else graph.outputs
    distances, queue = {start: 0}, deque([start])
    edges: list[TraceEdge] = []
    while queue and len(distances) < _LIMIT:
        here = queue.popleft()
        for other in sorted(near[here]):
            source, target = (other, here) if direction == "upstream" else (here, other)
            edges.append(_plain_edge(graph, source, target))
            if other not in distances:
                distances[other] = distances[here] + 1
                queue.append(other)
    return distances, edges, {}


def _by_column(
    graph: Snapshot, start: int, column: str, direction: Direction
) -> tuple[dict[int, int], list[TraceEdge], dict[int, set[str]]]:
    distances, seen, queue = {start: 0}, {(start, column)}, deque([(start, column)])
    columns: dict[int, set[str]] = {start: {column}}
    edges: list[TraceEdge] = []
    while queue and len(distances) < _LIMIT:
        here, name = queue.popleft()
        near = _column_edges(graph, here, name, direction)
        is_direct = any(edge.type == "DIRECT" for edge, _ in near)  # else it hangs on conditions alone: follow those
        for edge, output in near:
            edges.append(_column_edge(graph, edge, output))
            other = (edge.input_id, edge.input_column) if direction == "upstream" else (output, edge.column)
            if (is_direct and edge.type != "DIRECT") or other in seen:
                continue
            seen.add(other)
            columns.setdefault(other[0], set()).add(other[1])
            distances.setdefault(other[0], distances[here] + 1)
            queue.append(other)
    return distances, edges, columns


def _column_edges(graph: Snapshot, dataset: int, column: str, direction: Direction) -> list[tuple[ColumnEdge, int]]:
    if direction == "upstream":
        return [(e, dataset) for e in graph.column_edges[dataset] if e.column == column]
    return [
        (e, output)
        for output in sorted(graph.outputs[dataset])
        for e in graph.column_edges[output]
        if e.input_id == dataset and e.input_column == column and e.column != WHOLE
    ]


def _gaps(graph: Snapshot, distances: dict[int, int], direction: Direction) -> list[str]:
    """Say where the walk upstream ended elsewhere than at a delivery."""
    if direction == "downstream":
        return []
    ends = [graph.datasets[pk].name for pk in distances if not graph.inputs[pk]]
    return [f"{name} has no recorded source" for name in sorted(ends) if not name.startswith(_SOURCES)]


def _column_gaps(
    graph: Snapshot, columns: dict[int, set[str]], edges: list[TraceEdge], direction: Direction
) -> list[str]:
    """Say which columns upstream came from nowhere that was recorded."""
    if direction == "downstream":
        return []
    derived = {(e.target, e.target_column) for e in edges}
    reached = {(graph.datasets[pk].name, c) for pk, names in columns.items() for c in names}
    ends = sorted(n for n in reached - derived if not n[0].startswith(_SOURCES))
    return [f"{name}.{column} has no recorded source column" for name, column in ends]


def _has_column(dataset: int, column: str, graph: Snapshot) -> bool:
    named = {e.column for e in graph.column_edges[dataset]}
    return column in named or DatasetColumn.objects.filter(dataset_id=dataset, name=column).exists()


def _node(graph: Snapshot, pk: int, distance: int, columns: list[str]) -> TraceNode:
    dataset, version = graph.datasets[pk], graph.versions.get(pk)
    stated = facets(pk, graph.at)
    zone = dataset.name.split(".")[0]
    return TraceNode(
        dataset.name, dataset.title, str(ZONE_TITLES.get(zone, zone)), distance,
        version.version if version else "", version.rows if version else None, columns,
        {name: _plain(stated[name]) for name in _SHOWN if name in stated},
    )  # fmt: skip


def _plain(facet: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in facet.items() if not k.startswith("_")}


def _plain_edge(graph: Snapshot, source: int, target: int) -> TraceEdge:
    return TraceEdge(graph.datasets[source].name, WHOLE, graph.datasets[target].name, WHOLE, "", "", None)


def _column_edge(graph: Snapshot, edge: ColumnEdge, output: int) -> TraceEdge:
    return TraceEdge(
        graph.datasets[edge.input_id].name, edge.input_column, graph.datasets[output].name, edge.column,
        edge.type, edge.subtype, edge.masking, edge.description,
    )  # fmt: skip
