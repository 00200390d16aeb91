"""Department report and monthly report: figures worked out by hand, the catalog's order, nobody ranked."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from config import clock
from expectations.documents import rendering
from expectations.documents.content import Document, Table
from expectations.documents.department_report import department_report
from expectations.documents.files import write_all
from expectations.documents.monthly import figures
from expectations.documents.monthly.figures import Handling
from expectations.documents.monthly.period import MonthError, period
from expectations.documents.monthly.report import monthly_report
from expectations.documents.monthly.sent import sent_by
from expectations.models import Order
from registry.printing.typeset import Foot
from scheme.catalog_files import load_catalog
from scheme.protocols import DataUse
from tests.unit.expectations import printed
from tests.unit.expectations.printed import BAD, deliver, dispatched, do, pdf_text, sheets, uses

USE = DataUse(
    "测试救助对象", "S9", "养老服务设施布局", "某养老服务中心", "生效", "低保人员", ("性别：原值",), "否：协议已过期",
    ("季度报告",),
)  # fmt: skip


@pytest.fixture(autouse=True)
def prepared(home, db, tmp_path, monkeypatch) -> None:
    printed.prepare(tmp_path, monkeypatch)


def catalog_of(tmp_path):
    return load_catalog(tmp_path / "catalog")


def report(tmp_path, code="minzheng", use=(USE,)) -> Document:
    return department_report(code, catalog_of(tmp_path), use)


def monthly(tmp_path, month="2026-09") -> Document:
    return monthly_report(month, catalog_of(tmp_path), uses)


def table_of(document: Document, section: str) -> Table:
    found = next(s for s in document.sections if s.heading.startswith(section))
    return next(t for b in found.blocks for t in b.tables)


def said_in(document: Document, section: str) -> str:
    found = next(s for s in document.sections if s.heading.startswith(section))
    return "\n".join(line for b in found.blocks for line in b.lines)


@pytest.mark.requirement("R023")
def test_the_departments_report_has_its_parts_with_figures_worked_out_by_hand(tmp_path):
    dispatched()
    document = report(tmp_path)
    text = pdf_text(rendering.pdf_file(document, Foot()))
    # accuracy: 性别 35/60, the record 60/60; completeness and timeliness without fault; consistency has no rule
    for said in ("济宁市兖州区民政局数据质量报告", "（截至2026年9月24日）", "一、概况", "79.1667", "93.0556",
                 "二、逐资源得分与趋势", "各资源均只有一个批次，尚无趋势。", "三、未通过规则", "（一）测试救助对象",
                 "性别不在代码表内", "41.667%", "第3、5、7行", "四、待整改事项与剩余工作日", "2026年10月9日",
                 "五、本部门数据去向", "附件：问题数据清单", "共25条，以上为前20条",
                 "第八条（【数据治理】）", "现将你单位公共数据资源质量检查情况反馈如下"):  # fmt: skip
        assert said in text, said
    assert "37081219500101" not in text
    assert table_of(document, "五").rows[0] == (
        "测试救助对象", "养老服务设施布局（S9）", "某养老服务中心", "生效，当前不供数（协议已过期）",
        "低保人员：性别：原值", "季度报告",
    )  # fmt: skip
    row = table_of(document, "四").rows[0]
    assert (row[3], row[4], row[5], row[6]) == ("待签收", "2026年10月9日", "5", "25")


def test_the_trend_stands_by_batch(tmp_path, monkeypatch):
    monkeypatch.setenv("SUYUAN_NOW", "2026-09-28T09:30:00")
    deliver(tmp_path, BAD[:13], "28T09:00:00")
    document = report(tmp_path)
    section = next(s for s in document.sections if s.heading.startswith("二"))
    present, history = section.blocks[0].tables
    first, second = history.rows
    assert (first[1], second[1], first[4]) == ("2026-09-24", "2026-09-28", "79.1667")
    assert second[4] == "89.1667"  # (47/60 + 60/60) / 2
    assert present.rows[0][1:6] == second[2:]
    assert present.rows[0][6] == f"{float(second[6]) - float(first[6]):+.4f}"


def test_orders_that_were_not_dispatched_are_not_told_to_the_department(tmp_path):
    assert "无待整改事项" in said_in(report(tmp_path), "四")


def test_a_department_without_problems_reads_so(tmp_path):
    text = pdf_text(rendering.pdf_file(report(tmp_path, "gongdian", ()), Foot()))
    assert "各资源检查规则全部通过" in text and "本部门资源尚无授权使用。" in text


def test_every_problem_row_is_in_the_workbook(tmp_path):
    path = tmp_path / "r.xlsx"
    rendering.write(report(tmp_path), path, "xlsx", Foot())
    rows = sheets(path)["问题数据清单"]
    assert rows[0] == ("资源", "问题", "规则", "批次", "行号")
    assert [r[4] for r in rows[1:]] == [str(n) for n in BAD] and {r[2] for r in rows[1:]} == {"Q99"}


def made(number: int, sent: str, due: str, state="整改中", closed="", department="minzheng") -> Order:
    day = dt.date.fromisoformat
    return Order.objects.create(
        number=f"ZG-2026-9{number:03}", origin="check", department=department, resource="things", dataset="d",
        rule=f"r{number}", dimension="accuracy", severity="critical", meaning=f"问题{number}", state=state,
        first_count=number, total_count=100, first_batch=f"b{number}", closing_batch="c" if closed else "",
        raised_at=clock.now(), raised_by="system", forward_due=day(sent), dispatched_on=day(sent), due=day(due),
        due_days=[due], closed_on=day(closed) if closed else None,
    )  # fmt: skip


def district() -> None:
    """Seven orders of minzheng, one of gongdian."""
    Order.objects.all().delete()
    made(1, "2026-09-01", "2026-09-08", "已办结", "2026-09-08")  # in time, on the last day
    made(2, "2026-09-02", "2026-09-09", "已办结", "2026-09-15")  # closed late
    made(3, "2026-09-03", "2026-09-10")  # open and late
    made(4, "2026-09-20", "2026-10-09")  # due in October
    made(5, "2026-09-03", "2026-09-10", "异议成立", "2026-09-05")  # does not count
    made(6, "2026-08-25", "2026-09-01", "已办结", "2026-08-31")  # sent in August, due in September
    made(7, "2026-09-05", "2026-09-12", "已办结", "2026-10-08")  # late at the end of September, closed since
    made(8, "2026-09-21", "2026-09-28", department="gongdian")


@pytest.mark.requirement("R022")
def test_orders_of_the_month_are_counted_as_one_counts_by_hand(monkeypatch):
    district()
    monkeypatch.setenv("SUYUAN_NOW", "2026-10-20T09:00:00")
    own = list(Order.objects.filter(department="minzheng"))
    month = period("2026-09")
    assert figures.handling(sent_by(own, month.as_of), month) == Handling(
        sent=6, due=5, in_time=2, late_closed=1, late_open=2, not_yet=0, dropped=1
    )
    monkeypatch.setenv("SUYUAN_NOW", "2026-09-24T09:00:00")
    everyone = figures.handling(sent_by(Order.objects.all(), period("2026-09").as_of), period("2026-09"))
    assert (everyone.due, everyone.in_time, everyone.late_closed, everyone.late_open, everyone.not_yet) == (
        6,
        2,
        1,
        2,
        1,
    )


def test_the_monthly_report_in_the_catalogs_order_with_stated_criteria_and_no_ranking(tmp_path, monkeypatch):
    district()
    monkeypatch.setenv("SUYUAN_NOW", "2026-09-24T09:30:00")
    document = monthly(tmp_path)
    assert [s.heading for s in document.sections] == [
        "一、总体情况", "二、分部门情况", "三、主要问题及典型案例", "四、整改通知办理情况",
        "五、对授权场景和产品的影响", "六、下步工作",
    ]  # fmt: skip
    assert [t.title for t in document.attachments] == ["指标口径", "规则清单"]
    assert [r[0] for r in table_of(document, "四").rows] == ["区民政局", "区供电公司", "合计"]
    assert [r[1:] for r in table_of(document, "四").rows] == [
        ("6", "5", "2", "1", "2", "0", "40.0%"), ("1", "1", "0", "0", "0", "1", "—"),
        ("7", "6", "2", "1", "2", "1", "40.0%"),
    ]  # fmt: skip
    attention = said_in(document, "二")
    assert "综合得分低于90" in attention and "区民政局：逾期整改事项2件" in attention and "区供电公司" not in attention
    text = pdf_text(rendering.pdf_file(document, Foot()))
    assert not re.search("末位|排名|第一名|倒数", text)
    cases = said_in(document, "三")
    assert "用时5个工作日" in cases and "ZG-2026-9001" in cases and "ZG-2026-9006" not in cases
    assert "对逾期未办结的2件整改事项（区民政局）予以督办" in said_in(document, "六")
    assert table_of(document, "五").rows[0][2] == "季度分析报告"


def test_scores_and_their_change_are_those_of_the_months(tmp_path, monkeypatch):
    assert [r[0] for r in table_of(monthly(tmp_path), "一").rows] == ["本月", "上月", "环比"]
    assert table_of(monthly(tmp_path), "一").rows[0][5] == "93.0556"
    assert "上月无检查结果" in said_in(monthly(tmp_path), "一")
    monkeypatch.setenv("SUYUAN_NOW", "2026-10-12T09:30:00")
    deliver(tmp_path, BAD[:13], "28T09:00:00")
    now, before, moved = table_of(monthly(tmp_path, "2026-10"), "一").rows
    assert (now[3], before[3], before[5], moved[3]) == ("89.1667", "79.1667", "93.0556", "+10.0000")
    september = table_of(monthly(tmp_path, "2026-09"), "一").rows
    assert september[0][5] == "93.0556"
    assert "（截至2026年9月30日）" in monthly(tmp_path, "2026-09").subtitles


def test_collection_of_the_month(tmp_path):
    said = said_in(monthly(tmp_path), "一")
    assert "资源目录在用资源1项，截至2026年9月24日已汇聚1项，汇聚率100.0%" in said
    assert "本月汇聚1批次，落地记录60条，隔离记录0条" in said
    assert "已汇聚0项，汇聚率0.0%。本月汇聚0批次" in said_in(monthly(tmp_path, "2026-08"), "一")


@pytest.mark.parametrize("wrong", ["2026-13", "2026-9", "202609", "2026-10", "x", "2026-00", ""])
def test_what_is_no_month_is_refused(tmp_path, wrong):
    with pytest.raises(MonthError):
        monthly(tmp_path, wrong)


def test_every_form_is_written_and_one_document_issued(tmp_path):
    do("拟发", "bureau_handler")
    paths = list(write_all(monthly(tmp_path), tmp_path / "out", ("html", "pdf", "xlsx")))
    assert [p.name for p in paths] == [
        f"全区公共数据质量月报（2026年9月）_20260924.{f}" for f in ("html", "pdf", "xlsx")
    ]
    assert paths[1].read_bytes()[:5] == b"%PDF-"
    text = paths[0].read_text("utf-8")
    code = re.search(r"校验码 ([0-9A-Z-]{14})", text)
    assert code and code[1] in pdf_text(paths[1].read_bytes())
    assert not re.search(r'(?:src|href)="', text)  # self-contained


def counts(month: str) -> Handling:
    found = period(month)
    return figures.handling(sent_by(Order.objects.all(), found.as_of), found)


def at(monkeypatch, when: str) -> None:
    monkeypatch.setenv("SUYUAN_NOW", f"2026-{when}T10:00:00")


@pytest.mark.requirement("R022")
def test_a_month_stays_what_it_was_when_a_problem_comes_back(tmp_path, monkeypatch):
    dispatched()  # 24 September, due 9 October
    at(monkeypatch, "09-28")
    closing = deliver(tmp_path, (), "28T09:00:00")
    at(monkeypatch, "09-30")
    september, cases = counts("2026-09"), said_in(monthly(tmp_path), "三")
    assert (september.sent, september.due) == (1, 0)
    assert f"批次{closing}复核通过，用时1个工作日" in cases
    at(monkeypatch, "10-12")
    deliver(tmp_path, BAD[:3], "29T09:00:00")  # back: due 19 October
    at(monkeypatch, "10-20")
    assert counts("2026-09") == september and said_in(monthly(tmp_path), "三") == cases
    october = counts("2026-10")
    assert (october.sent, october.due, october.in_time, october.late_open) == (1, 2, 1, 1)
    assert "不涉及授权场景" in said_in(monthly(tmp_path), "五")
    at(monkeypatch, "10-21")
    do("撤销", "bureau_approver", "重复")
    at(monkeypatch, "11-02")
    assert counts("2026-10") == Handling(
        sent=1, due=1, in_time=1, late_closed=0, late_open=0, not_yet=0, dropped=1
    )  # fmt: skip
    assert counts("2026-09") == september


@pytest.mark.requirement("R022")
def test_an_extension_given_later_does_not_move_the_month_before(monkeypatch):
    from expectations.orders import letters

    at(monkeypatch, "09-17")
    order = dispatched()  # five working days with the make-up Sunday of 20 September: due 23 September
    assert order.due == dt.date(2026, 9, 23)
    do("签收", "minzheng_clerk")
    content = {"until": "2026-09-30", "why": "入户", "done": "一半"}
    asked = letters.draft(order.number, "延期", content, by=printed.who("minzheng_clerk"))
    letters.act_on_letter(asked.pk, "签发", by=printed.who("minzheng_head"))
    letters.act_on_letter(asked.pk, "同意延期", by=printed.who("bureau_approver"))
    written = {"matter": "无误", "grounds": "文件", "evidence": ""}
    at(monkeypatch, "09-29")
    dispute = letters.draft(order.number, "异议", written, by=printed.who("minzheng_clerk"))
    letters.act_on_letter(dispute.pk, "签发", by=printed.who("minzheng_head"))
    at(monkeypatch, "10-09")
    september = counts("2026-09")
    assert (september.due, september.late_open, september.not_yet) == (1, 0, 1)
    letters.act_on_letter(dispute.pk, "异议不成立", by=printed.who("bureau_approver"), reason="有据")
    assert Order.objects.get(pk=order.pk).due == dt.date(2026, 10, 10)  # 30 September, 8 and 9 October given back
    assert counts("2026-09") == september
    assert (counts("2026-10").due, counts("2026-10").not_yet) == (1, 1)


def test_a_dispute_that_is_being_verified_is_late_nowhere(tmp_path, monkeypatch):
    district()
    Order.objects.filter(number="ZG-2026-9003").update(state="异议核实中", paused_on=dt.date(2026, 9, 10))
    at(monkeypatch, "09-24")
    document = monthly(tmp_path)
    assert table_of(document, "四").rows[0][1:6] == ("6", "5", "2", "1", "1")
    assert "对逾期未办结的1件整改事项" in said_in(document, "六")
