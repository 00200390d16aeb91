"""Written versions: what dbt built, exported as immutable Parquet with its lineage.

Lives here: exporting staging and integrated tables after a dbt run, measuring reference registers, and the events
that say so.
Stays out: judging (``promotion``), authorized tables (``subsets``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from config import clock
from orchestration.pipeline import dbt_files, events, run_acts
from scheme.catalog import Catalog, CatalogEntry
from scheme.names import DatasetName, integrated_name, reference_name, staging_name
from scheme.protocols import ColumnEdge
from warehouse import decisions, paths
from warehouse.engine import connect
from warehouse.versions import Version, columns_of, content_hash, write
from warehouse.views import batches_in_use


@dataclass(frozen=True)
class Built:
    """A built table: its version and what each column came from."""

    version: Version
    edges: list[ColumnEdge]


def export_staging(
    catalog: Catalog, tables: set[str], run_id: UUID, started: datetime, target: str
) -> dict[str, Built]:
    """Export the named staging tables; return table → what was built."""
    wanted = [
        (e, staging_name(e.department, e.stem))
        for e in catalog.entries.values()
        if staging_name(e.department, e.stem).table in tables
    ]
    found = {name.table: _export_staged(e, name) for e, name in wanted}
    built = {
        name.table: Built(
            found[name.table],
            events.model_built(name, found[name.table], run_id, started, target, description=entry.name),
        )
        for entry, name in wanted
    }
    run_acts.built("标准化", found.values(), run_id)
    return built


def export_integrated(tables: set[str], run_id: UUID, started: datetime, target: str) -> dict[str, Built]:
    """Export the named integrated bases; return table → what was built."""
    wanted = {t: key for t, key in dbt_files.integrated_keys().items() if t in tables}
    versions = {t: _export(integrated_name(t), key) for t, key in wanted.items()}
    found: dict[str, Built] = {}
    for table, version in versions.items():
        title = dbt_files.integrated_title(table)
        edges = events.model_built(integrated_name(table), version, run_id, started, target, description=title)
        found[table] = Built(version, edges)
    run_acts.built("融合", versions.values(), run_id)
    return found


def measure_reference(tables: set[str], run_id: UUID, started: datetime) -> dict[str, Built]:
    """Measure the named reference registers as loaded and record them; return table → what was loaded."""
    found: dict[str, Built] = {}
    connection = connect(paths.zone_database("platform"), read_only=True)
    try:
        for table in sorted(tables):
            relation = f'"reference"."{table}"'
            columns = columns_of(connection, relation)
            content, rows = content_hash(connection, relation, columns, [])
            version = Version(
                dataset=str(reference_name(table)), version=content, rows=rows, columns=columns, written_at=clock.now()
            )
            found[table] = Built(version, [])
    finally:
        connection.close()
    events.reference_loaded({t: b.version for t, b in found.items()}, run_id, started)
    return found


def _export_staged(entry: CatalogEntry, name: DatasetName) -> Version:
    used = batches_in_use(entry)
    return _export(
        name, ["_batch_id", "_row_number"], batches=[b.batch_id for b in used], decisions=decisions.digest(used),
        is_history=entry.history,
    )  # fmt: skip


def _export(name: DatasetName, key: list[str], **sources: Any) -> Version:
    connection = connect(paths.zone_database("platform"), read_only=True)
    try:
        return write(connection, name, f'"{name.schema}"."{name.table}"', key=key, **sources)
    finally:
        connection.close()
