"""Documents of an order: every field present, each counted day, row references and no values, whoever reads them."""

from __future__ import annotations

import io
import re
import zipfile

import pdfplumber
import pytest

from expectations.documents import rendering, workbook
from expectations.documents.content import Document, Field, Listing
from expectations.documents.dispute import dispute
from expectations.documents.extension import extension
from expectations.documents.feedback import feedback
from expectations.documents.notice import notice
from expectations.models import Letter, Order
from expectations.orders import letters
from registry.models import Account, AuditEvent, PrintedDocument
from registry.printing.typeset import Foot
from tests.unit.expectations import printed
from tests.unit.expectations.printed import BAD, deliver, dispatched, do, pdf_form, pdf_text, sheets, uses, who

HOSTILE = '#import "x" #read("/etc/passwd") $a^2$ *粗* _斜_ ] ) } @ref <lab> // 注 \\ <script>alert(1)</script> =1+1'


@pytest.fixture(autouse=True)
def prepared(home, db, tmp_path, monkeypatch) -> None:
    printed.prepare(tmp_path, monkeypatch)


@pytest.fixture
def order() -> Order:
    return dispatched()


def letter(kind: str, **content: str) -> Letter:
    drafted = letters.draft(Order.objects.get(rule="Q99").number, kind, content, by=who("minzheng_clerk"))
    return letters.act_on_letter(drafted.pk, "签发", by=who("minzheng_head"))


def pdf_of(document: Document) -> bytes:
    return rendering.pdf_file(document, rendering.issued(document, None))


AROUND = [
    "演示数据，不反映真实情况", "数据质量问题整改通知单", "编号：ZG-2026-0001", "发文字号：", "附件问题数据清单",
    "区大数据主管部门（演示）2026年9月24日", "共25条，以上为前20条；全部清单见同名电子表格（XLSX）。",
]  # fmt: skip
FIELDS = {
    "数源部门": ["济宁市兖州区民政局"],
    "资源名称及代码": ["测试救助对象（资源代码：1010002/000099）"],
    "批次、交付时间": ["20260924T090000-", "，2026年9月24日09:00交付"],
    "问题描述": ["性别不在代码表内。", "规则Q99；信息项：性别；维度：准确性；严重程度：严重；来源：质量检查。",
             "问题记录25条，检查记录60条，占比41.667%。"],
    "受影响的授权场景和产品": ["养老服务设施布局（授权S9）：授权子集“低保人员”", "数据产品：季度分析报告。"],
    "整改要求": ["《数据质量整改情况反馈单》", "《数据质量问题异议说明》", "《延期整改申请单》",
             "暂停向受影响的授权场景供数"],
    "整改期限": ["自收到之日起5个工作日（2026年9月24日送达），即2026年10月9日前（含当日）。",
             "第1日，2026年9月28日（星期一）；第2日，2026年9月29日（星期二）；第3日，2026年9月30日（星期三）；"
             "第4日，2026年10月8日（星期四）；第5日，2026年10月9日（星期五）。"],
    "依据": ["实施方案（试行）》第八条（【数据治理】）：",
           "“数源部门应加强源头数据质量管控，通过一体化大数据平台依法合规开展公共数据资源的共享、开放、校核、更新、"
           "安全管理工作，确保数据完整性、一致性、准确性和及时性。运营开发过程中发现公共数据质量问题的，"
           "区大数据主管部门应督促数源部门在规定期限内完成数据治理。”"],
    "联系人、电话": ["区大数据主管部门数据治理科电话："],
    "附件": ["问题数据清单，共25条"],
}  # fmt: skip


@pytest.mark.requirement("R022")
def test_the_notice_says_everything_in_every_form(order, tmp_path):
    document = notice(order, uses)
    content = pdf_of(document)
    text, form = pdf_text(content), pdf_form(content)
    for said in AROUND:
        assert said in text, said
    page = re.sub(r"<[^>]+>|\s", "", rendering.page(document))
    rendering.write(document, tmp_path / "n.xlsx", "xlsx", Foot())
    book = {r[0]: re.sub(r"\s", "", r[1] or "") for r in sheets(tmp_path / "n.xlsx")["正文"]}
    for label, words in FIELDS.items():
        for said in words:
            assert said in form[label] and said in book[label] and f"{label}" in page and said in page, said
    assert (form["承办人"], form["审核人"], form["签发人"]) == (
        "区大数据主管部门承办人（演示）", "区大数据主管部门审核人（演示）", "",
    )  # fmt: skip


@pytest.mark.requirement("R026")
def test_problem_rows_stand_by_reference_twenty_on_paper_all_in_the_workbook_never_a_value(order, tmp_path):
    document = notice(order, uses)
    rendering.write(document, tmp_path / "n.xlsx", "xlsx", Foot())
    rows = sheets(tmp_path / "n.xlsx")["问题数据清单"]
    assert rows[0] == ("序号", "批次", "行号")
    assert [int(r[2]) for r in rows[1:]] == list(BAD) and {r[1] for r in rows[1:]} == {order.first_batch}
    assert [int(r[2]) for r in document.attachments[0].rows] == list(BAD[:20])
    everything = pdf_text(pdf_of(document)) + rendering.page(document) + str(rows)
    assert "37081219500101" not in everything


def test_the_pdf_is_a4_with_embedded_fonts_a_page_number_and_its_foot_on_every_page(order):
    document = notice(order, uses)
    foot = rendering.issued(document, None)
    with pdfplumber.open(io.BytesIO(rendering.pdf_file(document, foot))) as pdf:
        assert len(pdf.pages) == 3
        for number, page in enumerate(pdf.pages, 1):
            assert (round(page.width), round(page.height)) == (595, 842)
            text = re.sub(r"\s", "", page.extract_text())
            assert f"—{number}—" in text and foot.number in text and foot.digest in text and foot.code in text
            left = min(c["x0"] for c in page.chars if c["text"].strip())
            assert left >= 28 / 25.4 * 72 - 1
            assert all(re.match(r"[A-Z]{6}\+", c["fontname"]) for c in page.chars)  # subsets, embedded
        for font in _fonts(pdf):
            assert "FontFile3" in font or "FontFile2" in font


def _fonts(pdf):
    from pdfminer.pdftypes import resolve1

    for page in pdf.pages:
        for font in resolve1(page.page_obj.resources["Font"]).values():
            descendant = resolve1(resolve1(resolve1(font)["DescendantFonts"])[0])
            yield resolve1(descendant["FontDescriptor"])


def test_what_a_person_wrote_prints_as_it_stands(order, tmp_path):
    do("签收", "minzheng_clerk")
    document = dispute(letter("异议", matter=HOSTILE, grounds="《办法》\n第二段", evidence=""))
    form = pdf_form(pdf_of(document))
    assert form["异议事项"] == re.sub(r"\s", "", HOSTILE)
    assert form["依据"] == "《办法》第二段"
    assert "<script>" not in rendering.page(document) and "&lt;script&gt;" in rendering.page(document)
    rendering.write(document, tmp_path / "d.xlsx", "xlsx", Foot())
    assert HOSTILE in [row[1] for row in sheets(tmp_path / "d.xlsx")["正文"]]
    assert "<f>" not in zipfile.ZipFile(tmp_path / "d.xlsx").read("xl/worksheets/sheet1.xml").decode()


def test_characters_that_turn_the_reading_direction_are_not_printed(order):
    do("签收", "minzheng_clerk")
    document = dispute(letter("异议", matter="金额\u202e001\u202c元\x07", grounds="依据", evidence=""))
    field = next(f for f in document.content["fields"] if f["label"] == "异议事项")
    assert field["lines"] == ["金额001元"]


def test_the_same_content_gives_the_same_bytes(order):
    document = notice(order, uses)
    assert pdf_of(document) == pdf_of(notice(order, uses))


def test_the_content_is_attached_and_its_digest_is_the_one_on_the_foot(order):
    import hashlib

    import pypdfium2

    document = notice(order, uses)
    foot = rendering.issued(document, None)
    pdf = pypdfium2.PdfDocument(rendering.pdf_file(document, foot))
    attached = pdf.get_attachment(0).get_data()
    assert hashlib.sha256(attached).hexdigest()[:12] == foot.digest


def test_before_dispatch_it_is_a_draft_without_a_code():
    document = notice(Order.objects.get(rule="Q99"), uses)
    foot = rendering.issued(document, who("bureau_handler"))
    assert document.is_draft and foot == Foot()
    text = pdf_text(rendering.pdf_file(document, foot))
    assert "（拟稿）" in text and "拟稿，未签发，不作为办理依据" in text and "校验码" not in text


def test_the_notice_stays_what_it_was_when_the_department_fixes_and_gets_more_time(order, tmp_path):
    before = notice(order, uses).content
    do("签收", "minzheng_clerk")
    asked = letter("延期", until="2026-10-15", why="国庆假期", done="已复核一半")
    letters.act_on_letter(asked.pk, "同意延期", by=who("bureau_approver"))
    deliver(tmp_path, BAD[:4], "25T09:00:00")
    order.refresh_from_db()
    assert (order.problem_count, order.due.isoformat()) == (4, "2026-10-15")
    assert notice(order, uses).content == before


@pytest.mark.requirement("R022")
def test_the_notice_is_what_was_signed_whatever_the_order_and_lineage_say_later(order, tmp_path):
    before = notice(order, uses)
    Order.objects.update(severity="warning", meaning="性别代码不规范", item="person_id", note="补记")
    Account.objects.filter(username="bureau_approver").update(first_name="继任者")
    order.refresh_from_db()
    after = notice(order, lambda dataset, column="": [])
    assert after.content == before.content and "养老服务设施布局" in str(after.content)
    assert after.listings[0].total == len(BAD)
    document = PrintedDocument.objects.get()
    event = AuditEvent.objects.get(seq=document.event_seq)
    assert (event.actor, event.object) == ("bureau_approver", f"document:{document.number}")
    foot = rendering.issued(after, who("minzheng_clerk"))
    assert foot.number == document.number and PrintedDocument.objects.count() == 1


@pytest.mark.requirement("R022")
def test_a_problem_that_is_back_is_a_notice_of_its_own_sent_by_the_system(order, tmp_path, monkeypatch):
    first = notice(order, uses).content
    monkeypatch.setenv("SUYUAN_NOW", "2026-09-28T10:00:00")
    deliver(tmp_path, (), "28T09:00:00")
    order.refresh_from_db()
    assert order.state == "已办结" and notice(order, uses).content == first
    monkeypatch.setenv("SUYUAN_NOW", "2026-10-12T10:00:00")
    batch = deliver(tmp_path, BAD[:3], "29T09:00:00")
    order.refresh_from_db()
    again = notice(order, uses).content
    said = {f["label"]: "".join(f["lines"]) for f in again["fields"]}
    assert again["date"] == "2026年10月12日" and "养老服务设施布局" in str(again)
    assert batch in said["批次、交付时间"] and "问题记录3条" in said["问题描述"]
    assert "为第1次重新办理" in said["问题描述"] and "即2026年10月19日前" in said["整改期限"]
    assert PrintedDocument.objects.count() == 2 and PrintedDocument.objects.last().content == again
    assert AuditEvent.objects.get(seq=PrintedDocument.objects.last().event_seq).actor == "system"
    Order.objects.update(severity="warning", meaning="性别代码不规范")
    order.refresh_from_db()
    assert notice(order, lambda dataset, column="": []).content == again


def test_an_extension_says_until_when_and_what_the_bureau_answered(order):
    do("签收", "minzheng_clerk")
    asked = letter("延期", until="2026-10-15", why="国庆假期无法入户", done="已复核一半")
    assert "（由区大数据主管部门填写）" in pdf_text(pdf_of(extension(asked)))
    letters.act_on_letter(asked.pk, "同意延期", by=who("bureau_approver"), reason="理由充分")
    content = pdf_of(extension(Letter.objects.get()))
    form = pdf_form(content)
    assert form["整改通知单编号"] == order.number
    assert form["通知的整改期限"] == "2026年10月9日前（含当日），共5个工作日。"
    assert form["申请延期至"] == "2026年10月15日（延长5个工作日）"
    assert (form["理由"], form["已完成情况"]) == ("国庆假期无法入户", "已复核一半")
    assert form["办理意见"].startswith("同意延期。理由：理由充分办理人：区大数据主管部门审核人（演示）2026年9月24日")
    assert (form["经办人"], form["部门负责人"]) == ("区民政局数据专员（演示）", "区民政局负责人（演示）")
    assert "济宁市兖州区民政局2026年9月24日" in pdf_text(content)


def test_feedback_compares_before_and_after_by_batch(order, tmp_path):
    do("签收", "minzheng_clerk")
    written = letter("反馈", cause="源头录入", analysis="录入时误选", measures="逐户核实", batch="", remaining="")
    assert "以重新汇聚批次的自动复核结果为准" in pdf_text(pdf_of(feedback(written)))
    batch = deliver(tmp_path, BAD[:4], "25T09:00:00")
    form = pdf_form(pdf_of(feedback(Letter.objects.get())))
    assert form["原因分析"] == "原因类别：源头录入。录入时误选"
    assert (form["整改措施"], form["重新汇聚批次"], form["未完成部分及计划"]) == ("逐户核实", batch, "无。")
    assert form["整改前后对比"] == (
        f"整改前（批次{order.first_batch}）：问题记录25条，检查记录60条，占比41.667%。"
        f"整改后（批次{batch}）：问题记录4条，检查记录60条，占比6.667%。较整改前减少21条。"
    )


def test_a_make_up_workday_is_counted_and_named(monkeypatch):
    monkeypatch.setenv("SUYUAN_NOW", "2026-10-08T09:00:00")
    said = pdf_form(pdf_of(notice(dispatched(), uses)))["整改期限"]
    assert "第1日，2026年10月9日（星期五）；第2日，2026年10月10日（星期六，调休上班）；第3日，2026年10月12日" in said


def test_a_provisional_deadline_says_so(monkeypatch):
    monkeypatch.setenv("SUYUAN_NOW", "2026-12-30T09:00:00")
    document = notice(dispatched(), uses)
    said = pdf_form(pdf_of(document))["整改期限"]
    assert "（含当日，暂定）" in said and "节假日安排尚未公布，期限暂定" in said and "暂按工作日计" in said


def test_a_long_list_goes_on_on_a_next_sheet(monkeypatch, tmp_path):
    monkeypatch.setattr(workbook, "MOST", 10)
    listing = Listing("问题数据清单", ("行号",), 25, lambda: ((str(n),) for n in range(25)))
    document = Document(kind="k", title="t", number="", about="a", sender="s", is_demo=False,
                        fields=(Field("a", ("=1+1",)),), listings=(listing,))  # fmt: skip
    workbook.write(document, tmp_path / "l.xlsx", Foot())
    found = sheets(tmp_path / "l.xlsx")
    assert [len(rows) for title, rows in found.items() if title != "正文"] == [11, 11, 6]
    listed = [r[0] for title, rows in found.items() if title != "正文" for r in rows[1:]]
    assert listed == [str(n) for n in range(25)]
