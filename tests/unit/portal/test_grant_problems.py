"""Owners of affected grants: the link of their notice opens, and the page says what the notice is about."""

from __future__ import annotations

import pytest

from expectations.models import Letter
from expectations.orders.clock import tick
from lineage.graph.impact import affected
from registry.models import Message
from tests.unit.portal.accounts import as_user
from tests.unit.portal.orders import act, dispatched, lineage_of_subset, text, under_repair

pytestmark = pytest.mark.usefixtures("prepared")
OWNERS = ("developer_s2", "primary_reviewer")


def opened(name: str, kind: str) -> str:
    """The page that the link of an owner's last notice of a kind leads to."""
    message = Message.objects.filter(kind=kind, recipient__username=name).latest("pk")
    assert message.link == "/grants/S2/"
    answer = as_user(name).get(message.link)
    assert answer.status_code == 200
    return text(answer)


@pytest.mark.requirement("R026")
def test_each_owner_reads_the_problem_behind_its_notice_from_dispatch_to_the_end(monkeypatch):
    lineage_of_subset()
    order = under_repair()
    for name in OWNERS:
        page = opened(name, "affected")
        for said in (order.number, "最低生活保障对象", "享受低保人员已死亡", "严重", "低保老年人：公民身份号码（令牌）",
                     "养老服务设施布局季度报告", "2026年10月9日"):  # fmt: skip
            assert said in page, said
        assert "暂停供数" not in page.replace("暂停的供数", "") and "逾期" not in page
    monkeypatch.setenv("SUYUAN_NOW", "2026-10-12T09:00:00")
    tick(affected)
    for name in OWNERS:
        page = opened(name, "block")
        assert "<strong>暂停供数</strong>" in page and "逾期" in page
    act("bureau_approver", order, "撤销", "经核实不属实")
    for name in OWNERS:
        page = opened(name, "lift_block")
        assert f"暂停供数已解除：整改单 {order.number}" in page and "2026年10月12日解除" in page
        assert "<strong>暂停供数</strong>" not in page


@pytest.mark.requirement("R026")
def test_the_page_shows_neither_letters_nor_persons_nor_the_problems_of_others():
    lineage_of_subset()
    order = under_repair()
    Letter.objects.create(
        order=order, kind="异议", content={"matter": "事项", "grounds": "机密依据", "evidence": ""}, state="已签发",
        handled_by="minzheng_clerk", at=order.raised_at,
    )  # fmt: skip
    page = text(as_user("developer_s2").get("/grants/S2/"))
    for hidden in ("机密依据", "异议", "数据专员", "minzheng_clerk", "承办人（演示）"):
        assert hidden not in page, hidden
    assert as_user("developer_s1").get("/grants/S2/").status_code == 404
    assert order.number not in text(as_user("developer_s1").get("/grants/S1/"))
    other = dispatched(rule="zero_amount", item="monthly_amount_yuan")
    assert other.number not in text(as_user("developer_s2").get("/grants/S2/"))
