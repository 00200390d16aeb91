"""一数一源: a second claim is refused, can become a reference at once, and is the bureau's to decide."""

from __future__ import annotations

import re

import pytest

from registry.models import AuditEvent, CatalogVersion, SourceConflict
from scheme.catalog import CatalogEntry
from tests.unit.portal.accounts import as_user
from tests.unit.portal.test_catalog_versions import EDIT, entry
from tests.unit.portal.test_catalog_versions import form as change
from tests.unit.portal.test_new_entries import NEW, form

pytestmark = pytest.mark.django_db
FIRST = "shichang.enterprise_registration.name"
SECOND = "minzheng.elderly_care_institutions.name"


def claim(**more: str):
    """The clerk claims 法人名称, which the register of enterprises is the source of."""
    return as_user("minzheng_clerk").post(EDIT, change(**{"item-2-source_of": "法人名称"} | more))


def button(page: str) -> str:
    return re.search(r'name="entry" value="([^"]+)"', page).group(1)


@pytest.mark.requirement("R019")
def test_a_second_claim_is_refused_recorded_and_becomes_a_reference(prepared):
    answer = claim(abstract="全区养老机构。")
    page = answer.content.decode()
    assert answer.status_code == 422 and "一数一源" in page and "“经营主体登记”的“名称”" in page and "改为引用" in page
    assert "全区养老机构。" in page and not CatalogVersion.objects.exists()
    conflict = SourceConflict.objects.get()
    assert (conflict.element, conflict.first, conflict.second, conflict.state) == ("法人名称", FIRST, SECOND, "待裁定")
    assert claim().status_code == 422 and SourceConflict.objects.count() == 1  # twice is one conflict
    done = as_user("minzheng_clerk").post("/catalog-versions/to-references/", {"entry": button(page)}, follow=True)
    assert "已保存" in done.content.decode()
    kept = CatalogEntry.model_validate(CatalogVersion.objects.get().document)
    assert (kept.item("name").references, kept.item("name").source_of) == (FIRST, None)
    assert kept.abstract == "全区养老机构。" and kept.rules == entry().rules


@pytest.mark.requirement("R019")
def test_the_bureau_decides_with_a_reason(prepared):
    claim()
    bureau, address = as_user("bureau_approver"), f"/source-conflicts/{SourceConflict.objects.get().pk}/decide/"
    assert "一数一源争议（待裁定）" in bureau.get("/").content.decode()
    page = bureau.get("/source-conflicts/").content.decode()
    assert "区市场监管局“经营主体登记”的“名称”" in page and "区民政局“养老机构信息”的“机构名称”" in page
    for wrong, words in (({"kept": FIRST}, "须写明理由"), ({"kept": "x", "note": "y"}, "请选择由哪一方")):
        assert words in bureau.post(address, wrong, follow=True).content.decode()
    refused = as_user("minzheng_clerk").post(address, {"kept": SECOND, "note": "我方"}, follow=True).content.decode()
    assert "无权裁定" in refused and SourceConflict.objects.get().state == "待裁定"
    done = bureau.post(address, {"kept": FIRST, "note": "登记机关为数源"}, follow=True).content.decode()
    assert "已裁定" in done and "理由：登记机关为数源" in done
    conflict = SourceConflict.objects.get()
    assert (conflict.state, conflict.kept, conflict.decided_by) == ("已裁定", FIRST, "bureau_approver")
    acts = AuditEvent.objects.filter(object=f"source_conflict:{conflict.pk}").values_list("actor", "action")
    assert list(acts) == [("minzheng_clerk", "提请裁定数源"), ("bureau_approver", "裁定数源")]
    assert "不能裁定" in bureau.post(address, {"kept": SECOND, "note": "再议"}, follow=True).content.decode()


def test_a_department_reads_its_own_conflicts_only(prepared):
    claim()
    assert "法人名称" in as_user("minzheng_clerk").get("/source-conflicts/").content.decode()
    assert "法人名称" not in as_user("gongdian_clerk").get("/source-conflicts/").content.decode()
    assert as_user("developer_s1").get("/source-conflicts/").status_code == 403


@pytest.mark.requirement("R019")
def test_a_new_entry_refers_too_and_is_graded_as_high_as_its_source(prepared):
    changes = {"item-2-source_of": "姓名", "item-2-grade": "2"}
    page = as_user("minzheng_clerk").post(NEW, form(**changes)).content.decode()
    as_user("minzheng_clerk").post("/catalog-versions/to-references/", {"entry": button(page)})
    kept = CatalogEntry.model_validate(CatalogVersion.objects.get().document).item("amount_yuan")
    assert (kept.references, kept.grade) == ("gongan.resident_population.person_name", 3)


def test_the_button_works_for_its_own_account_only(prepared):
    token = button(claim().content.decode())
    for name, text in (("gongdian_clerk", token), ("minzheng_clerk", token + "x"), ("minzheng_clerk", "")):
        assert as_user(name).post("/catalog-versions/to-references/", {"entry": text}).status_code == 409
    assert as_user("bureau_approver").get("/catalog-versions/to-references/").status_code == 405
    assert not CatalogVersion.objects.exists()


@pytest.mark.requirement("R019")
def test_of_two_drafts_the_one_published_second_is_refused(prepared, django_capture_on_commit_callbacks):
    from tests.unit.portal.test_catalog_versions import act

    as_user("minzheng_clerk").post(NEW, form("a", **{"item-1-source_of": "津贴编号"}))
    as_user("gongdian_clerk").post(NEW, form("b", **{"item-1-source_of": "津贴编号"}))
    own, other = CatalogVersion.objects.order_by("pk")
    CatalogVersion.objects.filter(pk=other.pk).update(state="待审核")
    for name, action in (("minzheng_head", "提交"), ("bureau_approver", "审核通过")):
        act(name, own.pk, action, django_capture_on_commit_callbacks)
    assert "请改为引用" in act("bureau_approver", other.pk, "审核通过", django_capture_on_commit_callbacks)
    assert SourceConflict.objects.get().second == "gongdian.b.subsidy_number"
    act("bureau_approver", other.pk, "退回修改", django_capture_on_commit_callbacks, reason="改为引用")
    page = as_user("gongdian_clerk").get(f"/catalog-versions/{other.pk}/").content.decode()
    as_user("gongdian_clerk").post("/catalog-versions/to-references/", {"entry": button(page)})
    kept = CatalogEntry.model_validate(CatalogVersion.objects.get(pk=other.pk).document)
    assert kept.item("subsidy_number").references == "minzheng.a.subsidy_number" and kept.code == "1010008/000002"
