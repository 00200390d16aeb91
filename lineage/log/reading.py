"""Reading the log as it lies in the database, raw and in chunks.

Lives here: rows of the event table by sequence, without Django's models: checking reads millions of them.
Add here: another set of columns that is read in bulk.
Stays out: what the rows should be (``lineage.log.verify``).

Whoever changes the file of the database can put text there that is no UTF-8. Such a chunk is read once more with its
odd bytes escaped, so that one flipped bit is found and named like any other.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db import OperationalError, connection

CHUNK = 256
_BEFORE_ALL = -(2**63)


class Row(NamedTuple):
    """One event as it is stored; types are the database's and may be wrong in a log that was tampered with."""

    seq: int
    received_us: int
    event_us: int
    kind: str
    producer: str
    via: str
    sha256: str
    prev_hash: str
    chain_hash: str
    body: bytes


_COLUMNS = ", ".join(Row._fields)


def last_seq() -> int:
    """Return the greatest sequence, 0 of an empty log."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT MAX(seq) FROM lineage_event")
        found = cursor.fetchone()[0]
    return found if isinstance(found, int) else 0


def rows(until: int, after: int = _BEFORE_ALL) -> Iterator[list[tuple[Any, ...]]]:
    """Yield chunks of plain tuples with the fields of ``Row``, by sequence, from behind ``after`` up to ``until``."""
    return _chunks(_COLUMNS, after, until)


def row(seq: int) -> Row | None:
    """Return one event, or None."""
    found = next(_chunks(_COLUMNS, seq - 1, seq), [])
    return Row(*found[0]) if found else None


def hashes(until: int, after: int = 0) -> Iterator[list[tuple[int, str, str]]]:
    """Yield chunks of (seq, prev_hash, chain_hash)."""
    return _chunks("seq, prev_hash, chain_hash", after, until, 10_000)


def as_bytes(body: Any) -> bytes:
    """Return a stored body as bytes, whatever the database gives for it."""
    if isinstance(body, bytes | memoryview):
        return bytes(body)
    return str(body).encode("utf-8", "surrogateescape")


def _chunks(columns: str, after: int, until: int, size: int = CHUNK) -> Iterator[list[Any]]:
    sql = f"SELECT {columns} FROM lineage_event WHERE seq > %s AND seq <= %s ORDER BY seq LIMIT %s"
    while found := _fetch(sql, [after, until, size]):
        yield found
        after = found[-1][0]


def _fetch(sql: str, parameters: list[int]) -> list[Any]:
    if connection.vendor == "postgresql":
        return _fetch_binary(sql, parameters)
    try:
        return _fetch_plain(sql, parameters)
    except OperationalError as error:
        if "decode" not in str(error):
            raise
    raw = connection.connection
    usual = raw.text_factory
    raw.text_factory = lambda text: text.decode("utf-8", "surrogateescape")
    try:
        return _fetch_plain(sql, parameters)
    finally:
        raw.text_factory = usual


def _fetch_plain(sql: str, parameters: list[int]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def _fetch_binary(sql: str, parameters: list[int]) -> list[Any]:
    """Let PostgreSQL send bodies as bytes: as text they are twice as long and must be read digit by digit."""
    from psycopg import Cursor

    connection.ensure_connection()
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        return cursor.execute(sql.encode(), parameters, binary=True).fetchall()
