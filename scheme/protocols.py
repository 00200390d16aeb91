"""Protocols and plain records by which expectations, desensitization and lineage meet.

Lives here: types that rooms on one line pass through orchestration and portal.
Add here: a record when two rooms that may not import each other must exchange it.
Stays out: behaviour.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, Protocol


@dataclass(frozen=True)
class ColumnEdge:
    """One dependency of an output column on an input column.

    ``masking``: True if the value is protected on this path, False if not, None if unknown
    (OpenLineage columnLineage 1-2-0; min and max do not mask).
    """

    column: str
    source: str  # data set name zone.schema.table
    source_column: str
    type: Literal["DIRECT", "INDIRECT"]
    subtype: str  # IDENTITY, TRANSFORMATION, AGGREGATION, JOIN, GROUP_BY, FILTER, SORT, WINDOW, CONDITIONAL
    masking: bool | None = None
    description: str = ""


@dataclass(frozen=True)
class Column:
    """A column of a data set as lineage and catalogs show it."""

    name: str
    type: str
    description: str = ""


@dataclass(frozen=True)
class RuleOutcome:
    """One rule evaluated on one version of one data set. ``state`` error is never a finding."""

    rule: str
    dataset: str
    item: str | None
    dimension: str
    severity: str
    meaning: str
    state: Literal["passed", "failed", "error"]
    evaluated_count: int = 0
    unexpected_count: int = 0
    expectation: str = ""
    blocks: bool = False
    error: str = ""


@dataclass(frozen=True)
class ColumnCount:
    """Counts of one column of one version, never a value. ``distinct`` None: not counted."""

    values: int
    empty: int
    distinct: int | None = None


@dataclass(frozen=True)
class GateFinding:
    """Personal data found in one column of a subset: by column and count, never by value."""

    table: str
    column: str
    entity: str
    count: int
    score: float


class ColumnLineage(Protocol):
    """Finds column edges in compiled SQL."""

    def __call__(self, sql: str, schema: dict[str, list[str]]) -> list[ColumnEdge]:
        """Return the edges of every output column."""
        ...


@dataclass(frozen=True)
class Affected:
    """One granted subset that uses a data set or column, with its scenario and the products made of it.

    ``columns``: columns of the subset that take values from the bad column, empty if it only filters or joins.
    """

    grant: str
    scenario: str
    subset: str
    title: str
    columns: tuple[str, ...] = ()
    products: tuple[str, ...] = ()


class Impact(Protocol):
    """Names what uses a data set or one of its columns, from recorded lineage."""

    def __call__(self, dataset: str, column: str = "") -> list[Affected]:
        """Return the granted subsets downstream, by grant and subset; without column those of the whole data set."""
        ...


@dataclass(frozen=True)
class DataUse:
    """One use of a department's resource under a grant, in words; ``supplied``: 是, or 否 with the reason."""

    resource: str
    grant: str
    scenario: str
    developer: str
    state: str
    subset: str
    columns: tuple[str, ...]
    supplied: str
    products: tuple[str, ...]


class DataUses(Protocol):
    """Names where a department's resources go（数据去向）, from recorded grants and lineage."""

    def __call__(self, department: str) -> list[DataUse]:
        """Return the uses by resource, then grant; a resource that nobody uses has none."""
        ...


class RiskEstimate(Protocol):
    """Estimates re-identification risk of a table by its quasi-identifiers."""

    def __call__(self, table: Any, quasi_identifiers: list[str]) -> dict[str, float]:
        """Return named figures, e.g. ``k`` and ``risk``."""
        ...


@dataclass(frozen=True)
class LineageNode:
    """A data set as one event names it."""

    name: str
    columns: tuple[Column, ...] = ()
    version: str | None = None
    edges: tuple[ColumnEdge, ...] = ()
    facets: dict[str, Any] = field(default_factory=dict)
    title: str = ""
