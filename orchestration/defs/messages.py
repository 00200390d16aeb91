"""Sending notices: every five minutes, if any waits.

Lives here: the schedule and its job. It touches no warehouse, so it runs beside the pipeline.
Stays out: sending (``registry.delivering``), who is told what (the acts).
"""

import dagster as dg

_UNDER_WAY = [dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED]
_LONGEST = "900"  # seconds, less than a notice stays taken


@dg.op(name="deliver", description="发送待发送的通知")
def _deliver(context: dg.OpExecutionContext) -> None:
    """Send what is due; fails if a notice was given up, so that an engineer sees it."""
    from registry.delivering import deliver
    from registry.outbox import FAILED

    attempts = deliver()
    given_up = [a.message for a in attempts if a.state == FAILED]
    context.add_output_metadata({
        "发送成功": sum(a.is_good for a in attempts), "稍后重发": sum(not a.is_good for a in attempts) - len(given_up),
        "发送失败": len(given_up),
    })  # fmt: skip
    if given_up:
        numbers = "、".join(map(str, given_up))
        raise dg.Failure(
            f"通知发送失败，已停止自动重发，编号：{numbers}。请在“消息通知”中重新发送。", allow_retries=False
        )


@dg.job(
    name="deliver_messages", description="发送待发送的通知", executor_def=dg.in_process_executor,
    tags={"dagster/max_runtime": _LONGEST},
)  # fmt: skip
def deliver_messages() -> None:
    """Send what is due once."""
    _deliver()


@dg.schedule(
    name="deliver_messages", job=deliver_messages, cron_schedule="*/5 * * * *", execution_timezone="Asia/Shanghai",
    default_status=dg.DefaultScheduleStatus.RUNNING, description="每五分钟发送待发送的通知",
)  # fmt: skip
def every_five_minutes(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Ask for a run if a notice is due and the last run has ended."""
    from registry.delivering import due

    if not due().exists():
        return dg.SkipReason("没有待发送的通知")
    if context.instance.get_runs_count(dg.RunsFilter(job_name=deliver_messages.name, statuses=_UNDER_WAY)):
        return dg.SkipReason("上一次发送尚未结束")
    return dg.RunRequest()
