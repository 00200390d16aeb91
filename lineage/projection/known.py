"""The ids of everything the projection has named so far.

Lives here: data sets, columns, jobs, kinds of edges and derivations by their names → ids, in memory, given in the
order of the log. One process may go on where another stopped: ``refreshed`` loads what is new.
Add here: another interned name, with its table.
Stays out: what an event means (``lineage.projection.projector``).

Valid only within the transaction that moves ``Position``: whoever holds it is the only writer.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from typing import Any, NamedTuple

from lineage.models import (
    ColumnEdge,
    Dataset,
    DatasetColumn,
    DatasetEdge,
    Derivation,
    EdgeKind,
    Event,
    Job,
    Mention,
    Position,
    Run,
    Statement,
)
from lineage.projection.repeated import Repeated

Edge = tuple[int, int, int]  # column, input column, kind: ids
_CHUNK = 20_000
_NAMED: dict[str, tuple[type[Any], tuple[str, ...]]] = {
    "datasets": (Dataset, ("namespace", "name")),
    "columns": (DatasetColumn, ("dataset_id", "name")),
    "jobs": (Job, ("namespace", "name")),
    "kinds": (EdgeKind, ("type", "subtype", "masking", "description")),
    "derivations": (Derivation, ("output_id", "job_id", "digest")),
}
_COUNTED: dict[str, type[Any]] = {
    "runs": Run, "statements": Statement, "mentions": Mention, "dataset_edges": DatasetEdge, "column_edges": ColumnEdge,
}  # fmt: skip


class Title(NamedTuple):
    """What a row was last called（of a job: its type）, by an event of which time; of a data set, whether by us."""

    text: str = ""
    event_us: int = 0
    by_us: bool = False


TITLED: dict[str, tuple[str, ...]] = {
    "datasets": ("title", "title_us", "named_by_us"), "columns": ("title", "title_us"), "jobs": ("job_type", "type_us"),
}  # fmt: skip


class Names:
    """Names → ids of one table; new names get the next id."""

    def __init__(self) -> None:
        self.ids: dict[Any, int] = {}
        self.last = 0

    def id(self, name: Hashable, made: Callable[[int], Any]) -> int:
        """Return the id of a name; ``made`` is told the id of a new one."""
        found = self.ids.get(name)
        if found is None:
            self.last = found = self.last + 1
            self.ids[name] = found
            made(found)
        return found


class Known:
    """Every name the projection has an id for, and the title it was last given."""

    def __init__(self) -> None:
        self.seq, self.generation, self.chain_hash = 0, -1, ""
        self.datasets, self.columns, self.jobs, self.kinds, self.derivations = (Names() for _ in _NAMED)
        self.columns_of: dict[int, int] = {}  # column → its data set
        self.columns_by: dict[int, list[tuple[int, str]]] = {}  # data set → its columns with their names
        self.titles: dict[tuple[str, int], Title] = {}
        self.ours: set[int] = set()  # data sets named by us
        self.runs = self.statements = self.mentions = self.dataset_edges = self.column_edges = 0
        self.schemas, self.lineages = Repeated(), Repeated()

    def own_column(self, column: int, dataset: int, name: str) -> None:
        """Note whose column it is."""
        self.columns_of[column] = dataset
        self.columns_by.setdefault(dataset, []).append((column, name))

    def entitle(self, table: str, pk: int, title: Title) -> None:
        """Note what a row is called now."""
        self.titles[table, pk] = title
        if title.by_us:
            self.ours.add(pk)

    def next(self, table: str, rows: int = 1) -> int:
        """Return the next id of a table whose rows have no names, the first of so many."""
        value = getattr(self, table) + 1
        setattr(self, table, value + rows - 1)
        return value

    def fits(self, position: Position) -> bool:
        """Whether this was learned from the same log, not beyond ``position``."""
        if self.generation != position.generation or self.seq > position.seq:
            return False
        found = Event.objects.filter(seq=self.seq).values_list("chain_hash", flat=True).first()
        return self.seq == 0 or found == self.chain_hash

    def load(self, position: Position) -> None:
        """Learn what was projected since: new rows, and the changes of known ones."""
        for table, (model, fields) in _NAMED.items():
            names: Names = getattr(self, table)
            titled = TITLED.get(table)
            for pk, *rest in _changed(model, self.seq, titled) if titled else ():
                self.entitle(table, pk, Title(*rest))
            for pk, *rest in _rows(model, names.last, (*fields, *(titled or ()))):
                names.last = pk
                names.ids[tuple(rest[: len(fields)])] = pk
                if titled:
                    self.entitle(table, pk, Title(*rest[len(fields) :]))
                if table == "columns":
                    self.own_column(pk, rest[0], rest[1])
        for table, model in _COUNTED.items():
            setattr(self, table, model.objects.order_by("-id").values_list("id", flat=True).first() or 0)
        self.reached(position.seq, position.generation)

    def reached(self, seq: int, generation: int) -> None:
        """Note how far the log is known."""
        found = Event.objects.filter(seq=seq).values_list("chain_hash", flat=True).first()
        self.seq, self.generation, self.chain_hash = seq, generation, found or ""


def refreshed(known: Known | None, position: Position) -> Known:
    """Return what is known at a position: ``known`` if it fits, brought up to date, else learned anew."""
    if known is None or not known.fits(position):
        known = Known()
    if known.seq != position.seq or known.generation != position.generation:
        known.load(position)
    return known


def _changed(model: type[Any], after: int, fields: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
    return model.objects.filter(changed_seq__gt=after).values_list("id", *fields).iterator(_CHUNK)


def _rows(model: type[Any], after: int, fields: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
    return model.objects.filter(id__gt=after).order_by("id").values_list("id", *fields).iterator(_CHUNK)
