"""A department's delivery through the portal: declared, handed in, signed by another person, landed, read back."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from orchestration.ingest.deliver import land_waiting
from registry.models import AuditEvent, Handover
from tests.unit.portal.accounts import as_user
from warehouse import batches, inbox, paths

pytestmark = pytest.mark.django_db
NEW = "/deliveries/minzheng/elderly_care_institutions/new/"


def register(entry, note: str = "甲养老院") -> SimpleUploadedFile:
    """A register of two rows and a page footing, as a clerk exports it."""
    headers = [i.name for i in entry.items]
    rows = [[f"{note}{n}" if i.name == "机构名称" else "1" for i in entry.items] for n in (1, 2)]
    footing = ["合计", *[""] * (len(headers) - 1)]
    text = "\n".join(",".join(r) for r in [headers, *rows, footing]) + "\n"
    return SimpleUploadedFile("养老机构 九月.csv", text.encode())


def hand_in(client: Client, file, rows: str = "3", secrecy: str = "?secrecy=非涉密"):
    return client.post(NEW + secrecy, {"file": file, "rows": rows}, follow=True)


@pytest.mark.requirement("R023")
def test_a_clerk_hands_in_the_head_signs_and_both_read_what_became_of_it(
    prepared, entry, django_capture_on_commit_callbacks
):
    clerk, head = as_user("minzheng_clerk"), as_user("minzheng_head")
    assert "等待部门负责人签发" in hand_in(clerk, register(entry)).content.decode()
    handover = Handover.objects.get()
    assert inbox.waiting(entry) == []  # nothing leaves the department without its signature
    assert "汇聚批次 养老机构 九月.csv（待签发）" in head.get("/").content.decode()
    refused = clerk.post(f"/deliveries/{handover.pk}/act/", {"action": "签发"}, follow=True).content.decode()
    assert "无权签发" in refused
    with django_capture_on_commit_callbacks(execute=True):
        head.post(f"/deliveries/{handover.pk}/act/", {"action": "签发"})
    waiting = inbox.waiting(entry)
    declared = json.loads(waiting[0].with_name(waiting[0].name + ".declared.json").read_text())
    assert declared["rows_declared"] == 3 and declared["delivered_by"] == "经办 minzheng_clerk，签发 minzheng_head"
    assert not paths.upload(handover.sha256).exists()
    assert "等待平台接收" in clerk.get("/deliveries/").content.decode()

    batch = next(iter(land_waiting(entry, "test")))
    assert (batch.rows_declared, batch.rows_landed, batch.rows_quarantined) == (3, 2, 1)
    page = clerk.get("/deliveries/").content.decode()
    assert "落地 2 条，隔离 1 条" in page and "合计、页码、制表人等页脚行 1 条" in page
    acts = list(AuditEvent.objects.filter(object=f"handover:{handover.pk}").values_list("actor", "action"))
    assert acts == [("minzheng_clerk", "提交汇聚批次"), ("minzheng_head", "签发汇聚批次")]
    assert "此前已汇聚" in hand_in(clerk, register(entry)).content.decode()


def test_a_refused_file_is_explained_in_chinese(prepared, entry):
    hand_in(as_user("minzheng_clerk"), SimpleUploadedFile("a.csv", b"<html>403</html>"))
    handover = Handover.objects.get()
    as_user("minzheng_head").post(f"/deliveries/{handover.pk}/act/", {"action": "签发"})
    assert [b.state for b in land_waiting(entry, "test")] == ["refused"]
    page = as_user("minzheng_clerk").get("/deliveries/").content.decode()
    assert "已拒收" in page and "文件内容是来源系统的错误提示，不是数据。" in page


@pytest.mark.requirement("R003")
def test_nothing_of_a_secret_or_undeclared_file_is_kept(prepared, entry):
    clerk = as_user("minzheng_clerk")
    answer = clerk.post(NEW + "?secrecy=涉密", {"file": register(entry), "rows": "3"})
    assert answer.status_code == 403 and "涉密的数据不得进入本系统" in answer.content.decode()
    assert hand_in(clerk, register(entry), secrecy="").status_code == 422
    assert not Handover.objects.exists() and not paths.upload("x").parent.exists()
    assert [b.file_sha256 for b in batches.refusals()] == [None]


@pytest.mark.parametrize("rows", ["", "三", "-1", "1.5", "9" * 13])
def test_the_declared_number_must_be_a_number(prepared, entry, rows):
    answer = hand_in(as_user("minzheng_clerk"), register(entry), rows)
    assert answer.status_code == 422 and "请填写申报记录数" in answer.content.decode()
    assert not Handover.objects.exists()


def test_other_departments_and_other_roles_do_nothing_here(prepared, entry):
    for name in ("gongdian_clerk", "minzheng_head", "bureau_handler"):
        assert as_user(name).post(NEW + "?secrecy=非涉密", {"file": register(entry), "rows": "3"}).status_code == 403
    hand_in(as_user("minzheng_clerk"), register(entry))
    pk = Handover.objects.get().pk
    assert "养老机构 九月.csv" not in as_user("gongdian_clerk").get("/deliveries/").content.decode()
    for name in ("gongdian_clerk", "bureau_approver"):
        as_user(name).post(f"/deliveries/{pk}/act/", {"action": "签发"})
    assert Handover.objects.get().state == "待签发"
    assert as_user("developer_s1").get("/deliveries/").status_code == 403


def test_returning_needs_a_reason_and_drops_the_file(prepared, entry, django_capture_on_commit_callbacks):
    hand_in(as_user("minzheng_clerk"), register(entry))
    handover, head = Handover.objects.get(), as_user("minzheng_head")
    head.post(f"/deliveries/{handover.pk}/act/", {"action": "退回"})
    assert Handover.objects.get().state == "待签发"
    with django_capture_on_commit_callbacks(execute=True):
        head.post(f"/deliveries/{handover.pk}/act/", {"action": "退回", "reason": "缺9月数据"})
    assert Handover.objects.get().state == "已退回" and not paths.upload(handover.sha256).exists()


def test_quarantined_rows_are_read_by_their_department_only(prepared, entry):
    hand_in(as_user("minzheng_clerk"), register(entry, note="<script>"))
    as_user("minzheng_head").post(f"/deliveries/{Handover.objects.get().pk}/act/", {"action": "签发"})
    batch = next(iter(land_waiting(entry, "test")))
    address = f"/deliveries/minzheng/elderly_care_institutions/{batch.batch_id}/quarantine/"
    assert "记录内容（仅本部门可见" in as_user("minzheng_clerk").get(address).content.decode()
    bureau = as_user("bureau_handler").get(address).content.decode()
    assert "合计、页码" in bureau and "记录内容" not in bureau
    assert as_user("gongdian_clerk").get(address).status_code == 403


def test_an_increment_is_declared_only_where_the_entry_allows_it(prepared, entry):
    clerk = as_user("minzheng_clerk")
    assert "增量" not in clerk.get(NEW + "?secrecy=非涉密").content.decode()
    answer = clerk.post(
        NEW + "?secrecy=非涉密", {"file": register(entry), "rows": "3", "mode": "increment"}, follow=True
    )
    assert "约定全量汇聚" in answer.content.decode() and not Handover.objects.exists()
