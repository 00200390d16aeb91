"""One SELECT: its output columns, and what decides which rows it gives.

Lives here: the select list and the clauses WHERE, GROUP BY, HAVING, QUALIFY, DISTINCT, ORDER BY, LIMIT.
Add here: another clause.
Stays out: FROM (``tables``), CTEs and set operations (``queries``), expressions (``expressions``).
"""

from __future__ import annotations

from dataclasses import replace

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
from lineage.columns.functions import is_aggregate
from lineage.columns.scopes import Scope
from lineage.columns.stars import unfold, within
from lineage.columns.tables import read_from

_ARGS = {
    "with_", "expressions", "from_", "joins", "where", "group", "having", "qualify", "windows", "order", "limit",
    "offset", "distinct", "sample", "hint",
}  # fmt: skip


def read_select(select: exp.Expr, scope: Scope) -> Relation:
    """Return the columns and rows of a SELECT; ``scope``: an empty one of its own, with its CTEs.

    Raises:
        UnreadableSqlError: a clause or a name cannot be traced.
    """
    used = {key for key, value in select.args.items() if value}
    if used - _ARGS:
        raise UnreadableSqlError(f"the statement has a clause {', '.join(sorted(used - _ARGS))}")
    rows = read_from(select, scope)
    scope.windows = {w.name.lower(): w for w in select.args.get("windows") or []}
    items = _items(select, scope)
    rows |= _unnesting(select, scope) | _clause(select, "where", "FILTER", scope)
    named = replace(scope, mixes_aliases=True)
    rows |= _grouping(select, named, items) | _clause(select, "having", "FILTER", named)
    counted = rows - {ROWS}
    outputs = [o for _, o in items]
    rows |= _clause(select, "qualify", "FILTER", named) | _distinct(select, named, outputs)
    rows |= ordering(select, named, outputs) - {ROWS}
    return Relation(_distinct_names(outputs, counted), rows - {ROWS})


def ordering(query: exp.Expr, scope: Scope, outputs: list[Output]) -> Found:
    """Return what ORDER BY, LIMIT and OFFSET of a query depend on."""
    order = query.args.get("order")
    keys = [o.this for o in order.expressions] if order else []
    found = union(_key(key, replace(scope, condition="SORT"), outputs) for key in keys)
    limits = [query.args.get("limit"), query.args.get("offset")]
    numbers = [part for limit in limits if limit for part in limit.iter_expressions()]
    counts = union(scope.read(n) for n in numbers if not isinstance(n, exp.LimitOptions))
    return through(found, indirect("SORT")) | through(counts, indirect("FILTER"))


def _items(select: exp.Expr, scope: Scope) -> list[tuple[exp.Expr, Output]]:
    items: list[tuple[exp.Expr, Output]] = []
    for item in select.expressions:
        for output in unfold(item, scope):
            items.append((item, output))
            if isinstance(item, exp.Alias):
                scope.aliases.setdefault(output.name.lower(), output.found)
    return items


def _clause(select: exp.Expr, key: str, subtype: str, scope: Scope) -> Found:
    clause = select.args.get(key)
    inside = replace(scope, condition=subtype)
    return through(inside.read(clause.this), indirect(subtype)) if clause else NOTHING


def _grouping(select: exp.Expr, scope: Scope, items: list[tuple[exp.Expr, Output]]) -> Found:
    group = select.args.get("group")
    if group is None:
        return NOTHING
    outputs = [o for _, o in items]
    found = union(_key(k, replace(scope, condition="GROUP_BY"), outputs) for k in _group_keys(group))
    if group.args.get("all"):
        found |= union(o.found for item, o in items if not any(is_aggregate(n) for n in within(item)))
    return through(found, indirect("GROUP_BY"))


def _group_keys(group: exp.Expr) -> list[exp.Expr]:
    keys: list[exp.Expr] = []
    for part in group.iter_expressions():
        is_list = isinstance(part, exp.GroupingSets | exp.Rollup | exp.Cube | exp.Tuple)
        keys += _group_keys(part) if is_list else [part]
    return keys


def _key(key: exp.Expr, scope: Scope, outputs: list[Output]) -> Found:
    """One key of GROUP BY or ORDER BY: an expression, the number of an output column, or ALL."""
    if isinstance(key, exp.Var) and key.name.upper() == "ALL":
        return union(o.found for o in outputs)
    if isinstance(key, exp.Literal) and not key.is_string:
        if not key.this.isdigit() or not 1 <= int(key.this) <= len(outputs):
            raise UnreadableSqlError("the statement groups or orders by a column number that it does not have")
        return outputs[int(key.this) - 1].found
    return scope.read(key)


def _distinct(select: exp.Expr, scope: Scope, outputs: list[Output]) -> Found:
    distinct = select.args.get("distinct")
    if distinct is None:
        return NOTHING
    keys = distinct.args.get("on")
    if keys is None:
        return through(union(o.found for o in outputs), indirect("GROUP_BY"))
    listed = keys.expressions if isinstance(keys, exp.Tuple) else [keys]
    return through(union(_key(k, scope, outputs) for k in listed), indirect("GROUP_BY"))


def _unnesting(select: exp.Expr, scope: Scope) -> Found:
    """A list unnested in the select list decides how many rows there are."""
    lists = [n for item in select.expressions for n in within(item) if isinstance(n, exp.Explode | exp.Unnest)]
    return through(union(scope.read(n) for n in lists), indirect("JOIN"))


def _distinct_names(outputs: list[Output], rows: Found) -> tuple[Output, ...]:
    """Return the outputs as a query around sees them: a repeated name gets a number, as DuckDB gives it."""
    seen: dict[str, int] = {}
    found = []
    for output in outputs:
        count = seen.get(output.name.lower(), 0)
        seen[output.name.lower()] = count + 1
        name = f"{output.name}_{count}" if count else output.name
        found.append(Output(name, (output.found - {ROWS}) | rows if ROWS in output.found else output.found))
    return tuple(found)
