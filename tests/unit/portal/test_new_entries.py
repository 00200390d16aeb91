"""A resource that is not in the catalog yet, from the clerk's form to publication; its code is the system's."""

from __future__ import annotations

import pytest

from config.settings import settings
from registry.models import AuditEvent, CatalogVersion
from scheme.catalog_files import load_catalog
from tests.unit.portal.accounts import as_user
from tests.unit.portal.test_catalog_versions import act

pytestmark = pytest.mark.django_db
NEW = "/catalog-versions/new/"


def form(resource: str = "elderly_subsidies", **changes: str) -> dict[str, str]:
    items = (("subsidy_number", "补贴编号", "2", True), ("amount_yuan", "补贴金额", "2", False))
    fields = {
        "resource": resource, "name": "高龄津贴发放", "abstract": "本区高龄津贴发放信息。", "update_cycle": "monthly",
        "sharing": "有条件共享", "sharing_condition": "经同意",
        "opening": "不予开放", "operation": "有条件授权", "obtained_by": "直接汇聚",
        "keys": "yes",
    }  # fmt: skip
    for n, (code, name, grade, is_key) in enumerate(items, 1):
        stem = f"item-{n}-"
        fields |= {stem + "code": code, stem + "name": name, stem + "type": "C", stem + "grade": grade}
        fields |= {stem + "length": "", stem + "data_class": "", stem + "source_of": "", stem + "description": ""}
        fields |= {stem + "key": "on", stem + "required": "on"} if is_key else {}
    return fields | changes


@pytest.mark.requirement("R015")
@pytest.mark.requirement("R016")
def test_a_new_entry_goes_from_the_clerk_to_the_catalog(prepared, django_capture_on_commit_callbacks):
    callbacks = django_capture_on_commit_callbacks
    clerk = as_user("minzheng_clerk")
    assert "新增资源" in clerk.get("/catalog-versions/").content.decode()
    assert 'name="resource"' in clerk.get(NEW).content.decode()
    page = clerk.post(NEW, form(), follow=True).content.decode()
    assert "1010002/000003" in page and "继续编制" in page and "补贴编号" in page
    version = CatalogVersion.objects.get()
    assert "minzheng.elderly_subsidies" not in load_catalog(settings().catalog).entries
    edit = "/catalog/minzheng/elderly_subsidies/edit/"
    assert "高龄津贴发放" in clerk.get(edit).content.decode()
    clerk.post(edit, form(name="高龄津贴"))  # the draft goes on, under the same code
    act("minzheng_head", version.pk, "提交", callbacks)
    review = as_user("bureau_approver").get(f"/catalog-versions/{version.pk}/").content.decode()
    assert "补贴金额" in review and "主键" in review and "有条件授权" in review
    act("bureau_approver", version.pk, "审核通过", callbacks)
    entry = load_catalog(settings().catalog).entry("minzheng.elderly_subsidies")
    assert (entry.code, entry.name, entry.key, entry.version) == ("1010002/000003", "高龄津贴", ["subsidy_number"], 1)
    assert [i.code for i in entry.items] == ["subsidy_number", "amount_yuan"]
    acts = AuditEvent.objects.filter(object="catalog:minzheng.elderly_subsidies").values_list("action", flat=True)
    assert list(acts) == ["编制目录", "编制目录", "目录提交", "目录审核通过"]
    assert clerk.get("/catalog/minzheng/elderly_subsidies/").status_code == 200


@pytest.mark.requirement("R015")
def test_a_code_is_never_given_twice(prepared, django_capture_on_commit_callbacks):
    clerk, callbacks = as_user("minzheng_clerk"), django_capture_on_commit_callbacks
    for resource in ("a", "b"):
        clerk.post(NEW, form(resource, code="1010002/000001"))
    first, second = CatalogVersion.objects.order_by("pk")
    assert [v.document["code"] for v in (first, second)] == ["1010002/000003", "1010002/000004"]  # a draft counts
    for name, action in (("minzheng_head", "提交"), ("bureau_approver", "审核通过"), ("bureau_approver", "停用")):
        act(name, second.pk, action, callbacks, reason="不再采集")
    clerk.post(NEW, form("c"))
    assert CatalogVersion.objects.latest("pk").document["code"] == "1010002/000005"  # a withdrawn one counts
    as_user("gongdian_clerk").post(NEW, form("d"))
    assert CatalogVersion.objects.latest("pk").document["code"] == "1010008/000002"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"resource": "高龄"}, "资源标识应以小写字母开头"),
        ({"resource": "a__b"}, "资源标识应以小写字母开头"),
        ({"resource": "x" * 42}, "资源标识应以小写字母开头"),
        ({"resource": "elderly_care_institutions"}, "已由本部门其他资源使用"),
        ({"item-1-key": ""}, "请至少勾选一个信息项为主键"),
        ({"item-2-data_class": "asset"}, "低于个人财产信息要求的3级"),
        ({"item-2-data_class": "nothing"}, "请在列出的类别中选择"),
        ({"item-1-code": "", "item-1-name": "", "item-2-code": "", "item-2-name": ""}, "至少保留一个信息项"),
        ({"item-2-code": "subsidy_number"}, "目录内容不合规"),
    ],
)
def test_each_problem_is_said_and_what_was_filled_in_stays(prepared, changes, words):
    answer = as_user("minzheng_clerk").post(NEW, form(**changes))
    page = answer.content.decode()
    assert answer.status_code == 422 and words in page and "高龄津贴发放" in page
    assert not CatalogVersion.objects.exists()


def test_a_draft_is_not_overwritten_by_another_new_entry_of_its_name(prepared):
    clerk = as_user("minzheng_clerk")
    clerk.post(NEW, form())
    assert "已由本部门其他资源使用" in clerk.post(NEW, form(name="另一资源")).content.decode()
    assert CatalogVersion.objects.get().document["name"] == "高龄津贴发放"


@pytest.mark.requirement("R016")
def test_only_a_clerk_of_a_department_starts_an_entry(prepared):
    for name in ("minzheng_head", "bureau_approver", "auditor"):
        assert as_user(name).get(NEW).status_code == 403 and as_user(name).post(NEW, form()).status_code == 403
    as_user("minzheng_clerk").post(NEW, form())
    pk = CatalogVersion.objects.get().pk
    assert as_user("gongdian_clerk").get(f"/catalog-versions/{pk}/").status_code == 404
    assert as_user("gongdian_clerk").get("/catalog/minzheng/elderly_subsidies/edit/").status_code == 403
    assert "继续编制" not in as_user("minzheng_head").get(f"/catalog-versions/{pk}/").content.decode()
