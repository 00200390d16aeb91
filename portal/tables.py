"""Tables as files that an office opens: CSV and XLSX, text kept as text.

Lives here: headers and rows → bytes. No cell of either file is ever a formula or a link.
Add here: another file form of a plain table.
Stays out: which rows (views), reports (``expectations.report``).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from django.http import HttpResponse
from django.utils.http import content_disposition_header

_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Rows = Sequence[Sequence[str]]


def table_file(kind: str, title: str, headers: Sequence[str], rows: Rows) -> HttpResponse:
    """Return the table as ``kind``: csv or xlsx, to be saved under its title."""
    content = csv_bytes(headers, rows) if kind == "csv" else xlsx_bytes(title, headers, rows)
    answer = HttpResponse(content, content_type="text/csv; charset=utf-8" if kind == "csv" else _XLSX)
    answer["Content-Disposition"] = content_disposition_header(True, f"{title}.{kind}") or "attachment"
    return answer


def csv_bytes(headers: Sequence[str], rows: Rows) -> bytes:
    """Return CSV with a byte order mark, so that office programs read it as UTF-8."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([headers, *([_text(c) for c in row] for row in rows)])
    return out.getvalue().encode("utf-8-sig")


def xlsx_bytes(title: str, headers: Sequence[str], rows: Rows) -> bytes:
    """Return a workbook of one sheet whose cells are all text."""
    import xlsxwriter

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet("".join(c for c in title if c not in "[]:*?/\\'")[:31])
        wrapped, bold = book.add_format({"text_wrap": True, "valign": "top"}), book.add_format({"bold": True})
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(headers) - 1, 20)
        for place, header in enumerate(headers):
            sheet.write_string(0, place, header, bold)
        for number, row in enumerate(rows, start=1):
            for place, cell in enumerate(row):
                sheet.write_string(number, place, cell[:32767], wrapped)
    return out.getvalue()


def _text(cell: str) -> str:
    """An apostrophe keeps office programs from reading a cell as a formula."""
    return f"'{cell}" if cell.lstrip(" ").startswith(_STARTS_FORMULA) else cell
