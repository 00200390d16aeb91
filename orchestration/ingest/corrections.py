"""整改工作簿 delivered again: the last batch with its failing rows corrected.

Lives here: recognising the workbook, checking that it fits the last batch, and making the whole register from the
two. Quarantined rows that the workbook does not name stay quarantined; nothing of the last batch is lost.
Stays out: writing the workbook (``expectations.corrections``).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from orchestration.ingest import formulas
from orchestration.ingest.source import Source, match_headers
from orchestration.ingest.xlsx_file import cell_text
from scheme.catalog import CatalogEntry
from scheme.corrections import ACTIONS, CORRECT, DELETE, FIXED, KEEP, SHEET
from warehouse import batches
from warehouse.batches import Batch
from warehouse.engine import connect
from warehouse.landing import ChunkFile
from warehouse.refusal import DeliveryRefusedError
from warehouse.replacing import write_replaced


def is_corrections(path: Path) -> bool:
    """Whether a workbook (known to be .xlsx) is a 整改工作簿."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        return SHEET in CalamineWorkbook.from_path(str(path)).sheet_names
    except (CalamineError, OSError):
        return False


def read(path: Path, entry: CatalogEntry, scratch: Path) -> Source:
    """Return the corrected register as a source.

    Raises:
        DeliveryRefusedError: made for another batch, or a row says what cannot be done.
    """
    from python_calamine import CalamineWorkbook

    sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_name(SHEET).to_python(skip_empty_area=False)
    texts = [[cell_text(c) for c in row] for row in sheet]
    if not texts or tuple(texts[0][: len(FIXED)]) != FIXED:
        raise DeliveryRefusedError("bad_corrections", row=1)
    codes = match_headers(entry, [h or "" for h in texts[0][len(FIXED) :]])
    unfinished = formulas.unfinished(path, SHEET)
    if unfinished:
        raise DeliveryRefusedError("formula_in_corrections", row=min(unfinished) + 1)
    filled = [(place, row) for place, row in enumerate(texts[1:], 2) if any(row)]
    base = _base(entry, {row[0] for _, row in filled})
    chosen = _chosen(filled, base)
    target = scratch / "corrected.parquet"
    connection = connect()
    try:
        write_replaced(connection, base, codes, chosen, target)
    finally:
        connection.close()
    rows = ChunkFile(target, len(base.columns))
    return Source(rows, base.columns, "xlsx", corrects=base.batch_id, mode=base.mode)


def _base(entry: CatalogEntry, named: set[str | None]) -> Batch:
    landed = batches.landed(entry.department, entry.resource)
    if not named or not landed or named - {landed[-1].batch_id, None}:
        raise DeliveryRefusedError("stale_corrections")
    return landed[-1]


def _chosen(filled: list[tuple[int, list[str | None]]], base: Batch) -> dict[str, list[Any]]:
    """Return columns row, action and cells; a row without number is added.

    Raises:
        DeliveryRefusedError: a number out of range or given twice, or an unknown 处理方式.
    """
    found: dict[str, list[Any]] = {"row": [], "action": [], "cells": []}
    seen: set[int] = set()
    for place, row in filled:
        number, action = row[1], row[3] or CORRECT
        fits = number is None or (number.isdecimal() and 0 < int(number) <= base.rows_in and int(number) not in seen)
        if not fits or action not in ACTIONS or (number is None and action != CORRECT):
            raise DeliveryRefusedError("bad_corrections", row=place)
        if action == KEEP:
            continue
        seen |= {int(number)} if number else set()
        found["row"].append(int(number) if number else None)
        found["action"].append(DELETE if action == DELETE else CORRECT)
        found["cells"].append(row[len(FIXED) :])
    return found
