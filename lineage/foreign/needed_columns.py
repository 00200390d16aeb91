"""Which columns of its tables a statement uses, where no schema says which there are.

Lives here: following each used name from the outermost select inwards, through ``select *``, to a table.
Add here: another form of select that passes columns on unnamed.
Stays out: column lineage, which needs the answer as the tables' schema (``lineage.columns``).

A star passes a name on to its only source, or to the only one that can have it; where two could, the statement
is undecidable, never guessed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from sqlglot import exp
from sqlglot.optimizer.scope import Scope, build_scope

from lineage.foreign.statement import Statement


class UndecidableError(ValueError):
    """A column may come from more than one table."""


def needed_columns(statement: Statement, outputs: Iterable[str], known: dict[int, list[str]]) -> dict[int, list[str]]:
    """Return the columns of each table (by node id) that a statement uses to make ``outputs``.

    Args:
        statement: what is read.
        outputs: names of the columns it makes, needed where it ends in a star.
        known: columns of the tables whose schema is known, by node id.

    Raises:
        UndecidableError: a column may come from more than one table.
    """
    root = build_scope(statement.query)
    if root is None:
        raise UndecidableError("the statement selects nothing")
    walk = _Walk(statement, known)
    walk.wanted[id(root)] = {name.lower() for name in outputs}
    for scope in reversed(list(root.traverse())):
        walk.visit(scope)
    return {table: known.get(table) or sorted(walk.used[table]) or ["_"] for table in statement.tables}


class _Walk:
    def __init__(self, statement: Statement, known: dict[int, list[str]]) -> None:
        self.wanted: dict[int, set[str]] = defaultdict(set)  # scope → names its users want
        self.used: dict[int, set[str]] = defaultdict(set)  # table → columns
        self._known = {table: {c.lower() for c in columns} for table, columns in known.items()}

    def visit(self, scope: Scope) -> None:
        """Pass on what is wanted of one scope, and what its own expressions use."""
        wanted = self.wanted[id(scope)]
        if isinstance(scope.expression, exp.SetOperation):
            for branch in scope.set_operation_scopes:
                self.wanted[id(branch)] |= wanted
            return
        if not isinstance(scope.expression, exp.Select):
            return
        self._join(scope)
        stars = list(_stars(scope))
        for column in scope.columns:
            if not isinstance(column.this, exp.Star) and not (stars and _is_alias(scope, column)):
                self._use(scope, column)
        for name in sorted(wanted - _named(scope)) if stars else ():
            self._give(self._candidates([s for s, without in stars if name not in without], name), name)

    def _join(self, scope: Scope) -> None:
        for join in scope.expression.args.get("joins") or ():
            shared = [each.name.lower() for each in join.args.get("using") or ()]
            if shared and len(scope.selected_sources) > 2:
                raise UndecidableError("USING beside more than two tables")
            for name in shared:
                for _, source in scope.selected_sources.values():
                    self._give([source], name)

    def _use(self, scope: Scope, column: exp.Column) -> None:
        name = column.name.lower()
        if column.table:
            source = _source(scope, column.table)
            if source is not None:
                self._give([source], name)
            return
        sources = [source for _, source in scope.selected_sources.values()]
        found = self._candidates(sources, name)
        if len(found) == 1:
            self._give(found, name)
        elif len(found) > 1:
            raise UndecidableError("a column without its table may come from several")

    def _candidates(self, sources: list[Any], name: str) -> list[Any]:
        """Return the sources that have a column, or else those of which nobody knows."""
        unique = list({id(s): s for s in sources}.values())
        columns = {id(s): self._columns(s) for s in unique}
        having = [s for s in unique if name in (columns[id(s)] or ())]
        return having or [s for s in unique if columns[id(s)] is None]

    def _columns(self, source: Any) -> set[str] | None:
        if isinstance(source, exp.Table):
            return self._known.get(id(source))
        while isinstance(source.expression, exp.SetOperation):
            source = source.set_operation_scopes[0]
        return None if any(True for _ in _stars(source)) else _named(source)

    def _give(self, sources: list[Any], name: str) -> None:
        if len(sources) > 1:
            raise UndecidableError("a column of a star may come from several tables")
        for source in sources:
            if isinstance(source, exp.Table):
                self.used[id(source)].add(name)
            else:
                self.wanted[id(source)].add(name)


def _named(scope: Scope) -> set[str]:
    return {s.alias_or_name.lower() for s in scope.expression.selects if not s.is_star}


def _stars(scope: Scope) -> Iterator[tuple[Any, set[str]]]:
    """Return each source a star of this scope passes on, with the columns it leaves out."""
    for select in scope.expression.selects:
        if not select.is_star:
            continue
        star = select.this if isinstance(select, exp.Column) else select
        without = {each.name.lower() for each in star.args.get("except_") or star.args.get("except") or ()}
        table = select.table if isinstance(select, exp.Column) else ""
        for name, (_, source) in scope.selected_sources.items():
            if not table or name.lower() == table.lower():
                yield source, without


def _is_alias(scope: Scope, column: exp.Column) -> bool:
    """Return whether a name beside a star is the scope's own new column, used again.

    Raises:
        UndecidableError: it may be that, or a column of the star's table.
    """
    name, owner = column.name.lower(), column.find_ancestor(exp.Alias, exp.Select)
    if column.table or name not in _named(scope) or (isinstance(owner, exp.Alias) and owner.alias.lower() == name):
        return False
    if column.find_ancestor(exp.Order, exp.Group, exp.Having, exp.Qualify):
        return True
    raise UndecidableError("a name is both a new column and, perhaps, one of a star")


def _source(scope: Scope, name: str) -> Any:
    here: Scope | None = scope
    while here is not None:
        for known, source in here.sources.items():
            if known.lower() == name.lower():
                return source
        here = here.parent
    return None
