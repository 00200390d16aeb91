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

from lineage.columns import column_edges
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


@lru_cache(maxsize=64)
def _edges(
    statement: Statement, outputs: tuple[str, ...], schemas: tuple[tuple[str, tuple[str, ...]], ...]
) -> list[tuple[ColumnEdge, str]] | Unusable:
    """Read once for the events of a run that repeat a statement."""
    columns_of = dict(schemas)
    known = {node: list(columns_of[name]) for node, name in statement.tables.items() if name in columns_of}
    places = {f"{PLACE}{i}": node for i, node in enumerate(statement.tables)}
    try:
        columns = needed_columns(statement, outputs, known)
        names = (statement.columns or outputs) if statement.is_insert else ()
        found = column_edges(_placed(statement, names), {place: columns[node] for place, node in places.items()})
    except UndecidableError as error:
        return Unusable(str(error))
    except Exception as error:  # the optimizer meets what nobody planned for; an event is never lost to that
        return Unusable(f"the statement cannot be read ({type(error).__name__})")
    return [(edge, statement.tables[places[edge.source]]) for edge in found]


def _placed(statement: Statement, names: tuple[str, ...]) -> str:
    """Return the query in DuckDB's dialect with its tables under plain names, its columns under ``names`` if given.

    Raises:
        UndecidableError: which column is which cannot be told by their places.
    """
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
    if names and (len(root.selects) != len(names) or any(select.is_star for select in root.selects)):
        raise UndecidableError("its columns cannot be told by their places")
    for select, name in zip(root.selects, names, strict=False):
        select.replace(exp.alias_(select.unalias(), name, quoted=True))
    return root.sql("duckdb")


def _copied(query: exp.Query) -> dict[int, Any]:
    """Return id of each node of a query → its copy; under 0 the copy of the query."""
    copy = query.copy()
    pairs = zip(query.walk(), copy.walk(), strict=True)
    return {0: copy} | {id(node): twin for node, twin in pairs if isinstance(node, exp.Table)}
