"""Column lineage from compiled SQL.

Lives here: walking sqlglot's scopes of one statement to the base columns of every output column, with the kind of
transformation and whether the value is masked on the way (OpenLineage columnLineage 1-2-0).
Add here: a function that masks (its name is a contract with ``warehouse/sql``).
Stays out: the facet's form (``lineage.events.facets``), which statements there are (dbt).

The column ``*`` stands for the whole data set: which rows there are (filters, joins, grouping).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, build_scope

from lineage.models import WHOLE
from scheme.protocols import ColumnEdge

MASKS = {
    "keyed_token", "mask_band", "mask_age_band", "mask_truncate", "mask_prefix", "mask_index", "mask_alone",
}  # fmt: skip
_PLAIN = (exp.Alias, exp.Paren, exp.Cast, exp.TryCast)
_ORDER = {"IDENTITY": 0, "TRANSFORMATION": 1, "AGGREGATION": 2}


class UnreadableSqlError(ValueError):
    """The statement cannot be parsed, so its lineage is unknown (never: has none)."""


@dataclass(frozen=True)
class Step:
    """How one expression uses one column."""

    type: str
    subtype: str
    masking: bool | None
    description: str = ""


@dataclass(frozen=True)
class Dependency:
    """A base column and the way it is used."""

    source: str
    column: str
    step: Step


def column_edges(sql: str, schema: dict[str, list[str]]) -> list[ColumnEdge]:
    """Return the edges of every output column; ``schema``: data set (zone.schema.table) → columns.

    Raises:
        UnreadableSqlError: sqlglot cannot parse or resolve the statement.
    """
    try:
        tree = sqlglot.parse_one(sql, read="duckdb")
        tree = qualify(
            tree, schema=_nested(schema), dialect="duckdb", validate_qualify_columns=False,
            quote_identifiers=False, expand_alias_refs=False,
        )  # fmt: skip
        root = build_scope(tree)
    except SqlglotError as error:
        raise UnreadableSqlError(f"the statement cannot be read: {type(error).__name__}") from None
    if root is None:
        raise UnreadableSqlError("the statement selects nothing")
    reader = _Reader()
    edges = {
        ColumnEdge(name, d.source, d.column, d.step.type, d.step.subtype, d.step.masking, d.step.description)  # type: ignore[arg-type]
        for name in _names(root)
        for d in reader.column(root, name)
    }
    edges |= {ColumnEdge(WHOLE, d.source, d.column, "INDIRECT", d.step.subtype, None) for d in reader.rows(root)}
    return sorted(edges, key=lambda e: (e.column, e.source, e.source_column, e.type, e.subtype))


def is_protected(edges: list[ColumnEdge]) -> bool | None:
    """Return whether a column's value is masked on every direct path; None if one is unknown."""
    direct = [e.masking for e in edges if e.type == "DIRECT"]
    if False in direct or not direct:
        return False
    return None if None in direct else True


class _Reader:
    def __init__(self) -> None:
        self._columns: dict[tuple[int, str], frozenset[Dependency]] = {}
        self._rows: dict[int, frozenset[Dependency]] = {}

    def column(self, scope: Scope, name: str) -> frozenset[Dependency]:
        """Return what an output column of a scope is made of."""
        key = (id(scope), name)
        if key not in self._columns:
            self._columns[key] = frozenset()  # a recursive CTE ends here
            self._columns[key] = frozenset(self._of_column(scope, name))
        return self._columns[key]

    def rows(self, scope: Scope) -> frozenset[Dependency]:
        """Return what decides which rows a scope has."""
        if id(scope) not in self._rows:
            self._rows[id(scope)] = frozenset()
            self._rows[id(scope)] = frozenset(self._of_rows(scope))
        return self._rows[id(scope)]

    def _of_column(self, scope: Scope, name: str) -> Iterator[Dependency]:
        if isinstance(scope.expression, exp.SetOperation):
            place = _names(scope).index(name)
            for branch in scope.set_operation_scopes:
                yield from self.column(branch, _names(branch)[place])
            return
        for select in scope.expression.selects:
            if select.alias_or_name == name:
                yield from self._used(scope, select)

    def _used(self, scope: Scope, expression: Any) -> Iterator[Dependency]:
        for column, step in _uses(expression):
            yield from self._resolve(scope, column, step)
        if _counts_rows(expression):  # count(*) names no column: it hangs on what decides which rows there are
            yield from self.rows(scope)
        for inner in _inner_scopes(scope, expression):
            for name in _names(inner):
                yield from (_after(d, Step("INDIRECT", "CONDITIONAL", None)) for d in self.column(inner, name))

    def _resolve(self, scope: Scope, column: exp.Column, step: Step) -> Iterator[Dependency]:
        source = _source_of(scope, column.table)
        if isinstance(source, exp.Table):
            yield Dependency(_dataset(source), column.name, step)
        elif isinstance(source, Scope):
            for dependency in self.column(source, column.name):
                yield _after(dependency, step)

    def _of_rows(self, scope: Scope) -> Iterator[Dependency]:
        if isinstance(scope.expression, exp.SetOperation):
            for branch in scope.set_operation_scopes:
                yield from self.rows(branch)
            return
        for subtype, clause in _clauses(scope.expression):
            for column in _columns_in(clause):
                yield from self._resolve(scope, column, Step("INDIRECT", subtype, None))
        for inner in scope.subquery_scopes:
            yield from self.rows(inner)
            for name in _names(inner):
                yield from (_after(d, Step("INDIRECT", "FILTER", None)) for d in self.column(inner, name))
        for source in scope.sources.values():
            if isinstance(source, Scope):
                yield from self.rows(source)


def _counts_rows(expression: Any) -> bool:
    return any(isinstance(count.this, exp.Star) for count in expression.find_all(exp.Count))


def _uses(expression: Any) -> Iterator[tuple[exp.Column, Step]]:
    for column in _columns_in(expression):
        yield column, _step(column, expression)


def _step(column: exp.Column, root: Any) -> Step:
    kind, masking, description = "IDENTITY", False, ""
    child, node = column, column.parent
    while node is not None and child is not root:
        if _is_condition(child, node):
            return Step("INDIRECT", "CONDITIONAL", None)
        if isinstance(node, exp.Window) and child is not node.this:
            return Step("INDIRECT", "WINDOW", None)
        name = node.name.lower() if isinstance(node, exp.Anonymous) else ""
        if name in MASKS:
            masking, description, kind = True, name, max(kind, "TRANSFORMATION", key=_ORDER.__getitem__)
        elif isinstance(node, exp.AggFunc):
            kind = "AGGREGATION"
            masking = masking or isinstance(node, exp.Count)
        elif not isinstance(node, _PLAIN):
            kind = max(kind, "TRANSFORMATION", key=_ORDER.__getitem__)
        child, node = node, node.parent
    return Step("DIRECT", kind, masking, description)


def _is_condition(child: Any, node: Any) -> bool:
    if isinstance(node, exp.If):
        return child is node.this
    return (isinstance(node, exp.Case) and child is node.this) or (
        isinstance(node, exp.Filter) and child is not node.this
    )


def _after(dependency: Dependency, step: Step) -> Dependency:
    """Return a dependency seen through one more expression."""
    before = dependency.step
    if "INDIRECT" in (before.type, step.type):
        inner = before if before.type == "INDIRECT" else step
        return replace(dependency, step=Step("INDIRECT", inner.subtype, None))
    subtype = max(before.subtype, step.subtype, key=lambda s: _ORDER.get(s, 1))
    masking = bool(before.masking or step.masking)
    return replace(dependency, step=Step("DIRECT", subtype, masking, step.description or before.description))


def _clauses(select: Any) -> Iterator[tuple[str, Any]]:
    for key, subtype in (
        ("where", "FILTER"), ("having", "FILTER"), ("qualify", "FILTER"), ("group", "GROUP_BY"), ("order", "SORT"),
    ):  # fmt: skip
        clause = select.args.get(key)
        if clause is not None:
            yield subtype, clause
    for join in select.args.get("joins") or []:
        if join.args.get("on") is not None:
            yield "JOIN", join.args["on"]


def _columns_in(expression: Any) -> Iterator[exp.Column]:
    for node in expression.walk(prune=lambda n: isinstance(n, exp.Query) and n is not expression):
        if isinstance(node, exp.Column) and node.table:
            yield node


def _inner_scopes(scope: Scope, expression: Any) -> list[Scope]:
    inside = {id(q) for q in expression.find_all(exp.Query)}
    return [s for s in scope.subquery_scopes if id(s.expression) in inside]


def _source_of(scope: Scope, name: str) -> Any:
    here: Scope | None = scope
    while here is not None:
        if name in here.sources:
            return here.sources[name]
        here = here.parent
    return None


def _names(scope: Scope) -> list[str]:
    return scope.expression.named_selects


def _dataset(table: exp.Table) -> str:
    return ".".join(part for part in (table.catalog, table.db, table.name) if part)


def _nested(schema: dict[str, list[str]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for dataset, columns in schema.items():
        zone, group, table = dataset.split(".")
        found.setdefault(zone, {}).setdefault(group, {})[table] = dict.fromkeys(columns, "text")
    return found
