"""The schedule of notices: on by itself, beside the pipeline, and silent when nothing is due."""

from __future__ import annotations

import dagster as dg
import pytest

from orchestration.defs.messages import deliver_messages, every_five_minutes
from registry.delivering import MAX_ATTEMPTS
from registry.models import Account, Message
from registry.outbox import notify
from tests import receivers

pytestmark = pytest.mark.django_db


@pytest.fixture
def instance():
    with dg.instance_for_test() as found:
        yield found


@pytest.fixture
def hook(home, monkeypatch):
    with receivers.receiver() as server:
        monkeypatch.setenv("SUYUAN_WEBHOOK_URL", server.url)
        yield server


def tell() -> None:
    notify(Account.objects.none(), key="k", kind="整改通知", subject="第7号", body="第17行")


def ask(instance: dg.DagsterInstance) -> object:
    return every_five_minutes(dg.build_schedule_context(instance=instance))


def test_it_runs_every_five_minutes_without_waiting_for_the_warehouse():
    assert every_five_minutes.cron_schedule == "*/5 * * * *"
    assert every_five_minutes.default_status == dg.DefaultScheduleStatus.RUNNING
    assert every_five_minutes.execution_timezone == "Asia/Shanghai"
    assert "suyuan/pipeline" not in deliver_messages.tags
    assert int(deliver_messages.tags["dagster/max_runtime"]) > 0


def test_it_asks_for_a_run_only_if_something_is_due_and_the_run_sends_it(hook, instance):
    assert isinstance(ask(instance), dg.SkipReason)
    tell()
    assert isinstance(ask(instance), dg.RunRequest)
    done = deliver_messages.execute_in_process(instance=instance)
    assert done.success and len(hook.calls) == 1
    assert isinstance(ask(instance), dg.SkipReason)


def test_a_run_that_has_not_ended_is_not_doubled(hook, instance):
    tell()
    run = instance.create_run_for_job(deliver_messages)
    instance.report_dagster_event(
        dg.DagsterEvent(dg.DagsterEventType.RUN_START.value, job_name=run.job_name), run_id=run.run_id
    )
    assert isinstance(ask(instance), dg.SkipReason) and not hook.calls


def test_a_notice_that_is_given_up_fails_the_run_and_one_that_waits_does_not(hook, instance):
    hook.answers = [500, 500]
    tell()
    assert deliver_messages.execute_in_process(instance=instance, raise_on_error=False).success
    Message.objects.update(attempts=MAX_ATTEMPTS - 1, next_attempt_at=Message.objects.get().made_at)
    done = deliver_messages.execute_in_process(instance=instance, raise_on_error=False)
    assert not done.success and Message.objects.get().state == "发送失败"
    told = str([e.step_failure_data for e in done.all_events if e.is_step_failure])
    assert f"编号：{Message.objects.get().pk}" in told and "url-Secret" not in told
