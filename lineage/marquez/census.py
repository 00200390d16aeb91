"""Namespaces of everything named so far, in memory.

Lives here: ``census``: per namespace the first and last data set and job, and names in lower case for searching.
Add here: another count of a namespace.
Stays out: documents (``lineage.marquez.namespaces``), searching (``lineage.marquez.searching``).

The graph's index only grows, so only what is new is looked at; after a rebuild of the graph it is counted anew.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from lineage.graph.index import Index

Name = tuple[str, str]


@dataclass
class Kind:
    """Names of one kind; ``spans``: namespace → first id, last id, how many; ``plain``: lower-case names by id."""

    spans: dict[str, list[int]] = field(default_factory=dict)
    plain: list[str] = field(default_factory=lambda: [""])

    def extend(self, names: list[Name]) -> None:
        """Take in the names added since."""
        for pk in range(len(self.plain), len(names)):
            namespace, name = names[pk]
            span = self.spans.setdefault(namespace, [pk, pk, 0])
            span[1], span[2] = pk, span[2] + 1
            self.plain.append(name.lower())


@dataclass
class Census:
    """Data sets and jobs by namespace."""

    index: Index
    datasets: Kind = field(default_factory=Kind)
    jobs: Kind = field(default_factory=Kind)

    def namespaces(self) -> list[str]:
        """Return every namespace in order."""
        return sorted({*self.datasets.spans, *self.jobs.spans})


_census: Census | None = None
_lock = threading.Lock()


def census(index: Index) -> Census:
    """Return the census of an index, up to date."""
    global _census
    with _lock:
        if _census is None or _census.index is not index:
            _census = Census(index)
        _census.datasets.extend(index.datasets)
        _census.jobs.extend(index.jobs)
        return _census
