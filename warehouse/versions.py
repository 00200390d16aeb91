"""Versions of data sets: written → checked → promoted (design: The way the data goes).

Lives here: exporting a relation as an immutable Parquet version named by its content, and the
pointer file that says which version readers see. Promotion replaces that one file: one transaction.
Add here: another store of versions with the same functions.
Stays out: verdicts (``expectations``), what happens after promotion (``orchestration``).

Content hash (design decision 5): sha256 over the schema and, in key order, each row's sha256; equal
data has an equal version whatever file bytes or row order the engine produced.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from config import clock
from scheme.names import DatasetName, parse_name
from warehouse import atomic, paths
from warehouse.engine import literal

if TYPE_CHECKING:
    import duckdb


class Version(BaseModel):
    """One immutable version of a data set."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    dataset: str
    version: str
    rows: int
    columns: dict[str, str]
    key: list[str] = []
    batches: list[str] = []
    decisions: str = ""  # digest of the decisions on quarantined rows that it holds
    is_history: bool = False  # rows of every batch; the present ones are the last batch's
    written_at: datetime

    @property
    def name(self) -> DatasetName:
        """The data set."""
        return parse_name(self.dataset)

    def up_to(self, batch: str) -> Version:
        """Return this version as of one of its batches: with history its rows are those of that batch."""
        if not self.is_history or batch not in self.batches:
            return self
        return self.model_copy(update={"batches": self.batches[: self.batches.index(batch) + 1]})

    @property
    def path(self) -> Path:
        """Its Parquet file."""
        return paths.versions(self.name) / self.version / "data.parquet"


def write(
    connection: duckdb.DuckDBPyConnection,
    name: DatasetName,
    relation: str,
    *,
    key: list[str],
    batches: list[str] | None = None,
    decisions: str = "",
    is_history: bool = False,
) -> Version:
    """Export a relation of an open connection as a version; an equal one is found, not rewritten."""
    columns = columns_of(connection, relation)
    version, rows = content_hash(connection, relation, columns, key)
    target = paths.versions(name) / version
    found = find(name, version)
    record = Version(
        dataset=str(name), version=version, rows=rows, columns=columns, key=key, batches=batches or [],
        decisions=decisions, is_history=is_history, written_at=clock.now(),
    )  # fmt: skip
    if found and found.model_copy(update={"written_at": record.written_at}) == record:
        _note_written(found)
        return found
    if found:  # equal content from other batches: the data stays, the record is renewed
        atomic.write_bytes(target / "version.json", record.model_dump_json(indent=1).encode())
    else:
        _export(connection, relation, key, target, record)
    _note_written(record)
    return record


def _export(
    connection: duckdb.DuckDBPyConnection, relation: str, key: list[str], target: Path, record: Version
) -> None:
    order = f"ORDER BY {_names(key)}" if key else ""
    with atomic.new_directory(target) as scratch:
        connection.execute(
            f"COPY (SELECT * FROM {relation} {order}) TO {literal(scratch / 'data.parquet')} "
            "(FORMAT parquet, COMPRESSION zstd)"
        )
        (scratch / "version.json").write_text(record.model_dump_json(indent=1))


def content_hash(
    connection: duckdb.DuckDBPyConnection, relation: str, columns: dict[str, str], key: list[str]
) -> tuple[str, int]:
    """Return (sha256 hex, row count) of a relation's schema and rows in key order."""
    total = hashlib.sha256(json.dumps(columns, ensure_ascii=False).encode())
    cells = ", ".join(f"'{n}', \"{n}\"" for n in columns)
    row = f"unhex(sha256(CAST(json_object({cells}) AS VARCHAR)))"
    order = f"ORDER BY {_names(key)}, h" if key else "ORDER BY h"
    reader = connection.execute(f"SELECT {row} AS h FROM {relation} {order}").to_arrow_reader(200_000)
    rows = 0
    for batch in reader:
        rows += batch.num_rows
        column = batch.column(0)
        offset, (_, _offsets, data) = column.offset, column.buffers()
        start = offset * 32
        total.update(memoryview(data)[start : start + batch.num_rows * 32])
    return total.hexdigest(), rows


def find(name: DatasetName, version: str) -> Version | None:
    """Return a written version, or None."""
    path = paths.versions(name) / version / "version.json"
    return Version.model_validate_json(path.read_bytes()) if path.exists() else None


def written(name: DatasetName) -> list[Version]:
    """Return all versions of a data set, oldest first."""
    folder = paths.versions(name)
    files = folder.glob("[!.]*/version.json") if folder.is_dir() else []
    return sorted((Version.model_validate_json(f.read_bytes()) for f in files), key=lambda v: (v.written_at, v.version))


def latest_written(name: DatasetName) -> Version | None:
    """Return the version written last (which may be an older one written again), or None."""
    version = _read_pointers(paths.written_pointers()).get(str(name))
    return find(name, version) if version else None


def promoted(name: DatasetName) -> Version | None:
    """Return the version readers see, or None if none was ever promoted."""
    version = _pointers().get(str(name))
    return find(name, version) if version else None


def all_promoted() -> dict[str, Version]:
    """Return data set name → promoted version."""
    found = {n: find(parse_name(n), v) for n, v in _pointers().items()}
    return {n: v for n, v in found.items() if v}


def promote(versions: list[Version]) -> None:
    """Move the pointers of several data sets in one step."""
    moved = {v.dataset: v.version for v in versions}
    atomic.write_json(paths.pointers(), {**_pointers(), **moved})


def _pointers() -> dict[str, str]:
    return _read_pointers(paths.pointers())


def _note_written(record: Version) -> None:
    path = paths.written_pointers()
    atomic.write_json(path, {**_read_pointers(path), record.dataset: record.version})


def _read_pointers(path: Path) -> dict[str, str]:
    return json.loads(path.read_text()) if path.exists() else {}


def columns_of(connection: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str]:
    """Return the columns of a relation with their types."""
    rows = connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()
    return {row[0]: row[1] for row in rows}


def _names(columns: list[str]) -> str:
    return ", ".join(f'"{c}"' for c in columns)
