"""The shapes of Marquez's answers about graphs, search, events and counts, for the description of the interface.

Lives here: one model for each schema; like ``portal.api.marquez.shapes`` they describe only.
Add here: the schema of another such answer.
Stays out: making the answers (``lineage.marquez``).

Source: MarquezProject/marquez, spec/openapi.yml; web/src/types/api.ts, lineage.ts.
"""

from __future__ import annotations

from typing import Any, Literal

from portal.api.marquez.shapes import GraphDataset, GraphJob, InputField, Shape


class GraphEdge(Shape):
    """An edge, by the ids of its nodes."""

    origin: str
    destination: str


class GraphNode(Shape):
    """A node with its edges."""

    id: str
    type: Literal["DATASET", "JOB"]
    data: GraphDataset | GraphJob
    in_edges: list[GraphEdge]
    out_edges: list[GraphEdge]


class Graph(Shape):
    """A graph of data sets and jobs."""

    graph: list[GraphNode]


class ColumnSource(InputField):
    """A column that another comes from, as a node of a graph says it."""

    dataset_version: str | None


class ColumnData(ColumnSource):
    """A column as a node of a graph."""

    field_type: str | None
    input_fields: list[ColumnSource]


class ColumnNode(Shape):
    """A column with its edges; in ``inEdges`` the origin is the node itself, as in Marquez."""

    id: str
    type: Literal["DATASET_FIELD"]
    data: ColumnData
    in_edges: list[GraphEdge]
    out_edges: list[GraphEdge]


class ColumnGraph(Shape):
    """A graph of columns."""

    graph: list[ColumnNode]


class SearchResult(Shape):
    """A data set or job that was found."""

    name: str
    namespace: str
    node_id: str
    type: Literal["DATASET", "JOB"]
    updated_at: str | None


class SearchResults(Shape):
    """What was found."""

    total_count: int
    results: list[SearchResult]


class Hits(Shape):
    """What the advanced search found."""

    hits: list[dict[str, Any]]
    highlights: list[dict[str, list[str]]]


class Events(Shape):
    """A page of events."""

    events: list[dict[str, Any]]
    total_count: int


class Tag(Shape):
    """A tag."""

    name: str
    description: str | None


class Tags(Shape):
    """Tags."""

    tags: list[Tag]


class Interval(Shape):
    """An hour or a day."""

    start_interval: str
    end_interval: str


class NameCount(Interval):
    """How many there were by the end."""

    count: int


class EventCount(Interval):
    """Events received, by type."""

    fail: int
    start: int
    complete: int
    abort: int
