"""Code location of the bureau（区一体化大数据平台）.

Lives here: putting together the definitions Dagster loads.
Add here: a new kind of asset's factory.
Stays out: what each does (``orchestration.defs``), the service platform (``service_definitions``).
"""

from __future__ import annotations

import json

import dagster as dg

from config import clock, django_setup
from config.settings import settings
from orchestration.defs import automation, current, dbt_steps, landing, messages, quality_clock, subsets
from orchestration.defs.dbt_cli import DbtCli
from orchestration.pipeline import dbt_files
from scheme.catalog_files import load_catalog


def build() -> dg.Definitions:
    """Return all definitions for the catalog and grants as they are now."""
    django_setup()
    from registry.grants import active_grants

    catalog = load_catalog(settings().catalog)
    grants = active_grants(clock.today())
    refused = dbt_files.prepare(catalog, grants)
    manifest = json.loads(dbt_files.manifest_path().read_text("utf-8"))
    assets = [
        *landing.landing_assets(catalog),
        dbt_steps.reference_assets(manifest),
        dbt_steps.staging_assets(manifest),
        *current.current_assets(catalog),
        dbt_steps.integrated_assets(manifest),
        *(subsets.refused_asset(g, problems) for g, problems in refused.items()),
    ]
    gates = landing.collected_checks(catalog)
    for grant in grants:
        if grant.grant not in refused:
            tables, gate, published = subsets.subset_assets(manifest, grant)
            assets += [tables, published]
            gates.append(gate)
    return dg.Definitions(
        assets=assets,
        asset_checks=gates,
        jobs=[automation.run_everything(), *quality_clock.quality_jobs(), messages.deliver_messages],
        schedules=[
            *automation.schedules(catalog), *quality_clock.quality_schedules(), messages.every_five_minutes,
        ],
        sensors=[automation.arriving({g.grant for g in grants} - set(refused))],
        executor=dg.in_process_executor,
        resources={
            "dbt": DbtCli(
                project_dir=str(dbt_files.project()), profiles_dir=str(dbt_files.project()),
                dbt_executable=str(dbt_files.executable()),
            )
        },
    )  # fmt: skip


defs = build()
