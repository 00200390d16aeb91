"""The clock of remediation orders, as a schedule of its own without the warehouse's tag.

Lives here: when reminders, escalation and consequences of orders happen. All times are Asia/Shanghai.
Add here: another step that time alone takes in the quality room.
Stays out: what the clock does (``expectations.orders.clock``), sending mail (``orchestration.defs.messages``).
"""

from uuid import UUID

import dagster as dg

from config.settings import settings
from orchestration.pipeline.lateness import judge_late
from scheme.catalog_files import load_catalog


@dg.op(name="order_clock", description="整改期限时钟：提醒、督办、逾期处置")
def order_clock(context: dg.OpExecutionContext) -> None:
    """Judge what is late, then take every step that is due; orders on which it could not work fail the run by name."""
    from expectations.orders.clock import tick
    from lineage.impact import affected

    for resource in judge_late(load_catalog(settings().catalog), UUID(context.run_id)):
        context.log.info(f"{resource} 超过更新周期未汇聚，已重新检查")
    done = tick(affected)
    for step in done.steps:
        context.log.info(step)
    if done.failed:
        raise dg.Failure(f"{len(done.failed)} 份整改单未能处理：{'；'.join(done.failed)}", allow_retries=False)


@dg.job(name="run_order_clock", description="整改期限时钟")
def run_order_clock() -> None:
    """Run the clock once."""
    order_clock()


def order_clock_schedule() -> dg.ScheduleDefinition:
    """Return the schedule: every day at 8:30 and 16:30, on from the start, since deadlines do not wait."""
    return dg.ScheduleDefinition(
        job=run_order_clock, cron_schedule="30 8,16 * * *", execution_timezone="Asia/Shanghai",
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )  # fmt: skip
