"""Excel workbooks (.xlsx, .xls).

Lives here: one sheet as text. Numbers become the digits Excel shows, dates ISO 8601; a number of more than 15
digits has lost its last ones in Excel, so its row is quarantined, as is a row with a formula that has no result.
Stays out: finding the header rows (``sheet_header``), formulas (``formulas``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from orchestration.ingest import formulas, sheet_header
from orchestration.ingest.source import Source, match_headers
from scheme.catalog import CatalogEntry
from warehouse.landing import ArrowRows
from warehouse.refusal import DeliveryRefusedError

_EXACT = 10**15
_CHUNK = 50_000


def read(path: Path, entry: CatalogEntry, kind: str) -> Source:
    """Return the sheet of a workbook (``kind`` xlsx or xls) as a source.

    Raises:
        DeliveryRefusedError: not a workbook, no such sheet, or other columns than the catalog's.
    """
    name, rows, merged = _sheet(path, entry)
    texts = [[cell_text(cell) or "" for cell in row] for row in rows[: sheet_header.DEEPEST]]
    if entry.delivery.header_row > len(rows):
        raise DeliveryRefusedError("sheet_without_header")
    header = sheet_header.find(entry, texts, merged)
    codes = match_headers(entry, header.names)
    unfinished = formulas.unfinished(path, name) if kind == "xlsx" else {}
    chunks = _chunks(rows, header.first_row, len(codes), unfinished)
    return Source(ArrowRows(chunks, len(codes)), codes, kind)


def _sheet(path: Path, entry: CatalogEntry) -> tuple[str, list[list[Any]], list[sheet_header.Area]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(str(path))
        names = book.sheet_names
        name = entry.delivery.sheet or (names[0] if names else "")
        if name not in names:
            raise DeliveryRefusedError("no_such_sheet", sheet=name)
        sheet = book.get_sheet_by_name(name)
        return name, sheet.to_python(skip_empty_area=False), sheet.merged_cell_ranges or []
    except (CalamineError, OSError):
        raise DeliveryRefusedError("bad_workbook") from None


def _chunks(
    rows: list[list[Any]], first: int, width: int, unfinished: dict[int, str]
) -> Iterator[dict[str, list[str | None]]]:
    for start in range(first, len(rows), _CHUNK):
        chunk = rows[start : start + _CHUNK]
        columns: dict[str, list[str | None]] = {
            f"c{i}": [_quick(row[i]) if i < len(row) else None for row in chunk] for i in range(width)
        }
        columns["_reason"] = [unfinished.get(start + i) or _reason(row, width) for i, row in enumerate(chunk)]
        columns["_raw"] = [None] * len(chunk)
        yield columns


def _reason(row: list[Any], width: int) -> str | None:
    if any(c.__class__ is float and abs(c) >= _EXACT for c in row):
        return "number_precision_lost"
    return "wrong_field_count" if any(c not in ("", None) for c in row[width:]) else None


def _quick(cell: Any) -> str | None:
    return cell or None if cell.__class__ is str else cell_text(cell)


def cell_text(cell: Any) -> str | None:
    """Return a cell as the text Excel shows, None if empty."""
    match cell:
        case None | "":
            return None
        case bool():
            return "1" if cell else "0"
        case float():
            return str(int(cell)) if cell.is_integer() and abs(cell) < _EXACT else repr(cell)
        case dt.datetime() if cell.time() == dt.time():
            return cell.date().isoformat()
        case dt.datetime():
            return cell.isoformat(sep=" ")
        case _:
            return str(cell)
