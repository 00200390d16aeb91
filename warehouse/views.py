"""Views by which dbt reads: landed batches, promoted versions, their histories.

Lives here: (re)creating the ``landing`` and ``platform.current``/``platform.history`` views over Parquet
before a dbt run. Views name explicit files, so a reader never sees a half-written one.
Add here: another thing that models read as a source.
Stays out: which batches are good (``warehouse.batches``), which version is promoted (``warehouse.versions``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheme.catalog import Catalog, CatalogEntry
from scheme.compile_staging import ROW_COLUMNS, sql_type
from scheme.names import landing_name, staging_name
from warehouse import batches, decisions, paths, versions
from warehouse.batches import Batch
from warehouse.engine import connect, literal

if TYPE_CHECKING:
    import duckdb


def batches_in_use(entry: CatalogEntry) -> list[Batch]:
    """Return the batches a staging table is built from.

    With history all accepted ones, else the last whole one and the increments since.
    """
    found = batches.accepted(entry.department, entry.resource)
    if entry.history:
        return found
    whole = [i for i, b in enumerate(found) if b.mode == "full"]
    return found[whole[-1] :] if whole else []


def refresh_landing(catalog: Catalog) -> None:
    """Point the landing views at the batches in use; a resource without batches is an empty view."""
    connection = connect(paths.zone_database("landing"))
    try:
        for entry in catalog.entries.values():
            name = landing_name(entry.department, entry.resource)
            connection.execute(f'CREATE SCHEMA IF NOT EXISTS "{name.schema}"')
            body = _landed(entry) or _nothing_landed(entry)
            connection.execute(f'CREATE OR REPLACE VIEW "{name.schema}"."{name.table}" AS {body}')
    finally:
        connection.close()


def refresh_current(catalog: Catalog, integrated: dict[str, dict[str, str]]) -> None:
    """Point ``platform.current`` and ``platform.history`` at promoted versions.

    ``integrated``: table → column types, for bases that were never promoted (an empty view).
    """
    connection = connect(paths.zone_database("platform"))
    try:
        for schema in ("staging", "integrated", "current", "history", "reference"):
            connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        promoted = {v.name.table: v for v in versions.all_promoted().values() if v.name.zone == "platform"}
        for entry in catalog.entries.values():
            table = staging_name(entry.department, entry.stem).table
            columns = {i.code: sql_type(i) for i in entry.items} | ROW_COLUMNS
            _current(connection, table, columns, promoted.get(table), entry.history)
        for table, columns in integrated.items():
            _current(connection, table, columns, promoted.get(table), False)
    finally:
        connection.close()


def _landed(entry: CatalogEntry) -> str:
    selects = []
    for batch in batches_in_use(entry):
        at = literal(batch.received_at.strftime("%Y-%m-%d %H:%M:%S.%f"))
        for source, repaired in ((batch.data, "NULL"), (decisions.file(batch), "repaired")):
            if source == batch.data or source.exists():
                selects.append(
                    f"SELECT {_items(entry, batch)}, {literal(batch.batch_id)} AS _batch_id, _row_number, "
                    f"CAST({repaired} AS VARCHAR[]) AS _repaired_items, TIMESTAMP {at} AS _delivered_at "
                    f"FROM read_parquet({literal(source)})"
                    + ("" if source == batch.data else f" WHERE decision <> {literal(decisions.REJECTED)}")
                )
    return " UNION ALL ".join(selects)


def _nothing_landed(entry: CatalogEntry) -> str:
    nulls = ", ".join(f'NULL::VARCHAR AS "{i.code}"' for i in entry.items)
    return (
        f"SELECT {nulls}, NULL::VARCHAR AS _batch_id, NULL::BIGINT AS _row_number, "
        "NULL::VARCHAR[] AS _repaired_items, NULL::TIMESTAMP AS _delivered_at WHERE false"
    )


def _current(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    columns: dict[str, str],
    version: versions.Version | None,
    history: bool,
) -> None:
    if version:
        source = f"SELECT * FROM read_parquet({literal(version.path)})"
    else:
        nulls = ", ".join(f'NULL::{t} AS "{n}"' for n, t in columns.items())
        source = f"SELECT {nulls} WHERE false"
    if history:
        connection.execute(f'CREATE OR REPLACE VIEW history."{table}" AS {source}')
        last = literal(version.batches[-1]) if version and version.batches else "NULL"
        source = f"SELECT * FROM ({source}) WHERE _batch_id = {last}"
    connection.execute(f'CREATE OR REPLACE VIEW current."{table}" AS {source}')


def _items(entry: CatalogEntry, batch: Batch) -> str:
    """Items of the entry; one that came into the catalog after the batch is null there."""
    return ", ".join(f'"{i.code}"' if i.code in batch.columns else f'NULL::VARCHAR AS "{i.code}"' for i in entry.items)
