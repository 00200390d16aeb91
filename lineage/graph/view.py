"""The graph as of a moment, as known at a sequence of the log.

Lives here: ``View``: names, edges in force, statements, columns and facets of a data set, each read when asked for.
Add here: another thing a question needs to know of one data set at that moment.
Stays out: walking (``lineage.graph.walks``, ``lineage.graph.trace``), what held (``lineage.graph.validity``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import unquote

import numpy as np
from django.db.models import Exists, OuterRef, Q

from config import clock
from config.settings import settings
from lineage.events import facet_reading
from lineage.graph.arrays import Ints
from lineage.graph.index import Index, current
from lineage.graph.stated_facets import StatedFacets
from lineage.graph.validity import Validity, validity
from lineage.models import WHOLE, Dataset, DatasetColumn, Mention, Statement, microseconds, moment
from scheme.names import lineage_namespace
from scheme.protocols import Column

NODE = "dataset:"


class Edge(NamedTuple):
    """One column dependency into a data set; column ``*``: which rows there are."""

    column: str
    input: int
    input_column: str
    type: str
    subtype: str
    masking: bool | None
    description: str


@dataclass(frozen=True)
class View:
    """Data sets are numbers here: ``find`` and ``node`` lead from names to numbers and back."""

    at: datetime
    seq: int
    index: Index
    held: Validity
    own: str  # our namespace

    def find(self, text: str) -> int | None:
        """Return a data set by ``zone.schema.table``, by the name of the one foreign data set, or by node id."""
        if text.startswith(NODE):
            return self._by_node(text.removeprefix(NODE))
        found = self.index.ids.get((self.own, text))
        if found is None:
            named = list(Dataset.objects.filter(name=text).values_list("id", flat=True)[:2])
            found = named[0] if len(named) == 1 else None
        return found if found is not None and found < len(self.index.datasets) else None

    def _by_node(self, text: str) -> int | None:
        """As ``node`` writes it, else as others write it, if it can be read in one way only."""
        namespace, _, name = text.rpartition(":")
        found = self.index.ids.get((namespace, unquote(name)))
        if found is not None:
            return found
        places = (i for i, letter in enumerate(text) if letter == ":")
        readings = [self.index.ids.get((text[:i], text[i + 1 :])) for i in places]
        known = [i for i in readings if i is not None]
        return known[0] if len(known) == 1 else None

    def name(self, i: int) -> str:
        """Return the name without its namespace."""
        return self.index.datasets[i][1]

    def namespace(self, i: int) -> str:
        """Return the namespace."""
        return self.index.datasets[i][0]

    def node(self, i: int) -> str:
        """Return how a data set is called in answers: our own by name, others as ``dataset:<namespace>:<name>``.

        Colons and percent signs of the name are encoded, so that the last colon ends the namespace.
        """
        namespace, name = self.index.datasets[i]
        return name if namespace == self.own else f"{NODE}{namespace}:{name.replace('%', '%25').replace(':', '%3A')}"

    def titles(self, some: Iterable[int]) -> dict[int, str]:
        """Return the latest titles of these data sets."""
        ids, found = list(some), {}
        for start in range(0, len(ids), 5000):
            found |= dict(Dataset.objects.filter(id__in=ids[start : start + 5000]).values_list("id", "title"))
        return found

    def title(self, i: int) -> str:
        """Return the latest title of a data set."""
        return self.titles([i]).get(i, "")

    def gone_at(self, i: int) -> datetime | None:
        """Return when a data set was dropped or renamed, None if it is there."""
        end = int(self.held.gone[i]) if i < len(self.held.gone) else np.iinfo(np.int64).min
        return None if end == np.iinfo(np.int64).min else moment(end)

    def exists(self, i: int) -> bool:
        """Whether a data set was known by then and is there."""
        return self.gone_at(i) is None and self.is_known(i)

    def is_known(self, i: int) -> bool:
        """Whether any event by then spoke of a data set."""
        rows = self.index.statements_of.of(np.array([i]))
        s = self.index.statements
        if ((s["event_us"][rows] <= microseconds(self.at)) & (s["seq"][rows] <= self.seq)).any() or self.outputs(i):
            return True
        return self._mentions(i).exists()

    def inputs(self, i: int) -> list[int]:
        """Return what a data set is made of."""
        return sorted(set(self._datasets(self.index.into.of(np.array([i])), "input")))

    def outputs(self, i: int) -> list[int]:
        """Return what is made of a data set."""
        return sorted(set(self._datasets(self.index.out_of.of(np.array([i])), "output")))

    def _datasets(self, rows: Ints, side: str) -> list[int]:
        edges = self.index.dataset_edges
        return edges[side][rows[self.held.in_force(edges["derivation"][rows])]].tolist()

    def edges_into(self, i: int) -> list[Edge]:
        """Return the column dependencies in force of a data set."""
        columns = [c for c, _ in self._columns_of(i)]
        rows = self.column_edges(self.index.columns_into.of(np.array(columns, np.int64)))
        return [self.edge(row) for row in rows.tolist()]

    def column_edges(self, rows: Ints) -> Ints:
        """Return those of these positions of column edges that are in force."""
        return rows[self.held.in_force(self.index.column_edges["derivation"][rows])]

    def edge(self, row: int) -> Edge:
        """Return a column edge by its position."""
        e, names = self.index.column_edges, self.index.columns
        source = int(e["input_column"][row])
        kind, subtype, masking, text = self.index.kinds[int(e["kind"][row])]
        owner = int(self.index.column_of["dataset"][source])
        return Edge(names[int(e["column"][row])], owner, names[source], kind, subtype, masking, text)

    def _columns_of(self, i: int) -> list[tuple[int, str]]:
        found = DatasetColumn.objects.filter(dataset_id=i, id__lt=len(self.index.columns)).order_by("id")
        return list(found.values_list("id", "name"))

    def column(self, i: int, name: str) -> int | None:
        """Return the number of a column of a data set that was known by then."""
        found = self.index.column_ids.get((i, name))
        if found is None or DatasetColumn.objects.filter(id=found, first_seq__lte=self.seq).exists():
            return found
        return None

    def statement(self, i: int) -> Statement | None:
        """Return the latest statement about a data set by then."""
        us = microseconds(self.at)
        found = Statement.objects.filter(dataset_id=i, event_us__lte=us, seq__lte=self.seq)
        found = found.exclude(change=Statement.Change.RETRACT).exclude(Exists(self._taken_back(OuterRef("seq"))))
        return found.order_by("-event_us", "-seq", "-id").first()

    def _taken_back(self, since: Any) -> Any:
        back = Statement.objects.filter(run=OuterRef("run"), change=Statement.Change.RETRACT)
        return back.filter(seq__gte=since, seq__lte=self.seq)

    def facets(self, i: int, *wanted: str) -> dict[str, dict[str, Any]]:
        """Return the latest content of each facet stated of a data set by then, or of those wanted, from the log."""
        return StatedFacets(self._mentions(i)).contents(*wanted)

    def columns(self, i: int) -> list[Column]:
        """Return the columns of the latest schema stated by then; without one, the columns that edges name."""
        fields = facet_reading.schema_fields(StatedFacets(self._mentions(i)).contents("schema"))
        if fields is not None:
            return [Column(*each) for each in fields]
        return [Column(name, "") for _, name in self._columns_of(i) if name != WHOLE]

    def _mentions(self, i: int) -> Any:
        """Return the mentions that count: as the output of a run only once the run was completed."""
        us = microseconds(self.at)
        found = Mention.objects.filter(dataset_id=i, event_us__lte=us, seq__lte=self.seq)
        told = Statement.objects.filter(run=OuterRef("run"), dataset=i, seq__lte=self.seq)
        stated = Exists(told.exclude(change=Statement.Change.RETRACT)) & ~Exists(self._taken_back(0))
        return found.filter(~Q(part=Mention.Part.OUTPUT) | Q(run=None) | stated)


def view(at: datetime | None = None, known_seq: int | None = None) -> View:
    """Return the graph as of ``at``, as known at a sequence of the log (all of it without).

    Without ``at`` it is as of now, or of the latest statement if a producer's clock is ahead of ours.
    """
    index = current()
    instant = at or max(clock.now(), moment(index.latest_us))  # a producer's clock may be ahead of ours
    instant = instant.astimezone(clock.SHANGHAI)
    seq = index.seq if known_seq is None else min(known_seq, index.seq)
    own = lineage_namespace(settings().district)
    return View(instant, seq, index, validity(index, microseconds(instant), seq), own)
