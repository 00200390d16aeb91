"""The catalog entry as a form.

Lives here: fields → entry, over the entry as it stands, with one Chinese sentence per problem.
Add here: a field that a clerk may change.
Stays out: entry → fields (``portal.catalog_fields``), keeping the result (``registry.catalog_versions``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from portal.catalog_fields import CHOICES, CLASSES, CONDITIONS, DEFAULTS, MOST_ITEMS, TEXTS
from scheme.catalog import CatalogEntry
from scheme.catalog_codes import UNALLOTTED
from scheme.catalog_edits import rules_left_alone

_CODE = re.compile(r"[a-z][a-z0-9_]{0,40}")


class FormError(ValueError):
    """The form cannot become an entry; ``problems``: one Chinese sentence each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("；".join(problems))
        self.problems = problems


def new_entry_from(data: Mapping[str, str], department: str) -> CatalogEntry:
    """Return the entry that a filled form describes where there is none yet.

    Raises:
        FormError: as ``entry_from``, and a 资源标识 that cannot be one.
    """
    resource = data.get("resource", "").strip()
    start = {"department": department, "resource": resource, "code": UNALLOTTED, "key": []}
    problems = [] if _CODE.fullmatch(resource) and "__" not in resource else [
        "资源标识应以小写字母开头，只含小写字母、数字和单个下划线，不超过41个字符，例如elderly_care_subsidies。"
    ]  # fmt: skip
    return _entry(data, start, None, problems)


def entry_from(data: Mapping[str, str], base: CatalogEntry) -> CatalogEntry:
    """Return the entry that a filled form describes.

    Raises:
        FormError: a field is missing or malformed, or a rule uses an item that was taken out.
    """
    return _entry(data, base.model_dump(mode="json", exclude_defaults=True), base, [])


def _entry(
    data: Mapping[str, str], document: dict[str, Any], base: CatalogEntry | None, problems: list[str]
) -> CatalogEntry:
    for name, (title, limit) in TEXTS.items():
        document[name] = data.get(name, "").strip()[:limit]
        if not document[name]:
            problems.append(f"{title}不能为空。")
    for name, limit in CONDITIONS.items():
        document[name] = data.get(name, document.get(name, "")).strip()[:limit]
    for name, choices in CHOICES.items():
        document[name] = data.get(name, document.get(name, DEFAULTS.get(name, "")))
        if document[name] not in dict(choices):
            problems.append("请在列出的选项中选择。")
    document["items"], key = _items(data, base, problems)
    if data.get("keys"):  # the form showed the boxes
        document["key"] = key
        if not key:
            problems.append("请至少勾选一个信息项为主键（能够唯一确定一条记录的信息项）。")
    elif base:
        problems += rules_left_alone(base, {i["code"] for i in document["items"]})
    if problems:
        raise FormError(sorted(set(problems), key=problems.index))
    return _validated(document)


def _validated(document: dict[str, Any]) -> CatalogEntry:
    try:
        return CatalogEntry.model_validate(document)
    except ValidationError as error:
        places = sorted({".".join(str(p) for p in e["loc"]) or "资源" for e in error.errors(include_input=False)})
        raise FormError(
            [
                f"目录内容不合规：{'、'.join(places)}。请检查代码、名称是否重复，名称是否含斜杠或控制字符，长度是否为正整数。"
            ]
        ) from None


def _items(
    data: Mapping[str, str], base: CatalogEntry | None, problems: list[str]
) -> tuple[list[dict[str, Any]], list[str]]:
    known = {i.code: i.model_dump(mode="json", exclude_defaults=True) for i in base.items} if base else {}
    found, key = [], []
    for number in range(1, MOST_ITEMS + 1):
        code = data.get(f"item-{number}-code", "").strip()
        name = data.get(f"item-{number}-name", "").strip()
        if f"item-{number}-code" not in data:
            break
        if data.get(f"item-{number}-remove") or not (code or name):
            continue
        if not _CODE.fullmatch(code) or not name:
            problems.append(f"第{number}项：代码应为小写字母、数字和下划线，名称不能为空。")
            continue
        found.append(known.get(code, {"code": code}) | _item(data, number, name, problems))
        key += [code] if data.get(f"item-{number}-key") else []
    if not found:
        problems.append("至少保留一个信息项。")
    return found, key


def _item(data: Mapping[str, str], number: int, name: str, problems: list[str]) -> dict[str, Any]:
    def given(field: str) -> str:
        return data.get(f"item-{number}-{field}", "").strip()

    numbers: dict[str, int | None] = {}
    for field, title, most in (("length", "长度", 100_000), ("grade", "级别", 4)):
        text = given(field)
        if text and not (text.isdecimal() and 1 <= int(text) <= most):
            problems.append(f"第{number}项：{title}应为1至{most}的整数。")
        numbers[field] = int(text) if text.isdecimal() else None
    if given("data_class") not in dict(CLASSES):
        problems.append(f"第{number}项：请在列出的类别中选择。")
    # fields that this form may leave out stay as they are
    optional = {f: given(f) or None for f in ("data_class", "source_of") if f"item-{number}-{f}" in data}
    return optional | {
        "name": name, "type": given("type") or "C", "length": numbers["length"], "grade": numbers["grade"],
        "required": bool(given("required")), "personal": bool(given("personal")), "description": given("description"),
    }  # fmt: skip
