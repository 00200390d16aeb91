"""整改事项: who sees which order, acts on one and several, what an act does outside the portal."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client

from expectations.models import Letter, Order
from registry.accounts import PERMISSIONS
from registry.models import Account, AuditEvent, Message, Role
from tests.unit.portal.accounts import as_user
from tests.unit.portal.orders import (
    FEEDBACK,
    act,
    act_on_letter,
    dispatched,
    judged,
    lineage_of_subset,
    post,
    text,
    under_repair,
)

pytestmark = pytest.mark.django_db
SEES_ALL = ("bureau_handler", "bureau_approver", "engineer", "auditor")
NEVER = ("gongdian_clerk", "gongdian_head", "primary_reviewer", "developer_s1", "developer_s2")


@pytest.fixture
def told():
    """Kind of notice → who got it, from the outbox."""
    return lambda kind: sorted(m.recipient.username for m in Message.objects.filter(kind=kind))


def audit_of(order: Order) -> list[tuple[str, str]]:
    return list(
        AuditEvent.objects.filter(object=f"order:{order.number}").order_by("seq").values_list("actor", "action")
    )


@pytest.mark.requirement("R025")
def test_the_walk_from_a_finding_to_the_next_batch(prepared, told):
    order = judged()
    handler = text(as_user("bureau_handler").get("/"))
    assert "整改通知单待拟发 1 项" in handler and "/orders/?state=%E5%BE%85%E5%8F%91%E5%87%BA" in handler
    assert "已办理：拟发。当前状态：待签发" in act("bureau_handler", order, "拟发")
    assert told("to_sign") == ["bureau_approver"]
    assert "整改通知单待签发 1 项" in text(as_user("bureau_approver").get("/"))
    act("bureau_approver", order, "签发")
    assert (order.state, order.due, order.dispatched_by) == ("待签收", dt.date(2026, 10, 9), "bureau_approver")
    assert told("dispatched") == ["minzheng_clerk", "minzheng_head"]
    assert "整改通知单待签收 1 项" in text(as_user("minzheng_clerk").get("/"))
    act("minzheng_clerk", order, "签收")
    assert order.state == "整改中" and told("acknowledged") == ["bureau_handler"]
    assert "整改事项待反馈 1 项" in text(as_user("minzheng_clerk").get("/"))
    assert "已拟写整改情况反馈单" in text(post("minzheng_clerk", f"/orders/{order.number}/letter/", **FEEDBACK))
    assert "待反馈" not in text(as_user("minzheng_clerk").get("/"))
    assert "整改文书待签发 1 项" in text(as_user("minzheng_head").get("/")) and told("letter_to_sign") == [
        "minzheng_head"
    ]
    act_on_letter("minzheng_head", Letter.objects.get(), "签发")
    order.refresh_from_db()
    assert order.state == "待复核" and told("letter_signed") == ["bureau_handler"]
    judged(0, batch="b2")
    order.refresh_from_db()
    assert (order.state, order.first_batch, order.closing_batch) == ("已办结", "b1", "b2")
    page = text(as_user("minzheng_clerk").get(f"/orders/{order.number}/"))
    assert "已办结" in page and "b1" in page and "b2" in page and "死亡信息未及时比对" in page
    assert audit_of(order) == [
        ("system", "质量检查发现问题"), ("bureau_handler", "拟发整改通知单"), ("bureau_approver", "签发整改通知单"),
        ("minzheng_clerk", "签收整改通知单"), ("minzheng_clerk", "拟写整改情况反馈单"),
        ("minzheng_head", "签发整改情况反馈单"), ("system", "复核通过办结"),
    ]  # fmt: skip


@pytest.mark.requirement("R075")
@pytest.mark.parametrize("role", list(Role))
def test_the_matrix_of_roles_and_pages_of_orders(prepared, role):
    order = dispatched()
    name = Account.objects.filter(role=role).values_list("username", flat=True)[0]
    client = as_user(name)
    assert client.get("/orders/").status_code == (200 if role in PERMISSIONS["orders"] else 403)
    assert client.get("/orders/new/").status_code == (200 if role in PERMISSIONS["raise_order"] else 403)
    assert client.get("/objections/").status_code == (200 if role in PERMISSIONS["objections"] else 403)
    answer = client.get(f"/orders/{order.number}/")
    may_see = name in (*SEES_ALL, "minzheng_clerk", "minzheng_head")
    assert answer.status_code == (200 if may_see else 404 if role in PERMISSIONS["orders"] else 403)
    for address in (
        "/orders/act/",
        f"/orders/{order.number}/act/",
        f"/orders/{order.number}/letter/",
        "/letters/1/act/",
    ):
        assert client.get(address).status_code == 405


@pytest.mark.parametrize("name", NEVER)
def test_nobody_else_sees_a_trace_of_an_order_or_acts_on_it(prepared, name):
    order = under_repair()
    post("minzheng_clerk", f"/orders/{order.number}/letter/", **FEEDBACK)
    letter, before = Letter.objects.get(), AuditEvent.objects.count()
    client = as_user(name)
    pages = [
        client.get("/orders/"), client.get(f"/orders/{order.number}/"), client.get("/orders/?q=低保"), client.get("/"),
        client.post(f"/orders/{order.number}/act/", {"action": "签收"}),
        client.post(f"/orders/{order.number}/letter/", FEEDBACK),
        client.post(f"/letters/{letter.pk}/act/", {"action": "签发"}),
        client.post("/orders/act/", {"action": "签发", "number": [order.number]}, follow=True),
    ]  # fmt: skip
    for answer in pages:
        assert (
            "已死亡" not in text(answer) and "最低生活保障对象" not in text(answer) and "未及时比对" not in text(answer)
        )
    assert [a.status_code for a in pages[4:7]] == [404, 404, 404]
    order.refresh_from_db()
    letter.refresh_from_db()
    assert (order.state, letter.state, AuditEvent.objects.count()) == ("整改中", "待签发", before)


def test_nobody_sees_anything_without_logging_in(prepared):
    number = judged().number
    for page in ("/orders/", f"/orders/{number}/", "/orders/new/", "/objections/"):
        answer = Client().get(page)
        assert answer.status_code == 302 and answer.url.startswith("/login/")
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(
        Account.objects.get(username="bureau_handler"), backend="django.contrib.auth.backends.ModelBackend"
    )
    assert strict.post(f"/orders/{number}/act/", {"action": "拟发"}).status_code == 403
    assert Order.objects.get().state == "待发出"


def test_a_department_sees_its_order_only_once_it_is_signed(prepared):
    order = judged()
    assert as_user("minzheng_clerk").get(f"/orders/{order.number}/").status_code == 404
    act("bureau_handler", order, "拟发")
    assert order.number not in text(as_user("minzheng_head").get("/orders/"))
    act("bureau_approver", order, "退回", "请核对问题数")
    act("bureau_handler", order, "拟发")
    act("bureau_approver", order, "签发")
    page = text(as_user("minzheng_head").get(f"/orders/{order.number}/"))
    assert "签发整改通知单" in page and "请核对问题数" not in page and "拟发整改通知单" not in page
    assert "请核对问题数" in text(as_user("auditor").get(f"/orders/{order.number}/"))


ACTS = {  # who may do what on an order in which state
    "待发出": {("bureau_handler", "拟发"), ("bureau_approver", "撤销")},
    "待签发": {("bureau_approver", "签发"), ("bureau_approver", "退回")},
    "待签收": {("minzheng_clerk", "签收"), ("minzheng_head", "签收"), ("bureau_approver", "撤销")},
    "整改中": {("bureau_approver", "撤销")},
}
PEOPLE = ("bureau_handler", "bureau_approver", "engineer", "auditor", "minzheng_clerk", "minzheng_head", *NEVER)


@pytest.mark.parametrize("state", list(ACTS))
def test_the_matrix_of_people_and_acts(prepared, state):
    order = judged()
    for action in ("拟发", "签发", "退回", "签收", "撤销", "核实办结", "退回整改", "删除"):
        for name in PEOPLE:
            Order.objects.update(state=state, prepared_by="bureau_handler", dispatched_on=None)
            act(name, order, action, "理由")
            assert (order.state != state) == ((name, action) in ACTS[state]), f"{name} {action}"
            offered = f'value="{action}"' in text(as_user(name).get(f"/orders/{order.number}/"))
            if order.state == state:
                assert offered == ((name, action) in ACTS[state]), f"{name} {action} is offered"


def test_two_persons_and_a_reason(prepared):
    order = judged()
    act("bureau_handler", order, "拟发")
    Account.objects.filter(username="bureau_handler").update(role=Role.BUREAU_APPROVER)
    assert "不得为同一人" in act("bureau_handler", order, "签发") and order.state == "待签发"
    assert "退回须写明理由" in act("bureau_approver", order, "退回", "  ") and order.state == "待签发"
    said = act("bureau_approver", order, "撤销", "请核11010519491231002X")
    assert "含公民身份号码" in said and "11010519491231002X" not in said
    assert "没有该整改单" in act("minzheng_clerk", order, "签收") and order.state == "待签发"
    assert "11010519491231002X" not in str(list(AuditEvent.objects.values_list("detail", flat=True)))


@pytest.mark.requirement("R025")
def test_several_are_sent_together_and_one_refusal_stops_no_other(prepared):
    orders = [judged(rule=rule) for rule in ("Q08", "Q09", "twice_allowed")]
    gone = [o.number for o in orders] + ["ZG-2026-0999"]
    page = text(post("bureau_handler", "/orders/act/", action="拟发", number=gone, query="state=待发出&x=1"))
    assert "已拟发 3 份整改通知单" in page and "ZG-2026-0999：没有该整改单" in page
    assert set(Order.objects.values_list("state", flat=True)) == {"待签发"}
    Order.objects.filter(pk=orders[0].pk).update(prepared_by="bureau_approver")
    page = text(post("bureau_approver", "/orders/act/", action="签发", number=[o.number for o in orders]))
    assert "已签发 2 份整改通知单" in page and f"{orders[0].number}：承办人与签发人不得为同一人" in page
    assert [Order.objects.get(pk=o.pk).state for o in orders] == ["待签发", "待签收", "待签收"]
    assert AuditEvent.objects.filter(action="签发整改通知单").count() == 2


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"action": "拟发"}, "请先勾选整改单"),
        ({"action": "撤销", "number": ["ZG-2026-0001"]}, "请先勾选整改单"),
        ({"number": ["ZG-2026-0001"]}, "请先勾选整改单"),
    ],
)
def test_what_cannot_be_done_together_is_one_sentence(prepared, fields, words):
    judged()
    assert words in text(post("bureau_handler", "/orders/act/", **fields))
    assert Order.objects.get().state == "待发出"


def test_boxes_are_ticked_on_request_and_only_where_the_act_is_possible(prepared):
    judged(), dispatched(rule="Q08")
    page = text(as_user("bureau_handler").get("/orders/?ticked=1"))
    assert page.count('type="checkbox"') == page.count(" checked>") == 1 and "拟发勾选的整改单" in page
    assert 'type="checkbox"' not in text(as_user("minzheng_clerk").get("/orders/"))


def test_the_list_is_filtered_and_sorted_by_what_is_due_next(prepared, monkeypatch):
    late = dispatched(meaning="第一个问题")
    other = judged(
        rule="Q24", severity="warning", resource="gongdian.electricity_monthly", meaning="第二个问题", item="kwh"
    )
    monkeypatch.setenv("SUYUAN_NOW", "2026-10-12T09:00:00")
    client = as_user("bureau_handler")

    def found(query: str) -> list[str]:
        page = text(client.get(f"/orders/?{query}"))
        return [o.number for o in (late, other) if f">{o.number}</a>" in page]

    assert found("") == found("state=未办结") == found("state=逾期") == [late.number, other.number]
    assert found("state=待签收") == found("department=minzheng") == found("severity=critical") == [late.number]
    assert found("q=第二个") == found("q=用电月度") == found("q=q24") == found(f"q={other.number}") == [other.number]
    assert found("origin=check&q=ZG") == [late.number, other.number] and found("origin=objection") == []
    assert found("state=<b>&letter=x&department=x'--") == [] and found("page=-1") == [late.number, other.number]
    page = text(client.get("/orders/"))
    assert page.index(other.number) < page.index(late.number)  # to be sent by 29 September, to be fixed by 9 October
    assert "逾期2个工作日" in page and "逾期 2 项" in page  # Saturday the tenth is a make-up workday


def test_fifty_on_a_page(prepared):
    for number in range(51):
        judged(rule=f"r{number}")
    client = as_user("bureau_handler")
    assert text(client.get("/orders/?severity=critical")).count('class="code"') == 50
    second = text(client.get("/orders/?severity=critical&page=2"))
    assert second.count('class="code"') == 1 and "severity=critical&amp;page=1" in second


@pytest.mark.requirement("R025")
def test_every_counted_day_is_listed_and_a_date_in_an_unknown_year_is_provisional(prepared, monkeypatch):
    order = dispatched()
    page = text(as_user("minzheng_head").get(f"/orders/{order.number}/"))
    assert "自收到之日起5个工作日，即2026年10月9日前" in page and "剩余5个工作日" in page
    days = [
        "2026年9月28日（周一）",
        "2026年9月29日（周二）",
        "2026年9月30日（周三）",
        "2026年10月8日（周四）",
        "2026年10月9日（周五）",
    ]
    assert [d for d in days if f"<li>{d}</li>" in page] == days and page.count("<li>2026年") == 5
    assert "9 条，共检查 2,600 条，占 0.346%" in page
    longer = dispatched(rule="Q08", severity="warning")
    assert "2026年10月10日（周六，调休上班）" in text(as_user("minzheng_head").get(f"/orders/{longer.number}/"))
    monkeypatch.setenv("SUYUAN_NOW", "2031-03-03T09:00:00")
    unknown = dispatched(rule="twice_allowed")
    for page in ("/orders/", f"/orders/{unknown.number}/"):
        assert "（暂定）" in text(as_user("minzheng_head").get(page))


@pytest.mark.requirement("R026")
def test_the_page_says_whom_the_problem_affects_with_owners(prepared, told):
    lineage_of_subset()
    order = dispatched()
    page = text(as_user("minzheng_clerk").get(f"/orders/{order.number}/"))
    for words in (
        "养老服务设施布局",
        "兖州颐和养老服务中心（演示）",
        "低保老年人",
        "公民身份号码（令牌）",
        "养老服务设施布局季度报告",
    ):
        assert words in page, words
    assert told("affected") == ["developer_s2", "primary_reviewer"]
    other = dispatched(rule="zero_amount", item="monthly_amount_yuan")
    assert "没有授权使用该信息项" in text(as_user("minzheng_clerk").get(f"/orders/{other.number}/"))


@pytest.mark.requirement("R026")
def test_an_overdue_order_stops_the_grant_and_warns_of_the_product(prepared, monkeypatch, told):
    from expectations.orders.clock import tick
    from lineage.graph.impact import affected
    from registry.actions import submit_release
    from registry.models import GrantRecord

    lineage_of_subset()
    submit_release("elderly_care_report", "季度报告", "数据报告", GrantRecord.objects.get(grant="S2"), "b" * 64)
    order = dispatched()
    developer = as_user("developer_s2")
    assert "暂停供数" not in text(developer.get("/grants/")) and "数据质量提示" not in text(developer.get("/products/"))
    monkeypatch.setenv("SUYUAN_NOW", "2026-10-12T09:00:00")
    tick(affected)
    for page in ("/grants/", "/grants/S2/"):
        assert "暂停供数" in text(developer.get(page)) and order.number in text(developer.get(page))
    assert f"整改逾期（{order.number}：享受低保人员已死亡）" in text(developer.get("/products/"))
    assert "暂停供数" not in text(as_user("developer_s1").get("/grants/"))
    page = text(as_user("minzheng_head").get(f"/orders/{order.number}/"))
    assert "暂停向授权 S2 供数" in page and "逾期2个工作日" in page
    act("bureau_approver", order, "撤销", "经核实不属实")
    assert order.state == "已撤销" and "developer_s2" in told("lift_block")
    assert "暂停供数" not in text(developer.get("/grants/")) and "数据质量提示" not in text(developer.get("/products/"))
    assert "2026年10月12日解除" in text(as_user("minzheng_head").get(f"/orders/{order.number}/"))


def test_hostile_text_is_escaped(prepared):
    order = dispatched(meaning="<script>alert(1)</script>")
    act("bureau_approver", order, "撤销", "<img src=x onerror=alert(1)>")
    for page in ("/orders/", f"/orders/{order.number}/", "/orders/?q=<script>alert(2)</script>"):
        found = text(as_user("bureau_handler").get(page))
        assert "<script>alert" not in found and "<img src=x" not in found
    assert "&lt;img src=x" in text(as_user("bureau_handler").get(f"/orders/{order.number}/"))


def test_links_show_only_where_the_portal_has_the_page(prepared):
    from portal.templatetags.portal import address

    assert address("order", "ZG-2026-0001") == "/orders/ZG-2026-0001/"
    assert address("no_such_page", "x") == address("order", "a/b") == ""
    order = dispatched()
    for name, count in (("minzheng_clerk", 3), ("bureau_handler", 3), ("auditor", 3)):
        client = as_user(name)
        found = re.findall(
            rf'href="(/orders/{order.number}/notice[^"]*)"', text(client.get(f"/orders/{order.number}/"))
        )
        assert len(found) == count and client.get(found[0]).status_code == 200
    own = text(as_user("minzheng_clerk").get(f"/orders/{order.number}/"))
    assert "/quality/minzheng/subsistence_allowance/corrections/" in own
    assert "/deliveries/minzheng/subsistence_allowance/new/" in own
    assert "/corrections/" not in text(as_user("bureau_handler").get(f"/orders/{order.number}/"))


@pytest.mark.parametrize("page", ["/orders/ZG-2026-9999/", "/orders/x/", "/objections/YY-2026-9999/"])
def test_what_is_not_there_gets_a_chinese_line(prepared, page):
    answer = as_user("bureau_handler").get(page)
    assert answer.status_code == 404 and "请返回" in text(answer)
