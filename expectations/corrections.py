"""整改工作簿: the failing rows of the last delivery as a workbook which, filled in and delivered, is the redelivery.

Lives here: writing it: problem rows and open quarantined rows with their cells as delivered, what is wrong in plain
words, and drop-downs from the code lists. Every cell is text: nothing in it is ever run as a formula.
Add here: another help for whoever corrects.
Stays out: reading it back (``orchestration.ingest.corrections``), who may have it (``portal``): it holds raw data.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from config.settings import PROJECT_ROOT
from expectations import findings
from expectations.problem_rows import problem_rows
from expectations.rules import rules_of
from scheme.catalog import CatalogEntry
from scheme.corrections import ACTIONS, FIXED, SHEET
from warehouse import batches, decisions, quarantine
from warehouse.batches import Batch
from warehouse.engine import connect, literal

MOST = 20_000
"""Rows of one workbook; more are corrected in a second round."""
_HELP = [
    "本工作簿列出最近一次汇聚批次的问题记录和隔离记录，每条一行，“问题”列为系统检查结果。",
    "请直接改正各信息项的内容；“处理方式”留空或选“更正”的，以本行内容替换原记录；选“删除”的，从资源中删除该记录；选“属实”的，保留原记录。",
    "“批次”“行号”请勿修改；新增记录的，“行号”留空。",
    "填写后在“数据汇聚”中上传本工作簿，经部门负责人签发，即完成重新汇聚；未列入的记录保持不变。",
]
_SEEDS = PROJECT_ROOT / "dbt_project" / "seeds"


class NothingToCorrectError(LookupError):
    """The last delivery has no failing rows."""


@dataclass(frozen=True)
class Made:
    """What a workbook holds; ``left_out``: failing rows beyond ``MOST``."""

    rows: int
    left_out: int


def write_corrections(entry: CatalogEntry, path: Path) -> Made:
    """Write the workbook of a resource's last delivery.

    Raises:
        NothingToCorrectError: nothing landed, or no row fails.
        OSError: ``path`` cannot be written.
    """
    landed = batches.landed(entry.department, entry.resource)
    if not landed:
        raise NothingToCorrectError(f"{entry.id} has no delivery")
    batch = landed[-1]
    wrong = _wrong(entry, batch)
    if not wrong:
        raise NothingToCorrectError(f"the last delivery of {entry.id} has no failing rows")
    listed = dict(sorted(wrong.items())[:MOST])
    made = Made(len(listed), len(wrong) - len(listed))
    scratch = path.with_name(f".{path.name}.scratch")
    try:
        with scratch.open("wb") as out:
            _write(entry, batch, listed, out, made)
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)
    return made


def _wrong(entry: CatalogEntry, batch: Batch) -> dict[int, str]:
    """Return row number → what is wrong, in Chinese."""
    meanings = {r.rule: r.meaning for r in rules_of(entry)}
    words = {r.code: r.meaning for r in quarantine.reasons(batch)}
    found = {row: [words.get(reason) or reason] for row, reason in decisions.still_open(batch).items()}
    version = findings.of_last_delivery(entry)
    if version and batch.batch_id in version.batches:
        table = problem_rows(version, entry).to_pydict()
        for rule, batch_id, row in zip(table["rule"], table["_batch_id"], table["_row_number"], strict=True):
            if batch_id == batch.batch_id:
                found.setdefault(row, []).append(meanings.get(rule) or rule)
    return {row: "；".join(dict.fromkeys(said)) for row, said in found.items()}


def _write(entry: CatalogEntry, batch: Batch, wrong: dict[int, str], out: BinaryIO, made: Made) -> None:
    import xlsxwriter

    names = [entry.item(code).name for code in batch.columns]
    options = {"strings_to_formulas": False, "strings_to_urls": False, "constant_memory": True}
    book = xlsxwriter.Workbook(out, options)
    text, bold = book.add_format({"num_format": "@"}), book.add_format({"bold": True})
    sheet = book.add_worksheet(SHEET)
    sheet.freeze_panes(1, len(FIXED))
    sheet.set_column(0, len(FIXED) + len(names) - 1, 18, text)
    _choices(book, sheet, entry, batch, len(wrong))
    for column, name in enumerate((*FIXED, *names)):
        sheet.write_string(0, column, name, bold)
    for place, (row, cells) in enumerate(_cells(batch, list(wrong)), 1):
        for column, cell in enumerate((batch.batch_id, str(row), wrong[row], "", *cells)):
            if cell is not None:
                sheet.write_string(place, column, cell[:32_767], text)
    left = (
        [f"问题较多，本次列出 {made.rows} 条，另有 {made.left_out} 条请在本次整改汇聚后再次下载。"]
        if made.left_out
        else []
    )
    book.add_worksheet("说明").write_column(0, 0, [*left, *_HELP])
    book.close()


def _choices(book: Any, sheet: Any, entry: CatalogEntry, batch: Batch, rows: int) -> None:
    """Drop-downs: what to do with the row, and the codes of items with a code list (on a hidden sheet)."""
    from xlsxwriter.utility import xl_col_to_name

    sheet.data_validation(1, FIXED.index("处理方式"), rows, FIXED.index("处理方式"), {
        "validate": "list", "source": list(ACTIONS), "ignore_blank": True,
    })  # fmt: skip
    hidden = book.add_worksheet("代码表")
    hidden.hide()
    lists = [(i, entry.item(code).code_list) for i, code in enumerate(batch.columns)]
    columns = [(i, _codes(table)) for i, table in lists if table]
    for column, (_, codes) in enumerate(columns):
        letter = xl_col_to_name(column)
        place = len(FIXED) + columns[column][0]
        sheet.data_validation(1, place, rows, place, {
            "validate": "list", "source": f"=代码表!${letter}$1:${letter}${len(codes)}", "ignore_blank": True,
            "error_title": "代码不在代码表内", "error_message": "请从下拉列表中选择。",
        })  # fmt: skip
    for row in range(max((len(c) for _, c in columns), default=0)):
        for column, (_, codes) in enumerate(columns):
            if row < len(codes):
                hidden.write_string(row, column, codes[row])


def _codes(table: str) -> list[str]:
    with (_SEEDS / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return [row["code"] for row in csv.DictReader(file)]


def _cells(batch: Batch, rows: list[int]) -> list[tuple[int, tuple[str | None, ...]]]:
    """Return (row number, cells as delivered); a quarantined row of another width has none."""
    landed = ", ".join(f'"{c}"' for c in batch.columns)
    raw = ", ".join(
        f"CASE WHEN try(json_type(raw)) = 'ARRAY' THEN json_extract_string(raw, '$[{i}]') END"
        for i in range(len(batch.columns))
    )
    connection = connect()
    try:
        found = connection.execute(
            f"SELECT _row_number, {landed} FROM read_parquet({literal(batch.data)}) "
            "WHERE _row_number IN (SELECT unnest($rows)) "
            f"UNION ALL SELECT _row_number, {raw} FROM read_parquet({literal(batch.quarantine)}) "
            "WHERE _row_number IN (SELECT unnest($rows)) ORDER BY 1",
            {"rows": rows},
        ).fetchall()
    finally:
        connection.close()
    return [(row[0], row[1:]) for row in found]
