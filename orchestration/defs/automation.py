"""Jobs, schedules from the update cycle, and the sensor for arriving deliveries.

Lives here: when things run. All times are Asia/Shanghai.
Stays out: what runs.
"""

import hashlib
from typing import Any

import dagster as dg

from config.settings import settings
from orchestration.defs.keys import key
from orchestration.ingest.deliver import waiting
from scheme.catalog import Catalog, UpdateCycle
from scheme.catalog_files import load_catalog
from scheme.names import landing_name

RUN_EVERYTHING = "run_everything"
_CRON = {
    UpdateCycle.realtime: "0 * * * *", UpdateCycle.daily: "30 6 * * *", UpdateCycle.weekly: "30 6 * * 1",
    UpdateCycle.monthly: "30 6 5 * *", UpdateCycle.bimonthly: "30 6 5 */2 *",
    UpdateCycle.quarterly: "30 6 10 1,4,7,10 *", UpdateCycle.yearly: "30 6 15 1 *",
}  # fmt: skip


def run_everything() -> Any:
    """Return the job over all assets; the tag lets one pipeline run at a time."""
    return dg.define_asset_job(
        RUN_EVERYTHING, selection=dg.AssetSelection.all(), tags={"suyuan/pipeline": "warehouse"},
        description="运行全部环节：汇聚、标准化、检查发布、授权子集、脱敏核验",
    )  # fmt: skip


def schedules(catalog: Catalog) -> list[dg.ScheduleDefinition]:
    """Return one schedule per update cycle that occurs: land what came and all that follows from it."""
    found = []
    for cycle, cron in _CRON.items():
        names = [landing_name(e.department, e.resource) for e in catalog.entries.values() if e.update_cycle is cycle]
        if not names:
            continue
        job = dg.define_asset_job(
            f"collect_{cycle.value}",
            selection=dg.AssetSelection.assets(*(key(n) for n in names)).downstream(),
            tags={"suyuan/pipeline": "warehouse"},
            description=f"更新周期为“{cycle.chinese}”的资源及其下游",
        )
        found.append(dg.ScheduleDefinition(job=job, cron_schedule=cron, execution_timezone="Asia/Shanghai"))
    return found


@dg.sensor(job_name=RUN_EVERYTHING, minimum_interval_seconds=30, description="数源部门交付到达后自动运行")
def arriving_deliveries(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Request one run for each new set of waiting files."""
    catalog = load_catalog(settings().catalog)
    names = sorted(f.name for e in catalog.entries.values() for f in waiting(e))
    if not names:
        return dg.SkipReason("没有待接收的交付")
    return dg.RunRequest(run_key=hashlib.sha256("|".join(names).encode()).hexdigest())
