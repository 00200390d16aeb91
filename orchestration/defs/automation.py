"""Jobs, schedules from the update cycle, and the sensor for arriving deliveries.

Lives here: when things run. All times are Asia/Shanghai.
Stays out: what runs.
"""

import hashlib
from typing import Any

import dagster as dg

from config import clock
from config.settings import settings
from orchestration.defs.keys import key
from orchestration.pipeline import arrivals
from scheme.catalog import Catalog, UpdateCycle
from scheme.catalog_files import load_catalog
from scheme.names import landing_name

RUN_EVERYTHING = "run_everything"
_UNDER_WAY = [dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED]
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


def arriving(known: set[str]) -> dg.SensorDefinition:
    """Return the sensor for deliveries and newly active grants; ``known``: grants this code location has loaded."""

    @dg.sensor(
        name="arriving_deliveries", job_name=RUN_EVERYTHING, minimum_interval_seconds=30,
        default_status=dg.DefaultSensorStatus.RUNNING, description="数源部门交付到达、授权生效后自动运行",
    )  # fmt: skip
    def sensor(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        from registry.grants import active_grants

        active = [g for g in active_grants(clock.today()) if g.grant in known]
        names = [*arrivals.deliveries(load_catalog(settings().catalog)), *arrivals.grants(active)]
        if not names:
            return dg.SkipReason("没有待接收、待入库的交付，也没有待供数的授权")
        if context.instance.get_runs_count(dg.RunsFilter(job_name=RUN_EVERYTHING, statuses=_UNDER_WAY)):
            return dg.SkipReason("上一次运行尚未结束，结束后再接收")
        return dg.RunRequest(run_key=hashlib.sha256("|".join(names).encode()).hexdigest())

    return sensor
