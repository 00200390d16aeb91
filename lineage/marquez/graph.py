"""The graph around a data set or a job.

Lives here: ``LineageGraph`` as Marquez's interface describes it: data sets and jobs in turn, both directions at once.
Add here: another kind of node.
Stays out: columns (``lineage.marquez.column_graph``), documents of the nodes.

``depth`` counts jobs, as in Marquez: 0 is a job with its own inputs and outputs, or the jobs around a data set.
Source: MarquezProject/marquez, spec/openapi.yml, schemas LineageGraph, GraphNode, GraphEdge.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from lineage.marquez import datasets, jobs, nodes
from lineage.marquez.job_graph import NO_JOB, JobGraph, job_graph
from lineage.marquez.nodes import Node
from lineage.marquez.reader import CUT_BY_ACCESS, Reader

Document = dict[str, Any]
LIMIT = 2000
TOO_MANY = f"more than {LIMIT} nodes: the answer ends there"
WITHOUT_JOB = "edges that no job stands behind are left out"


@dataclass
class _Found:
    datasets: dict[int, None] = field(default_factory=dict)
    jobs: dict[int, tuple[list[int], list[int]]] = field(default_factory=dict)  # inputs, outputs

    @property
    def size(self) -> int:
        return len(self.datasets) + len(self.jobs)


def around(reader: Reader, node: Node, depth: int) -> Document:
    """Return the nodes within ``depth`` jobs of a data set or job, with their edges."""
    graph, found = job_graph(reader), _Found()
    if node.kind == nodes.JOB:
        start = [node.id]
    else:
        found.datasets[node.id] = None
        start = _jobs_of(reader, graph, node.id)
    _walk(reader, graph, found, start, depth)
    return {"graph": _nodes(reader, found)}


def _walk(reader: Reader, graph: JobGraph, found: _Found, start: list[int], depth: int) -> None:
    here = start
    for step in range(depth + 1):
        fresh: list[int] = []
        for job in here:
            if job in found.jobs:
                continue
            if found.size >= LIMIT:
                reader.lacks(TOO_MANY)
                return
            ends = reader.seen(graph.inputs(job)), reader.seen(graph.outputs(job))
            found.jobs[job] = ends
            fresh += [i for side in ends for i in side if i not in found.datasets]
            found.datasets |= dict.fromkeys(i for side in ends for i in side)
        if step < depth:
            here = sorted({j for i in dict.fromkeys(fresh) for j in _jobs_of(reader, graph, i)} - set(found.jobs))
        if not here:
            return


def _jobs_of(reader: Reader, graph: JobGraph, dataset: int) -> list[int]:
    jobs_found = sorted({*graph.makers(dataset), *graph.readers(dataset)})
    if NO_JOB in jobs_found:
        reader.lacks(WITHOUT_JOB)
    kept = [j for j in jobs_found if j != NO_JOB and graph.may_see(j)]
    if len(kept) < len([j for j in jobs_found if j != NO_JOB]):
        reader.lacks(CUT_BY_ACCESS)
    return kept


def _nodes(reader: Reader, found: _Found) -> list[Document]:
    view, documents = reader.view, datasets.of_ids(reader, list(found.datasets))
    names = {i: nodes.dataset_id(view.namespace(i), view.name(i)) for i in found.datasets}
    described = jobs.of_ids(reader, list(found.jobs))
    job_names = {j: nodes.job_id(*view.index.jobs[j]) for j in found.jobs}
    edges = [(names[i], job_names[j]) for j, (inputs, _) in found.jobs.items() for i in inputs]
    edges += [(job_names[j], names[i]) for j, (_, outputs) in found.jobs.items() for i in outputs]
    into: dict[str, list[Document]] = {}
    out_of: dict[str, list[Document]] = {}
    for origin, destination in sorted(set(edges)):
        edge = {"origin": origin, "destination": destination}
        out_of.setdefault(origin, []).append(edge)
        into.setdefault(destination, []).append(edge)
    told = [(names[i], "DATASET", documents[i]) for i in found.datasets]
    told += [(job_names[j], "JOB", described[j]) for j in found.jobs if j in described]
    return [
        {"id": name, "type": kind, "data": data, "inEdges": into.get(name, []), "outEdges": out_of.get(name, [])}
        for name, kind, data in sorted(told, key=lambda each: each[0])
    ]
