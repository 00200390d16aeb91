"""What stands in FROM: tables, subqueries, joins, values, unnested lists.

Lives here: filling a scope with the tables of one query, and what joining them says about its rows.
Add here: another kind of table expression or join.
Stays out: the select list and the other clauses (``select``), names (``scopes``).

A table sees those before it in the same FROM (DuckDB needs no LATERAL for it).
"""

from __future__ import annotations

from dataclasses import replace

from sqlglot import exp

from lineage.columns.dependency import (
    NOTHING,
    TRANSFORMATION,
    Found,
    Output,
    Relation,
    UnreadableSqlError,
    indirect,
    through,
    union,
)
from lineage.columns.pivots import pivoted
from lineage.columns.scopes import Merged, Scope, Source

_TABLE_ARGS = {"this", "db", "catalog", "alias", "joins", "pivots", "sample", "when", "cross_apply", "only"}
_JOIN = indirect("JOIN")


def read_from(select: exp.Expr, scope: Scope) -> Found:
    """Add the tables of a query's FROM to its scope; return what decides the rows they give."""
    start = select.args.get("from_")
    rows = _add(start.this, scope) if start else NOTHING
    return rows | union(_join(j, scope) for j in select.args.get("joins") or [])


def renamed(relation: Relation, names: list[str]) -> Relation:
    """Return a relation with other names for its first columns."""
    if relation.unknown and names:
        raise UnreadableSqlError(f"the columns of {relation.unknown} are not known")
    new = [replace(c, name=names[i]) if i < len(names) else c for i, c in enumerate(relation.columns)]
    return replace(relation, columns=tuple(new))


def alias_columns(alias: exp.Expr | None) -> list[str]:
    """Return the column names of ``as t(a, b)``."""
    return [c.name for c in alias.args.get("columns") or []] if alias else []


def _add(node: exp.Expr, scope: Scope) -> Found:
    if isinstance(node, exp.Subquery) and isinstance(node.this, exp.Table):  # a parenthesised join
        return _add(node.this, scope) | union(_join(j, scope) for j in node.args.get("joins") or [])
    source = _source(node, scope)
    scope.sources.append(source)
    return source.relation.rows | union(_join(j, scope) for j in node.args.get("joins") or [])


def _source(node: exp.Expr, scope: Scope) -> Source:
    alias = node.args.get("alias")
    relation = _relation(node, scope)
    for pivot in node.args.get("pivots") or []:
        relation = pivoted(relation, pivot, scope)
        alias = pivot.args.get("alias") or alias
    path = tuple(p.name.lower() for p in node.parts) if isinstance(node, exp.Table) else ()
    path = (alias.name.lower(),) if alias and alias.name else path
    return Source(path, renamed(relation, alias_columns(alias)))


def _relation(node: exp.Expr, scope: Scope) -> Relation:
    if isinstance(node, exp.Table):
        return _table(node, scope)
    if isinstance(node, exp.Lateral):
        return _relation(node.this, scope)
    if isinstance(node, exp.Unnest | exp.Explode):
        return _unnested(node, scope)
    return scope.query(node)


def _table(node: exp.Table, scope: Scope) -> Relation:
    used = {key for key, value in node.args.items() if value}
    if used - _TABLE_ARGS:
        raise UnreadableSqlError(f"the statement reads a table with {', '.join(sorted(used - _TABLE_ARGS))}")
    if isinstance(node.this, exp.GenerateSeries):
        return _series(node.this, scope)
    if isinstance(node.this, exp.Func) or not isinstance(node.this, exp.Identifier | exp.Dot):
        raise UnreadableSqlError("the statement reads a table function whose columns are not known")
    *qualifiers, name = (p.name for p in node.parts)
    found = scope.cte(name.lower()) if [q.lower() for q in qualifiers] in ([], ["recurring"]) else None
    return found or scope.schema.relation((*qualifiers, name))


def _series(node: exp.GenerateSeries, scope: Scope) -> Relation:
    name = "range" if node.args.get("is_end_exclusive") else "generate_series"
    found = union(scope.read(part) for part in node.iter_expressions())
    return Relation((Output(name, through(found, TRANSFORMATION)),), through(found, _JOIN))


def _unnested(node: exp.Expr, scope: Scope) -> Relation:
    if node.args.get("offset"):
        raise UnreadableSqlError("the statement unnests with ordinality")
    lists = node.expressions if isinstance(node, exp.Unnest) else [node.this, *node.expressions]
    lists = [each for each in lists if not isinstance(each, exp.PropertyEQ)]
    found = [scope.read(each) for each in lists]
    columns = tuple(Output("unnest", through(f, TRANSFORMATION)) for f in found)
    return Relation(columns, through(union(found), _JOIN))


def _join(join: exp.Expr, scope: Scope) -> Found:
    left = list(scope.sources)
    shown = _names(left)
    rows = _add(join.this, scope)
    right = scope.sources[len(left) :]
    names = [u.name.lower() for u in join.args.get("using") or []]
    if str(join.args.get("method") or "").upper() == "NATURAL":
        names = [n for n in _names(right) if n in shown]
    rows |= union(_merge(name, str(join.args.get("side") or "").upper(), left, right, scope) for name in names)
    rows |= through(replace(scope, condition="JOIN").read(join.args.get("on")), _JOIN)
    if str(join.args.get("kind") or "").upper() in ("SEMI", "ANTI"):
        del scope.sources[len(left) :]
        for name in names:
            scope.merged.pop(name, None)
    return rows


def _names(sources: list[Source]) -> list[str]:
    return [c.name.lower() for s in sources for c in s.relation.columns]


def _merge(name: str, side: str, left: list[Source], right: list[Source], scope: Scope) -> Found:
    """One column of USING: which side's value it shows; both sides decide which rows there are."""
    before = scope.merged.get(name)
    first = before.found if before else replace(scope, sources=left).find([name])
    second = replace(scope, sources=right, merged={}).find([name])
    found = {"RIGHT": second, "FULL": through(first | second, TRANSFORMATION)}.get(side, first)
    here = tuple(s for s in (*left, *right) if s.relation.named(name) is not None or s.relation.unknown)
    scope.merged[name] = Merged(found, here)
    return through(first | second, _JOIN)
