"""What functions, aggregates and windows do with the columns in them.

Lives here: functions by name, aggregates with FILTER and ORDER BY, windows, list functions with lambdas.
Add here: a function whose arguments do not all go into its value.
Stays out: whether a function masks (``masks``), conditions and subqueries (``expressions``).
"""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from lineage.columns.dependency import (
    NOTHING,
    ROWS,
    TRANSFORMATION,
    Found,
    Step,
    UnreadableSqlError,
    indirect,
    through,
    union,
)
from lineage.columns.masks import AGGREGATES, COUNTS, judged
from lineage.columns.scopes import Scope

_ROWS = frozenset({ROWS})
_OF_OTHER_ROWS = (exp.Lag, exp.Lead, exp.FirstValue, exp.LastValue, exp.NthValue)
_RANKS = (exp.RowNumber, exp.Rank, exp.DenseRank, exp.PercentRank, exp.CumeDist, exp.Ntile)
_BY_ORDER = {"arg_min", "arg_max", "arg_min_null", "arg_max_null", "arg_min_nulls_last", "arg_max_nulls_last"}
_TRANSFORMING = {"transform", "list_transform", "list_apply", "array_transform", "array_apply", "apply"}
_FILTERING = {"array_filter", "list_filter", "filter"}


def is_aggregate(node: exp.Expr) -> bool:
    """Return whether a node makes one value of many rows."""
    return isinstance(node, exp.AggFunc) or (isinstance(node, exp.Anonymous) and node.name.lower() in AGGREGATES)


def _call(node: exp.Expr, scope: Scope) -> Found:
    """A function: each argument as the function's name says."""
    is_known = not isinstance(node, exp.Anonymous)
    name = (node.sql_name() if is_known else node.name).lower()
    arguments = [a for a in node.iter_expressions() if not isinstance(a, exp.DataType)]
    if any(isinstance(a, exp.Lambda) for a in arguments):
        return _with_lambda(name, arguments, scope)
    found = union(_argument(name, i, a, scope, is_known) for i, a in enumerate(arguments))
    return found | _ROWS if is_aggregate(node) and _names_no_column(node) else found


def _argument(name: str, position: int, node: exp.Expr, scope: Scope, is_known: bool) -> Found:
    if isinstance(node, exp.Star) or (isinstance(node, exp.Column) and isinstance(node.this, exp.Star)):
        if name in COUNTS:
            return _ROWS  # count(*) and count(t.*) count rows
        raise UnreadableSqlError(f"the statement calls {name}(*), whose arguments are not known")
    if name in _BY_ORDER and position == 1:
        return through(scope.read(node), indirect("SORT"))
    ordered, keys = (node.this, node.expressions) if isinstance(node, exp.Order) else (node, [])
    sorting = through(union(scope.read(k) for k in keys), indirect("SORT"))
    return through(scope.read(ordered), judged(name, position, is_known=is_known)) | sorting


def _names_no_column(node: exp.Expr) -> bool:
    return node.find(exp.Column, exp.Identifier) is None


def _with_lambda(name: str, arguments: list[exp.Expr], scope: Scope) -> Found:
    lists = union(scope.read(a) for a in arguments if not isinstance(a, exp.Lambda))
    lambdas = [a for a in arguments if isinstance(a, exp.Lambda)]
    body = union(_lambda_body(each, lists, scope) for each in lambdas)
    if name in _FILTERING:
        return through(lists, TRANSFORMATION) | through(body, indirect(scope.condition))
    if name in _TRANSFORMING:
        return through(body, TRANSFORMATION) | through(lists, indirect(scope.condition))
    return through(lists | body, judged(name, 0))


def _lambda_body(node: exp.Expr, values: Found, scope: Scope) -> Found:
    inside = scope.inner(scope.condition)
    inside.params = {p.name.lower(): values for p in node.expressions}
    return inside.read(node.this)


def _comprehension(node: exp.Expr, scope: Scope) -> Found:
    """``[value for name in list if condition]``."""
    values = scope.read(node.args["iterator"])
    inside = scope.inner(scope.condition)
    inside.params = {node.args["expression"].name.lower(): values}
    decides = values | inside.read(node.args.get("condition"))
    return through(inside.read(node.this), TRANSFORMATION) | through(decides, indirect(scope.condition))


def _unnest(node: exp.Expr, scope: Scope) -> Found:
    if isinstance(node.this, exp.Struct):
        raise UnreadableSqlError("the statement unfolds a structured value into columns")
    return _call(node, scope)


def _filter(node: exp.Expr, scope: Scope) -> Found:
    return scope.read(node.this) | through(scope.read(node.args["expression"].this), indirect("FILTER"))


def _within_group(node: exp.Expr, scope: Scope) -> Found:
    """``percentile_cont(0.5) within group (order by value)``: the value is what is ordered by."""
    values = union(scope.read(o) for o in node.args["expression"].expressions)
    name = node.this.sql_name().lower() if isinstance(node.this, exp.AggFunc) else node.this.name.lower()
    return through(values, judged(name, 0, is_known=True)) | (scope.read(node.this) - _ROWS)


def _window(node: exp.Expr, scope: Scope) -> Found:
    found = scope.read(node.this) | through(_window_keys(node, scope), indirect("WINDOW"))
    return found | _ROWS if isinstance(_bare(node.this), _RANKS) else found


def _bare(node: exp.Expr) -> exp.Expr:
    while isinstance(node, exp.IgnoreNulls | exp.RespectNulls | exp.Filter):
        node = node.this
    return node


def _window_keys(window: exp.Expr, scope: Scope) -> Found:
    named = window.args.get("alias")
    base = _window_keys(scope.window(named.name.lower()), scope) if named else NOTHING
    order = window.args.get("order")
    keys = [*(window.args.get("partition_by") or []), *(order.expressions if order else [])]
    spec = window.args.get("spec")
    bounds = [b for b in (spec.args.get("start"), spec.args.get("end")) if isinstance(b, exp.Expr)] if spec else []
    return base | union(scope.read(k) for k in (*keys, *bounds) if not isinstance(k, exp.Star))


def _of_other_rows(node: exp.Expr, scope: Scope) -> Found:
    """``lag`` and its like give another row's value as it is."""
    return through(union(scope.read(a) for a in node.iter_expressions()), TRANSFORMATION)


def _grouping(node: exp.Expr, scope: Scope) -> Found:
    """``grouping(a)`` tells which columns a row is grouped by, not their values."""
    del scope
    if node.find(exp.Query):
        raise UnreadableSqlError("the statement asks for the grouping of a query")
    return _ROWS


def _rank(node: exp.Expr, scope: Scope) -> Found:
    return through(union(scope.read(a) for a in node.iter_expressions()), Step("DIRECT", "TRANSFORMATION"))


RULES: dict[type, Callable[[exp.Expr, Scope], Found]] = {
    exp.Func: _call,  # every function without a rule of its own
    exp.Explode: _unnest,
    exp.Comprehension: _comprehension,
    exp.Filter: _filter,
    exp.WithinGroup: _within_group,
    exp.Window: _window,
    exp.Grouping: _grouping,
    **dict.fromkeys(_OF_OTHER_ROWS, _of_other_rows),
    **dict.fromkeys(_RANKS, _rank),
}
