"""How a value depends on a column, and what a relation is made of.

Lives here: one use of one column (``Step``), what uses add up to along a path, the columns and rows of a relation,
and the error for what cannot be read.
Add here: another property of a use (its name stands in OpenLineage columnLineage).
Stays out: which expression uses a column how (``expressions``), names (``scopes``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

_ORDER = {"IDENTITY": 0, "TRANSFORMATION": 1, "AGGREGATION": 2}


class UnreadableSqlError(ValueError):
    """The lineage of the statement is unknown (never: it has none); says what stands in the way."""


@dataclass(frozen=True, slots=True)
class Step:
    """How one expression uses one column: type, subtype and masking of OpenLineage columnLineage 1-2-0.

    ``masking``: True if the value does not show, False if it may, None if that is not known.
    """

    type: str
    subtype: str
    masking: bool | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class Dependency:
    """A column of a data set and the way it is used."""

    source: str
    column: str
    step: Step


Found = frozenset[Dependency]
NOTHING: Found = frozenset()
IDENTITY = Step("DIRECT", "IDENTITY", masking=False)
TRANSFORMATION = Step("DIRECT", "TRANSFORMATION", masking=False)
# Stands for the rows of the query at hand until they are known: count(*) names no column.
ROWS = Dependency("", "", Step("INDIRECT", ""))


@dataclass(frozen=True)
class Output:
    """A column that a relation offers."""

    name: str
    found: Found


@dataclass(frozen=True)
class Relation:
    """Columns in their order, what decides which rows there are, and the name of a data set of unknown columns."""

    columns: tuple[Output, ...]
    rows: Found = NOTHING
    unknown: str = ""

    def named(self, name: str) -> Found | None:
        """Return what a column is made of, None if there is no such column; the first of several wins."""
        wanted = name.lower()
        return next((c.found for c in self.columns if c.name.lower() == wanted), None)

    def all_columns(self) -> Found:
        """Return what all columns together are made of."""
        return union(c.found for c in self.columns)


def indirect(subtype: str) -> Step:
    """Return a use that decides something without showing the value."""
    return Step("INDIRECT", subtype)


def union(parts: Iterable[Found]) -> Found:
    """Return all dependencies of all parts."""
    return NOTHING.union(*parts)


def through(found: Found, step: Step) -> Found:
    """Return dependencies as they look after one more use."""
    if step == IDENTITY:
        return found
    return frozenset(replace(d, step=_after(d.step, step)) for d in found)


def _after(before: Step, step: Step) -> Step:
    if "INDIRECT" in (before.type, step.type):
        return indirect((before if before.type == "INDIRECT" else step).subtype)
    subtype = max(before.subtype, step.subtype, key=_ORDER.__getitem__)
    masking = _either(before.masking, step.masking)
    said = [s.description for s in (before, step) if s.masking == masking and s.description]
    return Step("DIRECT", subtype, masking, said[-1] if said else "")


def _either(first: bool | None, second: bool | None) -> bool | None:
    """Masked once is masked; else unknown once is unknown."""
    if first or second:
        return True
    return None if None in (first, second) else False
