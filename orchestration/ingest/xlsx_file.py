"""Excel workbooks (.xlsx).

Lives here: one sheet as text. Numbers become the digits Excel shows, dates ISO 8601; a number of more than 15
digits has lost its last ones in Excel, so its row is quarantined.
Stays out: old .xls workbooks (refused by ``sniff``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from orchestration.ingest.source import Source, is_header, match_headers
from scheme.catalog import CatalogEntry
from warehouse.landing import ArrowRows
from warehouse.refusal import DeliveryRefusedError

_EXACT = 10**15
_CHUNK = 50_000


def read(path: Path, entry: CatalogEntry) -> Source:
    """Return the sheet of a workbook as a source.

    Raises:
        DeliveryRefusedError: not a workbook, no such sheet, or other columns than the catalog's.
    """
    rows = _sheet(path, entry)
    place = entry.delivery.header_row - 1
    if place >= len(rows):
        raise DeliveryRefusedError("sheet_without_header")
    headers = [_text(cell) or "" for cell in rows[place]]
    if not is_header(entry, headers):
        place, headers = _find_header(rows, entry, place, headers)
    while headers and not headers[-1]:
        headers.pop()
    codes = match_headers(entry, headers)
    return Source(ArrowRows(_chunks(rows[place + 1 :], len(codes)), len(codes)), codes, "xlsx")


def _sheet(path: Path, entry: CatalogEntry) -> list[list[Any]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(str(path))
        names = book.sheet_names
        name = entry.delivery.sheet or (names[0] if names else "")
        if name not in names:
            raise DeliveryRefusedError("no_such_sheet", sheet=name)
        return book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except (CalamineError, OSError):
        raise DeliveryRefusedError("bad_workbook") from None


def _find_header(rows: list[list[Any]], entry: CatalogEntry, place: int, headers: list[str]) -> tuple[int, list[str]]:
    for i, row in enumerate(rows[:10]):
        texts = [_text(cell) or "" for cell in row]
        if is_header(entry, texts) * 2 >= len(entry.items):
            return i, texts
    return place, headers


def _chunks(rows: list[list[Any]], width: int) -> Iterator[dict[str, list[str | None]]]:
    for start in range(0, len(rows), _CHUNK):
        chunk = rows[start : start + _CHUNK]
        columns: dict[str, list[str | None]] = {
            f"c{i}": [_text(row[i]) if i < len(row) else None for row in chunk] for i in range(width)
        }
        columns["_reason"] = [_reason(row, width) for row in chunk]
        columns["_raw"] = [None] * len(chunk)
        yield columns


def _reason(row: list[Any], width: int) -> str | None:
    if any(isinstance(c, float) and abs(c) >= _EXACT for c in row):
        return "number_precision_lost"
    return "wrong_field_count" if any(c not in ("", None) for c in row[width:]) else None


def _text(cell: Any) -> str | None:
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
