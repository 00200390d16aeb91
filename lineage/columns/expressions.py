"""What one expression is made of: each column that it uses, and how.

Lives here: names, conditions, subqueries inside expressions, and the rule for everything else.
Add here: an expression that decides without showing (INDIRECT), one that passes a value on unchanged.
Stays out: functions, aggregates and windows (``functions``), what masks (``masks``), FROM and SELECT (``select``).

An expression of a kind that stands in no rule is an error, so nothing is left out in silence.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from lineage.columns.dependency import (
    NOTHING,
    TRANSFORMATION,
    Found,
    Relation,
    UnreadableSqlError,
    indirect,
    through,
    union,
)
from lineage.columns.functions import RULES as FUNCTIONS
from lineage.columns.scopes import Scope
from lineage.columns.stars import matching

_SILENT = (
    exp.Literal, exp.Boolean, exp.Null, exp.Var, exp.Placeholder, exp.Parameter, exp.DataType, exp.JSONPath,
    exp.SessionParameter,
)  # fmt: skip
_PASSING = (exp.Alias, exp.Paren, exp.Cast, exp.Ordered, exp.IgnoreNulls, exp.RespectNulls)
_PLAIN = (exp.Unary, exp.Predicate, exp.Tuple, exp.Bracket, exp.Slice, exp.Interval, exp.AtTimeZone)


def read_expression(node: exp.Expr, scope: Scope) -> Found:
    """Return the base columns that an expression uses, and how.

    Raises:
        UnreadableSqlError: a name is unknown, or the expression is of a kind that has no rule.
    """
    for kind in type(node).__mro__:
        if kind in _RULES:
            return _RULES[kind](node, scope)
    if isinstance(node, _SILENT):
        return NOTHING
    if isinstance(node, _PLAIN):
        return through(_parts(node, scope), TRANSFORMATION)
    raise UnreadableSqlError(f"the statement uses {type(node).__name__}, which cannot be traced")


def value_of(relation: Relation) -> Found:
    """Return what the value of a subquery is made of: its columns, and what decides which row gives it."""
    return relation.all_columns() | relation.rows


def _parts(node: exp.Expr, scope: Scope) -> Found:
    return union(scope.read(part) for part in node.iter_expressions())


def _inside(node: exp.Expr, scope: Scope) -> Found:
    return scope.read(node.this)


def _operation(node: exp.Expr, scope: Scope) -> Found:
    """``a + b``, ``a and b``, …: a chain of them is walked without recursion, however long it is."""
    leaves, waiting = [], [node]
    while waiting:
        part = waiting.pop()
        is_operation = isinstance(part, exp.Binary) and type(part) not in _RULES
        waiting += list(part.iter_expressions()) if is_operation else []
        leaves += [] if is_operation else [part]
    return through(union(scope.read(leaf) for leaf in leaves), TRANSFORMATION)


def _column(node: exp.Expr, scope: Scope) -> Found:
    if isinstance(node.this, exp.Star):
        raise UnreadableSqlError("the statement unfolds a structured value whose fields are not known")
    return scope.find([part.name for part in node.parts])


def _identifier(node: exp.Expr, scope: Scope) -> Found:
    return scope.find([node.name])


def _dot(node: exp.Expr, scope: Scope) -> Found:
    """``value.field``, ``value.function(…)`` or ``schema.function(…)``."""
    base, member = node.this, node.args["expression"]
    if isinstance(member, exp.Identifier):
        return through(scope.read(base), TRANSFORMATION)
    if not isinstance(member, exp.Anonymous):
        raise UnreadableSqlError("the statement calls a function in a way that cannot be traced")
    try:
        scope.read(base)
    except UnreadableSqlError:  # no value of that name: a function of a schema, which is none of DuckDB's
        return scope.read(exp.Anonymous(this=f"{base.sql()}.{member.name}", expressions=member.expressions))
    return scope.read(exp.Anonymous(this=member.name, expressions=[base.copy(), *member.expressions]))


def _property(node: exp.Expr, scope: Scope) -> Found:
    """``{'name': value}`` and ``name := value``; of a map the key is a value too."""
    key = node.this if not isinstance(node.this, exp.Identifier) else None
    return union((scope.read(key), scope.read(node.args["expression"])))


def _case(node: exp.Expr, scope: Scope) -> Found:
    decides = [node.this, *(i.this for i in node.args["ifs"])]
    gives = [*(i.args["true"] for i in node.args["ifs"]), node.args.get("default")]
    return _chosen(decides, gives, scope)


def _if(node: exp.Expr, scope: Scope) -> Found:
    return _chosen([node.this], [node.args["true"], node.args.get("false")], scope)


def _nullif(node: exp.Expr, scope: Scope) -> Found:
    return _chosen([node.args["expression"]], [node.this], scope)


def _chosen(decides: list[exp.Expr | None], gives: list[exp.Expr | None], scope: Scope) -> Found:
    values = through(union(scope.read(g) for g in gives), TRANSFORMATION)
    return values | through(union(scope.read(d) for d in decides), indirect(scope.condition))


def _scalar(node: exp.Expr, scope: Scope) -> Found:
    return value_of(scope.query(node))


def _exists(node: exp.Expr, scope: Scope) -> Found:
    return through(scope.query(node.this).rows, indirect(scope.condition))


def _in(node: exp.Expr, scope: Scope) -> Found:
    listed = [node.this, *node.expressions, node.args.get("field")]
    found = through(union(scope.read(part) for part in listed if part is not None), TRANSFORMATION)
    return found | _membership(node.args.get("query"), scope)


def _any(node: exp.Expr, scope: Scope) -> Found:
    inner = node.this.unnest() if isinstance(node.this, exp.Subquery) else node.this
    if isinstance(inner, exp.Query):
        return _membership(node.this, scope)
    return through(scope.read(node.this), TRANSFORMATION)


def _membership(query: exp.Expr | None, scope: Scope) -> Found:
    if query is None:
        return NOTHING
    return through(value_of(scope.query(query)), indirect(scope.condition))


def _fitting_columns(node: exp.Expr, scope: Scope) -> Found:
    """``columns(…)`` in a condition: every column that fits (in a select list it is unfolded before)."""
    return union(o.found for o in matching(node, scope))


_RULES: dict[type, Callable[[exp.Expr, Scope], Found]] = {
    exp.Column: _column,
    exp.Identifier: _identifier,
    exp.Binary: _operation,
    exp.Dot: _dot,
    exp.PropertyEQ: _property,
    exp.Kwarg: _property,
    exp.Case: _case,
    exp.If: _if,
    exp.Nullif: _nullif,
    exp.Subquery: _scalar,
    exp.Query: _scalar,
    exp.Exists: _exists,
    exp.In: _in,
    exp.Any: _any,
    exp.All: _any,
    exp.Columns: _fitting_columns,
    **FUNCTIONS,
    exp.Distinct: _parts,
    **dict.fromkeys(_PASSING, _inside),
}
