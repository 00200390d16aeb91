"""Scanning a file before it leaves: CSV, Parquet, Excel workbook, HTML page.

Lives here: every cell, and also sheet names (hidden ones too), headers and document properties.
Add here: another format that products take.
Stays out: finding (``scan``).
"""

from __future__ import annotations

import codecs
import html
import re
import zipfile
from pathlib import Path

import polars as pl

from desensitization.scan import Report, ScanError, scan_batches

_TAG = re.compile(r"<(?:script|style)\b.*?</(?:script|style)>|<!--|-->|<[^>]*>", re.S | re.I)


def scan_file(path: Path) -> Report:
    """Scan a file by its content.

    Raises:
        ScanError: it cannot be read, or its format is not known.
    """
    try:
        head = path.open("rb").read(8)
        if head.startswith(b"PAR1"):
            return _frames(path, {"": pl.read_parquet(path)})
        if head.startswith(b"PK\x03\x04"):
            return _frames(path, _workbook(path))
        if path.suffix.lower() in (".html", ".htm"):
            return _frames(path, {"": _page(path)})
        if path.suffix.lower() == ".csv":
            return _frames(path, {"": pl.read_csv(_text(path).encode(), infer_schema=False)})
    except (OSError, UnicodeDecodeError, pl.exceptions.PolarsError, zipfile.BadZipFile) as error:
        raise ScanError(f"{path.name} cannot be read ({type(error).__name__})") from None
    raise ScanError(f"{path.name} is none of CSV, Parquet, xlsx, HTML")


def _frames(path: Path, frames: dict[str, pl.DataFrame]) -> Report:
    total = Report(path.name)
    for name, frame in frames.items():
        headers = pl.DataFrame({"(headers)": [*frame.columns, name]})
        for part in (frame, headers):
            found = scan_batches(part.to_arrow().to_reader(), table=name or path.name)
            total.cells += found.cells
            total.findings += found.findings
        total.rows += frame.height
    return total


def _workbook(path: Path) -> dict[str, pl.DataFrame]:
    from openpyxl import load_workbook

    book = load_workbook(path, read_only=False, data_only=True)
    frames = {}
    for sheet in book.worksheets:
        rows = [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
        notes = [[c.comment.text] for row in sheet.iter_rows() for c in row if c.comment]
        width = max((len(r) for r in rows), default=1)
        columns = [f"{sheet.title}!{i + 1}" for i in range(width)]
        frames[sheet.title] = pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row")
        if notes:
            frames[f"{sheet.title}（批注）"] = pl.DataFrame({"comment": [n[0] for n in notes]})
    properties = {k: str(v) for k, v in vars(book.properties).items() if v is not None and not k.startswith("_")}
    frames["（文档属性）"] = pl.DataFrame({"property": list(properties.values())}, schema={"property": pl.String})
    return frames


def _page(path: Path) -> pl.DataFrame:
    source = path.read_text("utf-8")
    visible = html.unescape(_TAG.sub("\n", source))
    attributes = [html.unescape(a) for a in re.findall(r'="([^"]*)"', source)]
    lines = [line.strip() for line in visible.splitlines() if line.strip()]
    return pl.DataFrame({"text": [*lines, *attributes]}, schema={"text": pl.String})


def _text(path: Path) -> str:
    data = path.read_bytes()
    if data.startswith(codecs.BOM_UTF8):
        return data.decode("utf-8-sig")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("gb18030")
