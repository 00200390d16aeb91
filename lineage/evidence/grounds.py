"""What an answer rests on: the events of the log that state its nodes and edges.

Lives here: from a walk to the sequences behind each data set and each edge.
Add here: another kind of statement that an answer shows.
Stays out: the events themselves and their proofs (``lineage.evidence.package``).

An edge rests on the statements in force by which its target is made of its source, and on every event of their runs
up to then: a run's events add up. A data set also rests on the latest event that brought each facet shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lineage.graph.trace import Trace
from lineage.graph.view import Edge, View
from lineage.models import Mention, Statement, microseconds

FACETS = ("suyuan_delivery", "suyuan_grant", "suyuan_promotion", "schema", "documentation", "version")
_CHUNK = 500


@dataclass(frozen=True)
class Grounds:
    """Sequences behind each data set and each (source, target), by node as the answer names it."""

    nodes: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    edges: dict[tuple[str, str], set[int]] = field(default_factory=lambda: defaultdict(set))

    @property
    def sequences(self) -> list[int]:
        """Every event the answer rests on, ascending."""
        return sorted(set().union(*self.nodes.values(), *self.edges.values()))

    def document(self) -> dict[str, Any]:
        """Return it as JSON-ready data."""
        return {
            "nodes": [{"node": n, "events": sorted(s)} for n, s in sorted(self.nodes.items())],
            "edges": [{"source": a, "target": b, "events": sorted(s)} for (a, b), s in sorted(self.edges.items())],
        }


def grounds(view: View, answer: Trace) -> Grounds:
    """Return what an answer rests on; ``view``: as of the moment and sequence of the answer."""
    ids = {n.name: i for n in answer.nodes if (i := view.find(n.name)) is not None}
    names = {i: name for name, i in ids.items()}
    found = Grounds()
    stated = _stated(view, set(names))
    runs = _with_runs(view, {seq for rows in stated.values() for _, seq in rows})
    wanted = {(e.source, e.target) for e in answer.edges}
    for target, rows in stated.items():
        for derivation, seq in rows:
            found.nodes[names[target]] |= runs[seq]
            for source in _inputs(view, target, derivation):
                edge = (view.node(source), names[target])
                if edge in wanted:
                    found.edges[edge] |= runs[seq]
    for dataset, seqs in _bearers(view, set(names)).items():
        found.nodes[names[dataset]] |= seqs
    return found


def column_edges(view: View, answer: Trace) -> Iterator[tuple[str, Edge]]:
    """Yield (target, edge) for the column dependencies in force along the edges of an answer."""
    along = {(e.source, e.target) for e in answer.edges}
    for target in (i for n in answer.nodes if (i := view.find(n.name)) is not None):
        name = view.node(target)
        yield from ((name, edge) for edge in view.edges_into(target) if (view.node(edge.input), name) in along)


def _stated(view: View, datasets: set[int]) -> dict[int, list[tuple[int, int]]]:
    """Return data set → (derivation, sequence) of its statements in force, and of its latest one."""
    s, rows = view.index.statements, view.held.stated
    rows = rows[np.isin(s["dataset"][rows], np.array(sorted(datasets), np.int64))]
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for dataset, derivation, seq in zip(s["dataset"][rows], s["derivation"][rows], s["seq"][rows], strict=True):
        found[int(dataset)].append((int(derivation), int(seq)))
    for dataset in datasets:
        latest = view.statement(dataset)
        if latest:
            found[dataset].append((0, latest.seq))
    return found


def _inputs(view: View, target: int, derivation: int) -> list[int]:
    rows = view.index.into.of(np.array([target]))
    edges = view.index.dataset_edges
    return edges["input"][rows[edges["derivation"][rows] == derivation]].tolist()


def _with_runs(view: View, seqs: set[int]) -> dict[int, set[int]]:
    """Return for each stating event the events of its run up to then, itself among them."""
    found = {seq: {seq} for seq in seqs}
    of_run: dict[int, set[int]] = defaultdict(set)
    run_of = {seq: run for part in _parts(seqs) for seq, run in _run_of(part)}
    for part in _parts(set(run_of.values())):
        rows = _by_then(view).filter(run_id__in=part).values_list("run_id", "seq").distinct()
        for run, seq in rows:
            of_run[run].add(seq)
    for seq, run in run_of.items():
        found[seq] |= of_run[run]
    return found


def _run_of(seqs: list[int]) -> Any:
    return Statement.objects.filter(seq__in=seqs, run__isnull=False).values_list("seq", "run_id")


def _bearers(view: View, datasets: set[int]) -> dict[int, set[int]]:
    """Return data set → the latest events that brought each facet shown, or named it at all."""
    latest: dict[tuple[int, str], tuple[int, int]] = {}
    for part in _parts(datasets):
        rows = _by_then(view).filter(dataset_id__in=part).values_list("dataset_id", "event_us", "seq", "facets")
        for dataset, at, seq, names in rows.iterator(_CHUNK):
            for facet in ("", *(f for f in names.split("\n") if f in FACETS)):
                latest[dataset, facet] = max(latest.get((dataset, facet), (at, seq)), (at, seq))
    found: dict[int, set[int]] = defaultdict(set)
    for (dataset, _), (_, seq) in latest.items():
        found[dataset].add(seq)
    return found


def _by_then(view: View) -> Any:
    return Mention.objects.filter(event_us__lte=microseconds(view.at), seq__lte=view.seq)


def _parts(values: Iterable[int]) -> Iterator[list[int]]:
    ordered = sorted(values)
    for start in range(0, len(ordered), _CHUNK):
        yield ordered[start : start + _CHUNK]
