"""提出数据质量问题: by whom, on which resources, on what evidence; nothing of data is written down."""

from __future__ import annotations

import datetime as dt

import pytest

from config.settings import settings
from expectations.models import Letter, Order
from expectations.orders.raising import raisable, raise_order
from registry.models import Account, AuditEvent, GrantRecord, Message
from registry.states import RefusedError
from scheme.catalog_files import load_catalog
from tests.unit.portal.accounts import as_user
from tests.unit.portal.orders import act, act_on_letter, judged, post, text

pytestmark = pytest.mark.django_db
HOMES = "minzheng.elderly_care_institutions"
PROBLEM = {"item": "bed_count", "meaning": "核定床位与批复不符", "dimension": "accuracy", "severity": "warning",
           "document": "批复复印件"}  # fmt: skip


def raise_as(name: str, resource: str = HOMES, **changed: str):
    return as_user(name).post(f"/orders/new/?resource={resource}", PROBLEM | changed, follow=True)


def resources(name: str) -> set[str]:
    return {e.id for e in raisable(Account.objects.get(username=name), load_catalog(settings().catalog))}


@pytest.mark.requirement("R025")
@pytest.mark.parametrize("name", ["developer_s2", "primary_reviewer", "bureau_handler"])
def test_a_problem_met_while_developing_becomes_an_order_with_a_due_date(prepared, name):
    page = text(raise_as(name))
    order = Order.objects.get()
    assert f"已提出 {order.number}" in page and "核定床位与批复不符" in page and "核定床位" in page
    assert (order.state, order.origin, order.raised_by, order.note) == (
        "待发出",
        "operation",
        name,
        "佐证材料：批复复印件",
    )
    assert order.forward_due == dt.date(2026, 9, 29) and order.due > order.forward_due
    assert Message.objects.get(kind="raised_by_person").recipient.username == "bureau_handler"
    assert AuditEvent.objects.get(object=f"order:{order.number}").action == "提出数据质量问题"
    assert order.number in text(as_user(name).get("/orders/"))


@pytest.mark.requirement("R025")
def test_an_order_of_no_rule_is_verified_by_the_handler_and_one_of_a_rule_by_the_next_batch(prepared):
    raise_as("developer_s2", rule="Q07", meaning="")
    order = Order.objects.get()
    assert (order.rule, order.item, order.meaning) == ("Q07", "occupied_beds", "在住人数大于核定床位")
    judged(0, rule="Q07", resource=HOMES, batch="b2")
    order.refresh_from_db()
    assert order.state == "已办结" and order.closing_batch == "b2"
    raise_as("developer_s2")
    manual = Order.objects.get(rule__startswith="manual_")
    Order.objects.filter(pk=manual.pk).update(state="待复核")
    assert "人工提出的问题待核实 1 项" in text(as_user("bureau_handler").get("/"))
    assert "尚无新的汇聚批次" in act("bureau_handler", manual, "核实办结") and manual.state == "待复核"
    act("bureau_handler", manual, "退回整改", "尚未重新汇聚")
    assert manual.state == "整改中"
    assert AuditEvent.objects.filter(action="退回整改").count() == 1


@pytest.mark.requirement("R025")
def test_a_developer_speaks_of_its_own_grants_only(prepared):
    s1, s2 = GrantRecord.objects.get(grant="S1").document, GrantRecord.objects.get(grant="S2").document
    named = {name: {t["resource"] for t in d["tables"]} for name, d in (("developer_s1", s1), ("developer_s2", s2))}
    for name, expected in named.items():
        assert expected <= resources(name)
    assert resources("primary_reviewer") == resources("developer_s1") | resources("developer_s2")
    foreign = "gongdian.electricity_monthly"
    assert foreign in resources("developer_s1") and foreign not in resources("developer_s2")
    assert foreign not in text(as_user("developer_s2").get("/orders/new/"))
    answer = raise_as("developer_s2", foreign)
    assert answer.status_code == 404 and "不在您所用的授权数据之内" in text(answer)
    with pytest.raises(RefusedError, match="不在您所用的授权数据之内"):  # not only the form refuses
        raise_order(
            load_catalog(settings().catalog).entry(foreign), by=Account.objects.get(username="developer_s2"),
            meaning="x", dimension="accuracy", severity="warning",
        )  # fmt: skip
    GrantRecord.objects.filter(grant="S2").update(state="已取消")
    assert resources("developer_s2") == set() and "没有正在使用的授权数据" in text(
        as_user("developer_s2").get("/orders/new/")
    )
    Account.objects.filter(username="developer_s1").update(party=None)
    assert resources("developer_s1") == set()
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"meaning": " "}, "请用一句话说明问题"),
        ({"meaning": "x" * 501}, "问题描述不超过500字"),
        ({"meaning": "张三11010519491231002X有误"}, "含公民身份号码"),
        ({"document": "１３８１２３４５６７８的截图"}, "含手机号码"),
        ({"document": "x" * 201}, "佐证材料名称不超过200字"),
        ({"dimension": "美观"}, "请选择完整性"),
        ({"severity": "info"}, "严重程度应为"),
        ({"item": "nothing"}, "没有所选信息项"),
        ({"rule": "nothing"}, "没有所选质量规则"),
        ({"batch": "../../etc"}, "没有所选批次"),
        ({"rows": "12、15"}, "请选择批次"),
        ({"rows": "张三"}, "行号应为数字"),
    ],
)
def test_wrong_input_is_one_sentence_and_comes_back_as_it_was_filled_in(prepared, changed, words):
    before = AuditEvent.objects.count()
    answer = raise_as("developer_s2", **changed)
    assert answer.status_code == 422 and words in text(answer)
    if "document" not in changed:
        assert "批复复印件" in text(answer)
    assert not Order.objects.exists() and AuditEvent.objects.count() == before


def test_a_problem_with_an_open_order_is_not_raised_twice(prepared):
    order = judged(rule="Q07", resource=HOMES)
    answer = text(raise_as("developer_s2", rule="Q07"))
    assert f"该问题已有整改单 {order.number}" in answer and Order.objects.count() == 1


@pytest.mark.requirement("R025")
def test_who_raised_it_reads_how_far_it_got_and_not_what_others_write(prepared):
    raise_as("developer_s2", meaning="核定床位与批复不符")
    order = Order.objects.get()
    act("bureau_handler", order, "拟发")
    act("bureau_approver", order, "签发")
    act("minzheng_clerk", order, "签收")
    fields = {"kind": "反馈", "cause": "系统", "analysis": "内部原因", "measures": "内部措施"}
    post("minzheng_clerk", f"/orders/{order.number}/letter/", **fields)
    act_on_letter("minzheng_head", Letter.objects.get(), "签发")
    page = text(as_user("developer_s2").get(f"/orders/{order.number}/"))
    assert "待复核" in page and "签收整改通知单" in page and "批复复印件" in page
    for hidden in ("内部原因", "反馈单", "区民政局数据专员", "/corrections/"):
        assert hidden not in page, hidden
    assert as_user("developer_s1").get(f"/orders/{order.number}/").status_code == 404


@pytest.mark.parametrize("name", ["minzheng_clerk", "bureau_approver", "auditor", "security", "service_engineer"])
def test_nobody_else_raises(prepared, name):
    assert raise_as(name).status_code == 403 and not Order.objects.exists()
