"""Promoted tables: one asset per resource and integrated base, with one check per rule.

Lives here: Great Expectations' outcomes as Dagster checks, and the promotion they decide, in one step. A failed
critical check is an ERROR and keeps the last promoted version; it stops no other department.
Stays out: judging and promoting (``orchestration.pipeline.promotion``).
"""

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

import dagster as dg

from config.settings import settings
from expectations.evaluate import rule_names
from orchestration.defs import keys
from orchestration.pipeline import dbt_files, promotion
from orchestration.pipeline.promotion import Promotion
from scheme import integrated
from scheme.catalog import Catalog, CatalogEntry, Dimension, Severity
from scheme.catalog_files import load_catalog
from scheme.names import integrated_name, staging_name
from scheme.protocols import RuleOutcome

_SEVERITY = {
    "critical": dg.AssetCheckSeverity.ERROR, "warning": dg.AssetCheckSeverity.WARN, "info": dg.AssetCheckSeverity.WARN,
}  # fmt: skip
_NEXT_STEP = {
    "passed": "无",
    "failed": "列入数源部门质量报告，由数源部门核实整改；不影响本次发布。",
    "error": "请数据工程师修正规则或补齐其引用的数据后重新运行。",
}


def current_assets(catalog: Catalog) -> list[dg.AssetsDefinition]:
    """Return the promoted table of every resource and base."""
    resources = [_resource(e, catalog) for e in catalog.entries.values()]
    return [*resources, *(_integrated(t, catalog) for t in dbt_files.integrated_tables())]


def _resource(entry: CatalogEntry, catalog: Catalog) -> dg.AssetsDefinition:
    name = staging_name(entry.department, entry.stem)
    shared = keys.common(entry, catalog.departments[entry.department], "platform")

    def promote(run_id: UUID) -> Promotion:
        known = load_catalog(settings().catalog)
        return promotion.promote_resource(known.entry(entry.id), known, run_id)

    description = f"{entry.name}：经质量检查后可供使用的现行版本。检查未通过时保留上一版本。"
    titles = {i.code: i.name for i in entry.items}
    return _asset(name.table, keys.key(name), rule_names(entry), description, shared, titles, promote)


def _integrated(table: str, catalog: Catalog) -> dg.AssetsDefinition:
    title = dbt_files.integrated_title(table)
    shared = {"group_name": "platform_integrated", "owners": ["team:bureau"], "metadata": {"名称": title}}
    return _asset(
        table, keys.key(integrated_name(table)), rule_names(None, dbt_files.integrated_keys()[table]),
        f"{title}：经检查后可供授权使用的现行版本。", shared, _with_departments(table, catalog),
        lambda run: promotion.promote_integrated(table, run),
    )  # fmt: skip


def _with_departments(table: str, catalog: Catalog) -> dict[str, str]:
    """Return column → title with the departments its values come from and its derived grade（就高从严）."""
    short = {c: d.short for c, d in catalog.departments.items()} | {"reference": "基础代码"}
    titles = integrated.column_titles(table)
    for column in integrated.integrated_sources().get(table, {}):
        names = "、".join(short[d] for d in integrated.departments_of_column(table, column))
        grade = integrated.derived_grade(table, column, catalog)
        titles[column] += f"（数源：{names}；{f'{grade}级' if grade else '未定级'}）"
    return titles


def _asset(
    table: str,
    upstream: dg.AssetKey,
    rules: dict[str, str],
    description: str,
    shared: dict[str, Any],
    titles: dict[str, str],
    promote: Callable[[UUID], Promotion],
) -> dg.AssetsDefinition:
    key = keys.current_key(table)
    specs = [dg.AssetCheckSpec(r, asset=key, description=m) for r, m in rules.items()]

    @dg.asset(
        key=key, deps=[upstream], check_specs=specs, description=description, kinds={"parquet"},
        retry_policy=keys.RETRY, **shared,
    )  # fmt: skip
    def current(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        found = promote(UUID(context.run_id))
        for reason in found.reasons:
            context.log.error(f"{table} 未发布新版本：{reason} 下一步：{found.next_step}")
        return dg.MaterializeResult(
            metadata=_metadata(found, upstream, titles),
            data_version=dg.DataVersion(found.current.version if found.current else "none"),
            check_results=_checks(found, key, rules),
        )

    return cast(dg.AssetsDefinition, current)


def _metadata(found: Promotion, upstream: dg.AssetKey, titles: dict[str, str]) -> dict[str, Any]:
    metadata: dict[str, Any] = {
        "状态": "已发布" if found.is_promoted else "沿用上一版本" if found.current else "尚无可用版本",
        "未发布原因": "；".join(found.reasons) or "无",
        "下一步": found.next_step or "无",
    }
    if found.current:
        metadata |= {"版本": found.current.version, "dagster/row_count": found.current.rows}
        metadata |= keys.column_schema(found.current.columns, titles)
        metadata |= keys.same_columns(upstream, found.current.columns)
    return metadata


def _checks(found: Promotion, key: dg.AssetKey, rules: dict[str, str]) -> list[dg.AssetCheckResult]:
    """Return one result for every declared rule; one without an outcome did not apply to this version."""
    from expectations.orders.reading import of_rule

    if not found.outcomes:
        return [_not_run(r, key, found) for r in rules]
    orders, answered = of_rule(str(found.dataset)), {o.rule for o in found.outcomes}
    wanted = [o for o in found.outcomes if o.rule in rules]
    return [
        *(_check(o, key, found.next_step, orders.get(o.rule)) for o in wanted),
        *(_not_applicable(r, meaning, key) for r, meaning in rules.items() if r not in answered),
    ]


def _order(order: Any) -> Any:
    """Link to the open order of a rule in the portal; its number alone where the portal's address is not set."""
    if order is None:
        return "无"
    address = settings().portal_url.rstrip("/")
    return dg.MetadataValue.url(f"{address}/orders/{order.number}/") if address else order.number


def _check(outcome: RuleOutcome, key: dg.AssetKey, next_step: str, order: Any = None) -> dg.AssetCheckResult:
    total = outcome.evaluated_count
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=outcome.rule,
        passed=outcome.state == "passed",
        severity=dg.AssetCheckSeverity.ERROR if outcome.blocks else _SEVERITY[outcome.severity],
        description=outcome.meaning,
        metadata={
            "规则": outcome.rule,
            "说明": outcome.meaning,
            "判定方式": outcome.expectation or "未执行",
            "问题记录数": outcome.unexpected_count,
            "记录总数": total,
            "占比": f"{outcome.unexpected_count / total:.3%}" if total else "—",
            "是否阻断": "是" if outcome.blocks else "否",
            "维度": Dimension(outcome.dimension).chinese,
            "严重程度": Severity(outcome.severity).chinese,
            "整改单": _order(order),
            "整改状态": f"{order.state}，期限{order.due}" if order else "无",
            "错误": outcome.error or "无",
            "下一步": next_step if outcome.blocks else _NEXT_STEP[outcome.state],
        },
    )


def _not_applicable(rule: str, meaning: str, key: dg.AssetKey) -> dg.AssetCheckResult:
    """Dagster knows two outcomes only: what does not apply stands as passed, and says what it is."""
    return dg.AssetCheckResult(
        asset_key=key, check_name=rule, passed=True, description=meaning,
        metadata={
            "规则": rule, "说明": meaning, "状态": "不适用于本批次（如尚无上一批次可比、未申报记录数）",
            "下一步": "无",
        },
    )  # fmt: skip


def _not_run(rule: str, key: dg.AssetKey, found: Promotion) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=key, check_name=rule, passed=False, severity=dg.AssetCheckSeverity.WARN,
        description="未检查：" + "；".join(found.reasons), metadata={"下一步": found.next_step},
    )  # fmt: skip
