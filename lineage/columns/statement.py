"""Column lineage of one compiled statement.

Lives here: from the text of a statement to the edges of its output columns.
Add here: another kind of statement that writes what a query gives.
Stays out: reading queries (``queries``), the facet's form (``lineage.events.facets``), choosing statements (dbt).

The column ``*`` stands for the whole data set: which rows there are, and in which order.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from lineage.columns.dependency import ROWS, Found, Relation, UnreadableSqlError
from lineage.columns.expressions import read_expression
from lineage.columns.queries import read_query
from lineage.columns.schema import Schema
from lineage.columns.scopes import Scope
from lineage.columns.tables import renamed
from lineage.models import WHOLE
from scheme.protocols import ColumnEdge

logging.getLogger("sqlglot").setLevel(logging.ERROR)  # its warnings quote the statement, values included


class _Reading:
    def expression(self, node: exp.Expr, scope: Scope) -> Found:
        return read_expression(node, scope)

    def query(self, node: exp.Expr, scope: Scope) -> Relation:
        return read_query(node, scope)


@dataclass(frozen=True)
class Lineage:
    """What a statement reads and how its columns come about."""

    edges: list[ColumnEdge]
    columns: list[str]  # of the result, in order; those without edges are constants
    reads: list[str]  # data sets, those included of which only the number of rows counts


def column_edges(sql: str, schema: dict[str, list[str]]) -> list[ColumnEdge]:
    """Return the edges of every output column; ``schema``: data set (zone.schema.table) → columns.

    Raises:
        UnreadableSqlError: the statement cannot be read in full.
    """
    return statement_lineage(sql, schema).edges


def statement_lineage(sql: str, schema: dict[str, list[str]]) -> Lineage:
    """Return the edges, columns and sources of a statement; ``schema``: data set (zone.schema.table) → columns.

    Raises:
        UnreadableSqlError: the statement cannot be read in full.
    """
    known = Schema(schema)
    try:
        query, names = _query(_parsed(sql))
        relation = renamed(read_query(query, Scope(_Reading(), known)), names)
    except SqlglotError as error:
        raise UnreadableSqlError(f"the statement cannot be read: {type(error).__name__}") from None
    except RecursionError:
        raise UnreadableSqlError("the statement is nested too deeply to be read") from None
    return Lineage(_edges(relation), [c.name for c in relation.columns], sorted(known.read))


def _parsed(sql: str) -> exp.Expr:
    trees = [t for t in sqlglot.parse(sql, read="duckdb") if t is not None]
    if len(trees) != 1:
        raise UnreadableSqlError(f"one statement is expected, not {len(trees)}")
    return trees[0]


def _query(tree: exp.Expr) -> tuple[exp.Expr, list[str]]:
    """Return the query of a statement and the names that the target gives its columns."""
    if isinstance(tree, exp.Create | exp.Insert | exp.Copy):
        target = tree.this
        query = target if isinstance(tree, exp.Copy) else tree.args.get("expression")
        names = [c.name for c in target.expressions] if isinstance(target, exp.Schema) else []
        if isinstance(tree, exp.Create) and tree.args.get("kind") not in ("TABLE", "VIEW"):
            query = None
        if isinstance(tree, exp.Insert) and (tree.args.get("conflict") or tree.args.get("returning")):
            query = None
        if query is None or (tree.args.get("with_") and not isinstance(query, exp.Query)):
            raise UnreadableSqlError(f"the statement is a {type(tree).__name__.upper()} without a query")
        if tree.args.get("with_"):
            query = query.copy()
            query.set("with_", tree.args["with_"])
        return query, names
    return tree, []


def _edges(relation: Relation) -> list[ColumnEdge]:
    if ROWS in relation.all_columns() | relation.rows:
        raise UnreadableSqlError("the statement counts rows where there is no query that has them")
    edges = {
        ColumnEdge(c.name, d.source, d.column, d.step.type, d.step.subtype, d.step.masking, d.step.description)  # type: ignore[arg-type]
        for c in relation.columns
        for d in c.found
    }
    edges |= {ColumnEdge(WHOLE, d.source, d.column, "INDIRECT", d.step.subtype) for d in relation.rows}
    return sorted(edges, key=lambda e: (e.column, e.source, e.source_column, e.type, e.subtype, e.description))
