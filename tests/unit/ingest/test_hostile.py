"""Files that nobody would send in good faith, and those that only look so: one clear refusal, nothing half-written."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
import xlwt

from orchestration.ingest import archive
from tests.district import ROOT
from tests.unit.ingest.test_landing import HEADERS, ROWS, csv_text, deliver, landed_rows, write_as
from warehouse import batches, paths


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return path


def workbook(path: Path, rows: list[list[object]], **options) -> Path:
    book = xlsxwriter.Workbook(str(path), options)
    sheet = book.add_worksheet()
    for i, row in enumerate(rows):
        sheet.write_row(i, 0, row)
    book.close()
    return path


@pytest.mark.parametrize("name", ["登记.csv", "../../etc/passwd", "/absolute.csv", "__MACOSX_no/名称.csv"])
def test_the_one_file_of_an_archive_lands_and_its_name_is_no_path(home, tmp_path, name):
    batch = deliver(zipped(tmp_path / "a.zip", {name: csv_text(ROWS).encode("gb18030"), "__MACOSX/._x": b"junk"}))
    assert landed_rows(batch) == ROWS and batch.format == "csv"
    assert not list(tmp_path.rglob("passwd"))


def test_a_workbook_in_an_archive_lands(home, tmp_path):
    inner = write_as("xlsx", tmp_path / "a.xlsx").read_bytes()
    assert landed_rows(deliver(zipped(tmp_path / "a.zip", {"a.xlsx": inner}))) == ROWS


def nested() -> bytes:
    inner = io.BytesIO()
    zipped_inner = zipfile.ZipFile(inner, "w")
    zipped_inner.writestr("a.csv", csv_text(ROWS))
    zipped_inner.close()
    return inner.getvalue()


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"a.csv": b"1", "b.csv": b"2"}, "holds 2 files"),
        ({}, "holds 0 files"),
        ({"a.zip": nested()}, "another archive"),
        ({"a.csv": b"0" * (300 << 20)}, "grows beyond"),
        ({"[Content_Types].xml": b"", "xl/worksheets/sheet1.xml": b" " * (300 << 20)}, "grows beyond"),
    ],
)
def test_archives_out_of_bounds_are_refused(home, tmp_path, members, words):
    refused = deliver(zipped(tmp_path / "a.zip", members))
    assert refused.state == "refused" and words in refused.refusal
    assert batches.landed("test", "things") == [] and not list(paths.spill().iterdir())


def test_an_archive_that_lies_about_its_size_is_not_believed(home, tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "_SMALL", 1 << 20)
    content = zipped(tmp_path / "a.zip", {"a.csv": b"0" * (8 << 20)}).read_bytes()
    (tmp_path / "a.zip").write_bytes(content.replace(struct.pack("<I", 8 << 20), struct.pack("<I", 100)))
    assert deliver(tmp_path / "a.zip").state == "refused"


def test_an_encrypted_archive_is_refused(home, tmp_path):
    content = bytearray(zipped(tmp_path / "a.zip", {"a.csv": csv_text(ROWS).encode()}).read_bytes())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + place] |= 1
    (tmp_path / "a.zip").write_bytes(content)
    assert "password" in deliver(tmp_path / "a.zip").refusal


@pytest.mark.parametrize("size", [5 << 20, 20 << 20, 100 << 20])
def test_of_rows_around_a_long_line_none_is_lost(home, tmp_path, size):
    """The engine leaves a line out, without a word, that is longer than its buffers."""
    file = tmp_path / "long.csv"
    text = csv_text(ROWS).encode()
    file.write_bytes(text + b"A4," + b"x" * size + b",4\n" + csv_text([["A5", "y", "5"]]).encode().splitlines()[1])
    batch = deliver(file)
    assert (batch.state, batch.rows_landed) == (("landed", 5) if size < 16 << 20 else ("refused", 0))


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_one_endless_line_is_refused_and_never_held_in_memory(home, tmp_path, kind):
    """The peak is that of a process that does nothing else."""
    file = tmp_path / "long"
    with file.open("wb") as out:
        out.write((",".join(HEADERS) + "\n").encode() if kind == "csv" else b'[{"')
        for _ in range(1024):
            out.write(b"x" * (1 << 20))
    code = (
        "import sys; from pathlib import Path; from tests.unit.ingest.test_landing import deliver;"
        "state = deliver(Path(sys.argv[1])).state; peak = Path('/proc/self/status').read_text().split('VmHWM:')[1];"
        "print('\\n', state, peak.split()[0])"
    )
    done = subprocess.run([sys.executable, "-c", code, str(file)], cwd=ROOT, capture_output=True, text=True, check=True)
    state, kibibytes = done.stdout.splitlines()[-1].split()
    assert state == "refused" and int(kibibytes) < 400 << 10


def test_two_thousand_columns_are_refused_in_one_short_line(home, tmp_path):
    refused = deliver(workbook(tmp_path / "wide.xlsx", [[*HEADERS, *(f"列{i}" for i in range(2000))], ["A"] * 2003]))
    assert refused.state == "refused" and len(refused.refusal) < 400


def test_headers_given_twice_are_named(home, tmp_path):
    file = tmp_path / "twice.csv"
    file.write_text("编号,名称,数量,数量\n1,2,3,4\n", "utf-8")
    assert "given twice: 数量" in deliver(file).refusal


def test_formulas_land_as_their_results_and_those_without_are_set_apart(home, tmp_path):
    book = xlsxwriter.Workbook(str(tmp_path / "f.xlsx"))
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEADERS)
    for i, (formula, result) in enumerate([("=1+2", 3), ("=1/0", "#DIV/0!")], 1):
        sheet.write_row(i, 0, [f"A{i}", "甲"])
        sheet.write_formula(i, 2, formula, value=result)
    book.close()
    batch = deliver(tmp_path / "f.xlsx")
    assert landed_rows(batch) == [["A1", "甲", "3"]]
    assert batch.quarantine_reasons == {"formula_error": 1}


def test_formulas_nobody_calculated_are_no_empty_cells(home, tmp_path):
    from openpyxl import Workbook

    book = Workbook()
    for row in (HEADERS, ["A1", "甲", "=1+1"], ["A2", "乙", 5]):
        book.active.append(row)
    book.save(tmp_path / "f.xlsx")
    batch = deliver(tmp_path / "f.xlsx")
    assert landed_rows(batch) == [["A2", "乙", "5"]]
    assert batch.quarantine_reasons == {"formula_without_value": 1}


def test_a_title_and_merged_headers_in_two_rows_are_found(home, tmp_path):
    book = xlsxwriter.Workbook(str(tmp_path / "m.xlsx"))
    sheet = book.add_worksheet()
    sheet.merge_range(0, 0, 0, 2, "登记情况统计表（2026年）")
    sheet.merge_range(1, 0, 2, 0, "编号")
    sheet.merge_range(1, 1, 1, 2, "登记情况")
    sheet.write_row(2, 1, ["名称", "数量"])
    for i, row in enumerate(ROWS):
        sheet.write_row(3 + i, 0, row)
    book.close()
    assert landed_rows(deliver(tmp_path / "m.xlsx")) == ROWS


def test_an_old_workbook_lands_like_a_new_one(home, tmp_path):
    book = xlwt.Workbook()
    sheet = book.add_sheet("数据")
    for i, row in enumerate([HEADERS, *ROWS]):
        for j, cell in enumerate(row):
            sheet.write(i, j, int(cell) if cell.isdigit() else cell)
    book.save(str(tmp_path / "old.xls"))
    batch = deliver(tmp_path / "old.xls")
    assert landed_rows(batch) == ROWS and batch.format == "xls"


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "+1+1", "@SUM(A1)", "-2+3"])
def test_text_that_a_spreadsheet_would_run_lands_as_text(home, tmp_path, text):
    path = workbook(tmp_path / "x.xlsx", [HEADERS, ["A1", text, "1"]], strings_to_formulas=False)
    assert landed_rows(deliver(path)) == [["A1", text, "1"]]


def test_damaged_text_is_set_apart_and_line_breaks_are_not_damage(home, tmp_path):
    rows = [["A1", "备\ufffd\ufffd案", "1"], ["A2", "带\x07铃", "2"], ["A3", "两\n行\t制表", "3"], ["A4", "好", "4"]]
    file = tmp_path / "d.csv"
    file.write_text(csv_text(rows), "utf-8")
    batch = deliver(file)
    assert landed_rows(batch) == rows[2:]
    assert batch.quarantine_reasons == {"damaged_text": 2}


def test_a_repeated_heading_row_is_set_apart(home, tmp_path):
    file = tmp_path / "h.csv"
    file.write_text(csv_text([ROWS[0], HEADERS, ROWS[1]]), "utf-8")
    batch = deliver(file)
    assert landed_rows(batch) == ROWS[:2] and batch.quarantine_reasons == {"leaked_heading": 1}
    assert pl.read_parquet(batch.quarantine)["_row_number"].to_list() == [2]
