"""The truth about column lineage, by data: change one source column, run the statement, see what changes.

Lives here: random tables, changes to one column, and what they did to the result of each statement.
Add here: another way of changing a column.
Stays out: the statements (the tests), what their lineage says (``lineage.columns``).
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import duckdb

from lineage.columns import Lineage

Rows = list[dict[str, Any]]
FRESH: dict[str, Callable[[int], Any]] = {
    "int": lambda i: 100_000 + i,
    "double": lambda i: 100_000.5 + i,
    "text": lambda i: f"fresh{i}",
    "date": lambda i: dt.date(1800, 1, 1) + dt.timedelta(days=400 * i),
    "timestamp": lambda i: dt.datetime(1800, 1, 1) + dt.timedelta(days=400 * i),
    "bool": lambda i: i % 2 == 0,
    "int[]": lambda i: [i, 100_000 + i, 7],
    "text[]": lambda i: [f"fresh{i}"] * (i % 3),
    "struct(f int, g text)": lambda i: {"f": 100_000 + i, "g": f"fresh{i}"},
}


@dataclass(frozen=True)
class Table:
    """A data set with its columns (name → type of ``FRESH``), the values each is drawn from, and its rows."""

    name: str
    columns: dict[str, str]
    values: dict[str, list[Any]]
    size: int = 10

    def drawn(self, random_: random.Random) -> Rows:
        """Return random rows; a column without values counts its rows."""
        return [
            {c: random_.choice(self.values[c]) if c in self.values else i for c in self.columns}
            for i in range(self.size)
        ]


@dataclass
class Observed:
    """What changed in the results of one statement, by changed source column."""

    columns: list[str] = field(default_factory=list)  # of the result
    shown: dict[tuple[str, str], set[str]] = field(default_factory=dict)  # source column → output columns
    rows: set[tuple[str, str]] = field(default_factory=set)  # source columns that changed which rows there are
    full: int = 0  # how often the result had rows

    def record(self, source: tuple[str, str], before: list[tuple], after: list[tuple]) -> None:
        """Compare two results as sets of rows, each column for itself and all together."""
        if before == after:
            return
        places = range(len(self.columns))
        changed = {self.columns[i] for i in places if _sorted(before, i) != _sorted(after, i)}
        self.shown.setdefault(source, set()).update(changed)
        if len(before) != len(after) or not changed:
            self.rows.add(source)


def observe(
    tables: list[Table],
    statements: dict[str, tuple[str, set[str]]],
    seeds: int,
    prepare: Callable[[duckdb.DuckDBPyConnection], object] = lambda _: None,
) -> dict[str, Observed]:
    """Run statements (key → SQL, the data sets it reads) before and after each change of each column.

    The tables stand in one in-memory DuckDB under their own names, ``prepare`` defines functions.
    """
    found = {key: Observed() for key in statements}
    with duckdb.connect(config={"threads": 1}) as connection:
        _create(connection, tables)
        prepare(connection)
        for seed in range(seeds):
            random_ = random.Random(seed)
            rows = {t.name: t.drawn(random_) for t in tables}
            for table in tables:
                _fill(connection, table, rows[table.name])
            before = {key: _run(connection, sql, found[key]) for key, (sql, _) in statements.items()}
            for table in tables:
                reading = [key for key, (_, reads) in statements.items() if table.name in reads]
                for column, changed in _changes(table, rows[table.name], random_) if reading else ():
                    _fill(connection, table, changed)
                    for key in (k for k in reading if _may_use(statements[k][0], column)):
                        after = _run(connection, statements[key][0], found[key])
                        found[key].record((table.name, column), before[key], after)
                _fill(connection, table, rows[table.name])
    return found


def unpredicted(observed: Observed, lineage: Lineage) -> list[str]:
    """Return the changes that the lineage does not tell of (soundness)."""
    edges = {(e.column, e.source, e.source_column) for e in lineage.edges}
    sources = {(e.source, e.source_column) for e in lineage.edges}
    missing = [
        f"{source} changes {column}"
        for source, columns in observed.shown.items()
        for column in columns
        if (column, *source) not in edges and ("*", *source) not in edges
    ]
    return missing + [f"{source} changes the rows" for source in observed.rows if source not in sources]


def unseen(observed: Observed, lineage: Lineage) -> list[tuple[str, str, str]]:
    """Return the DIRECT edges of which no change showed anything (precision)."""
    direct = {(e.column, e.source, e.source_column) for e in lineage.edges if e.type == "DIRECT"}
    return sorted(d for d in direct if d[0] not in observed.shown.get(d[1:], set()))


def _may_use(sql: str, column: str) -> bool:
    """A statement without a star that does not name a column cannot use it: no need to run it."""
    return column in sql or any(w in sql.replace("count(*)", "") for w in ("*", "natural", "columns(", "d as r"))


def _create(connection: duckdb.DuckDBPyConnection, tables: list[Table]) -> None:
    for zone in sorted({t.name.split(".")[0] for t in tables}):
        connection.execute(f"attach ':memory:' as \"{zone}\"")
    for table in tables:
        zone, group, _ = table.name.split(".")
        columns = ", ".join(f'"{c}" {kind}' for c, kind in table.columns.items())
        connection.execute(f'create schema if not exists "{zone}"."{group}"')
        connection.execute(f"create table {_quoted(table.name)} ({columns})")


def _fill(connection: duckdb.DuckDBPyConnection, table: Table, rows: Rows) -> None:
    values = ", ".join(f"({', '.join(_literal(row[c]) for c in table.columns)})" for row in rows)
    connection.execute(f"truncate {_quoted(table.name)}; insert into {_quoted(table.name)} values {values}")


def _run(connection: duckdb.DuckDBPyConnection, sql: str, observed: Observed) -> list[tuple]:
    result = connection.execute(sql)
    observed.columns = observed.columns or [d[0] for d in result.description or []]
    rows = sorted((tuple(map(_comparable, row)) for row in result.fetchall()), key=repr)
    observed.full += bool(rows)
    return rows


def _comparable(value: Any) -> Any:
    """Sums of doubles differ in the last digits with the order of the rows."""
    return round(value, 6) if isinstance(value, float) else value


def _changes(table: Table, rows: Rows, random_: random.Random) -> Iterator[tuple[str, Rows]]:
    for column, kind in table.columns.items():
        present = [row[column] for row in rows]
        other = random_.sample(present, len(present))
        values = table.values.get(column)
        drawn = [random_.choice(values) for _ in rows] if values else other[::-1]
        fresh = [FRESH[kind](i) for i in range(len(rows))]
        one = list(present)
        one[random_.randrange(len(rows))] = FRESH[kind](random_.randrange(9))
        for column_values in (other, drawn, fresh, one, [None] * len(rows)):
            yield column, [row | {column: v} for row, v in zip(rows, column_values, strict=True)]


def _sorted(rows: list[tuple], place: int) -> list[str]:
    return sorted(repr(row[place]) for row in rows)


def _quoted(name: str) -> str:
    return ".".join(f'"{part}"' for part in name.split("."))


def _literal(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool() | int() | float():
            return str(value).lower()
        case list():
            return f"[{', '.join(map(_literal, value))}]"
        case dict():
            return "{" + ", ".join(f"'{k}': {_literal(v)}" for k, v in value.items()) + "}"
        case _:
            return "'" + str(value).replace("'", "''") + "'"
