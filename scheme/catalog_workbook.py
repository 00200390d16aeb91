"""A filled catalog template read back as an entry.

Lives here: sheets → entry over the entry as it stands, and every mistake in one report.
Add here: a check between cells.
Stays out: writing the template (``scheme.catalog_template``), single fields (``scheme.catalog_columns``),
hostile files (``scheme.workbook_guard``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from scheme.catalog import CatalogEntry, Item
from scheme.catalog_codes import UNALLOTTED
from scheme.catalog_columns import ITEM_FIELDS, RESOURCE_FIELDS, YES, CellError, Field, cell_text, value_of
from scheme.catalog_edits import rules_left_alone
from scheme.catalog_template import FIXED, ITEMS, MOST_ITEMS, RESOURCE, TITLE, letter
from scheme.workbook_guard import WorkbookError, read_sheets

MOST_PROBLEMS = 20
Row = tuple[int, dict[str, str]]  # number in the sheet, title → text


def read(content: bytes, department: str, base: CatalogEntry | None, *, in_force: bool = False) -> CatalogEntry:
    """Return the entry that a filled template describes; what it cannot say stays as in ``base``, item by item.

    Raises:
        WorkbookError: up to 20 sentences with sheet, row, column and what to do.
    """
    sheets, problems = read_sheets(content, (RESOURCE, ITEMS)), list[str]()
    document: dict[str, Any] = {"department": department, "code": UNALLOTTED}
    document |= base.model_dump(mode="json", exclude_defaults=True) if base else {}
    document |= _attributes(sheets[RESOURCE], base, problems)
    found, rows = _items(sheets[ITEMS], base, problems)
    document["items"] = found
    document["key"] = _key(found, rows, base, in_force, problems)
    if base:
        if document["resource"] not in (None, base.resource):
            problems.insert(0, f"本工作簿的资源标识不是“{base.resource}”，请下载该资源的模板填写。")
        problems += rules_left_alone(base, {i["code"] for i in found}) if not problems else []
    if problems:
        more = len(problems) - MOST_PROBLEMS
        last = [f"另有{more + 1}处问题，请先修改以上各处后重新上传。"] if more > 0 else []
        raise WorkbookError(problems[: MOST_PROBLEMS - len(last)] + last)
    try:
        return CatalogEntry.model_validate(document)
    except ValidationError:
        raise WorkbookError(["目录内容不合规（例如名称含斜杠），请修改后上传，或下载最新模板重新填写。"]) from None


def _attributes(cells: list[list[Any]], base: CatalogEntry | None, problems: list[str]) -> dict[str, Any]:
    titles = {f.title: f for f in RESOURCE_FIELDS}
    given: dict[str, tuple[int, str]] = {}
    for number, row in enumerate(cells, 1):
        title, text = (*(cell_text(c) for c in row[:2]), "", "")[:2]
        if title and (title in given or title not in {*titles, *FIXED, TITLE}):
            why = "重复" if title in given else "不是模板中的项目"
            problems.append(f"工作表“{RESOURCE}”第{number}行A列“{title[:20]}”{why}，请删除该行。")
        given.setdefault(title, (number, text))
    problems += [
        f"工作表“{RESOURCE}”缺少项目“{t}”，请补上该行（A列写项目，B列写内容）。" for t in titles if t not in given
    ]
    found: dict[str, Any] = dict.fromkeys(f.name for f in RESOURCE_FIELDS)
    for title, field in titles.items():
        if title in given:
            place = f"工作表“{RESOURCE}”第{given[title][0]}行B列“{title}”"
            before = getattr(base, field.name) if base else None
            found[field.name] = _value(field, given[title][1], before, place, problems, bool(base))
    return found


def _items(
    cells: list[list[Any]], base: CatalogEntry | None, problems: list[str]
) -> tuple[list[dict[str, Any]], list[Row]]:
    headers = [cell_text(c) for c in cells[0]] if cells else []
    problems += _header_problems(headers)
    rows = list(_rows(cells, headers))
    if not rows or len(rows) > MOST_ITEMS:
        problems.append(f"工作表“{ITEMS}”应有1至{MOST_ITEMS}个信息项（每行一个），请补充或删减。")
    known = {i.code: i for i in base.items} if base else dict[str, Item]()
    problems += _twice(rows, known)
    found = []
    for number, row in rows[:MOST_ITEMS]:
        item = known.get(row.get("信息项代码", ""))
        read: dict[str, Any] = item.model_dump(mode="json", exclude_defaults=True) if item else {}
        for field in (f for f in ITEM_FIELDS if f.title in headers):
            place = f"工作表“{ITEMS}”第{number}行{letter(headers.index(field.title))}列“{field.title}”"
            before = value_of(base, item, field) if item else None
            read[field.name] = _value(field, row.get(field.title, ""), before, place, problems, bool(item))
        if read.get("name") in read.get("labels", []):  # it is called now as it was delivered before
            read["labels"] = [w for w in read["labels"] if w != read["name"]]
        found.append(read)
    return found, rows


def _rows(cells: list[list[Any]], headers: list[str]) -> Iterator[Row]:
    for number, row in enumerate(cells[1:], 2):
        texts = {title: cell_text(cell) for title, cell in zip(headers, row, strict=False) if title}
        if any(texts.values()):
            yield number, texts


def _header_problems(headers: list[str]) -> Iterator[str]:
    known = [f.title for f in ITEM_FIELDS]
    for column, title in enumerate(headers):
        if title and (title not in known or title in headers[:column]):
            yield f"工作表“{ITEMS}”第1行{letter(column)}列“{title[:20]}”不是模板中的列或重复，请删除该列。"
    yield from (f"工作表“{ITEMS}”第1行缺少列“{t}”，请补上该列。" for t in known if t not in headers)


def _twice(rows: list[Row], known: dict[str, Item]) -> Iterator[str]:
    """Codes and headers of deliveries stand for one item each; other headers of kept items count."""
    seen: dict[str, int] = {}
    for number, row in rows:
        code, name = row.get("信息项代码", ""), row.get("信息项名称", "")
        labels = known[code].labels if code in known else []
        for title, word in (("信息项代码", code), *(("信息项名称", w) for w in (name, *labels))):
            if word and seen.setdefault(f"{title}{word}", number) != number:
                first = seen[f"{title}{word}"]
                yield f"工作表“{ITEMS}”第{number}行“{title}”“{word[:20]}”与第{first}行重复，请修改其中一处。"


def _key(
    found: list[dict[str, Any]], rows: list[Row], base: CatalogEntry | None, in_force: bool, problems: list[str]
) -> list[str]:
    key = [i["code"] for i in found if i.pop("key", False) and i.get("code")]
    if base and set(key) == set(base.key):
        return base.key
    if in_force:
        problems.append(f"工作表“{ITEMS}”的“主键”与现行目录不一致，请保持不变；确需调整请联系区大数据主管部门。")
    elif rows and not key:
        problems.append(f"工作表“{ITEMS}”没有主键，请将能够唯一确定一条记录的信息项的“主键”填为“{YES}”。")
    return key


def _value(field: Field, text: str, before: Any, place: str, problems: list[str], is_known: bool) -> Any:
    """A cell that still says what was written there keeps its value, whatever the value is."""
    if is_known and text == cell_text(field.show(before)):
        return before
    try:
        return field.read(text)
    except CellError as error:
        problems.append(f"{place}{error}")
        return None
