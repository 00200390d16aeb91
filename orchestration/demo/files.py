"""Writing a register as a department would deliver it.

Lives here: the format, encoding and habits of each delivery: byte order marks, GB18030, page footings, workbooks.
Stays out: what stands in the rows.
"""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl

from scheme.catalog import CatalogEntry

GB18030 = {"minzheng.subsistence_allowance", "fayuan.dishonest_debtors", "nongye.farm_subsidies"}
WITH_BOM = {"renshe.employer_insurance", "shichang.enterprise_registration", "shenpi.administrative_licences"}
FOOTINGS = {
    "minzheng.subsistence_allowance": ["合计", "第1页", "第2页", "制表：区民政局"],
    "nongye.farm_subsidies": ["合计", "第1页", "制表：区农业农村局"],
}


def write(entry: CatalogEntry, frame: pl.DataFrame, folder: Path, stamp: str) -> tuple[Path, int]:
    """Write a register under its Chinese headers; return (file, rows in the file)."""
    named = frame.select(pl.col(i.code).alias(i.name) for i in entry.items)
    folder.mkdir(parents=True, exist_ok=True)
    kind = entry.delivery.formats[0]
    path = folder / f"{entry.name}_{stamp}.{kind}"
    {"csv": _csv, "xlsx": _xlsx, "json": _json, "parquet": _parquet}[kind](entry, named, path)
    return path, len(named) + len(FOOTINGS.get(entry.id, []))


def _csv(entry: CatalogEntry, frame: pl.DataFrame, path: Path) -> None:
    if entry.id not in GB18030:
        frame.write_csv(path, include_bom=entry.id in WITH_BOM)
        return
    text = frame.write_csv() + "".join(note + "," * (frame.width - 1) + "\n" for note in FOOTINGS.get(entry.id, []))
    path.write_bytes(text.replace("\n", "\r\n").encode("gb18030"))


def _xlsx(entry: CatalogEntry, frame: pl.DataFrame, path: Path) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path), {"strings_to_numbers": False})
    sheet = book.add_worksheet("数据")
    for column, name in enumerate(frame.columns):
        sheet.write_column(0, column, [name, *frame[name].to_list()])
    book.close()


def _json(entry: CatalogEntry, frame: pl.DataFrame, path: Path) -> None:
    path.write_text(json.dumps(frame.to_dicts(), ensure_ascii=False), "utf-8")


def _parquet(entry: CatalogEntry, frame: pl.DataFrame, path: Path) -> None:
    frame.write_parquet(path)
