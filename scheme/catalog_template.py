"""The catalog template as an Excel workbook, for a clerk to fill in.

Lives here: the sheets 资源信息 (one attribute a row), 信息项 (one item a row) and their drop-downs.
Add here: another sheet of the template.
Stays out: reading it back (``scheme.catalog_workbook``), single fields (``scheme.catalog_columns``).
"""

from __future__ import annotations

import io
from typing import Any

from scheme.catalog import CatalogEntry, Department
from scheme.catalog_columns import ITEM_FIELDS, NO, RESOURCE_FIELDS, YES, Field, value_of

RESOURCE, ITEMS, LISTS = "资源信息", "信息项", "可选值"
TITLE, MOST_ITEMS = "项目", 400
FIXED = ("数源部门", "资源代码")  # shown, not read


def write(entry: CatalogEntry | None, department: Department) -> bytes:
    """Return the template of an entry, or an empty one."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    head = book.add_format({"bold": True, "bg_color": "#EEF3F8", "border": 1})
    resource, items, lists = (book.add_worksheet(name) for name in (RESOURCE, ITEMS, LISTS))
    _write_resource(resource, lists, entry, department, head)
    _write_items(items, lists, entry, head)
    book.close()
    return out.getvalue()


def letter(column: int) -> str:
    """Return the letters of a column, counted from 0."""
    return chr(65 + column) if column < 26 else f"{chr(64 + column // 26)}{chr(65 + column % 26)}"


def _write_resource(sheet: Any, lists: Any, entry: CatalogEntry | None, department: Department, head: Any) -> None:
    code = entry.code if entry else "由系统分配"
    rows = [(TITLE, "内容", "填写要求"), ("数源部门", department.name, "不必填写"), ("资源代码", code, "不必填写")]
    rows += [(f.title, str(f.show(getattr(entry, f.name))) if entry else "", _hint(f)) for f in RESOURCE_FIELDS]
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            _put(sheet, number, column, cell, None if number and column else head)
    for number, field in enumerate(RESOURCE_FIELDS, len(FIXED) + 1):
        _offer(sheet, lists, field, (number, 1, number, 1), number)
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 2, 52)


def _write_items(sheet: Any, lists: Any, entry: CatalogEntry | None, head: Any) -> None:
    for column, field in enumerate(ITEM_FIELDS):
        _put(sheet, 0, column, field.title, head)
        _offer(sheet, lists, field, (1, column, MOST_ITEMS, column), len(FIXED) + len(RESOURCE_FIELDS) + 1 + column)
        for number, item in enumerate(entry.items if entry else [], 1):
            _put(sheet, number, column, field.show(value_of(entry, item, field)))
    sheet.set_column(0, len(ITEM_FIELDS) - 1, 16)
    sheet.freeze_panes(1, 2)


def _hint(field: Field) -> str:
    needed = "必填" if field.needed else ""
    return "；".join(filter(None, (needed, "从下拉列表中选择" if field.choices else "", field.hint)))


def _put(sheet: Any, row: int, column: int, cell: str | int, style: Any = None) -> None:
    (sheet.write_number if isinstance(cell, int) else sheet.write_string)(row, column, cell, style)


def _offer(sheet: Any, lists: Any, field: Field, place: tuple[int, int, int, int], column: int) -> None:
    """Offer the allowed values as a drop-down, from a column of the sheet of lists."""
    words: list[str | int] = [YES, NO] if field.kind == "flag" else [chinese for _, chinese in field.choices]
    words = words or (list(range(1, 5)) if field.name == "grade" else [])
    if not words and not field.hint:
        return
    rule: dict[str, Any] = {"validate": "any", "input_title": field.title, "input_message": _hint(field) or field.title}
    if words:
        for row, word in enumerate([field.title, *words]):
            _put(lists, row, column, word)
        source = f"='{LISTS}'!${letter(column)}$2:${letter(column)}${len(words) + 1}"
        rule |= {"validate": "list", "source": source, "error_message": "请从下拉列表中选择。"}
    sheet.data_validation(*place, rule)
