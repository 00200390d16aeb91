"""PIVOT and UNPIVOT: columns made of rows, rows made of columns.

Lives here: the columns and rows of a pivoted table whose columns the statement lists.
Add here: another form of listing them.
Stays out: a PIVOT whose columns depend on the data: its lineage cannot be known from the statement.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from sqlglot import exp

from lineage.columns.dependency import (
    NOTHING,
    ROWS,
    Found,
    Output,
    Relation,
    UnreadableSqlError,
    indirect,
    through,
    union,
)
from lineage.columns.scopes import Scope, Source
from lineage.columns.stars import matching, output_name

_UNKNOWN_COLUMNS = "the statement pivots on values that only the data know: list them with IN"


def read_pivot(pivot: exp.Expr, scope: Scope) -> Relation:
    """Return the relation of the statement ``pivot t on …`` or ``unpivot t on …``."""
    relation = scope.query(pivot.this)
    if pivot.args.get("unpivot"):
        into = pivot.args.get("into")
        name = into.this.name if into else "name"
        return _unpivoted(relation, pivot, pivot.expressions, (name, _value_name(into)), scope)
    return _pivoted(relation, pivot.expressions, pivot.args.get("using") or [], pivot.args.get("group"), scope)


def pivoted(relation: Relation, pivot: exp.Expr, scope: Scope) -> Relation:
    """Return a table of FROM after its ``pivot (…)`` or ``unpivot (…)``."""
    fields = pivot.args.get("fields") or []
    if not pivot.args.get("unpivot"):
        return _pivoted(relation, fields, pivot.expressions, pivot.args.get("group"), scope)
    if len(fields) != 1 or len(pivot.expressions) != 1:
        raise UnreadableSqlError("the statement unpivots into several columns")
    names = (fields[0].this.name, pivot.expressions[0].name)
    return _unpivoted(relation, pivot, fields[0].expressions, names, scope)


def _pivoted(
    relation: Relation, fields: list[exp.Expr], aggregates: list[exp.Expr], group: exp.Expr | None, scope: Scope
) -> Relation:
    if relation.unknown or not all(isinstance(f, exp.In) and f.expressions for f in fields):
        raise UnreadableSqlError(_UNKNOWN_COLUMNS)
    inside = _over(relation, scope)
    aggregates = aggregates or [exp.Count(this=exp.Star())]
    kept = _kept(relation, fields, aggregates, group)
    rows = relation.rows | through(union(o.found for o in kept), indirect("GROUP_BY"))
    decides = through(union(inside.read(f.this) for f in fields), indirect("CONDITIONAL"))
    columns = [Output(name, _settled(inside.read(a), rows) | decides) for name, a in _cells(fields, aggregates)]
    return Relation((*kept, *columns), rows)


def _cells(fields: list[exp.Expr], aggregates: list[exp.Expr]) -> Iterator[tuple[str, exp.Expr]]:
    """Yield name and aggregate of each pivoted column: the values, then the aggregate's name if it is needed."""
    for values in product(*(f.expressions for f in fields)):
        prefix = "_".join(v.alias_or_name or v.sql("duckdb") for v in values)
        for aggregate in aggregates:
            is_named = isinstance(aggregate, exp.Alias) or len(aggregates) > 1
            yield (f"{prefix}_{output_name(aggregate)}" if is_named else prefix), aggregate


def _kept(
    relation: Relation, fields: list[exp.Expr], aggregates: list[exp.Expr], group: exp.Expr | None
) -> list[Output]:
    if group is not None:
        names = [k.name.lower() for k in group.expressions]
        return [o for n in names for o in relation.columns if o.name.lower() == n]
    used = {c.name.lower() for part in (*(f.this for f in fields), *aggregates) for c in part.find_all(exp.Column)}
    return [o for o in relation.columns if o.name.lower() not in used]


def _unpivoted(
    relation: Relation, pivot: exp.Expr, listed: list[exp.Expr], names: tuple[str, str], scope: Scope
) -> Relation:
    if relation.unknown:
        raise UnreadableSqlError(f"the columns of {relation.unknown} are not known")
    inside = _over(relation, scope)
    turned = [o for each in listed for o in _listed(each, inside)]
    gone = {o.name.lower() for o in turned}
    values = union(o.found for o in turned)
    kept = [o for o in relation.columns if o.name.lower() not in gone]
    keeps_nulls = bool(pivot.args.get("include_nulls"))
    rows = relation.rows | (NOTHING if keeps_nulls else through(values, indirect("FILTER")))
    return Relation((*kept, Output(names[0], NOTHING), Output(names[1], values)), rows)


def _listed(each: exp.Expr, scope: Scope) -> list[Output]:
    if isinstance(each, exp.Columns):
        return matching(each, scope)
    if isinstance(each, exp.Column) and not isinstance(each.this, exp.Star):
        return [Output(each.name, scope.read(each))]
    raise UnreadableSqlError("the statement unpivots what is no plain column")


def _value_name(into: exp.Expr | None) -> str:
    if into is None:
        return "value"
    if len(into.expressions) != 1:
        raise UnreadableSqlError("the statement unpivots into several columns")
    return into.expressions[0].name


def _settled(found: Found, rows: Found) -> Found:
    return (found - {ROWS}) | rows if ROWS in found else found


def _over(relation: Relation, scope: Scope) -> Scope:
    inside = scope.inner()
    inside.sources.append(Source((), relation))
    return inside
