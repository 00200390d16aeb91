"""Documents in the portal: who opens which, every download in the ledger, and the page that verifies them."""

from __future__ import annotations

import io
import re

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from expectations.models import Letter, Order
from expectations.orders import letters
from registry.models import AuditEvent, PrintedDocument
from tests.unit.expectations import printed
from tests.unit.expectations.printed import BAD, dispatched, do, pdf_form, pdf_text, who
from tests.unit.portal.accounts import as_user


@pytest.fixture(autouse=True)
def prepared(home, db, tmp_path, monkeypatch) -> None:
    cache.clear()
    printed.prepare(tmp_path, monkeypatch)


@pytest.fixture
def order() -> Order:
    return dispatched()


def body(answer) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_addresses_are_those_that_pages_link_to():
    assert reverse("order_document", args=["ZG-2026-0001", "page"]) == "/orders/ZG-2026-0001/notice/"
    assert reverse("order_document", args=["ZG-2026-0001", "pdf"]) == "/orders/ZG-2026-0001/notice.pdf"
    assert reverse("letter_document", args=[7, "xlsx"]) == "/letters/7/document.xlsx"
    assert reverse("department_report_file", args=["minzheng", "pdf"]) == "/quality/minzheng/report.pdf"
    assert reverse("monthly_report", args=["2026-09"]) == "/monthly/2026-09/"
    assert reverse("monthly_report_file", args=["2026-09", "xlsx"]) == "/monthly/2026-09.xlsx"


def test_the_department_opens_and_downloads_its_notice_and_the_ledger_says_so(order):
    client = as_user("minzheng_clerk")
    page = client.get(f"/orders/{order.number}/notice/").content.decode()
    assert "数据质量问题整改通知单" in page and "2026年9月28日（星期一）" in page
    document = PrintedDocument.objects.get()  # issued by the act that sent it
    assert document.number in page and "本页内容尚未出具" not in page
    assert AuditEvent.objects.get(seq=document.event_seq).actor == "bureau_approver"
    answer = client.get(f"/orders/{order.number}/notice.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert "attachment" in answer["Content-Disposition"]
    assert "性别不在代码表内" in pdf_form(body(answer))["问题描述"]
    event = AuditEvent.objects.order_by("-seq")[0]
    assert (event.action, event.object, event.actor) == (
        "下载数据质量问题整改通知单", f"document:{document.number}", "minzheng_clerk",
    )  # fmt: skip
    assert event.detail == {"form": "pdf", "about": f"order:{order.number}"}
    book = load_workbook(io.BytesIO(body(client.get(f"/orders/{order.number}/notice.xlsx"))))
    assert book["问题数据清单"].max_row == len(BAD) + 1
    assert PrintedDocument.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "status"),
    [("bureau_handler", 200), ("auditor", 200), ("minzheng_head", 200), ("gongdian_clerk", 404),
     ("developer_s1", 404), ("primary_reviewer", 404), ("security", 403)],
)  # fmt: skip
def test_who_reads_the_notice(order, name, status):
    for ending in ("/", ".pdf", ".xlsx"):
        answer = as_user(name).get(f"/orders/{order.number}/notice{ending}")
        assert answer.status_code == status
        body(answer)


def test_who_raised_a_problem_from_outside_does_not_get_the_notice(order):
    Order.objects.update(raised_by="developer_s1")
    answer = as_user("developer_s1").get(f"/orders/{order.number}/notice/")
    assert answer.status_code == 404 and "养老服务设施布局" not in answer.content.decode()


def test_a_notice_that_is_not_dispatched_is_the_bureaus_draft():
    number = Order.objects.get(rule="Q99").number
    assert as_user("minzheng_clerk").get(f"/orders/{number}/notice/").status_code == 404
    answer = as_user("bureau_handler").get(f"/orders/{number}/notice.pdf")
    assert "拟稿，未签发，不作为办理依据" in pdf_text(body(answer))
    assert not PrintedDocument.objects.exists()


def test_a_letter_leaves_the_department_when_its_head_has_signed(order):
    do("签收", "minzheng_clerk")
    content = {"matter": "数据无误", "grounds": "文件", "evidence": ""}
    drafted = letters.draft(order.number, "异议", content, by=who("minzheng_clerk"))
    address = f"/letters/{drafted.pk}/document"
    assert as_user("minzheng_head").get(f"{address}/").status_code == 200
    assert as_user("bureau_handler").get(f"{address}/").status_code == 404
    letters.act_on_letter(drafted.pk, "签发", by=who("minzheng_head"))
    assert "数据无误" in as_user("bureau_handler").get(f"{address}/").content.decode()
    assert as_user("gongdian_head").get(f"{address}.pdf").status_code == 404
    assert pdf_form(body(as_user("bureau_handler").get(f"{address}.pdf")))["异议事项"] == "数据无误"
    assert Letter.objects.count() == 1


def test_a_department_reads_its_own_report_the_bureau_every_one():
    assert "测试救助对象" in as_user("minzheng_clerk").get("/quality/minzheng/report/").content.decode()
    assert as_user("gongdian_clerk").get("/quality/minzheng/report.pdf").status_code == 403
    assert body(as_user("bureau_handler").get("/quality/minzheng/report.pdf"))[:5] == b"%PDF-"
    assert as_user("bureau_handler").get("/quality/nowhere/report.pdf").status_code == 403


def test_the_monthly_report_is_the_bureaus(order):
    assert "全区公共数据质量月报（2026年9月）" in as_user("bureau_handler").get("/monthly/2026-09/").content.decode()
    assert as_user("minzheng_head").get("/monthly/2026-09/").status_code == 403
    assert body(as_user("auditor").get("/monthly/2026-09.pdf"))[:5] == b"%PDF-"
    for wrong in ("2026-13", "2027-01", "abc"):
        answer = as_user("auditor").get(f"/monthly/{wrong}/")
        assert answer.status_code == 404 and "月" in answer.content.decode()


def test_anyone_verifies_a_code_and_reads_neither_content_nor_names(order):
    text = pdf_text(body(as_user("minzheng_clerk").get(f"/orders/{order.number}/notice.pdf")))
    printed_code = re.search(r"校验码([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})", text)[1]  # type: ignore[index]
    answer = Client().get("/verify/", {"code": printed_code})
    page = answer.content.decode()
    document = PrintedDocument.objects.get()
    event = AuditEvent.objects.get(seq=document.event_seq)
    for said in ("该文书由本平台出具", "数据质量问题整改通知单（ZG-2026-0001）", "2026年9月24日", document.sha256,
                 event.hash, f"第 {event.seq} 条", "完整，共"):  # fmt: skip
        assert said in page, said
    for kept in ("性别", "民政", "承办人（演示）", "minzheng", "测试救助对象"):
        assert kept not in page, kept
    assert Client().get(f"/verify/{printed_code}/").status_code == 200


@pytest.mark.parametrize("code", ["ABCD-EFGH-JKLM", "x", "<script>", "' OR 1=1", "甲" * 60])
def test_an_unknown_code_is_one_clear_sentence(code):
    answer = Client().get("/verify/", {"code": code})
    page = answer.content.decode()
    assert answer.status_code == 404 and "没有该校验码的文书，请核对后重新输入。" in page
    assert "<table" not in page and "<script>" not in page


def test_the_verification_page_opens_without_a_code_and_takes_no_post():
    assert Client().get("/verify/").status_code == 200
    assert Client().post("/verify/", {"code": "x"}).status_code == 405
