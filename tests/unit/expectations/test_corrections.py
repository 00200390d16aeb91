"""The failing rows as a workbook, corrected and delivered again: the register changes there and nowhere else."""

from __future__ import annotations

import polars as pl
import pytest
from openpyxl import load_workbook

from expectations import evaluate as judging
from expectations import findings
from expectations.corrections import NothingToCorrectError, write_corrections
from orchestration.ingest.deliver import land_waiting
from scheme.catalog import CatalogEntry
from scheme.names import staging_name
from tests.unit.ingest.test_landing import csv_text
from warehouse import batches, decisions, versions
from warehouse.declaration import Declaration
from warehouse.engine import connect
from warehouse.inbox import hand_over

HEADERS = ["编号", "性别", "数量"]
ROWS = [
    ["A1", "1", "3"],
    ["A2", "7", "400"],
    ["合计", "", ""],
    ["0", "0", "0"],
    ["A5", "2", "5", "多"],
    ["=A6", "1", "7"],
]
pytestmark = pytest.mark.django_db


def entry() -> CatalogEntry:
    document = {
        "department": "test", "resource": "things", "name": "测试资源", "code": "3/1", "abstract": "测试",
        "update_cycle": "monthly", "sharing": "无条件共享", "operation": "可授权", "key": ["thing_id"],
        "items": [
            {"code": "thing_id", "name": "编号", "required": True},
            {"code": "sex_code", "name": "性别", "code_list": "sex_code"},
            {"code": "amount", "name": "数量", "type": "I", "maximum": 100},
        ],
    }  # fmt: skip
    return CatalogEntry.model_validate(document)


def deliver(file, at: str):
    hand_over(entry(), file, Declaration(rows_declared=6, handed_over_at=f"2026-09-{at}T09:00:00"), "tester")
    return next(iter(land_waiting(entry(), "tester")))


@pytest.fixture
def base(home, tmp_path):
    """A landed batch, released row 4, its staging judged by Great Expectations."""
    file = tmp_path / "d.csv"
    file.write_text(csv_text(ROWS, HEADERS), "utf-8")
    batch = deliver(file, "20")
    decisions.decide(batch, [4], decisions.RELEASED, by="clerk", note="属实")
    connection = connect()
    connection.execute(
        "CREATE TABLE t AS SELECT thing_id, sex_code, amount::BIGINT AS amount, []::VARCHAR[] AS _invalid_items, "
        f"_batch_id, _row_number, TIMESTAMP '2026-09-20' AS _delivered_at FROM read_parquet('{batch.data}')"
    )
    version = versions.write(
        connection, staging_name("test", "things"), "t", key=["_batch_id", "_row_number"], batches=[batch.batch_id]
    )
    findings.record(version, judging.evaluate(version, entry(), None), judging.basis(version, entry()))
    return batch


def filled(path, changes: dict[str, list[str | None]]):
    """Fill in 处理方式 and cells by row number; save beside."""
    book = load_workbook(path)
    sheet = book["整改记录"]
    for row in sheet.iter_rows(min_row=2):
        for cell, value in zip(row[3:], changes.get(row[1].value, []), strict=False):
            cell.value = value
    target = path.with_name("filled.xlsx")
    book.save(target)
    return target


@pytest.mark.requirement("R023")
def test_failing_rows_are_in_the_workbook_as_text_with_drop_downs(base, tmp_path):
    made = write_corrections(entry(), tmp_path / "w.xlsx")
    sheet = load_workbook(tmp_path / "w.xlsx")["整改记录"]
    rows = {r[1]: r for r in sheet.iter_rows(min_row=2, values_only=True)}
    assert made.rows == 3 and set(rows) == {"2", "3", "5"}
    assert rows["2"][4:] == ("A2", "7", "400")
    assert len(rows["2"][2].split("；")) == 2 and "代码" in rows["2"][2]
    assert {str(v.sqref): v.formula1 for v in sheet.data_validations.dataValidation} == {
        "D2:D4": '"更正,删除,属实"', "F2:F4": "=代码表!$A$1:$A$4".removeprefix("="),
    }  # fmt: skip


@pytest.mark.requirement("R023")
def test_the_filled_workbook_delivered_is_the_redelivery(base, tmp_path):
    write_corrections(entry(), tmp_path / "w.xlsx")
    changes = {"2": ["更正", "A2", "2", "4"], "3": ["删除"], "5": ["更正", "A5", "2", "5"]}
    batch = deliver(filled(tmp_path / "w.xlsx", changes), "21")
    assert (batch.state, batch.corrects) == ("landed", base.batch_id)
    rows = pl.read_parquet(batch.data).sort("_row_number").select("thing_id", "sex_code", "amount").rows()
    assert rows == [("A1", "1", "3"), ("A2", "2", "4"), ("0", "0", "0"), ("A5", "2", "5"), ("=A6", "1", "7")]
    assert batch.quarantine_reasons == {} and batches.superseded_by(base) == batch


def test_what_the_workbook_leaves_stays_as_it_was(base, tmp_path):
    write_corrections(entry(), tmp_path / "w.xlsx")
    batch = deliver(filled(tmp_path / "w.xlsx", {k: ["属实"] for k in "235"}), "21")
    assert (batch.rows_in, batch.rows_landed) == (6, 4)
    assert batch.quarantine_reasons == {"page_footing": 1, "wrong_field_count": 1}
    before, after = (pl.read_parquet(b.quarantine).sort("_row_number") for b in (base, batch))
    kept = before.filter(pl.col("reason") != "all_zero")["raw"].to_list()
    assert after["raw"].to_list() == kept


@pytest.mark.parametrize(
    ("place", "value", "words"),
    [("A2", "20260101T000000-00000000", "not of the last"), ("B2", "99", "row 2"), ("B3", "2", "row 3"),
     ("D2", "随便", "row 2"), ("G2", "=1+1", "row 2"), ("A1", "编号", "row 1"), ("E1", "新列", "unknown")],
)  # fmt: skip
def test_a_workbook_that_does_not_fit_is_refused_and_changes_nothing(base, tmp_path, place, value, words):
    write_corrections(entry(), tmp_path / "w.xlsx")
    book = load_workbook(tmp_path / "w.xlsx")
    book["整改记录"][place] = value
    book.save(tmp_path / "bad.xlsx")
    refused = deliver(tmp_path / "bad.xlsx", "21")
    assert refused.state == "refused" and words in refused.refusal
    assert batches.landed("test", "things") == [base]


def test_a_workbook_that_cannot_be_written_is_an_error_of_the_file_system_and_leaves_nothing(base, tmp_path):
    with pytest.raises(FileNotFoundError):
        write_corrections(entry(), tmp_path / "nowhere" / "w.xlsx")
    assert not (tmp_path / "nowhere").exists()


def test_without_failing_rows_there_is_no_workbook(home, tmp_path):
    with pytest.raises(NothingToCorrectError):
        write_corrections(entry(), tmp_path / "w.xlsx")
