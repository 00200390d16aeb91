"""OpenLineage events of the pipeline's steps.

Lives here: turning what a step did into one lineage event: inputs, outputs, columns, version, facets.
Add here: the event of a new step.
Stays out: the event's form and the log (``lineage``).

``platform.current`` and ``platform.history`` are views on promoted versions, so in lineage they are the
data sets whose versions they show.
"""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from uuid import UUID

from config import clock
from config.settings import settings
from orchestration.pipeline import dbt_files, run_acts
from scheme.catalog import Catalog, CatalogEntry
from scheme.catalog_files import load_catalog
from scheme.compile_staging import ROW_COLUMNS
from scheme.grant import Grant
from scheme.names import (
    DatasetName,
    authorized_name,
    delivery_name,
    integrated_name,
    landing_name,
    parse_name,
    settled,
    staging_name,
)
from scheme.protocols import Column, ColumnCount, ColumnEdge, LineageNode, RuleOutcome
from warehouse import atomic, batches, paths
from warehouse.batches import Batch
from warehouse.versions import Version


def trace_landed(entry: CatalogEntry, run_id: UUID, started: datetime) -> None:
    """Record every landed batch of a resource that has no event yet, whoever landed it."""
    fresh = []
    for batch in batches.landed(entry.department, entry.resource):
        mark = paths.state(f"traced/{batch.batch_id}")
        if not mark.exists():
            landed(entry, batch, run_id, started)
            atomic.write_bytes(mark, b"")
            fresh.append(batch)
    run_acts.landed(entry, fresh, run_id)


def landed(entry: CatalogEntry, batch: Batch, run_id: UUID, started: datetime) -> None:
    """A delivery became a batch: the delivered file's columns to the landed columns."""
    from lineage.events import emit, facets

    source, target = (
        delivery_name(entry.department, entry.resource),
        landing_name(entry.department, entry.resource),
    )
    delivered = tuple(Column(i.name, "text", i.standard or "") for i in entry.items)
    columns = tuple(Column(i.code, "varchar", i.name) for i in entry.items)
    edges = tuple(ColumnEdge(i.code, str(source), i.name, "DIRECT", "IDENTITY", masking=False) for i in entry.items)
    facet = facets.delivery(
        batch_id=batch.batch_id, file_name=batch.file_name, sha256=batch.file_sha256,
        encoding=batch.encoding, rows_declared=batch.rows_declared, rows_landed=batch.rows_landed,
        rows_quarantined=batch.rows_quarantined, receiver=batch.receiver, schema_version=batch.schema_version,
    )  # fmt: skip
    emit.step(
        f"landing.{entry.department}.{entry.resource}",
        run_id,
        inputs=[
            LineageNode(str(source), delivered, batch.file_sha256, facets=facet, title=f"{entry.name}（交付文件）")
        ],
        outputs=[
            LineageNode(
                str(target),
                columns,
                batch.batch_id,
                edges,
                facets=facet | facets.statistics(batch.rows_landed),
                title=f"{entry.name}（落地）",
            )
        ],
        started=started,
        ended=clock.now(),
        job_type="LANDING",
    )


def model_built(
    name: DatasetName,
    version: Version,
    run_id: UUID,
    started: datetime,
    target: str,
    *,
    description: str,
    grant: Grant | None = None,
) -> list[ColumnEdge]:
    """A dbt model was built: record its inputs and column edges as its compiled SQL says; return the edges."""
    from lineage.columns import statement_lineage
    from lineage.events import emit, facets

    sql = compiled_sql(target)[name.table]
    lineage = statement_lineage(sql, known_columns())
    read = [e for e in lineage.edges if e.column == "*" or e.column in version.columns]
    edges = [replace(e, source=str(settled(parse_name(e.source)))) for e in read]
    node = LineageNode(
        str(name),
        tuple(Column(c, t) for c, t in version.columns.items()),
        version.version,
        tuple(edges),
        facets=facets.statistics(rows=version.rows) | (facets.grant(grant) if grant else {}),
        title=description,
    )
    # those included of which rows only count
    sources = sorted({str(settled(parse_name(source))) for source in lineage.reads})
    inputs = [LineageNode(source, version=_input_version(source)) for source in sources]
    emit.step(
        f"dbt.{name}", run_id, inputs=inputs, outputs=[node], started=started, ended=clock.now(),
        job_type="MODEL", sql=sql, description=description,
    )  # fmt: skip
    return read


@cache
def _compiled(path: Path, modified: int) -> dict[str, str]:
    document = json.loads(path.read_text("utf-8"))
    return {
        r["relation_name"].split(".")[-1].strip('"'): r["compiled_code"]
        for r in document["results"]
        if r.get("compiled_code") and r.get("relation_name")
    }


def compiled_sql(target: str) -> dict[str, str]:
    """Return table → compiled SQL of the last dbt run with this target folder."""
    path = Path(target) / "run_results.json"
    return _compiled(path, path.stat().st_mtime_ns)


def known_columns() -> dict[str, list[str]]:
    """Return data set → columns of everything a model can read."""
    catalog = load_catalog(settings().catalog)
    found = _catalog_columns(catalog)
    for table, columns in dbt_files.integrated_tables().items():
        for schema in ("integrated", "current"):
            found[f"platform.{schema}.{table}"] = list(columns)
    for path in (dbt_files.PROJECT / "seeds").glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            found[f"platform.reference.{path.stem}"] = next(csv.reader(file))
    found |= _authorized_columns()
    for table in sorted(set(dbt_files.integrated_keys()) - set(dbt_files.integrated_tables())):
        written = _latest(integrated_name(table))
        if written:
            found[f"platform.integrated.{table}"] = list(written.columns)
    return found


def _catalog_columns(catalog: Catalog) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for entry in catalog.entries.values():
        items = [i.code for i in entry.items]
        landing = landing_name(entry.department, entry.resource)
        found[str(landing)] = [*items, "_batch_id", "_row_number", "_repaired_items", "_delivered_at"]
        table = staging_name(entry.department, entry.stem).table
        for schema in ("staging", "current", "history"):
            found[f"platform.{schema}.{table}"] = [*items, *ROW_COLUMNS]
    return found


def _authorized_columns() -> dict[str, list[str]]:
    from registry.grants import active_grants

    return {
        str(authorized_name(g.grant, t.table)): [c.name for c in t.columns]
        for g in active_grants(clock.today())
        for t in g.tables
    }


def _input_version(source: str) -> str | None:
    from warehouse import versions

    name = parse_name(source)
    if name.zone == "landing":
        found = batches.accepted(name.schema, name.table.split("__", 2)[2])
        return found[-1].batch_id if found else None
    version = versions.promoted(name) or versions.latest_written(name)
    return version.version if version else None


def _latest(name: DatasetName) -> Version | None:
    from warehouse import versions

    return versions.latest_written(name)


def reference_loaded(found: dict[str, Version], run_id: UUID, started: datetime) -> None:
    """Reference registers were loaded from the files that come with this release of Suyuan."""
    from lineage.events import emit, facets

    titles = dbt_files.reference_titles()
    nodes = [
        LineageNode(
            v.dataset, tuple(Column(c, t) for c, t in v.columns.items()), v.version,
            facets=facets.statistics(v.rows), title=titles[table],
        )
        for table, v in found.items()
    ]  # fmt: skip
    emit.step(
        "dbt.platform.reference", run_id, inputs=[], outputs=nodes, started=started, ended=clock.now(),
        job_type="SEED", description="参考登记（区划、代码、节假日）",
    )  # fmt: skip


def checked(
    name: DatasetName,
    version: Version,
    outcomes: list[RuleOutcome],
    counts: dict[str, ColumnCount],
    is_promoted: bool,
    run_id: UUID,
    started: datetime,
) -> None:
    """A written version was judged, and promoted or not."""
    from lineage.events import emit, facets

    node = LineageNode(
        str(name),
        tuple(Column(c, t) for c, t in version.columns.items()),
        version.version,
        facets=facets.quality(outcomes, version.rows, counts) | facets.promotion(is_promoted, version.version),
    )
    emit.step(
        f"check.{name}", run_id, inputs=[node], outputs=[], started=started, ended=clock.now(),
        job_type="CHECK",
    )  # fmt: skip


def published(grant: Grant, found: dict[str, Version], run_id: UUID, started: datetime) -> None:
    """A grant's subset crossed to the data plane."""
    from lineage.events import emit, facets

    nodes = [
        LineageNode(
            v.dataset,
            tuple(Column(c, t) for c, t in v.columns.items()),
            v.version,
            facets=facets.grant(grant) | facets.promotion(True, v.version),
        )
        for v in found.values()
    ]
    emit.step(
        f"publish.{grant.schema_name}", run_id, inputs=nodes, outputs=[], started=started,
        ended=clock.now(), job_type="PUBLISH",
    )  # fmt: skip
