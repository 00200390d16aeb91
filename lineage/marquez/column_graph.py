"""The graph of columns around a data set, a column or a job's outputs.

Lives here: the column lineage answer of Marquez's interface.
Add here: another part of that answer.
Stays out: data sets and jobs (``lineage.marquez.graph``).

Two habits of Marquez are kept, because its front end counts on them: an edge in ``inEdges`` has the node itself as
origin and its source as destination; conditions that decide which rows there are belong to no column and are left out.
Source: MarquezProject/marquez, ColumnLineageService; web/src/routes/column-level/layout.ts; web/src/types/api.ts.
"""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np

from lineage.graph.view import Edge
from lineage.marquez import nodes
from lineage.marquez.contents import latest
from lineage.marquez.datasets import fields, transformation
from lineage.marquez.job_graph import job_graph
from lineage.marquez.nodes import Node
from lineage.marquez.reader import Reader
from lineage.models import WHOLE

Document = dict[str, Any]
Column = tuple[int, str]
LIMIT = 5000
TOO_MANY = f"more than {LIMIT} columns: the answer ends there"


def around(reader: Reader, node: Node, depth: int, *, with_downstream: bool) -> Document:
    """Return the columns that those of a node come from, ``depth`` steps far; downstream as well if wanted."""
    start = _start(reader, node)
    sources = _Walk(reader)
    sources.go(start, depth, sources.upstream)
    if with_downstream:
        sources.go(start, depth, sources.downstream)
    return {"graph": sources.nodes(start)}


def _start(reader: Reader, node: Node) -> list[Column]:
    if node.kind == nodes.FIELD:
        return [(node.id, node.field)]
    datasets = [node.id] if node.kind == nodes.DATASET else reader.seen(job_graph(reader).outputs(node.id))
    return [(i, column.name) for i in datasets for column in reader.view.columns(i)]


class _Walk:
    """Edges found so far: (column, its source) → how."""

    def __init__(self, reader: Reader) -> None:
        self._reader, self._view = reader, reader.view
        self._edges: dict[tuple[Column, Column], list[Edge]] = {}

    def go(self, start: list[Column], depth: int, near: Any) -> None:
        """Follow edges breadth first."""
        seen, queue = set(start), deque((column, 0) for column in start)
        while queue:
            here, far = queue.popleft()
            if far >= depth:
                continue
            for target, source, edge in near(here):
                if len(seen) >= LIMIT:
                    self._reader.lacks(TOO_MANY)
                    return
                self._add(target, source, edge)
                other = source if target == here else target
                if other not in seen:
                    seen.add(other)
                    queue.append((other, far + 1))

    def _add(self, target: Column, source: Column, edge: Edge) -> None:
        known = self._edges.setdefault((target, source), [])
        if edge not in known:
            known.append(edge)

    def upstream(self, column: Column) -> list[tuple[Column, Column, Edge]]:
        """Return the edges into a column."""
        rows = self._rows(column, self._view.index.columns_into)
        found = [(self._view.edge(row), row) for row in rows]
        seen = set(self._reader.seen([edge.input for edge, _ in found]))
        return [(column, (e.input, e.input_column), e) for e, _ in found if e.input in seen]

    def downstream(self, column: Column) -> list[tuple[Column, Column, Edge]]:
        """Return the edges out of a column."""
        index = self._view.index
        found = []
        for row in self._rows(column, index.columns_out_of):
            target = int(index.column_of["dataset"][index.column_edges["column"][row]])
            found.append((target, self._view.edge(row)))
        seen = set(self._reader.seen([target for target, _ in found]))
        return [((t, e.column), column, e) for t, e in found if t in seen and e.column != WHOLE]

    def _rows(self, column: Column, adjacency: Any) -> list[int]:
        number = self._view.column(*column)
        if number is None:
            return []
        return self._view.column_edges(adjacency.of(np.array([number]))).tolist()

    def nodes(self, start: list[Column]) -> list[Document]:
        """Return every column of an edge, and those asked about."""
        into: dict[Column, list[Column]] = {}
        out_of: dict[Column, list[Column]] = {}
        for target, source in self._edges:
            into.setdefault(target, []).append(source)
            out_of.setdefault(source, []).append(target)
        columns = dict.fromkeys([*start, *into, *out_of])
        types = self._types({i for i, _ in columns})
        ids = {c: nodes.field_id(self._view.namespace(c[0]), self._view.name(c[0]), c[1]) for c in columns}
        return [
            {
                "id": ids[c],
                "type": "DATASET_FIELD",
                "data": self._data(c, into.get(c, []), types),
                "inEdges": [{"origin": ids[c], "destination": ids[s]} for s in into.get(c, [])],
                "outEdges": [{"origin": ids[c], "destination": ids[t]} for t in out_of.get(c, [])],
            }
            for c in sorted(columns, key=lambda each: ids[each])
        ]

    def _types(self, datasets: set[int]) -> dict[Column, str | None]:
        schemas = latest(self._reader, sorted(datasets), "schema")
        return {(i, f["name"]): f["type"] for i, facet in schemas.items() for f in fields({"schema": facet})}

    def _data(self, column: Column, sources: list[Column], types: dict[Column, str | None]) -> Document:
        edges = [(s, edge) for s in sources for edge in self._edges[column, s]]
        told = [{**self._name(s), **self._how(edge)} for s, edge in edges]
        first = told[0] if told else {"transformationDescription": None, "transformationType": None}
        how = {k: first[k] for k in ("transformationDescription", "transformationType")}
        return {**self._name(column), "fieldType": types.get(column), **how, "inputFields": told}

    def _name(self, column: Column) -> Document:
        i, name = column
        return {
            "namespace": self._view.namespace(i), "dataset": self._view.name(i), "datasetVersion": None, "field": name,
        }  # fmt: skip

    def _how(self, edge: Edge) -> Document:
        return transformation(self._reader, edge.type, edge.subtype, edge.masking, edge.description)
