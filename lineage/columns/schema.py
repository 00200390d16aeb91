"""The data sets that a statement can read, and their columns.

Lives here: finding a table by the name that a statement gives it.
Add here: another way in which producers name tables.
Stays out: CTEs and aliases (``scopes``).
"""

from __future__ import annotations

from collections import defaultdict

from lineage.columns.dependency import IDENTITY, Dependency, Output, Relation, UnreadableSqlError


class Schema:
    """Data sets by name, upper and lower case alike, as DuckDB compares names."""

    def __init__(self, columns: dict[str, list[str]]) -> None:
        """``columns``: data set (zone.schema.table) → its columns in order."""
        self._columns = columns
        self.read: set[str] = set()  # the data sets that were looked up
        self._by_suffix: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for dataset in columns:
            parts = tuple(dataset.lower().split("."))
            for start in range(len(parts)):
                self._by_suffix[parts[start:]].append(dataset)

    def relation(self, parts: tuple[str, ...]) -> Relation:
        """Return a table's columns; a table that is not known has a name and unknown columns.

        Raises:
            UnreadableSqlError: the name is short and fits several data sets.
        """
        name = ".".join(parts)
        fitting = self._by_suffix.get(tuple(name.lower().split(".")), [])
        exact = [d for d in fitting if d.lower() == name.lower()]
        if len(exact or fitting) > 1:
            raise UnreadableSqlError(f"several data sets are called {name}")
        dataset = (exact or fitting or [name])[0]
        self.read.add(dataset)
        if not fitting:
            return Relation((), unknown=dataset)
        columns = (Output(c, frozenset({Dependency(dataset, c, IDENTITY)})) for c in self._columns[dataset])
        return Relation(tuple(columns))
