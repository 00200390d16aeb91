"""The template through the portal: a clerk downloads it, uploads it filled in, and it goes the usual way."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from registry.models import CatalogVersion, SourceConflict
from scheme.catalog import CatalogEntry
from tests.unit.portal.accounts import as_user
from tests.unit.portal.test_catalog_versions import entry
from tests.unit.portal.test_source_conflicts import button

pytestmark = pytest.mark.django_db
HOMES = "/catalog/minzheng/elderly_care_institutions/"
NEW = "/catalog-versions/new/"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def upload(address: str, content: bytes, who: str = "minzheng_clerk", query: str = "?secrecy=非涉密", **fields: str):
    data = {"file": SimpleUploadedFile("模板.xlsx", content), "declared": "on"} | fields
    return as_user(who).post(address + query, data, follow=True)


def filled(address: str, *cells: tuple[str, str, object]) -> bytes:
    book, out = openpyxl.load_workbook(io.BytesIO(as_user("minzheng_clerk").get(address).content)), io.BytesIO()
    for sheet, place, value in cells:
        book[sheet][place] = value
    book.save(out)
    return out.getvalue()


NEW_CELLS = [
    *[("资源信息", f"B{row}", v) for row, v in enumerate(
        ["subsidies", "高龄津贴", "本区高龄津贴。", "每月", "直接汇聚", "有条件共享", "不予开放", "有条件授权",
         "经同意"], 4)],
    *[("信息项", f"{c}2", v) for c, v in zip("ABCDGI", ["number", "编号", "是", "字符型", "是", 2], strict=True)],
]  # fmt: skip


@pytest.mark.requirement("R016")
def test_a_change_by_workbook_is_a_draft(prepared):
    answer = as_user("minzheng_clerk").get(HOMES + "template/")
    assert answer["Content-Type"] == XLSX and "attachment" in answer["Content-Disposition"]
    assert "目录内容没有变化" in upload(HOMES + "upload/", answer.content).content.decode()
    page = upload(HOMES + "upload/", filled(HOMES + "template/", ("信息项", "B7", "床位数"))).content.decode()
    assert "核定床位·名称" in page and "床位数" in page
    draft = CatalogEntry.model_validate(CatalogVersion.objects.get().document)
    assert draft.item("bed_count").name == "床位数" and draft.rules == entry().rules
    assert filled(HOMES + "template/") and "床位数" in str(
        [c.value for c in openpyxl.load_workbook(io.BytesIO(filled(HOMES + "template/")))["信息项"]["B"]]
    )  # the clerk goes on with the draft


@pytest.mark.requirement("R015")
def test_a_new_entry_by_workbook_gets_its_code(prepared):
    page = upload(NEW + "upload/", filled(NEW + "template/", *NEW_CELLS)).content.decode()
    assert "资源代码：1010002/000003" in page
    assert "已由本部门其他资源使用" in upload(NEW + "upload/", filled(NEW + "template/", *NEW_CELLS)).content.decode()
    again = filled("/catalog/minzheng/subsidies/template/", ("信息项", "N2", "GB/T 1"), ("信息项", "C3", None))
    upload("/catalog/minzheng/subsidies/upload/", again)
    version = CatalogVersion.objects.get()
    assert version.document["items"][0]["standard"] == "GB/T 1" and version.document["code"] == "1010002/000003"
    edit = as_user("minzheng_clerk").get("/catalog/minzheng/subsidies/edit/").content.decode()
    assert "下载模板" in edit
    form = {
        "name": "高龄津贴", "abstract": "改。", "update_cycle": "monthly", "sharing": "有条件共享",
        "sharing_condition": "经同意",
        "opening": "不予开放", "operation": "有条件授权", "obtained_by": "直接汇聚", "keys": "yes",
        "item-1-code": "number", "item-1-name": "编号", "item-1-key": "on", "item-1-grade": "2",
        "item-1-required": "on",
    }  # fmt: skip
    as_user("minzheng_clerk").post("/catalog/minzheng/subsidies/edit/", form)
    document = CatalogVersion.objects.get().document
    assert document["abstract"] == "改。" and document["items"][0]["standard"] == "GB/T 1"  # not in the form: stays


def test_every_mistake_is_on_the_page_and_nothing_is_kept(prepared):
    wrong = filled(HOMES + "template/", ("资源信息", "B5", None), ("信息项", "E3", "<b>一百</b>"))
    answer = upload(HOMES + "upload/", wrong)
    page = answer.content.decode()
    assert answer.status_code == 422 and "第5行B列“资源名称”未填写" in page and "第3行E列“长度”" in page
    assert "<b>一百" not in page
    for content, words in ((b"<html>", "不是可读取的Excel工作簿"), (b"x" * (2 * 1024 * 1024 + 1), "文件超过2MB")):
        answer = upload(HOMES + "upload/", content)
        assert answer.status_code == 422 and answer.content.decode().count('role="alert"') == 1
        assert words in answer.content.decode()
    assert not CatalogVersion.objects.exists()


@pytest.mark.requirement("R003")
def test_a_workbook_that_is_not_declared_is_not_read(prepared):
    content = filled(HOMES + "template/", ("信息项", "B7", "床位数"))
    for query, fields in (("", {}), ("?secrecy=涉密", {}), ("?secrecy=非涉密", {"declared": ""})):
        answer = upload(HOMES + "upload/", content, query=query, **fields)
        assert answer.status_code == 422 and "未收到文件" in answer.content.decode()
    assert not CatalogVersion.objects.exists()


@pytest.mark.requirement("R019")
def test_a_claim_by_workbook_becomes_a_reference_without_loss(prepared):
    content = filled(HOMES + "template/", ("信息项", "K3", "法人名称"), ("信息项", "N3", "GB/T 2"))
    page = upload(HOMES + "upload/", content).content.decode()
    assert "改为引用" in page and SourceConflict.objects.get().element == "法人名称"
    as_user("minzheng_clerk").post("/catalog-versions/to-references/", {"entry": button(page)})
    item = CatalogEntry.model_validate(CatalogVersion.objects.get().document).item("name")
    assert (item.references, item.source_of, item.standard) == (
        "shichang.enterprise_registration.name", None, "GB/T 2",
    )  # fmt: skip


@pytest.mark.requirement("R016")
def test_only_the_departments_clerk_has_its_template(prepared):
    content = filled(HOMES + "template/")
    for name in ("gongdian_clerk", "minzheng_head", "bureau_approver"):
        assert as_user(name).get(HOMES + "template/").status_code == 403
        assert upload(HOMES + "upload/", content, who=name).status_code == 403
    for name in ("minzheng_head", "bureau_approver", "auditor"):
        assert as_user(name).get(NEW + "template/").status_code == 403
        assert upload(NEW + "upload/", content, who=name).status_code == 403
    assert as_user("minzheng_clerk").get(HOMES + "upload/").status_code == 405
