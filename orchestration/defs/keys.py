"""How the catalog and dbt appear in Dagster: keys, groups, owners, descriptions, freshness.

Lives here: the one mapping from our names to Dagster's. Dagster takes only ASCII names, so codes are names
and Chinese stands in descriptions and metadata.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator

from config.settings import settings
from scheme.catalog import CatalogEntry, Department, UpdateCycle
from scheme.catalog_files import load_catalog
from scheme.names import DatasetName
from scheme.protocols import ColumnEdge

_DAYS = {
    UpdateCycle.realtime: 1, UpdateCycle.daily: 1, UpdateCycle.weekly: 7, UpdateCycle.monthly: 31,
    UpdateCycle.bimonthly: 62, UpdateCycle.quarterly: 92, UpdateCycle.yearly: 366,
}  # fmt: skip
RETRY = dg.RetryPolicy(max_retries=2, delay=5, backoff=dg.Backoff.EXPONENTIAL)


def key(name: DatasetName) -> dg.AssetKey:
    """Asset key of a data set."""
    return dg.AssetKey(name.asset_key)


def current_key(table: str) -> dg.AssetKey:
    """Asset key of a promoted platform table."""
    return dg.AssetKey(["platform", "current", table])


def freshness(entry: CatalogEntry) -> dg.FreshnessPolicy | None:
    """Freshness from the update cycle: warn after one cycle, fail after two."""
    days = _DAYS.get(entry.update_cycle)
    if days is None:
        return None
    return dg.FreshnessPolicy.time_window(
        fail_window=timedelta(days=2 * days + 1), warn_window=timedelta(days=days, hours=12)
    )


def column_schema(columns: dict[str, str], titles: dict[str, str] | None = None) -> dict[str, Any]:
    """Dagster's column schema metadata."""
    titles = titles or {}
    found = [dg.TableColumn(c, t, description=titles.get(c)) for c, t in columns.items()]
    return {"dagster/column_schema": dg.TableSchema(columns=found)}


def column_lineage(edges: list[ColumnEdge]) -> dict[str, Any]:
    """Dagster's column lineage metadata: the direct sources of each column."""
    found: dict[str, dict[tuple[str, str], dg.TableColumnDep]] = {}
    for edge in edges:
        if edge.type == "DIRECT":
            dep = dg.TableColumnDep(_asset_of(edge.source), edge.source_column)
            found.setdefault(edge.column, {})[edge.source, edge.source_column] = dep
    deps = {column: list(sources.values()) for column, sources in found.items()}
    return {"dagster/column_lineage": dg.TableColumnLineage(deps_by_column=deps)} if deps else {}


def same_columns(upstream: dg.AssetKey, columns: Iterable[str]) -> dict[str, Any]:
    """Dagster's column lineage metadata of a table whose columns are the upstream's, unchanged."""
    deps = {c: [dg.TableColumnDep(upstream, c)] for c in columns}
    return {"dagster/column_lineage": dg.TableColumnLineage(deps_by_column=deps)}


def _asset_of(dataset: str) -> dg.AssetKey:
    return dg.AssetKey(dataset.replace("platform.history.", "platform.current.").split("."))


def common(entry: CatalogEntry, department: Department, zone: str) -> dict[str, Any]:
    """Keyword arguments every asset of a resource shares."""
    return {
        "group_name": f"{entry.department}_{zone}",
        "owners": [f"team:{entry.department}"],
        "metadata": {
            "资源名称": entry.name,
            "数源部门": department.name,
            "更新周期": entry.update_cycle.chinese,
            "汇聚方式": entry.obtained_by,
            "数据级别": entry.grade or "未定级",
        },
    }


class Translator(DagsterDbtTranslator):
    """dbt nodes under our names."""

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """``zone.schema.table``; a history is the other view of the promoted table."""
        props = dbt_resource_props
        schema = "current" if props["schema"] == "history" else props["schema"]
        return dg.AssetKey([props["database"], schema, props.get("alias") or props["name"]])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """Group per provider and zone."""
        props = dbt_resource_props
        meta = props.get("config", {}).get("meta", {})
        if props["schema"] == "staging":
            table = props.get("alias") or props["name"]
            return f"{meta.get('department') or table.split('__')[0][4:]}_platform"
        if props["database"] == "authorized":
            return f"authorized_{props['schema']}"
        return f"platform_{props['schema']}"

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> list[str]:
        """The department for its own tables, else the bureau."""
        group = self.get_group_name(dbt_resource_props) or ""
        department = group.removesuffix("_platform")
        known = load_catalog(settings().catalog).departments
        return [f"team:{department}" if department in known else "team:bureau"]

    def get_description(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """The Chinese description alone, without SQL."""
        return dbt_resource_props.get("description", "")

    def get_metadata(self, dbt_resource_props: Mapping[str, Any]) -> Mapping[str, Any]:
        """Column schema as declared."""
        columns = dbt_resource_props.get("columns", {}).values()
        types = {c["name"]: c.get("data_type") or "" for c in columns}
        titles = {c["name"]: c.get("description") or "" for c in columns}
        return column_schema(types, titles) if types else {}
