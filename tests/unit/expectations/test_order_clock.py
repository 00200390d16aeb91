"""What passing time does to orders, walked through a year day by day; a plain recount of the calendar is the truth."""

from __future__ import annotations

import datetime as dt

import chinese_calendar
import pytest

from config.settings import settings
from expectations.models import Order, OrderMark
from expectations.orders import acts, consequences, letters, objections, reading
from expectations.orders.clock import tick
from orchestration.pipeline import subsets
from registry.models import Account, AuditEvent, Message
from registry.states import RefusedError
from tests.unit.expectations.test_orders import dispatched, do, judged, only, prepared, under_repair, uses, who, write

__all__ = ["prepared"]


def at(monkeypatch, day: dt.date) -> None:
    monkeypatch.setenv("SUYUAN_NOW", f"{day.isoformat()}T09:00:00")


def told(kind: str) -> list[str]:
    return sorted(m.recipient.username for m in Message.objects.filter(kind=kind))


def naive_workdays(start: dt.date, count: int) -> dt.date:
    day = start
    while count:
        day += dt.timedelta(days=1)
        count -= chinese_calendar.is_workday(day)
    return day


def test_a_year_of_days_takes_each_step_once(monkeypatch):
    monkeypatch.setenv("SUYUAN_NOW", "2026-01-05T09:00:00")
    dispatched()
    order, days = only(), [dt.date(2026, 1, 5) + dt.timedelta(days=n) for n in range(360)]
    assert order.due == naive_workdays(dt.date(2026, 1, 5), 5) == dt.date(2026, 1, 12)
    when: dict[str, dt.date] = {}
    for day in days:
        at(monkeypatch, day)
        done = tick(uses)
        assert done.failed == []
        for step in done.steps:
            assert step not in when
            when[step.partition(" ")[2]] = day
        assert tick(uses).steps == []
    due = order.due
    assert when == {
        f"before-2:{due}": dt.date(2026, 1, 8), f"before-1:{due}": dt.date(2026, 1, 9), f"due:{due}": due,
        f"after-1:{due}": dt.date(2026, 1, 13), f"escalated-1:{due}": dt.date(2026, 1, 13),
        "blocked S2": dt.date(2026, 1, 13), f"after-3:{due}": dt.date(2026, 1, 15),
        f"escalated-2:{due}": dt.date(2026, 1, 15), f"after-5:{due}": dt.date(2026, 1, 19),
    }  # fmt: skip
    assert told("before") == ["minzheng_clerk"] * 2 + ["minzheng_head"] * 2
    assert told("escalated") == ["bureau_approver", *["bureau_handler"] * 2, *["minzheng_head"] * 2]


def test_days_without_a_tick_take_only_the_step_that_is_due_now(monkeypatch):
    dispatched()
    at(monkeypatch, dt.date(2026, 10, 14))  # 10, 12, 13, 14 October: four working days late
    steps = tick(uses).steps
    assert [s for s in steps if "before" in s or " on" in s] == []
    assert [s for s in steps if "after" in s] == [f"{only().number} after-3:2026-10-09"]
    assert len([s for s in steps if "escalated" in s]) == 2


def test_the_bureau_is_reminded_of_a_notice_it_did_not_send(monkeypatch):
    judged("b1", 9)
    at(monkeypatch, dt.date(2026, 9, 28))
    assert tick(uses).steps == []
    at(monkeypatch, dt.date(2026, 9, 29))
    assert len(tick(uses).steps) == 1
    assert told("forward_overdue") == ["bureau_approver", "bureau_handler"]


@pytest.mark.requirement("R026")
def test_an_overdue_critical_order_stops_supply_until_the_next_batch_passes(monkeypatch, settings):
    published(monkeypatch)
    under_repair()
    at(monkeypatch, dt.date(2026, 10, 9))
    assert subsets_blocked(monkeypatch) == {}
    at(monkeypatch, dt.date(2026, 10, 10))  # a make-up Saturday: a working day
    assert subsets_blocked(monkeypatch) == {"S2": only().number}
    with pytest.raises(subsets.SubsetRefusedError, match="整改逾期"):
        subsets.demand_supplied("S2")
    subsets.demand_supplied("S1")
    tick(uses)
    assert set(told("block")) == {"developer_s2", "primary_reviewer"}
    judged("b2", 0)
    assert subsets_blocked(monkeypatch) == {}
    actions = list(AuditEvent.objects.filter(object="grant:S2").values_list("action", flat=True))[-2:]
    assert actions == ["暂停供数（数据质量）", "恢复供数（数据质量）"]
    assert set(told("lift_block")) == {"developer_s2", "primary_reviewer"}


def test_what_is_published_of_a_blocked_grant_is_withdrawn_whatever_was_noted(monkeypatch):
    published, taken = ["S1", "S2"], []
    monkeypatch.setattr("warehouse.grant_file.published", lambda: published)
    monkeypatch.setattr("warehouse.grant_file.withdraw", lambda grant: (taken.append(grant), published.remove(grant)))
    dispatched()
    at(monkeypatch, dt.date(2026, 10, 12))
    assert "withdrawn S2" in tick(uses).steps
    assert taken == ["S2"] and tick(uses).steps == []
    published.append("S2")  # a run that began before wrote it again
    assert tick(uses).steps == ["withdrawn S2"]
    assert told("block") == ["developer_s2", "primary_reviewer"]


def test_a_rejected_dispute_on_a_late_order_stops_supply_again(monkeypatch):
    under_repair()
    at(monkeypatch, dt.date(2026, 10, 12))
    tick(uses)
    letter = write("异议", matter="死亡登记有误", grounds="公安已更正")
    assert consequences.blocked(uses, dt.date(2026, 10, 12)) == {} and len(told("lift_block")) == 2
    letters.act_on_letter(letter.pk, "异议不成立", by=who("bureau_approver"), reason="登记信息无误")
    assert list(consequences.blocked(uses, dt.date(2026, 10, 12))) == ["S2"]
    assert "blocked S2" in " ".join(tick(uses).steps)
    assert len(told("block")) == 4
    kinds = [(c.kind, c.lifted_at is None) for c in reading.consequences_of(only())]
    assert kinds == [("block", False), ("block", True)]


def test_a_grant_that_another_order_still_stops_is_not_said_to_be_supplied_again(monkeypatch):
    under_repair()
    judged("b1", 3, rule="Q27")
    second = Order.objects.get(rule="Q27")
    acts.act_on_order(second.number, "拟发", by=who("bureau_handler"), impact=uses)
    acts.act_on_order(second.number, "签发", by=who("bureau_approver"), impact=uses)
    at(monkeypatch, dt.date(2026, 10, 12))
    tick(uses)
    judged("b2", 0)
    assert told("lift_block") == [] and len(told("still_blocked")) == 2
    judged("b2", 0, rule="Q27")
    assert len(told("lift_block")) == 2


def test_time_stands_still_while_the_rule_cannot_be_evaluated(monkeypatch):
    under_repair()
    at(monkeypatch, dt.date(2026, 10, 8))
    judged("b2", 0, state="error")
    at(monkeypatch, dt.date(2026, 10, 20))
    assert tick(uses).steps == [] and consequences.overdue(dt.date(2026, 10, 20)) == []
    judged("b2", 4)
    # 9, 10 (make-up Saturday), 12-16, 19, 20 October stood still: nine working days after the 9th
    assert only().due == naive_workdays(dt.date(2026, 10, 9), 9)


def test_time_stands_still_while_the_bureau_verifies_what_no_rule_can_judge(monkeypatch):
    from expectations.orders.raising import raise_order
    from scheme.catalog_files import load_catalog

    entry = load_catalog(settings().catalog).entry("minzheng.elderly_care_institutions")
    said = {"meaning": "部分机构床位数明显偏大", "dimension": "accuracy", "severity": "critical"}
    order = raise_order(entry, by=who("primary_reviewer"), **said)
    for action, name in (("拟发", "bureau_handler"), ("签发", "bureau_approver"), ("签收", "minzheng_clerk")):
        acts.act_on_order(order.number, action, by=who(name), impact=uses)
    write("反馈", cause="其他", analysis="录入错误", measures="更正")
    at(monkeypatch, dt.date(2026, 10, 30))
    assert tick(uses).steps == [] and only().state == "待复核"
    acts.act_on_order(order.number, "退回整改", by=who("bureau_handler"), impact=uses, reason="仍有偏大")
    assert only().due > dt.date(2026, 10, 30)


def test_a_letter_that_was_not_dealt_with_lapses_with_the_order(monkeypatch):
    under_repair()
    dispute = write("异议", matter="死亡登记有误", grounds="公安已更正")
    judged("b2", 0)
    judged("b3", 500)
    assert letters.possible(dispute.__class__.objects.get(), who("bureau_approver")) == []
    for action in ("异议成立", "异议不成立"):
        with pytest.raises(RefusedError):
            letters.act_on_letter(dispute.pk, action, by=who("bureau_approver"), reason="晚了")
    assert only().state == "待签收" and only().accepted_count == 0


def test_an_extension_is_neither_asked_twice_nor_granted_too_late(monkeypatch):
    under_repair()
    asked = {"until": "2026-10-13", "why": "系统改造", "done": "一半"}
    letter = write("延期", **asked)
    with pytest.raises(RefusedError, match="等待区大数据主管部门答复"):
        letters.draft(only().number, "延期", asked | {"until": "2026-10-14"}, by=who("minzheng_clerk"))
    at(monkeypatch, dt.date(2026, 10, 20))
    with pytest.raises(RefusedError, match="已失效"):
        letters.act_on_letter(letter.pk, "同意延期", by=who("bureau_approver"))
    assert only().due == dt.date(2026, 10, 9)


def test_a_problem_a_person_met_is_not_refuted_by_the_batch_it_was_met_in():
    judged("b1", 9)
    Order.objects.update(origin="operation")
    judged("b1", 0)
    assert only().state == "待发出"
    judged("b2", 0)
    assert only().state == "已办结"


def test_every_return_reaches_the_handler():
    judged("b1", 9)
    for reason in ("事实不清", "依据有误"):
        do("拟发", "bureau_handler")
        do("退回", "bureau_approver", reason)
    bodies = list(Message.objects.filter(kind="returned").values_list("body", flat=True))
    assert len(bodies) == 2 and any("事实不清" in b for b in bodies) and any("依据有误" in b for b in bodies)


def test_an_accepted_problem_is_raised_again_when_the_rule_was_not_amended(monkeypatch):
    under_repair()
    letter = write("异议", matter="死亡登记有误", grounds="公安已更正")
    letters.act_on_letter(letter.pk, "异议成立", by=who("bureau_approver"), reason="经核实，登记信息有误")
    assert judged("b2", 9) == []
    at(monkeypatch, naive_workdays(dt.date(2026, 9, 24), 61))
    assert len(judged("b3", 9)) == 1


def test_a_general_problem_warns_and_blocks_nothing(monkeypatch):
    judged("b1", 9, severity="warning")
    do("拟发", "bureau_handler")
    do("签发", "bureau_approver")
    assert only().due == naive_workdays(dt.date(2026, 9, 24), 10)
    at(monkeypatch, only().due + dt.timedelta(days=3))
    tick(uses)
    assert set(told("warn")) == {"developer_s2", "primary_reviewer"}
    assert consequences.blocked(uses, dt.date(2026, 12, 1)) == {}
    assert list(consequences.warned(uses, dt.date(2026, 12, 1))) == ["S2"]


def test_a_dispute_under_verification_is_not_late(monkeypatch):
    under_repair()
    write("异议", matter="死亡登记有误", grounds="公安已更正")
    at(monkeypatch, dt.date(2026, 10, 30))
    assert tick(uses).steps == []
    assert consequences.overdue(dt.date(2026, 10, 30)) == []


def test_a_deadline_in_an_unknown_year_is_provisional_and_settled_when_the_notice_comes(monkeypatch):
    monkeypatch.setenv("SUYUAN_NOW", "2026-12-29T09:00:00")
    order = dispatched()
    assert order.is_provisional and order.due == dt.date(2027, 1, 5)
    # the notice: 1 to 3 January off, Monday 4 January too; nothing is said of the other days
    rows = [{"year": 2027, "notice": "试"}, *({"day": dt.date(2027, 1, d), "is_workday": False} for d in (1, 2, 3, 4))]
    monkeypatch.setattr("scheme.workdays._table", lambda: rows)
    at(monkeypatch, dt.date(2026, 12, 30))
    assert f"{order.number} settled:2027-01-07" in tick(uses).steps
    order = only()
    assert (order.due, order.is_provisional) == (dt.date(2027, 1, 7), False)
    assert order.due_days == ["2026-12-30", "2026-12-31", "2027-01-05", "2027-01-06", "2027-01-07"]


def test_one_order_that_cannot_be_worked_on_does_not_stop_the_others(monkeypatch):
    order = dispatched()
    judged("b1", 3, rule="Q08", severity="warning")

    def lineage_is_down(dataset: str, column: str = ""):
        raise OSError("no lineage")

    at(monkeypatch, dt.date(2026, 10, 12))
    done = tick(lineage_is_down)
    assert done.failed == [f"order {order.pk}: OSError", "blocked grants: OSError"]
    assert any("forward" in s for s in done.steps)
    assert not OrderMark.objects.filter(mark__startswith="after").exists()  # rolled back whole: taken next time
    assert len(tick(uses).failed) == 0


def test_an_extension_moves_the_steps_to_the_new_date(monkeypatch):
    under_repair()
    letter = write("延期", until="2026-10-15", why="系统改造", done="一半")
    letters.act_on_letter(letter.pk, "同意延期", by=who("bureau_approver"))
    at(monkeypatch, dt.date(2026, 10, 12))
    assert tick(uses).steps == []
    at(monkeypatch, dt.date(2026, 10, 16))
    assert any("after-1:2026-10-15" in s for s in tick(uses).steps)


def test_an_objection_becomes_an_order_and_is_answered_by_its_date(monkeypatch):
    from scheme.catalog_files import load_catalog

    entry = load_catalog(settings().catalog).entry("minzheng.elderly_care_institutions")
    found = objections.receive(name="张某某", contact="0537-0000000", content="机构地址有误", entry=entry)
    assert (found.number, found.state) == ("YY-2026-0001", "待受理")
    assert found.reply_due == naive_workdays(dt.date(2026, 9, 24), 5)
    assert objections.look_up(found.number, "WRONGCOD") is None
    assert objections.look_up(found.number.lower(), found.code) == found
    with pytest.raises(RefusedError):
        objections.answer(found.number, "答复", "好", by=who("bureau_handler"))
    objections.accept(
        found.number,
        entry,
        by=who("bureau_handler"),
        meaning="机构地址与实际不符",
        dimension="accuracy",
        severity="warning",
    )
    order = Order.objects.get()
    assert (order.origin, order.rule) == ("objection", "manual_2026-0001")
    at(monkeypatch, dt.date(2026, 10, 8))
    tick(uses)
    assert told("objection_due") == ["bureau_approver", "bureau_handler"]
    objections.answer(found.number, "答复", "经核实已更正", by=who("bureau_handler"))
    assert objections.look_up(found.number, found.code).reply == "经核实已更正"
    for text in (*Message.objects.values_list("body", flat=True), *map(str, AuditEvent.objects.values_list("detail"))):
        assert "张某某" not in text and "0537" not in text


def test_a_problem_met_by_a_developer_is_closed_by_the_rule_or_by_the_bureau():
    from expectations.orders.raising import raise_order
    from scheme.catalog_files import load_catalog

    entry = load_catalog(settings().catalog).entry("minzheng.elderly_care_institutions")
    said = {"meaning": "部分机构床位数明显偏大", "dimension": "accuracy", "severity": "warning"}
    order = raise_order(entry, by=who("developer_s2"), item="occupied_beds", **said)
    assert order.due and order.state == "待发出" and order.rule.startswith("manual_")
    raise_order(entry, by=who("primary_reviewer"), rule="Q07", **said)
    with pytest.raises(RefusedError, match="已有整改单"):
        raise_order(entry, by=who("primary_reviewer"), rule="Q07", **said)
    for bad in ({"item": "nothing"}, {"rule": "Q99"}, {"severity": "info"}, {"meaning": " "}, {"dimension": "x"}):
        with pytest.raises(RefusedError):
            raise_order(entry, by=who("primary_reviewer"), **{**said, **bad})
    with pytest.raises(RefusedError):
        raise_order(entry, by=who("minzheng_clerk"), **said)
    acts.act_on_order(order.number, "拟发", by=who("bureau_handler"), impact=uses)
    acts.act_on_order(order.number, "签发", by=who("bureau_approver"), impact=uses)
    acts.act_on_order(order.number, "签收", by=who("minzheng_clerk"), impact=uses)
    drafted = letters.draft(
        order.number, "反馈", {"cause": "其他", "analysis": "录入错误", "measures": "更正"}, by=who("minzheng_clerk")
    )
    letters.act_on_letter(drafted.pk, "签发", by=who("minzheng_head"))
    with pytest.raises(RefusedError, match="尚无新的汇聚批次"):
        acts.act_on_order(order.number, "核实办结", by=who("bureau_handler"), impact=uses)


def published(monkeypatch) -> None:
    monkeypatch.setattr("lineage.graph.impact.Impacts", lambda: uses)


def subsets_blocked(monkeypatch) -> dict[str, str]:
    return subsets.blocked_grants()


def test_accounts_without_mail_are_told_in_the_portal():
    dispatched()
    message = Message.objects.get(kind="dispatched", recipient=Account.objects.get(username="minzheng_clerk"))
    assert message.state == "仅站内" and "2026年10月9日" in message.body
