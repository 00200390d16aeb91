"""DuckDB connections.

Lives here: how a connection is opened (memory, spill, no network, no automatic extensions) and the
extension that encrypted writing needs. Nothing else calls ``duckdb.connect`` outside the data plane.
Stays out: SQL of models (``dbt_project``).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from config.settings import settings
from warehouse import paths

if TYPE_CHECKING:
    import duckdb


def connect(database: Path | None = None, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """Open a DuckDB connection (in memory without ``database``); the caller closes it."""
    import duckdb

    spill = paths.spill()
    spill.mkdir(parents=True, exist_ok=True)
    if database is not None and not read_only:
        database.parent.mkdir(parents=True, exist_ok=True)
    return duckdb.connect(
        str(database) if database else ":memory:",
        read_only=read_only,
        config={
            "autoinstall_known_extensions": "false",
            "allow_community_extensions": "false",
            "memory_limit": settings().memory_limit,
            "temp_directory": str(spill),
        },
    )


def confine(connection: duckdb.DuckDBPyConnection, folders: Iterable[Path]) -> None:
    """Let a connection open no file outside these folders and the spill, and load nothing; it cannot be undone."""
    allowed = ", ".join(literal(f) for f in [*folders, paths.spill()])
    connection.execute(f"SET allowed_directories = [{allowed}]; SET enable_external_access = false")


def encryption_extension() -> Path:
    """Path of the httpfs extension in its wheel; no extension server is ever asked."""
    import duckdb
    import duckdb_extension_httpfs as wheel

    folder = Path(wheel.__file__).parent / "extensions" / f"v{duckdb.__version__}"
    return folder / "httpfs.duckdb_extension"


def load_encryption(connection: duckdb.DuckDBPyConnection) -> None:
    """Load httpfs: DuckDB 1.5 writes encrypted files only with it (measured)."""
    connection.execute(f"LOAD {literal(encryption_extension())}")


def literal(text: str | Path) -> str:
    """Quote text as an SQL string literal."""
    return "'" + str(text).replace("'", "''") + "'"
