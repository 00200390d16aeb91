"""What an answer says: its rows and how many there are in all, or that it is no page of rows at all.

Lives here: reading the fields that ``Origin`` names (``a.b`` is field b of field a), the greatest checkpoint.
Add here: another form in which interfaces wrap their rows.
Stays out: asking (``answer``), order and completeness of pages (``http``).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from orchestration.collect.error import CollectError
from scheme.catalog import Item, ItemType
from scheme.delivery import Origin

Row = dict[str, Any]


@dataclass(frozen=True)
class Page:
    """Rows of one answer; ``total``: rows of the whole register or increment."""

    rows: list[Row]
    total: int

    def lines(self) -> bytes:
        """The rows as JSON lines."""
        return b"".join(json.dumps(r, ensure_ascii=False).encode("utf-8", "replace") + b"\n" for r in self.rows)


def read(content: bytes, charset: str | None, origin: Origin, where: str) -> Page:
    """Return the page in an answer. Its words are never repeated: an error's text may hold cells.

    Raises:
        CollectError: it is an error body, no JSON, or has other fields than the entry says.
    """
    try:
        text = content.decode(charset or "utf-8-sig")
        document = json.loads(text, parse_float=str, parse_constant=_no_number)  # decimals stay as they are written
    except (ValueError, LookupError, RecursionError):
        raise CollectError(where, "an answer is not JSON", "ask the interface's operator why") from None
    rows, total = _at(document, origin.rows), _number(_at(document, origin.total))
    if not isinstance(rows, list) or total is None or not all(isinstance(r, dict) for r in rows):
        what = f"an answer is an error message, or lacks its rows in {origin.rows} or their number in {origin.total}"
        raise CollectError(where, what, "ask the interface's operator, or correct delivery.origin")
    return Page(rows, total)


def greatest(item: Item, rows: Iterable[Row], so_far: str | None) -> str | None:
    """Return the greatest value of the checkpoint item; values that are no text or number do not count."""
    labels = (item.code, item.name, *item.labels)
    found = [str(v) for row in rows for v in [_first(row, labels)] if isinstance(v, str | int)]
    known = [(order, text) for text in [so_far or "", *found] if text and (order := _order(item, text))]
    return max(known)[1] if known else None


def _order(item: Item, text: str) -> tuple[bool, Decimal, str] | None:
    is_number = item.type in (ItemType.integer, ItemType.decimal)
    if not is_number and not (text.isascii() and text.isdigit()):
        return True, Decimal(0), text
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return (False, number, "") if number.is_finite() else None


def _first(row: Row, labels: Iterable[str]) -> Any:
    return next((row[label] for label in labels if label in row and not isinstance(row[label], bool)), None)


def _at(document: Any, path: str) -> Any:
    for part in path.split("."):
        document = document.get(part) if isinstance(document, dict) else None
    return document


def _number(value: Any) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 16:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _no_number(word: str) -> None:
    raise ValueError("not JSON")
