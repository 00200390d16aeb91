"""Writing the rows of one delivery into a batch directory.

Lives here: the ways rows arrive (``CsvRows`` …), and their vectorised way into ``data.parquet`` and
``quarantine.parquet``. Rows in = rows landed + rows quarantined.
Add here: another way rows arrive, or a reason for quarantine (``sql/quarantine_reason.sql``).
Stays out: recognising files (``orchestration.ingest``), judging values (``expectations``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from warehouse.engine import connect, literal
from warehouse.json_rows import JsonRows, UnreadableError

if TYPE_CHECKING:
    import duckdb

Chunk = dict[str, list[str | None]]


@dataclass(frozen=True)
class CsvRows:
    """A UTF-8 CSV file with a header line and rows of one width."""

    path: Path
    delimiter: str
    width: int


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


@dataclass(frozen=True)
class ChunkFile:
    """A Parquet file of text columns ``c0`` …, ``_reason`` and ``_raw``."""

    path: Path
    width: int


Rows = CsvRows | JsonRows | ParquetRows | ArrowRows | ChunkFile


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


def write(rows: Rows, codes: list[str], batch_id: str, folder: Path, headings: Sequence[str] = ()) -> Counts:
    """Write ``data.parquet`` and ``quarantine.parquet`` into ``folder``.

    ``codes``: item of each column, "" = not collected; ``headings``: texts that stand above columns, never in cells.

    Raises:
        UnreadableError: the rows are not as regular as ``rows`` says.
    """
    import duckdb

    staged = folder / "all.parquet"
    connection = connect()
    try:
        connection.execute(
            f"COPY ({_select(_relation(rows, folder), codes, batch_id, headings)}) TO {literal(staged)} {_PARQUET}"
        )
        counts = _separate(connection, staged, [c for c in codes if c], folder)
    except (duckdb.InvalidInputException, duckdb.ConversionException, duckdb.InvalidTypeException) as error:
        raise UnreadableError(type(error).__name__) from None
    finally:
        connection.close()
        staged.unlink(missing_ok=True)
        (folder / "chunks.parquet").unlink(missing_ok=True)
    return counts


_LINE = 2_000_000  # the engine holds sixteen of these for each buffer; longer lines are read one by one
_PARQUET = "(FORMAT parquet, COMPRESSION zstd)"


def _select(relation: str, codes: list[str], batch_id: str, headings: Sequence[str]) -> str:
    kept = [(f"c{i}", code) for i, code in enumerate(codes) if code]
    cells = [cell for cell, _ in kept]
    reason = files("warehouse").joinpath("sql/quarantine_reason.sql").read_text("utf-8")
    reason = reason.format(
        cells=", ".join(cells),
        filled=" + ".join(f"({c} is not null)::integer" for c in cells),
        leaked=" or ".join(f"{c} in ({', '.join(literal(h) for h in headings)})" for c in cells if headings) or "false",
    )
    named = ", ".join(f'{cell} AS "{code}"' for cell, code in kept)
    return (
        f"SELECT {named}, {literal(batch_id)} AS _batch_id, row_number() OVER () AS _row_number, "
        f"{reason} AS _quarantine_reason, _raw FROM ({relation})"
    )


def _relation(rows: Rows, folder: Path) -> str:
    own = "NULL::VARCHAR AS _reason, NULL::VARCHAR AS _raw"
    match rows:
        case CsvRows():
            columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(rows.width))
            return (
                f"SELECT *, {own} FROM read_csv({literal(rows.path)}, columns = {{{columns}}}, header = true, "
                f"auto_detect = false, delim = {literal(rows.delimiter)}, quote = '\"', escape = '\"', "
                f"strict_mode = true, max_line_size = {_LINE}, nullstr = '')"
            )
        case JsonRows():
            return f"SELECT *, {own} FROM ({rows.relation()})"
        case ParquetRows():
            cells = [f"nullif(CAST({_quoted(c)} AS VARCHAR), '') AS c{i}" for i, c in enumerate(rows.columns)]
            return f"SELECT {', '.join(cells)}, {own} FROM read_parquet({literal(rows.path)})"
        case ChunkFile():
            return f"SELECT * FROM read_parquet({literal(rows.path)})"
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


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
