"""`suyuan quality report` and `notice`: files that are whole, one line for what does not fit."""

from __future__ import annotations

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from cli.quality import app
from expectations.models import Order
from tests.unit.expectations import printed
from tests.unit.expectations.printed import BAD, dispatched


@pytest.fixture(autouse=True)
def prepared(home, db, tmp_path, monkeypatch) -> None:
    printed.prepare(tmp_path, monkeypatch)


def quality(*arguments: object):
    return CliRunner().invoke(app, [str(a) for a in arguments])


def test_a_report_in_each_form_of_each_department_and_the_month(tmp_path):
    done = quality("report", "-o", tmp_path / "out", "--month", "2026-09")
    assert done.exit_code == 0, done.output
    names = sorted(p.name for p in (tmp_path / "out").iterdir())
    bases = ("全区公共数据质量月报（2026年9月）_20260924", "济宁市兖州区民政局数据质量报告_20260924")
    assert names == sorted(f"{b}.{f}" for b in bases for f in ("html", "pdf", "xlsx"))
    book = load_workbook(tmp_path / "out" / f"{bases[1]}.xlsx")
    assert book["问题数据清单"].max_row == len(BAD) + 1


def test_one_form_of_one_department(tmp_path):
    assert quality("report", "-o", tmp_path / "out", "--department", "minzheng", "--format", "pdf").exit_code == 0
    assert [p.suffix for p in (tmp_path / "out").iterdir()] == [".pdf"]


def test_the_notice_of_an_order_and_its_draft(tmp_path):
    number = Order.objects.get(rule="Q99").number
    draft = quality("notice", number, "-o", tmp_path / "n.pdf")
    assert draft.exit_code == 0 and "draft: not dispatched yet" in draft.output
    dispatched()
    done = quality("notice", number, "-o", tmp_path / "n.pdf")
    assert done.exit_code == 0 and "draft" not in done.output
    assert "拟稿" not in printed.pdf_text((tmp_path / "n.pdf").read_bytes())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["report", "-o", "{}/out", "--month", "2026-13"], "'2026-13' is no month: write it as 2026-09"),
     (["report", "-o", "{}/out", "--month", "2026-10"], "2026-10 has not begun yet"),
     (["report", "-o", "{}/out", "--department", "nowhere"], "nowhere is no department of the catalog"),
     (["report", "-o", "{}/out", "--department", "gongdian"], "gongdian has no resources in the catalog"),
     (["report", "-o", "{}/d24.csv"], "d24.csv is no folder"),
     (["notice", "ZG-2099-0001", "-o", "{}/n.pdf"], "ZG-2099-0001 is no remediation order"),
     (["notice", "ZG-2026-0001", "-o", "{}/n.doc"], "n.doc must end in .pdf, .html or .xlsx")],
)  # fmt: skip
def test_what_does_not_fit_is_one_line_and_writes_nothing(tmp_path, arguments, said):
    before = sorted(p.name for p in tmp_path.iterdir())
    done = quality(*(a.format(tmp_path) for a in arguments))
    assert done.exit_code == 2 and said in done.output and len(done.output.strip().splitlines()) == 1
    assert sorted(p.name for p in tmp_path.iterdir()) == before
