"""工作记录: each of the five duties leaves a record that a clerk entered and the head signed."""

from __future__ import annotations

import pytest

from registry.accounts import PERMISSIONS
from registry.models import Account, AuditEvent, DutyRecord, Role
from tests.unit.portal.accounts import as_user

pytestmark = pytest.mark.django_db
HOMES = "minzheng.elderly_care_institutions"


def enter(name: str = "minzheng_clerk", **changed: str) -> str:
    fields = {"resource": HOMES, "kind": "校核", "content": "与年检名册逐条校核", "evidence": "校核表.xlsx"} | changed
    return as_user(name).post("/duties/enter/", fields, follow=True).content.decode()


def act(name: str, action: str, reason: str = "") -> str:
    address = f"/duties/{DutyRecord.objects.latest('pk').pk}/act/"
    return as_user(name).post(address, {"action": action, "reason": reason}, follow=True).content.decode()


@pytest.mark.requirement("R023")
@pytest.mark.parametrize("kind", ["共享", "开放", "校核", "更新", "安全管理"])
def test_each_of_the_five_duties_leaves_a_signed_record(prepared, kind):
    assert "等待部门负责人签发" in enter(kind=kind)
    record = DutyRecord.objects.get()
    assert (record.kind, record.state, record.handled_by, record.signed_by) == (kind, "待签发", "minzheng_clerk", "")
    assert f"工作记录：{kind}（待签发）" in as_user("minzheng_head").get("/").content.decode()
    act("minzheng_head", "签发")
    record.refresh_from_db()
    assert (record.state, record.signed_by) == ("已签发", "minzheng_head") and record.signed_at
    events = AuditEvent.objects.filter(object=f"duty:{record.pk}")
    assert list(events.values_list("actor", "action")) == [
        ("minzheng_clerk", "登记工作记录"), ("minzheng_head", "签发工作记录"),
    ]  # fmt: skip
    assert "年检名册" not in str(list(events.values_list("detail", flat=True)))
    for name in ("minzheng_clerk", "bureau_handler", "auditor"):
        assert "与年检名册逐条校核" in as_user(name).get("/duties/").content.decode()
    assert "与年检名册逐条校核" not in as_user("gongdian_clerk").get("/duties/").content.decode()


def test_the_head_cannot_sign_what_the_same_person_entered(prepared):
    enter()
    clerk = Account.objects.get(username="minzheng_clerk")
    clerk.role = Role.DEPARTMENT_HEAD
    clerk.save()
    assert "不得为同一人" in act("minzheng_clerk", "签发")
    assert DutyRecord.objects.get().state == "待签发"


def test_returning_needs_a_reason_and_a_signed_record_stays(prepared):
    enter()
    assert "须写明理由" in act("minzheng_head", "退回")
    act("minzheng_head", "退回", "请附校核表")
    assert DutyRecord.objects.get().state == "已退回"
    enter()
    act("minzheng_head", "签发")
    for name, action in (("minzheng_clerk", "撤回"), ("minzheng_head", "退回"), ("minzheng_head", "登记")):
        assert "不能" in act(name, action, "x")
    assert DutyRecord.objects.latest("pk").state == "已签发"
    enter()
    act("minzheng_clerk", "撤回")
    assert DutyRecord.objects.latest("pk").state == "已撤回"


@pytest.mark.parametrize(
    ("name", "changed", "words"),
    [
        ("gongdian_clerk", {}, "其他部门的工作记录"),
        ("minzheng_head", {}, "无权登记"),
        ("bureau_handler", {}, "其他部门的工作记录"),
        ("developer_s1", {}, "无权查看本页"),
        ("minzheng_clerk", {"kind": "删除"}, "工作类别应为"),
        ("minzheng_clerk", {"content": "  "}, "请填写工作内容"),
        ("minzheng_clerk", {"resource": "minzheng.nothing"}, "目录中没有该资源"),
    ],
)
def test_what_may_not_be_entered_is_refused_and_leaves_no_trace(prepared, name, changed, words):
    before = AuditEvent.objects.count()
    assert words in enter(name, **changed)
    assert not DutyRecord.objects.exists() and AuditEvent.objects.count() == before


@pytest.mark.parametrize("name", ["gongdian_head", "bureau_approver", "auditor", "minzheng_clerk"])
def test_nobody_else_signs(prepared, name):
    enter()
    act(name, "签发")
    assert DutyRecord.objects.get().state == "待签发"


def test_the_list_is_filtered_by_resource_and_kind(prepared):
    enter(content="第一项")
    enter(content="第二项", resource="minzheng.subsistence_allowance", kind="共享")
    client = as_user("bureau_handler")
    by_resource = client.get("/duties/", {"resource": HOMES}).content.decode()
    assert "第一项" in by_resource and "第二项" not in by_resource
    by_kind = client.get("/duties/", {"kind": "共享"}).content.decode()
    assert "第二项" in by_kind and "第一项" not in by_kind
    assert "没有符合条件" in client.get("/duties/", {"resource": "x'--", "kind": "<b>"}).content.decode()
    foreign = as_user("gongdian_clerk").get("/duties/", {"resource": HOMES}).content.decode()
    assert "第一项" not in foreign


@pytest.mark.parametrize("role", list(Role))
def test_the_matrix_of_roles(prepared, role):
    name = Account.objects.filter(role=role).values_list("username", flat=True)[0]
    client = as_user(name)
    assert client.get("/duties/").status_code == (200 if role in PERMISSIONS["duties"] else 403)
    assert client.get("/duties/enter/").status_code == 405


def test_hostile_text_is_escaped(prepared):
    enter(content="<script>alert(1)</script>\n=cmd|' /C calc'!A0", evidence="<img src=x onerror=alert(1)>.pdf")
    text = as_user("bureau_handler").get("/duties/").content.decode()
    assert "<script>alert" not in text and "<img src=x" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;<br>=cmd|" in text


def test_an_account_of_no_department_reads_no_department(prepared):
    enter()
    Account.objects.filter(username="gongdian_clerk").update(department="")
    client = as_user("gongdian_clerk")
    assert "年检名册" not in client.get("/duties/").content.decode()
    assert "用电指数" not in client.get("/consents/").content.decode()
    assert client.get("/destinations/minzheng/").status_code == 403
