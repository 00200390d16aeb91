"""What an answer rests on: the events of the log that state its nodes and edges.

Lives here: from a walk to the sequences behind each data set and each edge.
Add here: another kind of statement that an answer shows.
Stays out: all events of a run (``lineage.evidence.run_events``), the events themselves and their proofs
(``lineage.evidence.package``).

An edge rests on the statements in force by which its target is made of its source, and on every event of their runs:
a run's events add up. A data set also rests on the latest event that brought each facet shown, and one that no event
is about on the first that named it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lineage.evidence.run_events import chunks, with_runs
from lineage.graph.trace import Trace
from lineage.graph.view import Edge, View
from lineage.models import Dataset

FACETS = ("suyuan_delivery", "suyuan_grant", "suyuan_promotion", "schema", "documentation", "version")


@dataclass(frozen=True)
class Grounds:
    """Sequences behind each data set and each (source, target), by node as the answer names it.

    ``names``: node → (namespace, name); ``spelled``: node → other names under which events speak of it.
    """

    nodes: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    edges: dict[tuple[str, str], set[int]] = field(default_factory=lambda: defaultdict(set))
    names: dict[str, tuple[str, str]] = field(default_factory=dict)
    spelled: dict[str, set[tuple[str, str]]] = field(default_factory=dict)

    @property
    def sequences(self) -> list[int]:
        """Every event the answer rests on, ascending."""
        return sorted(set().union(*self.nodes.values(), *self.edges.values()))

    def document(self) -> dict[str, Any]:
        """Return it as JSON-ready data."""
        return {
            "names": [
                {"node": n, "namespace": of[0], "name": of[1], "also": sorted(self.spelled.get(n, ()))}
                for n, of in sorted(self.names.items())
            ],
            "nodes": [{"node": n, "events": sorted(s)} for n, s in sorted(self.nodes.items())],
            "edges": [{"source": a, "target": b, "events": sorted(s)} for (a, b), s in sorted(self.edges.items())],
        }


def grounds(view: View, answer: Trace) -> Grounds:
    """Return what an answer rests on; ``view``: as of the moment and sequence of the answer."""
    names = _shown(view, answer)
    found = Grounds(names={node: (view.namespace(i), view.name(i)) for i, node in names.items()})
    stated = _stated(view, set(names))
    runs = with_runs({seq for rows in stated.values() for _, seq in rows}, view.seq)
    for target, rows in stated.items():
        for derivation, seq in rows:
            found.nodes[names[target]] |= runs[seq]
            for source in _inputs(view, target, derivation):
                if source in names:
                    found.edges[names[source], names[target]] |= runs[seq]
    for dataset, node in names.items():
        found.nodes[node] |= _bearers(view, dataset)
    for dataset, first in _first(dataset for dataset, node in names.items() if not found.nodes[node]):
        found.nodes[names[dataset]].add(first)
    return found


def column_edges(view: View, answer: Trace) -> Iterator[tuple[str, Edge]]:
    """Yield (target, edge) for the column dependencies in force along the edges of an answer."""
    shown, along = _shown(view, answer), {(e.source, e.target) for e in answer.edges}
    for target, node in shown.items():
        yield from ((node, edge) for edge in view.edges_into(target) if (shown.get(edge.input), node) in along)


def _shown(view: View, answer: Trace) -> dict[int, str]:
    """Return data set → node, of both ends of each edge too: a walk shows edges that it does not follow."""
    ends = (end for e in answer.edges for end in (e.source, e.target))
    nodes = dict.fromkeys([*(n.name for n in answer.nodes), *ends])
    return {i: view.node(i) for node in nodes if (i := view.find(node)) is not None}


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


def _bearers(view: View, dataset: int) -> set[int]:
    """Return the latest events that brought each facet shown, and the latest that named it at all."""
    found: dict[str, int] = {}
    mentions = view._mentions(dataset).order_by("-event_us", "-seq", "-id").values_list("seq", "facets")
    for seq, names in mentions.iterator():
        for facet in ("", *(f for f in names.split("\n") if f in FACETS)):
            found.setdefault(facet, seq)
        if len(found) > len(FACETS):
            break
    return set(found.values())


def _first(datasets: Iterable[int]) -> Iterator[tuple[int, int]]:
    for part in chunks(datasets):
        yield from Dataset.objects.filter(id__in=part).values_list("id", "first_seq")
