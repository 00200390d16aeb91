"""数据异议: anyone hands one in and asks by number and code; the bureau takes it up, refuses it or answers it."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client

from expectations.models import Objection, Order
from expectations.orders.objections import MOST_FROM_ONE, MOST_WRONG_CODES
from registry.models import AuditEvent, Message
from tests.unit.portal.accounts import as_user
from tests.unit.portal.orders import post, text

pytestmark = pytest.mark.django_db
HOMES = "minzheng.elderly_care_institutions"
GIVEN = {"name": "王某某", "contact": "0537-1234567", "content": "某养老院的床位数有误", "resource": HOMES}
PROBLEM = {"resource": HOMES, "item": "bed_count", "meaning": "核定床位疑与实际不符", "dimension": "accuracy",
           "severity": "warning"}  # fmt: skip


def hand_in(client: Client | None = None, **changed: str):
    return (client or Client()).post("/objection/", GIVEN | changed, follow=True)


def ask(number: str, code: str) -> str:
    return text(Client().post("/objection/query/", {"number": number, "code": code}))


def received() -> Objection:
    hand_in()
    return Objection.objects.latest("pk")


def trail() -> str:
    """Everything that audit and outbox keep."""
    notices = Message.objects.values_list("subject", "body", "key")
    return str([*AuditEvent.objects.values_list("object", "detail"), *notices])


@pytest.mark.requirement("R025")
def test_the_way_of_an_objection_from_the_public_form_to_its_answer(prepared):
    assert 'href="/objection/"' in text(Client().get("/login/"))
    browser = Client()
    page = text(hand_in(browser))
    found = Objection.objects.get()
    assert found.number in page and found.code in page and "2026年10月9日前" in page  # five working days
    assert found.code in text(browser.get("/objection/receipt/"))  # stays for printing
    assert Client().get("/objection/receipt/").url == "/objection/"
    assert "待受理" in ask(found.number, found.code) and "待受理" in ask(f" {found.number.lower()}", found.code.lower())
    assert Message.objects.get(kind="objection").recipient.username == "bureau_handler"
    assert "数据异议待受理 1 项" in text(as_user("bureau_handler").get("/"))
    page = text(post("bureau_handler", f"/objections/{found.number}/accept/", **PROBLEM))
    order = Order.objects.get()
    assert f"已受理，并提出整改单 {order.number}" in page
    assert (order.origin, order.note, order.meaning) == (
        "objection",
        f"数据异议 {found.number}",
        "核定床位疑与实际不符",
    )
    assert "办理中" in ask(found.number, found.code)
    assert found.number in text(as_user("bureau_handler").get(f"/orders/{order.number}/"))
    assert "数据异议待答复 1 项" in text(as_user("bureau_handler").get("/"))
    post("bureau_handler", f"/objections/{found.number}/answer/", action="答复", reply="已核实并更正。")
    found.refresh_from_db()
    assert (found.state, found.reply, found.handled_by) == ("已答复", "已核实并更正。", "bureau_handler")
    answered = ask(found.number, found.code)
    assert "已答复" in answered and "已核实并更正。" in answered and GIVEN["contact"] not in answered
    acts = list(AuditEvent.objects.filter(object=f"objection:{found.number}").values_list("actor", "action"))
    assert acts == [("system", "收到数据异议"), ("bureau_handler", "受理数据异议"), ("bureau_handler", "答复数据异议")]
    assert not [w for w in (GIVEN["name"], GIVEN["contact"], GIVEN["content"], found.code) if w in trail()]


def test_one_that_is_not_taken_up_says_why(prepared):
    found = received()
    assert "须写明内容" in text(
        post("bureau_handler", f"/objections/{found.number}/answer/", action="不予受理", reply=" ")
    )
    post("bureau_handler", f"/objections/{found.number}/answer/", action="不予受理", reply="不属于本区公共数据。")
    assert "不予受理" in ask(found.number, found.code) and "不属于本区公共数据。" in ask(found.number, found.code)
    page = text(post("bureau_handler", f"/objections/{found.number}/answer/", action="答复", reply="再答"))
    assert "不能答复" in page and "再答" not in ask(found.number, found.code) and not Order.objects.exists()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"name": " "}, "请填写姓名或名称"),
        ({"contact": ""}, "请填写联系方式"),
        ({"content": ""}, "请填写异议内容"),
        ({"content": "x" * 1001}, "异议内容不超过1000字"),
        ({"name": "x" * 51}, "姓名或名称不超过50字"),
        ({"website": "http://spam.example"}, "请不要填写"),
    ],
)
def test_wrong_input_is_one_sentence_and_comes_back_as_it_was_filled_in(prepared, changed, words):
    answer = hand_in(**changed)
    assert answer.status_code == 422 and words in text(answer)
    assert "content" in changed or "某养老院的床位数有误" in text(answer)
    assert not Objection.objects.exists() and not AuditEvent.objects.filter(action="收到数据异议").exists()


def test_lines_count_once_and_an_unknown_resource_is_none(prepared):
    hand_in(content="\r\n".join(["第一行", "第二行"]), resource="gongan.resident_population")
    found = Objection.objects.get()
    assert (found.content, found.department) == ("第一行\n第二行", "")  # a register that is not open is not named
    assert "人口基本信息" not in text(Client().get("/objection/")) and "养老机构信息" in text(
        Client().get("/objection/")
    )


def test_codes_cannot_be_found_by_trying(prepared):
    found, other = received(), received()
    wrong = {ask(found.number, f"WRONG{n:03d}").count("编号与查询码不符") for n in range(MOST_WRONG_CODES)}
    assert wrong == {1}
    locked, never = ask(found.number, found.code), ask("YY-2026-9999", found.code)
    assert "待受理" not in locked and "编号与查询码不符" in locked  # the right code too, until tomorrow
    assert re.sub(r'value="YY[^"]*"|value="[A-Za-z0-9]{64}"', "", locked) == re.sub(
        r'value="YY[^"]*"|value="[A-Za-z0-9]{64}"', "", never
    )  # whether a number exists is not told
    assert "待受理" in ask(other.number, other.code)


def test_the_next_day_a_number_answers_again(prepared, monkeypatch):
    found = received()
    for n in range(MOST_WRONG_CODES):
        ask(found.number, f"WRONG{n:03d}")
    monkeypatch.setenv("SUYUAN_NOW", "2026-09-25T09:00:00")
    assert "待受理" in ask(found.number, found.code)


def test_forms_need_a_token_and_a_code_never_stands_in_an_address(prepared):
    found = received()
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/objection/", GIVEN)
    assert answer.status_code == 403 and "内容未提交" in text(answer) and Objection.objects.count() == 1
    assert strict.post("/objection/query/", {"number": found.number, "code": found.code}).status_code == 403
    asked = Client().get("/objection/query/", {"number": found.number, "code": found.code})
    assert "待受理" not in text(asked) and found.code not in text(asked)
    for page in ("/objection/", "/objection/query/"):
        assert "no-store" in Client().get(page)["Cache-Control"]


@pytest.mark.requirement("R075")
def test_the_contact_is_for_handlers_and_each_look_is_recorded(prepared):
    found = received()
    address = f"/objections/{found.number}/"
    for name in ("bureau_handler", "bureau_approver", "auditor"):
        page = text(as_user(name).get(address))
        assert "某养老院的床位数有误" in page and GIVEN["name"] not in page and GIVEN["contact"] not in page
        assert GIVEN["name"] not in text(as_user(name).get("/objections/"))
    for name in ("bureau_approver", "auditor", "minzheng_clerk"):
        answer = as_user(name).post(f"{address}contact/")
        assert answer.status_code == 403 and GIVEN["contact"] not in text(answer)
    looks = AuditEvent.objects.filter(action="查看异议人联系方式", object=f"objection:{found.number}")
    assert not looks.exists()
    for count in (1, 2):
        page = text(as_user("bureau_handler").post(f"{address}contact/"))
        assert GIVEN["name"] in page and GIVEN["contact"] in page
        assert list(looks.values_list("actor", flat=True)) == ["bureau_handler"] * count


@pytest.mark.parametrize("name", ["bureau_approver", "auditor"])
def test_only_the_handler_acts(prepared, name):
    found = received()
    page = text(as_user(name).get(f"/objections/{found.number}/"))
    assert "受理并提出整改单" not in page and 'value="不予受理"' not in page
    post(name, f"/objections/{found.number}/accept/", **PROBLEM)
    post(name, f"/objections/{found.number}/answer/", action="不予受理", reply="x")
    found.refresh_from_db()
    assert found.state == "待受理" and not Order.objects.exists()


@pytest.mark.parametrize("name", ["minzheng_clerk", "developer_s1", "engineer", "primary_reviewer"])
def test_nobody_else_reads_objections(prepared, name):
    found, client = received(), as_user(name)
    for page in ("/objections/", f"/objections/{found.number}/"):
        assert client.get(page).status_code == 403
    assert client.post(f"/objections/{found.number}/accept/", PROBLEM).status_code == 403


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"resource": ""}, "请先选择异议所指的资源"),
        ({"resource": "waibu.open_catalog"}, "请先选择异议所指的资源"),
        ({"meaning": ""}, "请用一句话说明问题"),
        ({"meaning": "王某某电话13812345678"}, "含手机号码"),
    ],
)
def test_what_cannot_be_taken_up_stays_as_it_was(prepared, changed, words):
    found = received()
    answer = as_user("bureau_handler").post(f"/objections/{found.number}/accept/", PROBLEM | changed)
    assert answer.status_code == 422 and words in text(answer)
    found.refresh_from_db()
    assert found.state == "待受理" and not Order.objects.exists()


def test_an_overdue_reply_is_seen_and_the_list_is_filtered(prepared, monkeypatch):
    found = received()
    assert found.reply_due == dt.date(2026, 10, 9)
    monkeypatch.setenv("SUYUAN_NOW", "2026-10-10T09:00:00")
    client = as_user("bureau_handler")
    page = text(client.get("/objections/?state=待受理"))
    assert found.number in page and "逾期1个工作日" in page
    assert "数据异议待受理 1 项（逾期 1 项）" in text(client.get("/"))
    assert found.number not in text(client.get("/objections/?state=已答复"))
    assert found.number in text(client.get("/objections/?state=<b>"))


def test_hostile_text_is_escaped(prepared):
    hand_in(content="<script>alert(1)</script>\n=cmd", name="<b>x</b>")
    found = Objection.objects.get()
    post(
        "bureau_handler", f"/objections/{found.number}/answer/", action="不予受理", reply="<img src=x onerror=alert(1)>"
    )
    pages = [
        text(as_user("bureau_handler").get(f"/objections/{found.number}/")), ask(found.number, found.code),
        text(as_user("bureau_handler").post(f"/objections/{found.number}/contact/")), ask("<script>alert(2)", "x"),
    ]  # fmt: skip
    for page in pages:
        assert "<script>alert" not in page and "<img src=x" not in page and "<b>x" not in page


def test_one_sender_cannot_use_up_the_days_objections(prepared, monkeypatch):
    robot, person = Client(REMOTE_ADDR="203.0.113.7"), Client(REMOTE_ADDR="203.0.113.8")
    answers = [hand_in(robot, content=f"第{n}份").status_code for n in range(MOST_FROM_ONE + 2)]
    assert answers == [200] * MOST_FROM_ONE + [422] * 2 and Objection.objects.count() == MOST_FROM_ONE
    assert "您所在的网络今日已提交10份" in text(hand_in(robot))
    assert hand_in(person).status_code == 200
    assert "203.0.113" not in trail()
    monkeypatch.setenv("SUYUAN_NOW", "2026-09-25T09:00:00")
    assert hand_in(robot).status_code == 200
