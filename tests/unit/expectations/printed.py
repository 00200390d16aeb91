"""A register of 60 rows with 25 bad ones, its order, and documents read back by other programs than those that made
them.

Lives here: ``prepare``, ``dispatched``, readers of PDF and xlsx. Stays out: what is asserted.
"""

from __future__ import annotations

import io
import re

import pdfplumber
from openpyxl import load_workbook

from expectations import evaluate as judging
from expectations import findings
from expectations.documents.dispatching import follow_and_send
from expectations.models import Order
from expectations.orders import acts
from orchestration.ingest.deliver import land_waiting
from registry import demo
from registry.models import Account
from scheme.catalog_files import load_catalog
from scheme.names import staging_name
from scheme.protocols import Affected
from tests.unit.ingest.test_landing import csv_text
from warehouse import versions
from warehouse.declaration import Declaration
from warehouse.engine import connect
from warehouse.inbox import hand_over

CATALOG = """
department: minzheng
resource: things
name: 测试救助对象
code: 1010002/000099
abstract: 测试
update_cycle: monthly
sharing: 无条件共享
operation: 可授权
synthetic: true
key: [person_id]
items:
  - {code: person_id, name: 人员编号, grade: 3, personal: true}
  - {code: sex_code, name: 性别, code_list: sex_code, grade: 1}
rules:
  - {rule: Q99, names: sex_code__code, dimension: accuracy, severity: critical, meaning: 性别不在代码表内}
"""
DEPARTMENTS = """
- {code: minzheng, name: 济宁市兖州区民政局, short: 区民政局}
- {code: gongdian, name: 国网山东省电力公司济宁市兖州区供电公司, short: 区供电公司, kind: 公用企业}
"""
BAD = tuple(range(3, 53, 2))  # row numbers 3, 5, … 51
RULE = "Q99"


def uses(dataset: str, column: str = "") -> list[Affected]:
    """One scenario with one product."""
    return [Affected("S9", "养老服务设施布局", "authorized.s9.t", "低保人员", ("sex_code",), ("季度分析报告",))]


def prepare(tmp_path, monkeypatch) -> None:
    """The demo's people and a catalog of one register, delivered and judged; Q99 fails on ``BAD``."""
    demo.prepare_demo()
    folder = tmp_path / "catalog"
    (folder / "minzheng").mkdir(parents=True)
    (folder / "minzheng" / "things.yml").write_text(CATALOG, "utf-8")
    (folder / "departments.yml").write_text(DEPARTMENTS, "utf-8")
    monkeypatch.setenv("SUYUAN_CATALOG", str(folder))
    deliver(tmp_path, BAD)


def deliver(tmp_path, bad: tuple[int, ...], at: str = "24T09:00:00") -> str:
    """Deliver and judge 60 rows of which these are bad; return the batch."""
    catalog = load_catalog(tmp_path / "catalog")
    entry = catalog.entry("minzheng.things")
    rows = [[f"37081219500101{n:04}", "7" if n in bad else "1"] for n in range(1, 61)]
    file = tmp_path / f"d{at[:2]}.csv"
    file.write_text(csv_text(rows, ["人员编号", "性别"]), "utf-8")
    hand_over(entry, file, Declaration(rows_declared=60, handed_over_at=f"2026-09-{at}"), "tester")
    batch = next(iter(land_waiting(entry, "tester")))
    connection = connect()
    connection.execute(
        "CREATE TABLE t AS SELECT person_id, sex_code, []::VARCHAR[] AS _invalid_items, _batch_id, _row_number, "
        f"TIMESTAMP '2026-09-20' AS _delivered_at FROM read_parquet('{batch.data}')"
    )
    name = staging_name("minzheng", "things")
    version = versions.write(connection, name, "t", key=["_batch_id", "_row_number"], batches=[batch.batch_id])
    findings.record(version, judging.evaluate(version, entry, catalog), judging.basis(version, entry))
    follow_and_send(version, entry, catalog.departments["minzheng"], findings.of_version(version), uses)
    return batch.batch_id


def who(name: str) -> Account:
    """An account of the demo."""
    return Account.objects.get(username=name)


def do(action: str, name: str, reason: str = "") -> Order:
    """One act on the order of Q99."""
    number = Order.objects.get(rule=RULE).number
    return acts.act_on_order(number, action, by=who(name), impact=uses, reason=reason)


def dispatched() -> Order:
    """The order of Q99, dispatched on 24 September 2026."""
    do("拟发", "bureau_handler")
    return do("签发", "bureau_approver")


def pdf_text(content: bytes) -> str:
    """All text of a PDF without spaces and line breaks, as pdfplumber reads it."""
    with pdfplumber.open(io.BytesIO(content)) as pdf:
        return re.sub(r"\s", "", "".join(page.extract_text() for page in pdf.pages))


def pdf_form(content: bytes) -> dict[str, str]:
    """Label → what stands beside it, of a form and its signatures, without spaces and line breaks."""
    with pdfplumber.open(io.BytesIO(content)) as pdf:
        rows = [row for page in pdf.pages for table in page.extract_tables() for row in table]
    cells = [[re.sub(r"\s", "", cell or "") for cell in row if cell is not None] for row in rows]
    return {row[i]: row[i + 1] for row in cells for i in range(0, len(row) - 1, 2)}


def sheets(path) -> dict[str, list[tuple]]:
    """Sheet → rows of a workbook, as openpyxl reads it; every cell must be text."""
    book = load_workbook(path)
    for sheet in book:
        assert {c.data_type for row in sheet.iter_rows() for c in row} <= {"s", "n"}
        assert {type(c.value) for row in sheet.iter_rows() for c in row} <= {str, type(None)}
    return {s.title: list(s.iter_rows(values_only=True)) for s in book}
