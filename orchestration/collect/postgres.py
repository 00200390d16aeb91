"""Registers in tables of PostgreSQL（库表）.

Lives here: one read-only transaction that counts the rows and streams them into a CSV file, so that the number
declared is that of the same moment. Names enter SQL as identifiers only.
Add here: how another type of column must be written to be read again by the platform.
Stays out: where the database is (``connection``), which checkpoint was the last (``state``).
"""

from __future__ import annotations

from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg import sql

from orchestration.collect.connection import PostgresConnection
from orchestration.collect.error import Collected, CollectError
from scheme.catalog import CatalogEntry
from scheme.delivery import Origin
from warehouse import atomic

_SESSION = "SET LOCAL TIME ZONE 'Asia/Shanghai'; SET LOCAL datestyle = 'ISO'; SET LOCAL statement_timeout = '60min'"
_COLUMNS = """
    SELECT column_name, data_type FROM information_schema.columns
    WHERE table_schema = coalesce(nullif(%s, ''), current_schema()) AND table_name = %s
"""


def fetch(entry: CatalogEntry, origin: Origin, secret: PostgresConnection, since: str | None, to: Path) -> Collected:
    """Write the register, or what is beyond the checkpoint ``since``, into a CSV file.

    Raises:
        CollectError: not reachable, not readable, or without the columns of the entry.
    """
    if not origin.table:
        raise CollectError(entry.id, "names no table", "give delivery.origin.table in its catalog entry", 2)
    try:
        with psycopg.connect(secret.dsn.get_secret_value(), connect_timeout=10) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            connection.execute(_SESSION)
            return _copy(connection, _Query(connection, entry, origin, since), to / "rows.csv", since)
    except psycopg.Error as error:
        raise _refused(error, f"connection {origin.connection}", origin.table) from None


class _Query:
    """The parts of the SQL over one table."""

    def __init__(self, link: psycopg.Connection, entry: CatalogEntry, origin: Origin, since: str | None) -> None:
        schema, _, table = origin.table.rpartition(".")
        found: dict[str, str] = dict(link.execute(_COLUMNS, (schema, table)).fetchall())
        names = _names(entry, origin, set(found))
        self.columns = sql.SQL(", ").join(
            sql.SQL("{} AS {}").format(_cell(name, found[name]), sql.Identifier(code)) for code, name in names.items()
        )
        self.table = sql.Identifier(schema, table) if schema else sql.Identifier(table)
        column = sql.Identifier(names[origin.checkpoint]) if origin.checkpoint else None
        self.greatest = sql.SQL("max({})::text").format(column) if column else sql.SQL("NULL::text")
        self.where: sql.Composable = sql.SQL("")
        if since is not None and column:
            self.where = sql.SQL(" WHERE {} > {}").format(column, sql.Literal(since))
        keys = [sql.Identifier(names[k]) for k in entry.key if k in names]
        order = sql.SQL(" ORDER BY {}").format(sql.SQL(", ").join(keys))
        self.order: sql.Composable = order if keys else sql.SQL("")

    def written(self, text: LiteralString) -> sql.Composed:
        """Fill a statement's places with the parts."""
        return sql.SQL(text).format(**vars(self))


def _copy(connection: psycopg.Connection, query: _Query, file: Path, since: str | None) -> Collected:
    counted = connection.execute(query.written("SELECT count(*), {greatest} FROM {table}{where}")).fetchone()
    rows, greatest = counted or (0, None)
    statement = query.written(
        "COPY (SELECT {columns} FROM {table}{where}{order}) TO STDOUT (FORMAT csv, HEADER, ENCODING 'UTF8')"
    )
    with file.open("wb") as out, connection.cursor().copy(statement) as copy:
        for block in copy:
            out.write(block)
    atomic.sync_file(file)
    return Collected(file, rows, greatest or since)


def _names(entry: CatalogEntry, origin: Origin, found: set[str]) -> dict[str, str]:
    """Return item code → column: the one called like the item's code, name or other header."""
    if not found:
        next_step = "correct delivery.origin.table (schema.table), or have the account granted SELECT on it"
        raise CollectError(entry.id, f"there is no table {origin.table} that the account may read", next_step)
    candidates = {i.code: [n for n in (i.code, i.name, *i.labels) if n in found] for i in entry.items}
    needed = {i.code for i in entry.items if not i.optional} | {origin.checkpoint}
    missing = [code for code, names in candidates.items() if code in needed and not names]
    if missing:
        what = f"table {origin.table} lacks columns of the catalog entry: {', '.join(missing)}"
        raise CollectError(entry.id, what, "have them added or granted, or change the entry's items")
    return {code: names[0] for code, names in candidates.items() if names}


def _cell(name: str, data_type: str) -> sql.Composable:
    """A moment is written as wall-clock time of Asia/Shanghai, like all times of the platform."""
    column = sql.Identifier(name)
    if data_type == "timestamp with time zone":
        return sql.SQL("({} AT TIME ZONE 'Asia/Shanghai')").format(column)
    return column


def _refused(error: psycopg.Error, where: str, table: str) -> CollectError:
    """Say what kind of error it is; the database's own words may hold cells, its address or a password."""
    state, words = error.sqlstate or "", str(error)
    if state.startswith("28") or "authentication failed" in words or "no password supplied" in words:
        return CollectError(where, "the database refuses the account", "correct user and password in its file")
    if state == "42501":
        return CollectError(where, f"the account may not read {table}", "have it granted SELECT")
    if state == "57014":
        return CollectError(where, f"reading {table} took longer than an hour", "collect it by increments")
    if isinstance(error, psycopg.ProgrammingError) and not state:
        return CollectError(where, "its dsn cannot be read", "write it as postgresql://… or key=value pairs", 2)
    if isinstance(error, psycopg.OperationalError):
        return CollectError(where, "the database cannot be reached or broke off", "check its address and try again")
    return CollectError(where, f"the database answered with error {state}", f"check {table} and its checkpoint column")
