"""Authorized subsets: per grant one dbt step, one blocking desensitization gate, one published file.

Lives here: the factory over active grants. A grant that does not render is an asset that says why.
Stays out: what may be built and published (``orchestration.pipeline.subsets``).
"""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

import dagster as dg
from dagster_dbt import DbtCliResource, dbt_assets

from config import clock
from orchestration.defs.dbt_steps import run_step
from orchestration.defs.keys import RETRY, Translator, key
from orchestration.pipeline import dbt_files, subsets
from orchestration.pipeline.written import Built
from scheme.grant import Grant
from scheme.names import authorized_name


def file_key(grant: str) -> dg.AssetKey:
    """Asset key of a grant's published file."""
    return dg.AssetKey(["authorized", grant.lower(), "grant_file"])


def subset_assets(manifest: dict[str, Any], grant: Grant) -> list[Any]:
    """Return the tables, the gate and the published file of one grant."""
    return [_tables(manifest, grant), _gate(grant), _published(grant)]


def refused_asset(grant: str, problems: list[str]) -> dg.AssetsDefinition:
    """Return the asset of a grant that could not be rendered: it fails and says why."""

    @dg.asset(key=file_key(grant), group_name=f"authorized_{grant.lower()}", description="；".join(problems))
    def refused() -> None:
        raise dg.Failure(
            f"授权 {grant} 无法构建：{'；'.join(problems)}。请修改授权文件后重新签署。", allow_retries=False
        )

    return refused


def _tables(manifest: dict[str, Any], grant: Grant) -> dg.AssetsDefinition:
    schema = grant.schema_name

    @dbt_assets(
        manifest=manifest, select=f"tag:grant_{schema}", name=f"subset_{schema}",
        dagster_dbt_translator=Translator(), retry_policy=RETRY,
    )  # fmt: skip
    def subset(context: dg.AssetExecutionContext, dbt: DbtCliResource) -> Iterator[Any]:
        started, run_id, target = clock.now(), UUID(context.run_id), str(dbt_files.target(f"subset_{schema}"))
        current = _demand_active(grant.grant)

        def built(tables: set[str]) -> Mapping[str, Built]:
            return subsets.built(current, tables, run_id, started, target) if tables else {}

        yield from run_step(context, dbt, f"subset_{schema}", ["run"], built)

    return subset


def _gate(grant: Grant) -> dg.AssetChecksDefinition:
    tables = {t.table: key(authorized_name(grant.grant, t.table)) for t in grant.tables}
    specs = [
        dg.AssetCheckSpec(
            "desensitization_gate", asset=k, blocking=True, description="脱敏核验：Presidio 逐单元格全量扫描"
        )
        for k in tables.values()
    ]

    @dg.multi_asset_check(name=f"gate_{grant.schema_name}", specs=specs, can_subset=True)
    def gate(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        verdict = subsets.judge(_demand_active(grant.grant))  # always the whole subset
        wanted = {k.asset_key for k in context.selected_asset_check_keys}
        for table, asset in tables.items():
            if asset not in wanted:
                continue
            found = verdict.by_table[table]
            yield dg.AssetCheckResult(
                asset_key=asset,
                check_name="desensitization_gate",
                passed=not found,
                severity=dg.AssetCheckSeverity.ERROR,
                description="；".join(found) or "未发现个人标识信息",
                metadata={"扫描单元格数": verdict.cells, "下一步": verdict.next_step or "无"},
            )

    return gate


def _published(grant: Grant) -> dg.AssetsDefinition:
    @dg.asset(
        key=file_key(grant.grant),
        deps=[key(authorized_name(grant.grant, t.table)) for t in grant.tables],
        group_name=f"authorized_{grant.schema_name}",
        owners=["team:bureau"],
        description=f"{grant.title}：通过脱敏核验后加密交付数据要素服务平台的唯一文件。",
        kinds={"duckdb"},
    )
    def grant_file(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        current = _demand_active(grant.grant)
        try:
            bundle = subsets.publish(current, UUID(context.run_id), clock.now())
        except subsets.SubsetRefusedError as refusal:
            raise dg.Failure(str(refusal), allow_retries=False) from None
        return dg.MaterializeResult(
            metadata={
                "内容摘要": bundle.content, "文件": bundle.file_name,
                "各表记录数": {t: b.rows for t, b in bundle.tables.items()},
                "授权期限": f"{grant.valid_from}至{grant.valid_to}",
            },
            data_version=dg.DataVersion(bundle.content),
        )  # fmt: skip

    return grant_file


def _demand_active(grant: str) -> Grant:
    try:
        return subsets.active(grant)
    except subsets.SubsetRefusedError as refusal:
        raise dg.Failure(str(refusal), allow_retries=False) from None
