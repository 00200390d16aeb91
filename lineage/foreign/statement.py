"""The statement of an event's sql facet, as far as corrections need it.

Lives here: parsing it in its dialect, and finding its query, its CTEs and the tables it really reads.
Add here: another form of statement that writes the rows of a query.
Stays out: column lineage itself (``lineage.columns``), which data set a table is (``lineage.foreign.identity``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.optimizer.scope import Scope, traverse_scope

from lineage.events.facet_reading import mapping, text

LONGEST = 200_000  # characters; what is longer, larger or deeper is not read: reading it would hold up other events
MOST_NODES, DEEPEST = 5_000, 100  # of the syntax tree; the largest model of this project has 1,200 and 23
_DIALECTS = {"sparksql": "spark", "postgresql": "postgres", "sqlserver": "tsql", "mssql": "tsql"}


@dataclass(frozen=True)
class Unusable:
    """A statement that cannot be read, and why."""

    reason: str


@dataclass(frozen=True, eq=False)
class Statement:
    """A read statement: its query (never changed), the tables and CTEs in it, the columns it writes to."""

    query: exp.Query
    tables: dict[int, str]  # id of the table's node → its name as written, lower-case
    ctes: frozenset[str]  # lower-case
    target: str  # the table it writes, as written, lower-case; empty if it only selects
    columns: tuple[str, ...]  # columns of an INSERT's list, if it has one
    is_insert: bool  # so that columns go by their place


def statement_of(event: dict[str, Any]) -> Statement | Unusable | None:
    """Return the statement of an event's job; None without a sql facet."""
    facets = mapping(mapping(event.get("job")).get("facets"))
    facet = mapping(facets.get("sql"))
    query = text(facet.get("query"))
    return read(query, text(facet.get("dialect")).lower()) if query else None


@lru_cache(maxsize=64)
def read(query: str, dialect: str = "") -> Statement | Unusable:
    """Return a statement, read once for the events of a run that repeat it."""
    if len(query) > LONGEST:
        return Unusable("the statement is too long to be read")
    name = _DIALECTS.get(dialect, dialect)
    try:
        trees = sqlglot.parse(query, read=name if sqlglot.Dialect.get(name) else "duckdb")
        writing = [tree for tree in trees if tree is not None and _query(tree) is not None]
        if len(writing) != 1:
            return Unusable("the statement has no query, or several")
        return Unusable("the statement is too large to be read") if _is_large(writing[0]) else _statement(writing[0])
    except Exception as error:  # the parser meets what nobody planned for; an event is never lost to that
        return Unusable(f"the statement cannot be read ({type(error).__name__})")


def _is_large(tree: Any) -> bool:
    depths: dict[int, int] = {}
    for count, node in enumerate(tree.walk()):
        depth = depths[id(node)] = depths.get(id(node.parent), 0) + 1
        if count > MOST_NODES or depth > DEEPEST:
            return True
    return False


def _query(tree: Any) -> exp.Query | None:
    if isinstance(tree, exp.Query):
        return tree
    inner = tree.args.get("expression") if isinstance(tree, exp.Create | exp.Insert) else None
    return inner if isinstance(inner, exp.Query) else None


def _statement(tree: Any) -> Statement | Unusable:
    query = _query(tree)
    if query is None:
        return Unusable("the statement has no query")
    if tree is not query and tree.args.get("with_"):
        return Unusable("the statement defines CTEs outside its query")
    tables = {id(table): _written(table) for scope in traverse_scope(query) for table in _read(scope)}
    if not all(tables.values()):
        return Unusable("the statement reads a table function")
    ctes = frozenset(cte.alias.lower() for cte in query.find_all(exp.CTE))
    target = None if tree is query else tree.this.find(exp.Table)
    listed = tree.this.expressions if isinstance(tree, exp.Insert) and isinstance(tree.this, exp.Schema) else ()
    columns, is_insert = tuple(column.name for column in listed), isinstance(tree, exp.Insert)
    return Statement(query, tables, ctes, _written(target) if target else "", columns, is_insert)


def _read(scope: Scope) -> Iterator[exp.Table]:
    """Return the tables of one scope that are no CTE."""
    for table in scope.tables:
        if table.db or not isinstance(scope.sources.get(table.alias_or_name), Scope):
            yield table


def _written(table: exp.Table) -> str:
    if not isinstance(table.this, exp.Identifier):
        return ""
    return ".".join(part for part in (table.catalog, table.db, table.name) if part).lower()
