"""A catalog entry from draft to effect: clerk, head, bureau; what changed is shown, conflicts are refused."""

from __future__ import annotations

import pytest
import yaml

from config.settings import settings
from registry import catalog_versions
from registry.models import Account, AuditEvent, CatalogVersion
from scheme.catalog_files import load_catalog, published_folder
from tests.unit.portal.accounts import as_user

pytestmark = pytest.mark.django_db
RESOURCE = "minzheng.elderly_care_institutions"
EDIT = "/catalog/minzheng/elderly_care_institutions/edit/"


def entry():
    return load_catalog(settings().catalog).entry(RESOURCE)


def form(**changes: str) -> dict[str, str]:
    """The form as a browser sends it back unchanged, with some fields changed."""
    now = entry()
    fields = {
        "name": now.name, "abstract": now.abstract, "update_cycle": now.update_cycle.value, "sharing": now.sharing,
        "opening": now.opening, "operation": now.operation, "obtained_by": now.obtained_by,
    }  # fmt: skip
    for number, item in enumerate(now.items, 1):
        stem = f"item-{number}-"
        fields |= {
            stem + "code": item.code, stem + "name": item.name, stem + "type": item.type.value,
            stem + "length": str(item.length or ""), stem + "grade": str(item.grade or ""),
            stem + "description": item.description,
        }  # fmt: skip
        fields |= {stem + flag: "on" for flag in ("required", "personal") if getattr(item, flag)}
    return fields | changes


def act(name: str, pk: int, action: str, callbacks, **fields: str) -> str:
    with callbacks(execute=True):
        answer = as_user(name).post(f"/catalog-versions/{pk}/act/", {"action": action} | fields, follow=True)
    return answer.content.decode()


@pytest.mark.requirement("R016")
def test_a_change_takes_effect_after_clerk_head_and_bureau(prepared, django_capture_on_commit_callbacks):
    callbacks = django_capture_on_commit_callbacks
    last = len(entry().items) + 1
    new = {
        f"item-{last}-code": "parking_places", f"item-{last}-name": "停车位", f"item-{last}-type": "I",
        f"item-{last}-grade": "2",
    }  # fmt: skip
    page = as_user("minzheng_clerk").post(EDIT, form(update_cycle="quarterly", **new), follow=True).content.decode()
    assert "更新周期" in page and "每月" in page and "每季度" in page and "信息项 停车位" in page
    version = CatalogVersion.objects.get()
    assert entry().version == 1 and "停车位" not in [i.name for i in entry().items]  # a draft changes nothing
    assert "无权提交" in act("minzheng_clerk", version.pk, "提交", callbacks)
    act("minzheng_head", version.pk, "提交", callbacks)
    assert "第1版（待审核）" in as_user("bureau_approver").get("/").content.decode()
    assert "无权审核通过" in act("minzheng_head", version.pk, "审核通过", callbacks)
    act("bureau_approver", version.pk, "审核通过", callbacks)
    after = entry()
    assert (after.version, after.update_cycle.value, after.items[-1].code) == (2, "quarterly", "parking_places")
    assert after.rules and after.item("village_code").references == "seed.division.code"  # not in the form: stays
    acts = AuditEvent.objects.filter(object=f"catalog:{RESOURCE}").values_list("actor", "action")
    assert list(acts) == [
        ("minzheng_clerk", "编制目录"), ("minzheng_head", "目录提交"), ("bureau_approver", "目录审核通过"),
    ]  # fmt: skip
    (published_folder() / "minzheng" / "elderly_care_institutions.yml").unlink()  # as if killed before the file
    catalog_versions.follow_all()
    assert entry() == after


@pytest.mark.requirement("R016")
def test_only_the_departments_clerk_edits_its_entries(prepared):
    for name in ("gongdian_clerk", "minzheng_head", "bureau_approver", "auditor"):
        assert as_user(name).get(EDIT).status_code == 403
        assert as_user(name).post(EDIT, form(name="别名")).status_code == 403
    assert as_user("developer_s1").get("/catalog-versions/").status_code == 403
    assert not CatalogVersion.objects.exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": " "}, "资源名称不能为空"),
        ({"update_cycle": "随时"}, "请在列出的选项中选择"),
        ({"item-1-grade": "9"}, "第1项：级别应为1至4的整数"),
        ({"item-2-length": "-3"}, "第2项：长度应为1至100000的整数"),
        ({"item-90-code": "x"}, "目录内容没有变化"),
        ({"item-2-name": ""}, "名称不能为空"),
        ({"item-1-remove": "on"}, "是主键，不能删除"),
        ({"item-5-remove": "on", "item-6-remove": "on"}, "被质量规则"),
        ({"item-3-name": "机构代码"}, "目录内容不合规"),
        ({}, "目录内容没有变化"),
    ],
)
def test_each_problem_of_the_form_is_one_chinese_sentence(prepared, changes, words):
    answer = as_user("minzheng_clerk").post(EDIT, form(**changes))
    assert answer.status_code == 422 and words in answer.content.decode()
    assert not CatalogVersion.objects.exists()


@pytest.mark.requirement("R019")
def test_a_second_source_of_one_data_element_is_refused(prepared):
    now = entry()
    items = [i.model_copy(update={"source_of": "法人名称"}) if i.code == "name" else i for i in now.items]
    with pytest.raises(catalog_versions.RefusedError, match="一数一源"):
        catalog_versions.draft(
            now.model_copy(update={"items": items}), by=Account.objects.get(username="minzheng_clerk")
        )


def test_a_withdrawn_entry_is_not_collected_and_not_authorized(prepared, django_capture_on_commit_callbacks):
    from pathlib import Path

    from warehouse.declaration import Declaration
    from warehouse.inbox import hand_over
    from warehouse.refusal import DeliveryRefusedError

    callbacks = django_capture_on_commit_callbacks
    as_user("minzheng_clerk").post(EDIT, form(name="养老服务机构信息"))
    pk = CatalogVersion.objects.get().pk
    act("minzheng_head", pk, "提交", callbacks)
    act("bureau_approver", pk, "审核通过", callbacks)
    assert "须写明理由" in act("bureau_approver", pk, "停用", callbacks)
    act("bureau_approver", pk, "停用", callbacks, reason="并入新资源")
    assert entry().state == "停用"
    with pytest.raises(DeliveryRefusedError, match="withdrawn"):
        hand_over(entry(), Path(__file__), Declaration(), "test")
    act("bureau_approver", pk, "恢复使用", callbacks)
    assert entry().state == "在用" and entry().name == "养老服务机构信息"


def test_the_published_file_is_the_exported_entry(prepared, django_capture_on_commit_callbacks):
    as_user("minzheng_clerk").post(EDIT, form(abstract="全区养老机构。"))
    pk = CatalogVersion.objects.get().pk
    for name, action in (("minzheng_head", "提交"), ("bureau_approver", "审核通过")):
        act(name, pk, action, django_capture_on_commit_callbacks)
    file = published_folder() / "minzheng" / "elderly_care_institutions.yml"
    assert yaml.safe_load(file.read_text("utf-8"))["abstract"] == "全区养老机构。"
