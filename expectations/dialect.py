"""The SQLAlchemy dialect ``duckdb+gx`` on which Great Expectations gives right answers.

Lives here: lending an open connection to Great Expectations, and two corrections of duckdb-engine 0.17 under Great
Expectations 1.24 (measured): rows are buffered at once, because Great Expectations reads them after it returned the
connection; columns come from ``duckdb_columns()``, because reflection through pg_catalog fails.
Add here: another correction that a case of ``tests/unit/expectations/test_compatibility.py`` shows.
Stays out: expectations. Great Expectations itself is not patched.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from duckdb_engine import ConnectionWrapper, Dialect
from sqlalchemy import text
from sqlalchemy.dialects import registry
from sqlalchemy.engine.cursor import FullyBufferedCursorFetchStrategy
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.types import Boolean, Date, DateTime, Float, Integer, NullType, String

_TYPES = {
    "VARCHAR": String, "BIGINT": Integer, "INTEGER": Integer, "BOOLEAN": Boolean, "DATE": Date,
    "TIMESTAMP": DateTime, "DOUBLE": Float,
}  # fmt: skip
_LENT: dict[str, Any] = {}


class _Buffered(DefaultExecutionContext):
    """Reads all rows before the connection is given back."""

    def post_exec(self) -> None:
        """Buffer the result."""
        super().post_exec()
        if self.cursor.description is not None:
            self.cursor_fetch_strategy = FullyBufferedCursorFetchStrategy(
                self.cursor, initial_buffer=self.cursor.fetchall()
            )


class GxDialect(Dialect):
    """duckdb-engine's dialect with both corrections."""

    driver = "gx"
    execution_ctx_cls = _Buffered
    supports_statement_cache = False

    def connect(self, *_: Any, **cparams: Any) -> Any:
        """Return a cursor of the connection that was lent under this name."""
        return ConnectionWrapper(_LENT[cparams["database"]].cursor())

    def get_columns(self, connection: Any, table_name: str, schema: str | None = None, **_: Any) -> Any:
        """Return the columns of a table or view."""
        rows = connection.execute(
            text(
                "SELECT column_name, data_type, is_nullable FROM duckdb_columns() "
                "WHERE table_name = :name AND (:schema IS NULL OR schema_name = :schema) ORDER BY column_index"
            ),
            {"name": table_name, "schema": schema},
        ).fetchall()
        return [
            {
                "name": n,
                "type": _TYPES.get(t.split("(")[0], NullType)(),
                "nullable": bool(null),
                "default": None,
            }
            for n, t, null in rows
        ]


@contextmanager
def lent(connection: Any) -> Iterator[str]:
    """Lend an open DuckDB connection, with its settings and what is in its memory; yield the URL to reach it."""
    registry.register("duckdb.gx", __name__, "GxDialect")
    name = secrets.token_hex(8)
    _LENT[name] = connection
    try:
        yield f"duckdb+gx:///{name}"
    finally:
        del _LENT[name]
