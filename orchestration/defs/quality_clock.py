"""The clock of remediation orders and the periodic reports, as schedules without the warehouse's tag.

Lives here: when reminders, escalation and consequences happen and reports are written. Times are Asia/Shanghai.
Add here: another step that time alone takes in the quality room.
Stays out: what the clock does (``expectations.orders.clock``), sending mail (``orchestration.defs.messages``).
"""

from uuid import UUID

import dagster as dg

from config.settings import settings
from orchestration.pipeline.lateness import judge_late
from orchestration.pipeline.reports import write_last_month
from scheme.catalog_files import load_catalog
from warehouse import paths


@dg.op(name="order_clock", description="整改期限时钟：提醒、督办、逾期处置")
def order_clock(context: dg.OpExecutionContext) -> None:
    """Judge what is late, then take every step that is due; orders on which it could not work fail the run by name."""
    from expectations.orders.clock import tick
    from lineage.graph.impact import Impacts

    late, unjudged = judge_late(load_catalog(settings().catalog), UUID(context.run_id))
    for resource in late:
        context.log.info(f"{resource} 超过更新周期未汇聚，已重新检查")
    done = tick(Impacts())
    for step in done.steps:
        context.log.info(step)
    failed = [*unjudged, *done.failed]
    if failed:
        raise dg.Failure(f"{len(failed)} 项未能处理：{'；'.join(failed)}", allow_retries=False)


@dg.job(name="run_order_clock", description="整改期限时钟")
def run_order_clock() -> None:
    """Run the clock once."""
    order_clock()


@dg.op(name="quality_reports", description="上月各部门数据质量报告和全区数据质量月报")
def quality_reports(context: dg.OpExecutionContext) -> None:
    """Write last month's reports."""
    for path in write_last_month(load_catalog(settings().catalog)):
        context.log.info(str(path.relative_to(paths.home())))


@dg.job(name="write_quality_reports", description="数据质量报告和月报")
def write_quality_reports() -> None:
    """Write the reports once."""
    quality_reports()


def quality_jobs() -> list[dg.JobDefinition]:
    """Return the jobs of the quality room."""
    return [run_order_clock, write_quality_reports]


def quality_schedules() -> list[dg.ScheduleDefinition]:
    """Return the schedules, on from the start: deadlines and reports do not wait.

    The order clock every day at 8:30 and 16:30, reports on the first of a month at 7:00.
    """
    return [
        dg.ScheduleDefinition(
            job=job, cron_schedule=cron, execution_timezone="Asia/Shanghai",
            default_status=dg.DefaultScheduleStatus.RUNNING,
        )
        for job, cron in ((run_order_clock, "30 8,16 * * *"), (write_quality_reports, "0 7 1 * *"))
    ]  # fmt: skip
