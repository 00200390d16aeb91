"""公用企业同意: no approval without it, for this very document; withdrawing it closes the grant at once."""

from __future__ import annotations

import pytest

from registry import consents, demo
from registry.accounts import PERMISSIONS
from registry.actions import act_on_grant, draft_grant
from registry.models import Account, AuditEvent, GrantRecord, Party, Role, UtilityConsent
from registry.states import RefusedError
from scheme.grant import Grant
from tests.unit.portal.accounts import as_user
from warehouse import grant_file

pytestmark = pytest.mark.django_db


def account(name: str) -> Account:
    return Account.objects.get(username=name)


@pytest.fixture
def asked(prepared) -> UtilityConsent:
    """The request for a second grant like S1, which waits for its approval."""
    document = demo.read_grant("grant_s1.yml").model_copy(update={"grant": "S5"})
    draft_grant(document, Party.objects.get(code="dev-s1"), by=account("developer_s1"))
    act_on_grant("S5", "提交初审", by=account("developer_s1"))
    act_on_grant("S5", "初审通过", by=account("primary_reviewer"))
    return UtilityConsent.objects.get(grant__grant="S5")


def post(name: str, consent: UtilityConsent, action: str, note: str = "") -> str:
    answer = as_user(name).post(f"/consents/{consent.pk}/act/", {"action": action, "note": note}, follow=True)
    return answer.content.decode()


def approve(grant: str = "S5") -> str:
    answer = as_user("bureau_approver").post(f"/grants/{grant}/act/", {"action": "核准"}, follow=True)
    return answer.content.decode()


def state(grant: str = "S5") -> str:
    return GrantRecord.objects.get(grant=grant).state


@pytest.mark.requirement("R152")
def test_the_bureau_cannot_approve_before_the_enterprise_consented(asked):
    assert "尚缺公用企业对本版授权文件的同意：区供电公司（待同意）" in approve() and state() == "终审中"
    assert "征求公用企业同意（待同意）" in as_user("gongdian_clerk").get("/").content.decode()
    page = as_user("gongdian_clerk").get("/consents/").content.decode()
    assert "用电指数</td><td>用电量" in page and "<td>指数化</td>" in page and "密钥令牌" in page
    assert "小微企业登记" not in page  # only what is asked of this enterprise
    post("gongdian_clerk", asked, "拟同意", "同意用于信用评价")
    assert "待同意" in approve() and state() == "终审中"
    post("gongdian_head", asked, "签发同意")
    approve()
    assert state() == "已核准待签署"
    asked.refresh_from_db()
    assert (asked.state, asked.handled_by, asked.signed_by) == ("已同意", "gongdian_clerk", "gongdian_head")
    events = AuditEvent.objects.filter(object=f"consent:{asked.pk}").values_list("actor", "action")
    assert list(events) == [
        ("developer_s1", "征求公用企业同意"), ("gongdian_clerk", "授权意见：拟同意"),
        ("gongdian_head", "授权意见：签发同意"),
    ]  # fmt: skip


def test_declining_needs_a_reason_and_keeps_the_grant_out(asked):
    assert "须写明理由" in post("gongdian_clerk", asked, "拟不同意")
    post("gongdian_clerk", asked, "拟不同意", "涉及商业秘密")
    assert "经办人拟不同意" in post("gongdian_head", asked, "签发同意")
    post("gongdian_head", asked, "签发不同意")
    assert "区供电公司（不同意）" in approve() and state() == "终审中"
    assert "涉及商业秘密" in as_user("primary_reviewer").get("/grants/S5/").content.decode()
    post("gongdian_clerk", asked, "重新办理")
    asked.refresh_from_db()
    assert (asked.state, asked.opinion, asked.handled_by, asked.signed_by) == ("待同意", "", "", "")


@pytest.mark.requirement("R152")
def test_withdrawing_closes_the_grant_at_once(prepared, monkeypatch, django_capture_on_commit_callbacks):
    gone: list[str] = []
    monkeypatch.setattr(grant_file, "withdraw", gone.append)
    consent = UtilityConsent.objects.get(grant__grant="S1")
    assert consent.state == "已同意" and state("S1") == "生效"
    assert "须写明理由" in post("gongdian_head", consent, "撤回同意") and state("S1") == "生效"
    with django_capture_on_commit_callbacks(execute=True):
        post("gongdian_head", consent, "撤回同意", "合同期满")
    assert state("S1") == "暂时关闭" and gone == ["S1"]
    closed = AuditEvent.objects.filter(object="grant:S1").latest("seq")
    assert (closed.actor, closed.action) == ("gongdian_head", "暂时关闭")
    assert closed.detail["reason"] == "公用企业撤回同意：合同期满"
    with pytest.raises(RefusedError, match=r"区供电公司（已撤回）"):
        act_on_grant("S1", "恢复", by=account("bureau_approver"))
    for name, action in (("gongdian_clerk", "重新办理"), ("gongdian_clerk", "拟同意"), ("gongdian_head", "签发同意")):
        post(name, consent, action)
    assert act_on_grant("S1", "恢复", by=account("bureau_approver")).state == "生效"


def test_a_consent_withdrawn_between_approval_and_signature_stops_the_signature(asked):
    for name, action in (("gongdian_clerk", "拟同意"), ("gongdian_head", "签发同意")):
        post(name, asked, action)
    approve()
    post("gongdian_head", asked, "撤回同意", "重新评估")
    assert state() == "已核准待签署"
    with pytest.raises(RefusedError, match=r"不能签署生效授权 S5"):
        act_on_grant("S5", "签署生效", by=account("bureau_handler"))


@pytest.mark.requirement("R152")
def test_another_version_of_the_document_needs_another_consent(asked):
    for name, action in (("gongdian_clerk", "拟同意"), ("gongdian_head", "签发同意")):
        post(name, asked, action)
    act_on_grant("S5", "退回补正", by=account("bureau_approver"), reason="补充用途")
    record = GrantRecord.objects.get(grant="S5")
    changed = Grant.model_validate(record.document).model_copy(update={"version": 2})
    record.document, record.sha256, record.version = changed.model_dump(mode="json"), changed.sha256, 2
    record.save()
    act_on_grant("S5", "提交初审", by=account("developer_s1"))
    act_on_grant("S5", "初审通过", by=account("primary_reviewer"))
    assert "区供电公司（待同意）" in approve()
    assert list(UtilityConsent.objects.filter(grant=record).values_list("version", "state")) == [
        (1, "已同意"), (2, "待同意"),
    ]  # fmt: skip
    assert "已失效" in post("gongdian_head", asked, "撤回同意", "x")
    assert "本次征求意见已失效" in as_user("gongdian_clerk").get("/consents/").content.decode()


def test_a_request_is_opened_once_and_only_to_utilities(prepared):
    consents.ask(GrantRecord.objects.get(grant="S1"), by=account("developer_s1"))
    consents.ask(GrantRecord.objects.get(grant="S2"), by=account("developer_s2"))
    assert list(UtilityConsent.objects.values_list("grant__grant", "department")) == [("S1", "gongdian")]


def test_a_grant_that_reaches_utility_data_under_another_name_needs_consent_too(prepared):
    """The resource named beside a table does not decide alone: the table it reads and selects by counts."""
    record = GrantRecord.objects.get(grant="S2")
    document = Grant.model_validate(record.document)
    hidden = document.tables[2].model_copy(update={"source": "stg_gongdian__electricity_monthly"})
    record.document = document.model_copy(update={"tables": [hidden]}).model_dump(mode="json")
    with pytest.raises(RefusedError, match=r"区供电公司（尚未征求）"):
        consents.demand_all(record, "核准")


@pytest.mark.parametrize("name", ["minzheng_clerk", "minzheng_head", "bureau_approver", "auditor", "developer_s1"])
def test_nobody_else_speaks_for_the_enterprise(asked, name):
    for action in ("拟同意", "签发同意", "撤回同意", "删除"):
        post(name, asked, action, "x")
    asked.refresh_from_db()
    assert (asked.state, asked.opinion) == ("待同意", "")


def test_clerk_and_head_do_their_own_part_only(asked):
    assert "无权签发同意" in post("gongdian_clerk", asked, "签发同意")
    assert "无权拟同意" in post("gongdian_head", asked, "拟同意")
    assert "尚未提出意见" in post("gongdian_head", asked, "签发同意")
    post("gongdian_clerk", asked, "拟同意")
    account_now = account("gongdian_clerk")
    account_now.role = Role.DEPARTMENT_HEAD
    account_now.save()
    assert "不得为同一人" in post("gongdian_clerk", asked, "签发同意")
    assert UtilityConsent.objects.get(pk=asked.pk).state == "待同意"


@pytest.mark.parametrize("role", list(Role))
def test_the_matrix_of_roles(prepared, role):
    name = Account.objects.filter(role=role).values_list("username", flat=True)[0]
    answer = as_user(name).get("/consents/")
    assert answer.status_code == (200 if role in PERMISSIONS["consents"] else 403)
    if answer.status_code == 200 and role in (Role.DATA_CLERK, Role.DEPARTMENT_HEAD):
        assert "没有征求意见的授权" in answer.content.decode()  # minzheng is no public utility


def test_hostile_text_is_escaped(asked):
    post("gongdian_clerk", asked, "拟不同意", "<script>alert(1)</script>")
    for name, page in (("gongdian_head", "/consents/"), ("auditor", "/consents/"), ("auditor", "/grants/S5/")):
        assert "<script>alert" not in as_user(name).get(page).content.decode()
    assert "&lt;script&gt;alert" in as_user("auditor").get("/consents/").content.decode()
