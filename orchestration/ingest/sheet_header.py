"""Where a sheet's header stands: below titles, in one row or in several with merged cells.

Lives here: finding the rows that name most items, and the one name of each column.
Stays out: matching names to items (``source``).
"""

from __future__ import annotations

from dataclasses import dataclass

from orchestration.ingest.source import is_header
from scheme.catalog import CatalogEntry

Area = tuple[tuple[int, int], tuple[int, int]]
DEEPEST = 13
"""Rows looked at: ten of titles, three of header."""
_LEVELS = 3


@dataclass(frozen=True)
class Header:
    """Names of the columns and the first row (from 0) of data."""

    names: list[str]
    first_row: int


def find(entry: CatalogEntry, rows: list[list[str]], merged: list[Area]) -> Header:
    """Return the header that names most items; the entry's own row if none names any."""
    place = entry.delivery.header_row - 1
    filled = _filled(rows, merged)
    best, score = _named(entry, filled, place, 1), 0
    candidates = [place, *(i for i in range(len(rows)) if i != place)]
    for first in candidates:
        for levels in range(1, min(_LEVELS, len(rows) - first) + 1):
            header = _named(entry, filled, first, levels)
            found = is_header(entry, header.names)
            if found > score and found * 2 >= len([i for i in entry.items if not i.optional]):
                best, score = header, found
    return best


def _named(entry: CatalogEntry, rows: list[list[str]], first: int, levels: int) -> Header:
    width = max((len(r) for r in rows[first : first + levels]), default=0)
    names = []
    for column in range(width):
        parts = [r[column] for r in rows[first : first + levels] if column < len(r) and r[column]]
        parts = list(dict.fromkeys(parts))
        last, joined = (parts[-1] if parts else ""), "".join(parts)
        names.append(last if is_header(entry, [last]) else joined)
    while names and not names[-1]:
        names.pop()
    return Header(names, first + levels)


def _filled(rows: list[list[str]], merged: list[Area]) -> list[list[str]]:
    """Give every cell of a merged area the text of its first."""
    filled = [list(row) for row in rows]
    for (top, left), (bottom, right) in merged:
        for row in range(top, min(bottom + 1, len(filled))):
            for column in range(left, min(right + 1, len(filled[row]))):
                filled[row][column] = filled[top][left] if left < len(filled[top]) else ""
    return filled
