"""Writing the rows of one delivery into a batch directory.

Lives here: the ways rows arrive (``CsvRows`` …), and their vectorised way into ``data.parquet`` and
``quarantine.parquet``. Rows in = rows landed + rows quarantined.
Add here: another way rows arrive, or a reason for quarantine (``sql/quarantine_reason.sql``).
Stays out: recognising files (``orchestration.ingest``), judging values (``expectations``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from warehouse.engine import connect, literal

if TYPE_CHECKING:
    import duckdb

Chunk = dict[str, list[str | None]]


class UnreadableError(ValueError):
    """The engine cannot read the file as what it was said to be."""


@dataclass(frozen=True)
class CsvRows:
    """A UTF-8 CSV file with a header line and rows of one width."""

    path: Path
    delimiter: str
    width: int


@dataclass(frozen=True)
class JsonRows:
    """A UTF-8 JSON file of objects; ``keys``: the fields, in order."""

    path: Path
    keys: list[str]


@dataclass(frozen=True)
class ParquetRows:
    """A Parquet file; ``columns``: its columns, in order."""

    path: Path
    columns: list[str]


@dataclass(frozen=True)
class ArrowRows:
    """Chunks of text columns ``c0`` …, ``_reason`` (of the reader) and ``_raw``."""

    chunks: Iterable[Chunk]
    width: int


Rows = CsvRows | JsonRows | ParquetRows | ArrowRows


@dataclass(frozen=True)
class Counts:
    """What became of the rows of a file."""

    rows_in: int
    landed: int
    reasons: dict[str, int]

    @property
    def quarantined(self) -> int:
        """Rows set apart."""
        return sum(self.reasons.values())


def write(rows: Rows, codes: list[str], batch_id: str, folder: Path) -> Counts:
    """Write ``data.parquet`` and ``quarantine.parquet`` into ``folder``; ``codes``: item of each column.

    Raises:
        UnreadableError: the rows are not as regular as ``rows`` says.
    """
    import duckdb

    staged = folder / "all.parquet"
    connection = connect()
    try:
        connection.execute(
            f"COPY ({_select(connection, rows, codes, batch_id, folder)}) TO {literal(staged)} {_PARQUET}"
        )
        counts = _separate(connection, staged, codes, folder)
    except (duckdb.InvalidInputException, duckdb.ConversionException, duckdb.InvalidTypeException) as error:
        raise UnreadableError(type(error).__name__) from None
    finally:
        connection.close()
        staged.unlink(missing_ok=True)
        (folder / "chunks.parquet").unlink(missing_ok=True)
    return counts


def json_keys(path: Path) -> list[str]:
    """Return the fields that occur in a JSON file's objects, in order of first appearance.

    Raises:
        UnreadableError: it is not an array of objects or one object a line.
    """
    import duckdb

    connection = connect()
    try:
        found = connection.execute(
            "SELECT key FROM (SELECT unnest(json_keys(json)) AS key, row_number() OVER () AS place "
            f"FROM {_json_objects(path)}) GROUP BY key ORDER BY min(place)"
        ).fetchall()
    except duckdb.Error as error:
        raise UnreadableError(type(error).__name__) from None
    finally:
        connection.close()
    return [row[0] for row in found]


_PARQUET = "(FORMAT parquet, COMPRESSION zstd)"


def _select(connection: duckdb.DuckDBPyConnection, rows: Rows, codes: list[str], batch_id: str, folder: Path) -> str:
    cells = [f"c{i}" for i in range(len(codes))]
    reason = files("warehouse").joinpath("sql/quarantine_reason.sql").read_text("utf-8")
    reason = reason.format(cells=", ".join(cells), filled=" + ".join(f"({c} is not null)::integer" for c in cells))
    named = ", ".join(f'{cell} AS "{code}"' for cell, code in zip(cells, codes, strict=True))
    return (
        f"SELECT {named}, {literal(batch_id)} AS _batch_id, row_number() OVER () AS _row_number, "
        f"{reason} AS _quarantine_reason, _raw FROM ({_relation(connection, rows, folder)})"
    )


def _relation(connection: duckdb.DuckDBPyConnection, rows: Rows, folder: Path) -> str:
    own = "NULL::VARCHAR AS _reason, NULL::VARCHAR AS _raw"
    match rows:
        case CsvRows():
            columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(rows.width))
            return (
                f"SELECT *, {own} FROM read_csv({literal(rows.path)}, columns = {{{columns}}}, header = true, "
                f"auto_detect = false, delim = {literal(rows.delimiter)}, quote = '\"', escape = '\"', "
                "strict_mode = true, max_line_size = 16000000, nullstr = '')"
            )
        case JsonRows():
            cells = [f"json ->> {literal(_json_path(k))} AS c{i}" for i, k in enumerate(rows.keys)]
            return f"SELECT {', '.join(cells)}, {own} FROM {_json_objects(rows.path)}"
        case ParquetRows():
            cells = [f"nullif(CAST({_quoted(c)} AS VARCHAR), '') AS c{i}" for i, c in enumerate(rows.columns)]
            return f"SELECT {', '.join(cells)}, {own} FROM read_parquet({literal(rows.path)})"
        case ArrowRows():
            path = folder / "chunks.parquet"
            _write_chunks(rows, path)
            return f"SELECT * FROM read_parquet({literal(path)})"


def _separate(connection: duckdb.DuckDBPyConnection, staged: Path, codes: list[str], folder: Path) -> Counts:
    source = f"read_parquet({literal(staged)})"
    found = connection.execute(f"SELECT _quarantine_reason, count(*) FROM {source} GROUP BY ALL").fetchall()
    reasons = {reason: count for reason, count in found if reason}
    cells = ", ".join(f'"{c}"' for c in codes)
    columns = f"{cells}, _batch_id, _row_number"
    kept = f"FROM {source} WHERE _quarantine_reason IS NULL"
    connection.execute(f"COPY (SELECT {columns} {kept}) TO {literal(folder / 'data.parquet')} {_PARQUET}")
    connection.execute(
        f"COPY (SELECT _row_number, _quarantine_reason AS reason, "
        f"coalesce(_raw, CAST(to_json([{cells}]) AS VARCHAR)) AS raw FROM {source} "
        f"WHERE _quarantine_reason IS NOT NULL) TO {literal(folder / 'quarantine.parquet')} {_PARQUET}"
    )
    total = sum(count for _, count in found)
    return Counts(total, total - sum(reasons.values()), reasons)


def _write_chunks(rows: ArrowRows, path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([(n, pa.string()) for n in [*(f"c{i}" for i in range(rows.width)), "_reason", "_raw"]])
    with pq.ParquetWriter(path, schema) as writer:
        for chunk in rows.chunks:
            writer.write_table(pa.table(chunk, schema=schema))


def _json_objects(path: Path) -> str:
    return f"read_json_objects({literal(path)}, format = 'auto', maximum_object_size = 16777216)"


def _json_path(key: str) -> str:
    return '$."' + key.replace('"', '\\"') + '"'


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
