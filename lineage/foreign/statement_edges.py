"""Column edges of a foreign statement, as ``lineage.columns`` reads them.

Lives here: giving each table of the statement a plain name and a schema, so that any producer's names and dialect
can be read.
Add here: what ``lineage.columns`` must be told about a statement.
Stays out: the reading of column lineage (``lineage.columns``), the facet (``lineage.foreign.column_facets``).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from sqlglot import exp
from sqlglot.errors import SqlglotError

from lineage.columns import UnreadableSqlError, column_edges
from lineage.foreign.needed_columns import UndecidableError, needed_columns
from lineage.foreign.statement import Statement, Unusable
from scheme.protocols import ColumnEdge

PLACE = "statement.reads.t"


def edges_of(
    statement: Statement, outputs: Iterable[str], schemas: dict[str, list[str]]
) -> list[tuple[ColumnEdge, str]] | Unusable:
    """Return each edge with the name of its table as written, or why there is no answer.

    Args:
        statement: what is read.
        outputs: columns of the data set it makes.
        schemas: table as written → its columns, where they are known.
    """
    return _edges(statement, tuple(outputs), tuple((name, tuple(schemas[name])) for name in sorted(schemas)))


@lru_cache(maxsize=256)
def _edges(
    statement: Statement, outputs: tuple[str, ...], schemas: tuple[tuple[str, tuple[str, ...]], ...]
) -> list[tuple[ColumnEdge, str]] | Unusable:
    """Read once for the events of a run that repeat a statement."""
    columns_of = dict(schemas)
    known = {node: list(columns_of[name]) for node, name in statement.tables.items() if name in columns_of}
    try:
        columns = needed_columns(statement, _selected(statement, outputs), known)
        places = {f"{PLACE}{i}": node for i, node in enumerate(statement.tables)}
        schema = {place: columns[node] for place, node in places.items()}
        found = column_edges(_placed(statement), schema)
    except UndecidableError as error:
        return Unusable(str(error))
    except (UnreadableSqlError, SqlglotError, RecursionError) as error:
        return Unusable(f"the statement cannot be read ({type(error).__name__})")
    named = dict(zip(_names(statement), statement.targets, strict=False)) if statement.targets else {}
    return [
        (ColumnEdge(named.get(e.column, e.column), *_rest(e)), statement.tables[places[e.source]])
        for e in found
        if e.source in places
    ]


def _selected(statement: Statement, outputs: Iterable[str]) -> Iterable[str]:
    """Return the outputs by the names the query gives them."""
    return _names(statement) if statement.targets else outputs


def _names(statement: Statement) -> list[str]:
    return [name.lower() for name in statement.query.named_selects]


def _rest(edge: ColumnEdge) -> Any:
    return (edge.source, edge.source_column, edge.type, edge.subtype, edge.masking, edge.description)


def _placed(statement: Statement) -> str:
    """Return the query in DuckDB's dialect with its tables under plain names."""
    numbers = {node: i for i, node in enumerate(statement.tables)}
    copies = _copied(statement.query)
    for node, table in copies.items():
        if node not in numbers:
            continue
        alias = table.alias or table.name
        place = exp.table_(f"t{numbers[node]}", db="reads", catalog="statement", alias=alias)
        place.set("joins", table.args.get("joins"))
        place.set("sample", None)
        table.replace(place)
    root = copies[0]
    return root.sql("duckdb")


def _copied(query: exp.Query) -> dict[int, Any]:
    """Return id of each node of a query → its copy; under 0 the copy of the query."""
    copy = query.copy()
    pairs = zip(query.walk(), copy.walk(), strict=True)
    return {0: copy} | {id(node): twin for node, twin in pairs if isinstance(node, exp.Table)}
