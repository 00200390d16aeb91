"""Landing assets: one per resource, collecting what is due, draining its inbox.

Lives here: the factory over the catalog, and the check that a collected register was reached. The check is a step of
its own on which nothing waits: were it the landing step that fails, no department's tables would be built.
Stays out: reading files (``orchestration.ingest``), reading sources (``orchestration.collect``).
"""

from typing import cast
from uuid import UUID

import dagster as dg

from config import clock
from orchestration.collect.attempt import attempt, failure
from orchestration.defs import keys
from orchestration.ingest.deliver import land_waiting
from orchestration.pipeline import events
from scheme.catalog import Catalog, CatalogEntry
from scheme.names import landing_name
from warehouse import batches


def landing_assets(catalog: Catalog) -> list[dg.AssetsDefinition]:
    """Return the landing asset of every resource."""
    return [_asset(entry, catalog) for entry in catalog.entries.values()]


def collected_checks(catalog: Catalog) -> list[dg.AssetChecksDefinition]:
    """Return, for every resource with an origin, the step that fails if it could not be collected."""
    return [_collected(entry) for entry in catalog.entries.values() if entry.delivery.origin]


def _collected(entry: CatalogEntry) -> dg.AssetChecksDefinition:
    asset = keys.key(landing_name(entry.department, entry.resource))

    @dg.asset_check(asset=asset, name="collected", description=f"{entry.name}：按更新周期从库表或接口采集")
    def collected() -> dg.AssetCheckResult:
        line = failure(entry)
        if line:
            raise dg.Failure(line, allow_retries=False)
        return dg.AssetCheckResult(passed=True)

    return collected


def _asset(entry: CatalogEntry, catalog: Catalog) -> dg.AssetsDefinition:
    name = landing_name(entry.department, entry.resource)
    shared = keys.common(entry, catalog.departments[entry.department], "landing")
    shared["metadata"] |= keys.column_schema(
        {i.code: "varchar" for i in entry.items}, {i.code: i.name for i in entry.items}
    )

    @dg.asset(
        key=keys.key(name),
        description=f"{entry.name}：数源部门交付的原始批次。{entry.abstract}",
        freshness_policy=keys.freshness(entry),
        retry_policy=keys.RETRY,
        kinds={"parquet"},
        **shared,
    )
    def land(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        started = clock.now()
        attempt(entry, receiver="suyuan")
        for batch in land_waiting(entry, receiver="suyuan"):
            if batch.state == "refused":
                context.log.error(f"{entry.id} 交付被拒收：{batch.refusal_zh}下一步：{batch.next_step_zh}")
        events.trace_landed(entry, UUID(context.run_id), started)
        return _result(entry)

    return cast(dg.AssetsDefinition, land)


def _result(entry: CatalogEntry) -> dg.MaterializeResult:
    found = batches.landed(entry.department, entry.resource)
    if not found:
        return dg.MaterializeResult(metadata={"批次": "尚无交付", "dagster/row_count": 0})
    last = found[-1]
    return dg.MaterializeResult(
        metadata={
            "批次": last.batch_id,
            "批次总数": len(found),
            "文件": last.file_name,
            "文件摘要（sha256）": last.file_sha256 or "",
            "编码": last.encoding or "",
            "接收时间": last.received_at.isoformat(timespec="seconds"),
            "申报记录数": last.rows_declared if last.rows_declared is not None else "未申报",
            "落地记录数": last.rows_landed,
            "隔离记录数": last.rows_quarantined,
            "隔离原因": dg.MetadataValue.json(last.quarantine_reasons),
            "dagster/row_count": last.rows_landed,
        },
        data_version=dg.DataVersion(last.batch_id),
    )
