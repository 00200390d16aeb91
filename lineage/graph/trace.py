"""Walking from a data set or column to its sources, or to what was made of it.

Lives here: ``trace``: nodes, edges, as-of when, whether complete and why not.
Add here: another reason why an answer is not complete.
Stays out: the walk (``walks``), where it may end (``gaps``), the picture (``picture``), the log.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from lineage.graph import walks
from lineage.graph.gaps import column_gaps, dataset_gaps
from lineage.graph.places import OUTSIDE
from lineage.graph.view import View, view
from lineage.graph.walks import Direction, Reached, Sees
from lineage.log import pruned
from lineage.models import WHOLE
from scheme.names import ZONE_TITLES

LIMIT = 20_000
HOPS = 1_000
UNTOLD = 20  # data sets without recorded columns that are named
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
    gone_at: str | None = None


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
    node: str, *, direction: Direction = "upstream", column: str | None = None, at: datetime | None = None,
    known_seq: int | None = None, sees: Callable[[View], Sees] | None = None, hops: int = HOPS, limit: int = LIMIT,
) -> Trace:  # fmt: skip
    """Return everything upstream or downstream of a data set, or of one of its columns.

    ``at``: what was true then; ``known_seq``: by the events known up to there; ``sees``: what the viewer may see.

    Raises:
        UnknownNodeError: nothing of that name was known at that time, or the viewer may not see it.
    """
    now = view(at, known_seq)
    shown = sees(now) if sees else None
    start = known_node(now, node, shown)
    if column:
        place = now.column(start, column)
        if place is None:
            raise UnknownNodeError(f"{node} has no column {column[:60]}")
        found = walks.by_column(now, [place], direction, hops=hops, limit=limit, sees=shown)
    else:
        found = walks.by_dataset(now, start, direction, hops=hops, limit=limit, sees=shown)
    return _answer(now, node, column, direction, found)


def known_node(now: View, node: str, shown: Sees | None = None) -> int:
    """Return the number of a data set that was known at that time.

    Raises:
        UnknownNodeError: it was not, or the viewer may not see it.
    """
    start = now.find(node)
    if start is None or (shown is not None and not shown[start]) or not now.is_known(start):
        raise UnknownNodeError(f"no data set {node[:120]} was known at {now.at.isoformat(timespec='seconds')}")
    return start


def _answer(now: View, node: str, column: str | None, direction: Direction, found: Reached) -> Trace:
    owners = now.index.column_of["dataset"]
    distances: dict[int, int] = {}
    columns: dict[int, set[str]] = {}
    for place, far in zip(found.nodes.tolist(), found.distances.tolist(), strict=True):
        dataset = int(owners[place]) if column else place
        distances.setdefault(dataset, far)
        if column:
            columns.setdefault(dataset, set()).add(now.index.columns[place])
    for dataset, far in zip(found.whole.datasets.tolist(), found.whole.distances.tolist(), strict=True):
        distances.setdefault(dataset, far)
        columns.setdefault(dataset, set()).add(WHOLE)
    edges = [_column_edge(now, row) if column else _plain_edge(now, row) for row in found.edges.tolist()]
    edges += [_plain_edge(now, row) for row in found.whole.edges.tolist()]
    reasons = cuts(now, found)
    if direction == "upstream":
        reasons += dataset_gaps(now, distances) + (column_gaps(now, found) if column else [])
    titles = now.titles(distances)
    nodes = [_node(now, i, far, sorted(columns.get(i, ())), titles.get(i, "")) for i, far in distances.items()]
    return Trace(node, column, direction, now.at, now.seq, not reasons, reasons, nodes, edges)


def cuts(now: View, found: Reached) -> list[str]:
    """Say why an answer is not complete: cut by its limits, by access, or by retention."""
    reasons = []
    if found.is_cut:
        reasons.append(f"the answer ends after {len(found.nodes)} nodes, {int(found.distances[-1])} steps away")
    if len(found.hidden):
        reasons.append(f"{len(found.hidden)} data sets are outside of what this account may see")
    told = sorted(now.node(i) for i in found.whole.unrecorded.tolist())
    reasons += [f"the columns of {name} are not recorded: it may depend on this one or not" for name in told[:UNTOLD]]
    if len(told) > UNTOLD:
        reasons.append(f"{len(told) - UNTOLD} more data sets have no recorded columns")
    before = pruned.lost_from(now.at, now.seq)
    if before:
        reasons.append(
            f"events before {before.isoformat(timespec='seconds')} were pruned: earlier answers may lack some"
        )
    return reasons


def _node(now: View, i: int, distance: int, columns: list[str], title: str) -> TraceNode:
    statement, stated = now.statement(i), now.facets(i, *_SHOWN)
    zone, gone = now.name(i).split(".")[0], now.gone_at(i)
    zone_title = str(ZONE_TITLES.get(zone, zone)) if now.namespace(i) == now.own else OUTSIDE
    return TraceNode(
        now.node(i), title, zone_title, distance,
        statement.version if statement else "", statement.rows if statement else None, columns,
        {name: _plain(stated[name]) for name in _SHOWN if name in stated}, gone.isoformat() if gone else None,
    )  # fmt: skip


def _plain(facet: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in facet.items() if not k.startswith("_")}


def _plain_edge(now: View, row: int) -> TraceEdge:
    edges = now.index.dataset_edges
    source, target = int(edges["input"][row]), int(edges["output"][row])
    return TraceEdge(now.node(source), WHOLE, now.node(target), WHOLE, "", "", None)


def _column_edge(now: View, row: int) -> TraceEdge:
    edge, target = now.edge(row), int(now.index.column_edges["column"][row])
    owner = int(now.index.column_of["dataset"][target])
    return TraceEdge(
        now.node(edge.input), edge.input_column, now.node(owner), edge.column,
        edge.type, edge.subtype, edge.masking, edge.description,
    )  # fmt: skip
