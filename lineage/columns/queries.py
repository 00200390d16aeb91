"""Queries of every form: SELECT, set operations, VALUES, and the CTEs in front of them.

Lives here: which reader reads a query, what UNION, EXCEPT and INTERSECT do, recursion.
Add here: another form of query.
Stays out: the clauses of one SELECT (``select``).
"""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from lineage.columns.dependency import (
    NOTHING,
    Found,
    Output,
    Relation,
    UnreadableSqlError,
    indirect,
    through,
    union,
)
from lineage.columns.pivots import read_pivot
from lineage.columns.scopes import Scope, Source
from lineage.columns.select import ordering, read_select
from lineage.columns.tables import alias_columns, renamed

_SET_ARGS = {"with_", "this", "expression", "distinct", "by_name", "order", "limit", "offset"}


def read_query(node: exp.Expr, outer: Scope) -> Relation:
    """Return the columns and rows of a query; ``outer``: what it sees around it.

    Raises:
        UnreadableSqlError: it is of a form that has no rule.
    """
    scope = outer.inner()
    _add_ctes(node, scope)
    if isinstance(node, exp.Select):
        return read_select(node, scope)
    if isinstance(node, exp.SetOperation):
        return _set_operation(node, scope)
    if isinstance(node, exp.Subquery):
        return _ordered(node, scope.query(node.this), scope)
    if isinstance(node, exp.Values):
        return _values(node, scope)
    if isinstance(node, exp.Table):
        return scope.query(exp.select("*").from_(node.copy()))
    if isinstance(node, exp.Pivot):
        return read_pivot(node, scope)
    raise UnreadableSqlError(f"{type(node).__name__.upper()} is no query whose columns can be traced")


def _add_ctes(node: exp.Expr, scope: Scope) -> None:
    clause = node.args.get("with_")
    if clause is None:
        return
    for cte in clause.expressions:
        name = cte.alias.lower()
        names = alias_columns(cte.args.get("alias"))
        if clause.args.get("recursive") and isinstance(cte.this, exp.Union) and _reads(cte.this.expression, name):
            scope.ctes[name] = _recursive(cte, name, names, scope)
        else:
            scope.ctes[name] = renamed(scope.query(cte.this), names)


def _reads(query: exp.Expr, name: str) -> bool:
    return any(t.name.lower() == name for t in query.find_all(exp.Table))


def _recursive(cte: exp.Expr, name: str, names: list[str], scope: Scope) -> Relation:
    """Apply the recursive part until it adds nothing (there are finitely many dependencies)."""
    inside = scope.inner()
    _add_ctes(cte.this, inside)
    relation = renamed(inside.query(cte.this.this), names)
    while True:
        inside.ctes[name] = relation
        grown = _united(relation, inside.query(cte.this.expression), NOTHING)
        grown = replace(grown, rows=grown.rows | _kept_once(cte, grown))
        if grown == relation:
            return relation
        relation = grown


def _kept_once(cte: exp.Expr, relation: Relation) -> Found:
    """UNION keeps equal rows once, USING KEY rows of equal key."""
    keys = [relation.named(k.name) or NOTHING for k in cte.args.get("key_expressions") or []]
    kept = union(keys) if keys else relation.all_columns() if cte.this.args.get("distinct") else NOTHING
    return through(kept, indirect("GROUP_BY"))


def _set_operation(node: exp.SetOperation, scope: Scope) -> Relation:
    """A chain of set operations is read from its first query on, however long it is."""
    chain: list[exp.SetOperation] = [node]
    while isinstance(chain[-1].this, exp.SetOperation) and not _has_own_clauses(chain[-1].this):
        chain.append(chain[-1].this)
    relation = scope.query(chain[-1].this)
    for each in reversed(chain):
        relation = _combined(each, relation, scope.query(each.args["expression"]))
    return _ordered(node, relation, scope)


def _has_own_clauses(node: exp.Expr) -> bool:
    return any(node.args.get(key) for key in ("with_", "order", "limit", "offset"))


def _combined(node: exp.SetOperation, left: Relation, right: Relation) -> Relation:
    used = {key for key, value in node.args.items() if value}
    if used - _SET_ARGS:
        raise UnreadableSqlError(f"the statement unites queries with {', '.join(sorted(used - _SET_ARGS))}")
    if node.args.get("by_name"):
        left, right = _by_name(left, right)
    if len(left.columns) != len(right.columns):
        raise UnreadableSqlError("the statement unites queries of different numbers of columns")
    both = left.all_columns() | right.all_columns()
    if isinstance(node, exp.Union):
        return _united(left, right, through(both, indirect("GROUP_BY")) if node.args.get("distinct") else NOTHING)
    return replace(left, rows=left.rows | right.rows | through(both, indirect("FILTER")))


def _united(left: Relation, right: Relation, decides: Found) -> Relation:
    columns = zip(left.columns, right.columns, strict=True)
    return Relation(tuple(Output(a.name, a.found | b.found) for a, b in columns), left.rows | right.rows | decides)


def _by_name(left: Relation, right: Relation) -> tuple[Relation, Relation]:
    names = {c.name.lower(): c.name for c in (*right.columns, *left.columns)}
    order = list(dict.fromkeys(c.name.lower() for c in (*left.columns, *right.columns)))
    first, second = (
        replace(side, columns=tuple(Output(names[n], side.named(n) or NOTHING) for n in order))
        for side in (left, right)
    )
    return first, second


def _ordered(node: exp.Expr, relation: Relation, scope: Scope) -> Relation:
    inside = scope.inner()
    inside.sources.append(Source((), relation))
    return replace(relation, rows=relation.rows | ordering(node, inside, list(relation.columns)))


def _values(node: exp.Values, scope: Scope) -> Relation:
    rows = [row.expressions if isinstance(row, exp.Tuple) else [row] for row in node.expressions]
    columns = zip(*rows, strict=True)
    found = [union(scope.read(value) for value in column) for column in columns]
    return Relation(tuple(Output(f"col{i}", f) for i, f in enumerate(found)))
