"""A document as a workbook: its text, each table on a sheet of its own, every problem row.

Lives here: writing it row by row, in the same memory for any number of rows. Every cell is text: nothing is ever run as
a formula or opened as a link.
Add here: another kind of sheet.
Stays out: the workbook in which a department corrects rows (``expectations.corrections``).

A sheet of Excel holds 1,048,576 rows: one header and ``MOST`` rows; what is left goes on to a next sheet.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from expectations.documents.content import Document, Listing, Row, Table
from registry.printing.typeset import Foot

MOST = 1_048_575
_LONGEST = 32_767
_NOT_IN_NAMES = str.maketrans("", "", "[]:*?/\\'")


def write(document: Document, path: Path, foot: Foot) -> None:
    """Write the workbook beside its place and move it there.

    Raises:
        OSError: ``path`` cannot be written.
    """
    import xlsxwriter

    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    options = {
        "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
    }  # fmt: skip
    try:
        with xlsxwriter.Workbook(str(scratch), options) as book:
            _Sheets(book).document(document, foot)
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)


class _Sheets:
    """Sheets of one workbook, written one after the other."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.plain = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        self.quick = book.add_format({"num_format": "@"})
        self.bold = book.add_format({"bold": True, "num_format": "@", "text_wrap": True, "valign": "top"})
        self.names: set[str] = set()

    def document(self, document: Document, foot: Foot) -> None:
        tables = [*_tables(document), *(t for t in document.attachments if t.title not in _titles(document))]
        self._sheet("正文", (16, 100), _text(document, foot), heads=_HEADS)
        for table in tables:
            self.table(table)
        for listing in document.listings:
            self.listing(listing)

    def table(self, table: Table) -> None:
        widths = [_width(cells) for cells in zip(table.headers, *table.rows, strict=True)]
        rows = [*table.rows, *([(table.note,)] if table.note else [])]
        self._sheet(table.title, widths, chain([table.headers], rows))

    def listing(self, listing: Listing) -> None:
        """Write all rows, on as many sheets as they need."""
        rows, widths = listing.rows(), [max(12, _width((h,))) for h in listing.headers]
        written = 0
        while written < listing.total or not written:
            sheet = self._sheet(listing.title, widths, [listing.headers])
            count = _write_quickly(sheet, rows, self.quick, len(listing.headers))
            written += count
            if not count:
                return

    def _sheet(
        self, title: str, widths: Iterable[int], rows: Iterable[Row], heads: frozenset[str] | None = None
    ) -> Any:
        sheet = self.book.add_worksheet(self._name(title))
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        if heads is None:
            sheet.freeze_panes(1, 0)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        for place, row in enumerate(rows):
            is_head = place == 0 if heads is None else row[0] in heads
            for column, cell in enumerate(row):
                sheet.write_string(place, column, cell[:_LONGEST], self.bold if is_head else self.plain)
        return sheet

    def _name(self, title: str) -> str:
        """Return a sheet's name of at most 31 characters, another one for each."""
        base, number = title.translate(_NOT_IN_NAMES)[:26] or "表", 1
        name = base
        while name.casefold() in self.names:
            number += 1
            name = f"{base}（{number}）"
        self.names.add(name.casefold())
        return name


_HEADS = frozenset({"标题", "编号", "章节"})


def _write_quickly(sheet: Any, rows: Iterator[Row], form: Any, columns: int) -> int:
    """Write up to ``MOST`` rows of text below the header; return how many."""
    write_string, count = sheet.write_string, 0
    for count, row in zip(range(1, MOST + 1), rows, strict=False):
        for column in range(columns):
            write_string(count, column, row[column], form)
    return count


def _text(document: Document, foot: Foot) -> Iterator[Row]:
    """Yield the document's text as label and words."""
    if document.is_demo:
        yield "提示", "演示数据，不反映真实情况"
    yield "标题", document.title + ("（拟稿）" if document.is_draft else "")
    if document.number:
        yield "编号", document.number
    for said in document.subtitles:
        yield "", said
    if document.to:
        yield "主送", document.to
    for field in document.fields:
        yield field.label, "\n".join(field.lines)
    yield from _sections(document)
    for sign in document.signs:
        yield sign.label, sign.name
    yield "落款", f"{document.sender}　{document.date or foot.made_on}"
    if foot.number:
        yield "文书编号", foot.number
        yield "内容摘要", foot.digest
        yield "校验码", foot.code


def _sections(document: Document) -> Iterator[Row]:
    for section in document.sections:
        yield "章节", section.heading
        for block in section.blocks:
            for said in (block.heading, *block.lines, *(f"见工作表“{t.title}”" for t in block.tables)):
                if said:
                    yield "", said


def _tables(document: Document) -> list[Table]:
    return [t for s in document.sections for b in s.blocks for t in b.tables]


def _titles(document: Document) -> set[str]:
    return {listing.title for listing in document.listings}


def _width(cells: Iterable[str]) -> int:
    return min(60, max(8, *(sum(1 if c.isascii() else 2 for c in cell[:60]) for cell in cells), 8) + 2)
