"""Formulas of an .xlsx sheet that carry no result.

Lives here: which rows hold an error value, or a formula nobody ever calculated (a program wrote the file). Such a
cell reads as empty, which would lose a value silently.
Stays out: reading values (``xlsx_file``). Old .xls workbooks carry their results.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

_SIGNS = re.compile(rb'<f[ >/]|t="e"')
_BLOCK = 1 << 20


def unfinished(path: Path, sheet: str) -> dict[int, str]:
    """Return row (from 0) → reason. A sheet some of whose formulas have results may have empty results too."""
    if not _has_signs(path):
        return {}
    errors, empty, calculated = _cells(path, sheet)
    found = {} if calculated else dict.fromkeys(empty, "formula_without_value")
    return found | dict.fromkeys(errors, "formula_error")


def _has_signs(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/"):
                with archive.open(name) as file:
                    tail = b""
                    while block := file.read(_BLOCK):
                        if _SIGNS.search(tail + block):
                            return True
                        tail = block[-8:]
    return False


def _cells(path: Path, sheet: str) -> tuple[list[int], list[int], bool]:
    """Return rows with errors, rows with formulas without result, whether any formula has a result."""
    from openpyxl import load_workbook

    with_formulas = load_workbook(path, read_only=True)
    with_results = load_workbook(path, read_only=True, data_only=True)
    errors, empty, calculated = [], [], False
    pairs = zip(with_formulas[sheet].iter_rows(), with_results[sheet].iter_rows(), strict=True)
    for number, (formulas, results) in enumerate(pairs):
        for formula, result in zip(formulas, results, strict=True):
            if result.data_type == "e":
                errors.append(number)
            elif formula.data_type == "f":
                empty += [number] if result.value is None else []
                calculated |= result.value is not None
    with_formulas.close()
    with_results.close()
    return errors, empty, calculated
