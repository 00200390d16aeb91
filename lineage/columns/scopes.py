"""What a name means at one place of a statement.

Lives here: the tables, aliases, lambda parameters and CTEs that a query sees, and looking a name up in them.
Add here: another kind of name.
Stays out: what tables there are (``schema``), what an expression does with a column (``expressions``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from sqlglot import exp

from lineage.columns.dependency import (
    IDENTITY,
    NOTHING,
    TRANSFORMATION,
    Dependency,
    Found,
    Relation,
    UnreadableSqlError,
    through,
    union,
)
from lineage.columns.schema import Schema


class Reading(Protocol):
    """The two readers that call each other: an expression may hold a query."""

    def expression(self, node: exp.Expr, scope: Scope) -> Found:
        """Return what an expression is made of."""
        ...

    def query(self, node: exp.Expr, scope: Scope) -> Relation:
        """Return the columns and rows of a query."""
        ...


@dataclass(frozen=True)
class Source:
    """A table of FROM: its path (``platform.current.person``, or its alias alone) and what it offers."""

    path: tuple[str, ...]
    relation: Relation

    def is_called(self, qualifiers: tuple[str, ...]) -> bool:
        """Return whether a qualified name means this table."""
        return len(qualifiers) <= len(self.path) and self.path[-len(qualifiers) :] == qualifiers


@dataclass(frozen=True)
class Merged:
    """A column that USING or NATURAL made one of several tables."""

    found: Found
    sources: tuple[Source, ...]


@dataclass
class Scope:
    """The names of one query; what it does not know, it asks the query around it."""

    reading: Reading
    schema: Schema
    parent: Scope | None = None
    condition: str = "CONDITIONAL"  # what a condition in here decides
    sources: list[Source] = field(default_factory=list)
    merged: dict[str, Merged] = field(default_factory=dict)
    params: dict[str, Found] = field(default_factory=dict)  # of lambdas
    aliases: dict[str, Found] = field(default_factory=dict)  # of the select list
    ctes: dict[str, Relation] = field(default_factory=dict)
    windows: dict[str, exp.Expr] = field(default_factory=dict)
    mixes_aliases: bool = False  # in HAVING, GROUP BY and ORDER BY a name may mean an alias and a column

    def inner(self, condition: str = "CONDITIONAL") -> Scope:
        """Return an empty scope that sees this one."""
        return Scope(self.reading, self.schema, self, condition)

    def around(self) -> Iterator[Scope]:
        """Walk from this scope outwards."""
        here: Scope | None = self
        while here is not None:
            yield here
            here = here.parent

    def read(self, node: exp.Expr | None) -> Found:
        """Return what an expression is made of; nothing if there is none."""
        return NOTHING if node is None else self.reading.expression(node, self)

    def query(self, node: exp.Expr) -> Relation:
        """Return the columns and rows of a query that sees this scope."""
        return self.reading.query(node, self)

    def cte(self, name: str) -> Relation | None:
        """Return the nearest CTE of a name."""
        return next((s.ctes[name] for s in self.around() if name in s.ctes), None)

    def window(self, name: str) -> exp.Expr:
        """Return the nearest named window.

        Raises:
            UnreadableSqlError: there is none of that name.
        """
        for scope in self.around():
            if name in scope.windows:
                return scope.windows[name]
        raise UnreadableSqlError(f"the statement names a window {name} that it does not define")

    def find(self, parts: list[str]) -> Found:
        """Return what a name is made of: parts of a column name, then fields of a structured value.

        Raises:
            UnreadableSqlError: no table in sight has such a column, or several have.
        """
        wanted = tuple(p.lower() for p in parts)
        for scope in self.around():
            found = scope._find(wanted)
            if found is not None:
                return found
        return self._of_unknown_columns(wanted, ".".join(parts))

    def _find(self, parts: tuple[str, ...]) -> Found | None:
        for count in range(min(3, len(parts) - 1), -1, -1):
            name = parts[count]
            found = self._qualified(parts[:count], name) if count else self._plain(name)
            if found is not None:
                return through(found, TRANSFORMATION if len(parts) > count + 1 else IDENTITY)
        called = [s for s in self.sources if s.is_called(parts)]
        return through(called[0].relation.all_columns(), TRANSFORMATION) if called else None  # a whole row

    def _qualified(self, qualifiers: tuple[str, ...], name: str) -> Found | None:
        for source in self.sources:
            if source.is_called(qualifiers):
                found = source.relation.named(name)
                if found is None and source.relation.unknown:
                    return frozenset({Dependency(source.relation.unknown, name, IDENTITY)})
                if found is not None or name == "rowid":
                    return found or NOTHING
        return None

    def _plain(self, name: str) -> Found | None:
        if name in self.params:
            return self.params[name]
        column, alias = self._column(name), self.aliases.get(name)
        if self.mixes_aliases and column is not None and alias is not None:
            return union((column, alias))
        return alias if column is None else column

    def _column(self, name: str) -> Found | None:
        if name in self.merged:
            return self.merged[name].found
        found = [f for s in self.sources if (f := s.relation.named(name)) is not None]
        if len(found) > 1:
            raise UnreadableSqlError(f"column {name} stands in several tables of the statement")
        return found[0] if found else None

    def _of_unknown_columns(self, parts: tuple[str, ...], name: str) -> Found:
        column, *fields = parts
        for scope in self.around():
            unknown = [s.relation.unknown for s in scope.sources if s.relation.unknown]
            if len(unknown) == 1:
                return frozenset({Dependency(unknown[0], column, TRANSFORMATION if fields else IDENTITY)})
            if unknown:
                break
        raise UnreadableSqlError(f"no table of the statement is known to have a column {name}")
