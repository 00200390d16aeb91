"""The catalog entry as a form.

Lives here: fields → entry, over the entry as it stands, with one Chinese sentence per problem.
Add here: a field that a clerk may change.
Stays out: layout (templates), keeping the result (``registry.catalog_versions``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from scheme.catalog import CatalogEntry, UpdateCycle

CHOICES = {
    "update_cycle": [(c.value, c.chinese) for c in UpdateCycle],
    "sharing": [(v, v) for v in ("无条件共享", "有条件共享", "不予共享")],
    "opening": [(v, v) for v in ("无条件开放", "有条件开放", "不予开放")],
    "operation": [(v, v) for v in ("可授权", "有条件授权", "不授权")],
    "obtained_by": [(v, v) for v in ("直接汇聚", "上级回流", "接口核验")],
}
TEXTS = {"name": ("资源名称", 100), "abstract": ("摘要", 500)}
_CODE = re.compile(r"[a-z][a-z0-9_]{0,40}")
EMPTY_ROWS = 3  # for new items
MOST_ITEMS = 400


class FormError(ValueError):
    """The form cannot become an entry; ``problems``: one Chinese sentence each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("；".join(problems))
        self.problems = problems


def entry_from(data: Mapping[str, str], base: CatalogEntry) -> CatalogEntry:
    """Return the entry that a filled form describes.

    Raises:
        FormError: a field is missing or malformed, or a rule uses an item that was taken out.
    """
    problems: list[str] = []
    document = base.model_dump(mode="json", exclude_defaults=True)
    for name, (title, limit) in TEXTS.items():
        document[name] = data.get(name, "").strip()[:limit]
        if not document[name]:
            problems.append(f"{title}不能为空。")
    for name, choices in CHOICES.items():
        document[name] = data.get(name, "")
        if document[name] not in dict(choices):
            problems.append("请在列出的选项中选择。")
    document["items"] = _items(data, base, problems)
    problems += _rules_left_alone(base, {i["code"] for i in document["items"]})
    if problems:
        raise FormError(sorted(set(problems), key=problems.index))
    try:
        return CatalogEntry.model_validate(document)
    except ValidationError as error:
        places = sorted({".".join(str(p) for p in e["loc"]) or "资源" for e in error.errors(include_input=False)})
        raise FormError(
            [f"目录内容不合规：{'、'.join(places)}。请检查代码、名称是否重复，长度是否为正整数。"]
        ) from None


def _items(data: Mapping[str, str], base: CatalogEntry, problems: list[str]) -> list[dict[str, Any]]:
    known = {i.code: i.model_dump(mode="json", exclude_defaults=True) for i in base.items}
    found = []
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
    if not found:
        problems.append("至少保留一个信息项。")
    return found


def _item(data: Mapping[str, str], number: int, name: str, problems: list[str]) -> dict[str, Any]:
    def given(field: str) -> str:
        return data.get(f"item-{number}-{field}", "").strip()

    numbers: dict[str, int | None] = {}
    for field, title, most in (("length", "长度", 100_000), ("grade", "级别", 4)):
        text = given(field)
        if text and not (text.isdecimal() and 1 <= int(text) <= most):
            problems.append(f"第{number}项：{title}应为1至{most}的整数。")
        numbers[field] = int(text) if text.isdecimal() else None
    return {
        "name": name, "type": given("type") or "C", "length": numbers["length"], "grade": numbers["grade"],
        "required": bool(given("required")), "personal": bool(given("personal")), "description": given("description"),
    }  # fmt: skip


def _rules_left_alone(base: CatalogEntry, kept: set[str]) -> list[str]:
    """A rule or the key that uses an item taken out would break: say which."""
    gone = [i for i in base.items if i.code not in kept]
    found = [f"信息项“{i.name}”是主键，不能删除。" for i in gone if i.code in base.key]
    for item in gone:
        uses = [
            r.rule
            for r in base.rules
            if r.item == item.code or re.search(rf"\b{item.code}(\b|__)", f"{r.failing or ''} {r.names or ''}")
        ]
        if uses:
            found.append(f"信息项“{item.name}”被质量规则{'、'.join(uses)}使用，请先联系区大数据主管部门调整规则。")
    return found
