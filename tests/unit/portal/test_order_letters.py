"""反馈单、延期整改申请单、异议说明 in the portal: the clerk writes, the head signs, the bureau answers."""

from __future__ import annotations

import datetime as dt

import pytest

from expectations.models import Letter, Order
from registry.models import Account, AuditEvent, Message, Role
from tests.unit.portal.accounts import as_user
from tests.unit.portal.orders import FEEDBACK, act_on_letter, post, text, under_repair

pytestmark = pytest.mark.django_db
EXTENSION = {"kind": "延期", "until": "2026-10-14", "why": "需逐户核实", "done": "已核实一半"}
DISPUTE = {"kind": "异议", "matter": "数据并无错误", "grounds": "户籍地登记为准", "evidence": "户籍证明.pdf"}


def write(order: Order, fields: dict[str, str], name: str = "minzheng_clerk", **changed: str) -> str:
    return text(post(name, f"/orders/{order.number}/letter/", **(fields | changed)))


def signed(order: Order, fields: dict[str, str]) -> Letter:
    write(order, fields)
    letter = Letter.objects.latest("pk")
    act_on_letter("minzheng_head", letter, "签发")
    order.refresh_from_db()
    return letter


def told(kind: str) -> list[str]:
    return sorted(m.recipient.username for m in Message.objects.filter(kind=kind))


@pytest.mark.requirement("R025")
def test_an_extension_is_asked_signed_and_granted(prepared):
    order = under_repair()
    assert "填写延期整改申请单" in text(as_user("minzheng_clerk").get(f"/orders/{order.number}/"))
    letter = signed(order, EXTENSION)
    assert "延期申请待答复 1 项" in text(as_user("bureau_approver").get("/"))
    assert order.number in text(as_user("bureau_approver").get("/orders/?letter=extension"))
    assert "2026年10月14日" in text(as_user("bureau_approver").get(f"/orders/{order.number}/"))
    act_on_letter("bureau_approver", letter, "同意延期")
    order.refresh_from_db()
    # the tenth is a make-up Saturday: 28, 29, 30 September, 8, 9, 10, 12, 13, 14 October
    assert (order.due, order.is_extended, len(order.due_days)) == (dt.date(2026, 10, 14), True, 9)
    assert told("letter_answered") == ["minzheng_clerk", "minzheng_head"]
    page = text(as_user("minzheng_clerk").get(f"/orders/{order.number}/"))
    assert "已同意延期" in page and "填写延期整改申请单" not in page and "填写整改情况反馈单" in page
    acts = list(AuditEvent.objects.filter(object=f"order:{order.number}").values_list("actor", "action"))[-3:]
    assert acts == [
        ("minzheng_clerk", "拟写延期整改申请单"), ("minzheng_head", "签发延期整改申请单"),
        ("bureau_approver", "同意延期"),
    ]  # fmt: skip


@pytest.mark.requirement("R025")
@pytest.mark.parametrize(("answer", "state"), [("异议成立", "异议成立"), ("异议不成立", "整改中")])
def test_a_dispute_is_verified_and_answered_with_a_reason(prepared, answer, state):
    order = under_repair()
    letter = signed(order, DISPUTE)
    assert order.state == "异议核实中" and told("letter_signed") == ["bureau_approver"]
    assert "异议说明待答复 1 项" in text(as_user("bureau_approver").get("/"))
    page = text(as_user("bureau_approver").get(f"/orders/{order.number}/"))
    assert "户籍证明.pdf" in page and "异议核实期间不计整改期限" in page
    assert f"{answer}须写明理由" in act_on_letter("bureau_approver", letter, answer)
    act_on_letter("bureau_approver", letter, answer, "经与公安核对")
    order.refresh_from_db()
    assert (order.state, letter.answer, letter.answered_by) == (state, "经与公安核对", "bureau_approver")
    assert "经与公安核对" in text(as_user("minzheng_clerk").get(f"/orders/{order.number}/"))


@pytest.mark.parametrize(
    ("fields", "changed", "words"),
    [
        (FEEDBACK, {"analysis": " "}, "请填写原因分析"),
        (FEEDBACK, {"cause": "其它"}, "原因类别应为源头录入"),
        (FEEDBACK, {"measures": "x" * 1001}, "每项内容不超过1000字"),
        (FEEDBACK, {"analysis": "身份证11010519491231002X填错"}, "含公民身份号码"),
        (FEEDBACK, {"analysis": "电话13812345678停机"}, "含手机号码"),
        (FEEDBACK, {"kind": "函"}, "文书应为反馈、延期、异议之一"),
        (EXTENSION, {"until": "明天"}, "申请延期至应为日期"),
        (EXTENSION, {"until": "2026-10-11"}, "申请延期至应为工作日"),
        (EXTENSION, {"until": "2026-12-31"}, "之前（含当日"),
        (DISPUTE, {"grounds": ""}, "请填写依据"),
    ],
)
def test_wrong_input_is_one_sentence_and_comes_back_as_it_was_filled_in(prepared, fields, changed, words):
    order = under_repair()
    before = AuditEvent.objects.count()
    answer = as_user("minzheng_clerk").post(f"/orders/{order.number}/letter/", fields | changed)
    assert answer.status_code == 422 and words in text(answer)
    kept = {"反馈": "停发并核减", "延期": "需逐户核实", "异议": "户籍证明.pdf"}.get((fields | changed)["kind"], "")
    if "measures" not in changed:
        assert kept in text(answer)
    assert not Letter.objects.exists() and AuditEvent.objects.count() == before


@pytest.mark.parametrize("name", ["minzheng_head", "bureau_handler", "bureau_approver", "auditor", "engineer"])
def test_only_the_clerk_writes(prepared, name):
    order = under_repair()
    page = text(as_user(name).get(f"/orders/{order.number}/"))
    assert "填写整改情况反馈单" not in page
    said = write(order, FEEDBACK, name)
    assert "无权" in said and not Letter.objects.exists()


def test_another_person_signs_and_a_draft_stays_in_the_department(prepared):
    order = under_repair()
    write(order, FEEDBACK)
    letter = Letter.objects.get()
    for name in ("bureau_handler", "bureau_approver", "engineer"):
        page = text(as_user(name).get(f"/orders/{order.number}/"))
        assert "未及时比对" not in page and "拟写整改情况反馈单" not in page
        act_on_letter(name, letter, "签发")
    assert letter.state == "待签发" and "未及时比对" in text(as_user("auditor").get(f"/orders/{order.number}/"))
    Account.objects.filter(username="minzheng_clerk").update(role=Role.DEPARTMENT_HEAD)
    assert "不得为同一人" in act_on_letter("minzheng_clerk", letter, "签发") and letter.state == "待签发"
    assert "退回须写明理由" in act_on_letter("minzheng_head", letter, "退回")
    act_on_letter("minzheng_head", letter, "退回", "请补充措施")
    assert (
        letter.state == "已退回" and Message.objects.get(kind="letter_returned").recipient.username == "minzheng_clerk"
    )
    assert "请补充措施" not in text(as_user("bureau_handler").get(f"/orders/{order.number}/"))


def test_a_clerk_withdraws_an_own_draft_and_a_letter_gets_only_its_own_answers(prepared):
    order = under_repair()
    write(order, FEEDBACK)
    letter = Letter.objects.get()
    act_on_letter("minzheng_clerk", letter, "撤回")
    assert letter.state == "已撤回"
    extension = signed(order, EXTENSION)
    assert "不能办理“异议成立”" in act_on_letter("bureau_approver", extension, "异议成立", "x")
    assert extension.state == "已签发"
    assert "无权同意延期" in act_on_letter("bureau_handler", extension, "同意延期")


def test_hostile_letters_are_escaped(prepared):
    order = under_repair()
    signed(order, FEEDBACK | {"analysis": "<script>alert(1)</script>\n第二行"})
    page = text(as_user("bureau_handler").get(f"/orders/{order.number}/"))
    assert "<script>alert" not in page and "&lt;script&gt;alert(1)&lt;/script&gt;<br>第二行" in page
