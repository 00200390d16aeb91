"""Remediation orders: raised by a judgement, worked on by people, closed by the next batch."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from config.settings import settings
from expectations.models import Letter, Order
from expectations.orders import acts, letters, reading
from expectations.orders.follow import follow
from registry import demo
from registry.models import Account, AuditEvent, Message
from registry.states import RefusedError
from scheme.catalog_files import load_catalog
from scheme.protocols import Affected, RuleOutcome
from warehouse import batches
from warehouse.versions import Version

DATASET = "platform.staging.stg_minzheng__subsistence_allowance"


@pytest.fixture(autouse=True)
def prepared(home, db) -> None:
    demo.prepare_demo()


def who(name: str) -> Account:
    return Account.objects.get(username=name)


def uses(dataset: str, column: str = "") -> list[Affected]:
    return [Affected("S2", "养老服务设施布局", "authorized.s2.t", "低保人员", (column,), ("季度报告",))]


def judged(batch: str, failed: int, *, rule="Q09", severity="critical", state="", total=2600) -> list[str]:
    """One judgement of a batch as Great Expectations' outcome of one rule."""
    catalog = load_catalog(settings().catalog)
    entry = catalog.entry("minzheng.subsistence_allowance")
    version = Version(
        dataset=DATASET, version=f"v{batch}", rows=total, columns={}, batches=[batch],
        written_at=dt.datetime(2026, 9, 24, tzinfo=dt.UTC),
    )  # fmt: skip
    outcome = RuleOutcome(
        rule, DATASET, "resident_id_number", "consistency", severity, "享受低保人员已死亡",
        state or ("failed" if failed else "passed"), total, failed, error="boom" if state == "error" else "",
    )  # fmt: skip
    return follow(version, entry, catalog.departments["minzheng"], [outcome])


def only() -> Order:
    return Order.objects.get()


def do(action: str, name: str, reason: str = "") -> Order:
    return acts.act_on_order(only().number, action, by=who(name), impact=uses, reason=reason)


def dispatched() -> Order:
    judged("b1", 9)
    do("拟发", "bureau_handler")
    return do("签发", "bureau_approver")


def under_repair() -> Order:
    dispatched()
    return do("签收", "minzheng_clerk")


def write(kind: str, **content: str) -> Letter:
    drafted = letters.draft(only().number, kind, content, by=who("minzheng_clerk"))
    return letters.act_on_letter(drafted.pk, "签发", by=who("minzheng_head"))


REPLY = {"cause": "源头录入", "analysis": "死亡信息未及时比对", "measures": "停发并核减"}


@pytest.mark.requirement("R025")
def test_one_order_however_many_runs_see_the_problem():
    assert len(judged("b1", 9)) == 1
    assert judged("b1", 9) == []
    order = only()
    assert (order.state, order.problem_count, order.first_batch) == ("待发出", 9, "b1")
    assert order.forward_due == dt.date(2026, 9, 28)  # 25–27 September is the holiday: one working day


@pytest.mark.requirement("R025")
def test_the_deadline_of_the_demo_is_the_ninth_of_october_with_each_day_listed():
    order = dispatched()
    assert order.due == dt.date(2026, 10, 9)
    assert order.due_days == ["2026-09-28", "2026-09-29", "2026-09-30", "2026-10-08", "2026-10-09"]
    assert not order.is_provisional


def test_no_order_without_a_due_date():
    judged("b1", 9)
    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.update(due=None)


def test_at_most_one_open_order_per_rule_even_in_the_database():
    judged("b1", 9)
    copy = only()
    copy.pk, copy.number = None, "ZG-2026-9999"
    with pytest.raises(IntegrityError), transaction.atomic():
        copy.save(force_insert=True)


def test_a_rule_error_opens_no_order_and_alarms_the_engineer():
    assert judged("b1", 0, state="error") == []
    assert not Order.objects.exists()
    told = Message.objects.filter(kind="rules_broken")
    assert {m.recipient.role for m in told} == {"data_engineer"}


def test_a_hint_is_for_the_monthly_report_only():
    assert judged("b1", 9, severity="info") == []


def test_a_rule_error_closes_nothing_either():
    judged("b1", 9)
    judged("b2", 0, state="error")
    assert only().state == "待发出"


@pytest.mark.requirement("R025")
def test_redelivery_closes_the_order_and_links_both_batches():
    under_repair()
    write("反馈", **REPLY)
    assert only().state == "待复核"
    judged("b2", 0)
    order = only()
    assert (order.state, order.first_batch, order.closing_batch) == ("已办结", "b1", "b2")
    assert {m.recipient.username for m in Message.objects.filter(kind="closed")} == {
        "bureau_handler", "minzheng_clerk", "minzheng_head",
    }  # fmt: skip


def test_a_partial_fix_reduces_the_order_and_sends_it_back():
    under_repair()
    write("反馈", **REPLY)
    judged("b2", 4)
    order = only()
    assert (order.state, order.problem_count, order.first_count, order.last_batch) == ("整改中", 4, 9, "b2")
    assert Message.objects.filter(kind="not_passed", recipient__username="minzheng_clerk").count() == 1


def test_a_regression_reopens_the_same_order_with_time_counted_anew(monkeypatch):
    under_repair()
    judged("b2", 0)
    monkeypatch.setenv("SUYUAN_NOW", "2026-11-02T09:00:00")
    judged("b3", 2)
    order = only()
    assert (order.state, order.reopened, order.problem_count) == ("待签收", 1, 2)
    assert order.due == dt.date(2026, 11, 9)
    assert order.closed_on is None and order.closing_batch == ""


@pytest.mark.requirement("R026")
def test_dispatch_tells_those_who_use_the_bad_column():
    dispatched()
    told = {m.recipient.username for m in Message.objects.filter(kind="affected")}
    assert told == {"developer_s2", "primary_reviewer"}
    body = Message.objects.filter(kind="affected").first().body
    assert "授权 S2" in body and "季度报告" in body


def test_two_persons_for_what_leaves_the_bureau():
    judged("b1", 9)
    do("拟发", "bureau_handler")
    Account.objects.filter(username="bureau_handler").update(role="bureau_approver")
    with pytest.raises(RefusedError, match="不得为同一人"):
        do("签发", "bureau_handler")
    assert only().state == "待签发"


@pytest.mark.parametrize(
    ("action", "name"),
    [("签收", "gongdian_clerk"), ("签收", "bureau_handler"), ("签发", "minzheng_head"), ("核实办结", "bureau_handler")],
)
def test_what_is_not_ones_business_is_refused(action, name):
    dispatched()
    with pytest.raises(RefusedError):
        do(action, name)
    assert only().state == "待签收"


def test_what_a_check_can_judge_no_person_closes():
    under_repair()
    write("反馈", **REPLY)
    with pytest.raises(RefusedError, match="自动复核"):
        do("核实办结", "bureau_handler")


def test_an_extension_is_asked_once_within_the_limit_and_granted_by_the_bureau():
    under_repair()
    for until in ("2026-10-08", "2026-10-17", "soon", "2026-11-20"):
        with pytest.raises(RefusedError):
            letters.draft(
                only().number, "延期", {"until": until, "why": "系统改造", "done": "一半"}, by=who("minzheng_clerk")
            )
    letter = write("延期", until="2026-10-15", why="系统改造", done="已完成一半")
    with pytest.raises(RefusedError):
        letters.act_on_letter(letter.pk, "同意延期", by=who("minzheng_head"))
    letters.act_on_letter(letter.pk, "同意延期", by=who("bureau_approver"))
    order = only()
    assert order.due == dt.date(2026, 10, 15)
    # 10 October 2026 is a make-up Saturday
    assert order.due_days[-5:] == ["2026-10-10", "2026-10-12", "2026-10-13", "2026-10-14", "2026-10-15"]
    assert "延期" not in letters.writable(order, who("minzheng_clerk"))
    with pytest.raises(RefusedError, match="一次"):
        letters.draft(
            order.number, "延期", {"until": "2026-10-16", "why": "再延", "done": "无"}, by=who("minzheng_clerk")
        )


def test_an_upheld_dispute_closes_and_as_many_rows_raise_nothing_again():
    under_repair()
    letter = write("异议", matter="死亡登记有误", grounds="公安已更正")
    assert only().state == "异议核实中"
    letters.act_on_letter(letter.pk, "异议成立", by=who("bureau_approver"), reason="经核实，登记信息有误")
    assert only().state == "异议成立"
    assert judged("b2", 9) == []
    assert len(judged("b3", 10)) == 1
    assert Order.objects.count() == 2


def test_a_dispute_not_upheld_gives_back_the_days_it_took(monkeypatch):
    under_repair()
    letter = write("异议", matter="死亡登记有误", grounds="公安已更正")
    monkeypatch.setenv("SUYUAN_NOW", "2026-09-30T09:00:00")
    letters.act_on_letter(letter.pk, "异议不成立", by=who("bureau_approver"), reason="登记信息无误")
    order = only()
    # 28, 29, 30 September went by: three working days after 9 October, of which the 10th is a make-up workday
    assert (order.state, order.due) == ("整改中", dt.date(2026, 10, 13))
    assert len(order.due_days) == 8


def test_a_letter_needs_its_fields_and_two_persons():
    under_repair()
    clerk = who("minzheng_clerk")
    with pytest.raises(RefusedError, match="原因分析"):
        letters.draft(only().number, "反馈", {"cause": "系统"}, by=clerk)
    with pytest.raises(RefusedError, match="之一"):
        letters.draft(only().number, "反馈", REPLY | {"cause": "不知道"}, by=clerk)
    with pytest.raises(RefusedError, match="之一"):
        letters.draft(only().number, "申诉", REPLY, by=clerk)
    drafted = letters.draft(only().number, "反馈", REPLY, by=clerk)
    with pytest.raises(RefusedError, match="等待签发"):
        letters.draft(only().number, "反馈", REPLY, by=clerk)
    Account.objects.filter(username="minzheng_clerk").update(role="department_head")
    with pytest.raises(RefusedError, match="不得为同一人"):
        letters.act_on_letter(drafted.pk, "签发", by=who("minzheng_clerk"))
    assert only().state == "整改中"


def test_a_department_sees_its_own_signed_orders_only():
    judged("b1", 9)
    assert not reading.visible(who("minzheng_clerk")).exists()
    do("拟发", "bureau_handler")
    do("签发", "bureau_approver")
    assert reading.visible(who("minzheng_clerk")).count() == 1
    assert not reading.visible(who("gongdian_clerk")).exists()
    assert not reading.visible(who("developer_s2")).exists()
    assert reading.visible(who("auditor")).count() == 1


def test_every_act_leaves_a_trace_with_its_person():
    under_repair()
    done = [(m.action, m.actor) for m in reading.timeline(only())]
    assert done == [
        ("质量检查发现问题", "system"), ("拟发整改通知单", "bureau_handler"), ("签发整改通知单", "bureau_approver"),
        ("签收整改通知单", "minzheng_clerk"),
    ]  # fmt: skip
    assert AuditEvent.objects.filter(object=f"order:{only().number}").count() == 4


def test_samples_that_are_no_department_of_the_district_get_no_orders():
    catalog = load_catalog(settings().catalog)
    entry = next(e for e in catalog.entries.values() if not catalog.departments[e.department].counts)
    version = Version(
        dataset="platform.staging.x", version="v", rows=1, columns={}, batches=["b"],
        written_at=dt.datetime(2026, 9, 24, tzinfo=dt.UTC),
    )  # fmt: skip
    outcome = RuleOutcome("r", "platform.staging.x", None, "accuracy", "critical", "错", "failed", 1, 1)
    assert follow(version, entry, catalog.departments[entry.department], [outcome]) == []


def test_an_older_batch_that_is_current_again_closes_nothing():
    """Batch b2 was set aside, so b1 is judged again: it passes, and says nothing of what was delivered last."""
    judged("b1", 0)
    judged("b2", 9)
    assert judged("b1", 0) == [] and only().state == "待发出"
    judged("b3", 0)
    assert only().state == "已办结"
    assert judged("b2", 9) == [] and only().state == "已办结"


def test_nothing_evaluated_and_a_batch_set_aside_prove_nothing():
    judged("b1", 9)
    judged("b2", 0, total=0)
    assert only().state == "待发出"
    batches.put_aside("b3", "本批次没有任何记录")
    judged("b3", 0)
    assert only().state == "待发出"
    judged("b4", 0)
    assert only().state == "已办结"
