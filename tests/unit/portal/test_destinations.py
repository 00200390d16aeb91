"""数据去向: a department sees every grant, subset and product that uses its resources, and only its own."""

from __future__ import annotations

import csv
import datetime as dt
import io
from itertools import pairwise
from uuid import uuid4

import openpyxl
import pytest

from lineage.events import emit
from registry import demo
from registry.actions import act_on_grant, draft_grant
from registry.models import Account, AuditEvent, GrantRecord, Party
from scheme.protocols import Column, ColumnEdge, LineageNode
from tests.unit.portal.accounts import as_user

pytestmark = pytest.mark.django_db
MADE = dt.datetime(2026, 9, 20, 8, 5, tzinfo=dt.timezone(dt.timedelta(hours=8)))
SUBSET = "authorized.s1.auth_s1__electricity"
PRODUCT = "product.s1.enterprise_status_verification"


def page(name: str, department: str) -> str:
    return as_user(name).get(f"/destinations/{department}/").content.decode()


def rows(name: str, department: str) -> list[dict[str, str]]:
    content = as_user(name).get(f"/destinations/{department}/file/csv/").content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content)))


def record_lineage(*chain: str, column: str = "c") -> None:
    for source, target in pairwise(chain):
        edge = ColumnEdge(column, source, column, "DIRECT", "TRANSFORMATION", masking=True)
        emit.step(
            f"make {target}", uuid4(), inputs=[LineageNode(source, (Column(column, "text"),))],
            outputs=[LineageNode(target, (Column(column, "text"),), "v1", (edge,))],
            started=MADE, ended=MADE, job_type="MODEL", sql="select 1",
        )  # fmt: skip


@pytest.mark.requirement("R127")
def test_a_utility_reads_who_uses_its_data_in_which_form_until_when(prepared):
    record_lineage("delivery.gongdian.electricity_monthly", SUBSET, PRODUCT)
    (row,) = rows("gongdian_clerk", "gongdian")
    assert (row["授权编号"], row["授权状态"], row["当前是否供数"]) == ("S1", "生效", "是")
    assert row["授权期限"] == "2025年9月1日至2027年8月31日" and row["使用方式"] == "提供数据项"
    assert row["授权数据项及形式"] == "统一社会信用代码（令牌）：密钥令牌；月份：原值；用电指数：指数化"
    assert row["子集最近发布"] == "2026年9月20日 08:05" and "2026年9月20日 08:05" in row["数据产品"]
    text = page("gongdian_clerk", "gongdian")
    assert "济宁诚鉴企业征信有限公司" in text and "经营活跃度" in text and "2026年9月20日 08:05 最近发布" in text


def test_before_any_build_nothing_is_said_to_be_published(prepared):
    (row,) = rows("gongdian_clerk", "gongdian")
    assert row["子集最近发布"] == "尚未发布" and "尚未制作" in row["数据产品"]


def test_an_unused_resource_and_one_that_only_selects_rows_are_listed_too(prepared):
    found = {r["资源名称"]: r for r in rows("bureau_handler", "weijian")}
    selects = next(r for r in found.values() if r["授权编号"])
    assert selects["使用方式"] == "仅作筛选条件" and selects["授权数据项及形式"] == "不提供数据项"
    unused = [r["资源名称"] for r in rows("bureau_handler", "waibu") if r["使用方式"] == "尚无授权使用"]
    assert unused and all(name in page("bureau_handler", "waibu") for name in unused)


def test_a_use_through_an_integrated_base_is_found_in_lineage(prepared):
    base, subset = "platform.integrated.enterprise", "authorized.s1.auth_s1__firms"
    record_lineage("delivery.renshe.employer_insurance", base, subset, column="capital_band")
    found = {r["授权子集"].split("（")[0]: r for r in rows("bureau_handler", "renshe")}
    assert found["小微企业登记"]["使用方式"] == "经融合表提供数据项（由血缘得出）"
    assert found["小微企业登记"]["授权数据项及形式"].startswith("注册资本分档：分档（10万元以下")


def test_a_closed_grant_stays_listed_with_why_it_does_not_supply(prepared):
    act_on_grant("S1", "暂时关闭", by=Account.objects.get(username="industry"), reason="限期整改")
    (row,) = rows("gongdian_clerk", "gongdian")
    assert row["授权状态"] == "暂时关闭" and row["当前是否供数"] == "否：状态为“暂时关闭”"


def test_a_draft_of_a_developer_is_not_shown(prepared):
    draft = demo.read_grant("grant_s1.yml").model_copy(update={"grant": "S7"})
    draft_grant(draft, Party.objects.get(code="dev-s1"), by=Account.objects.get(username="developer_s1"))
    assert [r["授权编号"] for r in rows("gongdian_clerk", "gongdian")] == ["S1"]


@pytest.mark.parametrize(
    ("name", "own", "other"),
    [
        ("minzheng_clerk", 200, 403), ("minzheng_head", 200, 403), ("gongdian_clerk", 403, 200),
        ("bureau_handler", 200, 200), ("bureau_approver", 200, 200), ("auditor", 200, 200), ("engineer", 200, 200),
        ("developer_s1", 403, 403), ("primary_reviewer", 403, 403), ("security", 403, 403), ("industry", 403, 403),
    ],
)  # fmt: skip
def test_the_matrix_of_accounts_and_departments(prepared, name, own, other):
    client = as_user(name)
    for department, expected in (("minzheng", own), ("gongdian", other)):
        for path in ("", "file/csv/", "file/xlsx/"):
            assert client.get(f"/destinations/{department}/{path}").status_code == expected, path
    assert client.get("/destinations/nowhere/").status_code == 403
    assert ("数据去向" in client.get("/").content.decode()) == (200 in (own, other))


def test_a_department_is_led_to_its_page_and_the_bureau_chooses(prepared):
    assert as_user("minzheng_clerk").get("/destinations/").url == "/destinations/minzheng/"
    assert "/destinations/gongan/" in as_user("auditor").get("/destinations/").content.decode()
    assert as_user("auditor").get("/destinations/gongan/file/pdf/").status_code == 404


def test_hostile_text_is_escaped_on_the_page_and_text_in_the_files(prepared):
    record = GrantRecord.objects.get(grant="S1")
    record.document["tables"][5]["purpose"] = "=cmd|' /C calc'!A0"
    record.document["scenario"]["name"] = "<script>alert(1)</script>"
    record.document["developer"]["name"] = "https://example.com"
    record.save()
    text = page("gongdian_clerk", "gongdian")
    assert "<script>alert" not in text and "&lt;script&gt;alert" in text and "登记内容与签署内容不一致" in text
    (row,) = rows("gongdian_clerk", "gongdian")
    assert row["用途"] == "'=cmd|' /C calc'!A0"
    content = as_user("gongdian_clerk").get("/destinations/gongdian/file/xlsx/").content
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    cells = [c for line in sheet.iter_rows() for c in line]
    assert {c.data_type for c in cells if c.value is not None} == {"s"} and not any(c.hyperlink for c in cells)
    assert "=cmd|' /C calc'!A0" in [c.value for c in cells]
    event = AuditEvent.objects.latest("seq")
    assert (event.actor, event.action, event.object) == ("gongdian_clerk", "下载数据去向", "department:gongdian")
