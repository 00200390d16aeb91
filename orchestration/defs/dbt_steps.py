"""Assets built by dbt: reference tables, staging, integrated bases.

Lives here: one dbt step each, run under the writer's lock; the parent opens DuckDB only after dbt ended.
Stays out: the models, what is checked and promoted (``orchestration.defs.current``).
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from uuid import UUID

import dagster as dg
from dagster_dbt import DbtCliResource, dbt_assets

from config import clock
from config.settings import settings
from orchestration.defs.keys import RETRY, Translator, column_lineage, column_schema
from orchestration.pipeline import dbt_files, written
from orchestration.pipeline.written import Built
from scheme.catalog_files import load_catalog
from warehouse import views
from warehouse.lock import writer_lock

After = Callable[[set[str]], Mapping[str, Built]]


def reference_assets(manifest: dict[str, Any]) -> dg.AssetsDefinition:
    """Return the reference registers, loaded from seeds."""

    @dbt_assets(
        manifest=manifest, select="resource_type:seed", name="reference",
        dagster_dbt_translator=Translator(), retry_policy=RETRY,
    )  # fmt: skip
    def reference(context: dg.AssetExecutionContext, dbt: DbtCliResource) -> Iterator[Any]:
        started, run_id = clock.now(), UUID(context.run_id)

        def measure(tables: set[str]) -> Mapping[str, Built]:
            return written.measure_reference(tables, run_id, started)

        yield from run_step(context, dbt, "reference", ["seed"], measure)

    return reference


def staging_assets(manifest: dict[str, Any]) -> dg.AssetsDefinition:
    """Return the standardised tables of all resources as one step."""

    @dbt_assets(
        manifest=manifest, select="tag:staging", name="staging",
        dagster_dbt_translator=Translator(), retry_policy=RETRY,
    )  # fmt: skip
    def staging(context: dg.AssetExecutionContext, dbt: DbtCliResource) -> Iterator[Any]:
        started, run_id, target = clock.now(), UUID(context.run_id), str(dbt_files.target("staging"))
        catalog = load_catalog(settings().catalog)

        def export(tables: set[str]) -> Mapping[str, Built]:
            return written.export_staging(catalog, tables, run_id, started, target)

        yield from run_step(context, dbt, "staging", ["run"], export)

    return staging


def integrated_assets(manifest: dict[str, Any]) -> dg.AssetsDefinition:
    """Return the integrated bases as one step, reading promoted versions only."""

    @dbt_assets(
        manifest=manifest, select="tag:integrated", name="integrated",
        dagster_dbt_translator=Translator(), retry_policy=RETRY,
    )  # fmt: skip
    def integrated(context: dg.AssetExecutionContext, dbt: DbtCliResource) -> Iterator[Any]:
        started, run_id, target = clock.now(), UUID(context.run_id), str(dbt_files.target("integrated"))

        def export(tables: set[str]) -> Mapping[str, Built]:
            return written.export_integrated(tables, run_id, started, target)

        yield from run_step(context, dbt, "integrated", ["run"], export)

    return integrated


def run_step(
    context: dg.AssetExecutionContext, dbt: DbtCliResource, step: str, arguments: list[str], after: After
) -> Iterator[Any]:
    """Run dbt under the lock, then ``after`` with the built tables, then report both together."""
    with writer_lock():
        catalog = load_catalog(settings().catalog)
        views.refresh_landing(catalog)
        views.refresh_current(catalog, dbt_files.integrated_tables())
        invocation = dbt.cli(arguments, context=context, target_path=dbt_files.target(step))
        events: list[Any] = []
        failure: Exception | None = None
        try:
            events.extend(invocation.stream())
        except Exception as error:  # the models that did succeed are reported before it is raised again
            failure = error
        found = after({e.output_name.split("__", 2)[-1] for e in events if isinstance(e, dg.Output)})
    for event in events:
        yield _with_version(event, found)
    if failure:
        raise failure


def _with_version(event: Any, found: Mapping[str, Built]) -> Any:
    if not isinstance(event, dg.Output):
        return event
    built = found.get(event.output_name.split("__", 2)[-1])
    if not built:
        return event
    version = built.version
    return dg.Output(
        value=None,
        output_name=event.output_name,
        metadata={
            **event.metadata,
            **column_schema(version.columns),
            **column_lineage(built.edges),
            "dagster/row_count": version.rows,
            "版本": version.version,
            "批次": dg.MetadataValue.json(version.batches),
        },
        data_version=dg.DataVersion(version.version),
    )
