"""The other side of the chain's figure: DuckDB alone reads the same files and runs the same models.

Lives here: ``python -m tests.benchmarks.bare HOME SCRATCH``, a process of its own. HOME is a district after
``suyuan run``: its original files are read again, and the SQL that dbt compiled there is run as it stands.
Stays out: what Suyuan does beside (hashes, versions, checks, lineage), which is what the ratio shows.
"""

from __future__ import annotations

import codecs
import sys
from pathlib import Path
from typing import Any

from config.keys import grant_token_key
from config.settings import settings
from orchestration.pipeline import dbt_files
from scheme.catalog import CatalogEntry
from scheme.catalog_files import load_catalog
from scheme.names import landing_name, staging_name
from warehouse import batches
from warehouse.dbt_plugin import install_masks
from warehouse.engine import connect, literal
from warehouse.token_sql import install_token_macros
from warehouse.views import batches_in_use

_UNREPAIRED = "NULL::VARCHAR[] AS _repaired_items"


def main(home: Path, scratch: Path) -> None:
    connection = connect(scratch / "platform.duckdb")
    connection.execute(f"ATTACH {literal(scratch / 'landing.duckdb')} AS landing")
    connection.execute(f"ATTACH {literal(scratch / 'authorized.duckdb')} AS authorized")
    install_masks(connection)
    install_token_macros(connection, {g: grant_token_key(g) for g in ("S1", "S2")})
    entries = load_catalog(settings().catalog).entries.values()
    for entry in entries:
        _read_register(connection, entry, scratch)
    _reference(connection)
    _models(connection, home / "dbt/target/staging/compiled", "platform.staging")
    for entry in entries:
        _current(connection, entry)
    _models(connection, home / "dbt/target/integrated/compiled", "platform.integrated", ["_history", ""])
    for table in dbt_files.integrated_tables():
        connection.execute(f"CREATE VIEW platform.current.{table} AS FROM platform.integrated.{table}")
    for grant, first in (("s1", "firms"), ("s2", "elders")):
        _models(connection, home / f"dbt/target/subset_{grant}/compiled", f"authorized.{grant}", [first, ""])


def _read_register(connection: Any, entry: CatalogEntry, scratch: Path) -> None:
    name = landing_name(entry.department, entry.resource)
    connection.execute(f'CREATE SCHEMA IF NOT EXISTS landing."{name.schema}"')
    selects = []
    known = {b.batch_id: b for b in batches.landed(entry.department, entry.resource)}
    used = {b.batch_id for b in batches_in_use(entry)}
    for batch in known.values():
        original = batch.data.parent / "original"
        target = scratch / f"{entry.id}-{batch.batch_id}.parquet"
        source = _source(original, batch, scratch)
        columns = [r[0] for r in connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()]
        items = ", ".join(f'CAST("{c}" AS VARCHAR) AS "{code}"' for c, code in zip(columns, batch.columns, strict=True))
        connection.execute(
            f"COPY (SELECT {items}, {literal(batch.batch_id)} AS _batch_id, row_number() OVER () AS _row_number "
            f"FROM {source}) TO {literal(target)} (FORMAT parquet, COMPRESSION zstd)"
        )
        if batch.batch_id in used:
            moment = literal(batch.received_at.strftime("%Y-%m-%d %H:%M:%S.%f"))
            selects.append(f"SELECT *, {_UNREPAIRED}, TIMESTAMP {moment} AS _delivered_at FROM {literal(target)}")
    if selects:
        body = " UNION ALL ".join(selects)
    else:
        body = "SELECT " + ", ".join(f'NULL::VARCHAR AS "{i.code}"' for i in entry.items)
        body += (
            f", NULL::VARCHAR AS _batch_id, NULL::BIGINT AS _row_number, {_UNREPAIRED}, "
            "NULL::TIMESTAMP AS _delivered_at WHERE false"
        )
    connection.execute(f"CREATE VIEW {name.relation} AS {body}")


def _source(original: Path, batch: Any, scratch: Path) -> str:
    if batch.format == "parquet":
        return f"read_parquet({literal(original)})"
    if batch.format == "json":
        return f"read_json_auto({literal(original)})"
    if batch.format == "xlsx":
        from python_calamine import CalamineWorkbook

        rows = CalamineWorkbook.from_path(str(original)).get_sheet_by_index(0).to_python()
        original = scratch / f"{batch.batch_id}.csv"
        original.write_text("\n".join(",".join(str(c) for c in row) for row in rows), "utf-8")
    elif batch.encoding not in ("utf-8", "utf-8-sig", None):
        text = scratch / f"{batch.batch_id}.csv"
        with codecs.open(str(original), encoding="gb18030") as opened, text.open("w", encoding="utf-8") as out:
            while part := opened.read(1 << 20):
                out.write(part)
        original = text
    return f"read_csv({literal(original)}, header = true, all_varchar = true, delim = ',', quote = '\"')"


def _reference(connection: Any) -> None:
    connection.execute(
        "CREATE SCHEMA platform.reference; CREATE SCHEMA platform.current; CREATE SCHEMA platform.history"
    )
    for seed in Path("dbt_project/seeds").glob("*.csv"):
        rows = f"read_csv({literal(seed)}, all_varchar = true)"
        connection.execute(f"CREATE TABLE platform.reference.{seed.stem} AS SELECT * FROM {rows}")


def _current(connection: Any, entry: CatalogEntry) -> None:
    table = staging_name(entry.department, entry.stem).table
    source = f"SELECT * FROM platform.staging.{table}"
    if entry.history:
        connection.execute(f"CREATE VIEW platform.history.{table} AS {source}")
        source += f" WHERE _batch_id = (SELECT max(_batch_id) FROM platform.staging.{table})"
    connection.execute(f"CREATE VIEW platform.current.{table} AS {source}")


def _models(connection: Any, folder: Path, schema: str, first: list[str] | None = None) -> None:
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    order = first or [""]
    files = sorted(
        folder.rglob("*.sql"), key=lambda f: (next(i for i, e in enumerate(order) if f.stem.endswith(e)), f.stem)
    )
    for file in files:
        connection.execute(f"CREATE TABLE {schema}.{file.stem} AS {file.read_text('utf-8')}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
