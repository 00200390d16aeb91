"""What changed between two versions of a catalog entry, as a reviewer reads it.

Lives here: the comparison and the Chinese names of the fields.
Add here: the name of a new field.
Stays out: who changed it (``registry.catalog_versions``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scheme.catalog import CatalogEntry

FIELDS = {
    "name": "名称", "code": "代码", "abstract": "摘要", "update_cycle": "更新周期", "obtained_by": "获取方式",
    "secrecy": "涉密属性", "sharing": "共享属性", "opening": "开放属性", "operation": "授权运营属性", "state": "状态",
    "key": "主键", "type": "数据类型", "length": "长度", "required": "必填", "grade": "级别", "data_class": "类别",
    "personal": "个人信息", "standard": "标准", "labels": "其他表头", "source_of": "数源", "references": "引用",
    "sharing_condition": "共享条件", "sharing_method": "共享方式", "opening_condition": "开放条件",
    "legal_basis": "不予共享依据", "published_on": "发布日期", "related": "关联资源", "copy_of": "取自",
    "copied_by": "关联主键", "optional": "可缺列", "history": "保留历史",
    "description": "说明", "delivery": "交付格式", "rules": "质量规则", "code_list": "代码表", "scale": "小数位",
    "unique": "组合唯一",
}  # fmt: skip


@dataclass(frozen=True)
class Change:
    """One change; ``before`` or ``after`` is empty where something was added or taken out."""

    where: str
    before: str
    after: str


def changes(old: CatalogEntry | None, new: CatalogEntry) -> list[Change]:
    """Return what differs, resource first, then item by item in the new order."""
    if old is None:
        return [Change("资源", "", f"{new.name}（新编制，{len(new.items)} 个信息项）")]
    before, after = {i.code: i for i in old.items}, {i.code: i for i in new.items}
    found = _fields(old, new, "", {"items", "version"})
    found += [Change(f"信息项 {i.name}", "", "新增") for c, i in after.items() if c not in before]
    found += [Change(f"信息项 {i.name}", "有", "删除") for c, i in before.items() if c not in after]
    for code in [c for c in after if c in before]:
        found += _fields(before[code], after[code], f"{before[code].name}·", {"code"})
    return found


def is_other_schema(old: CatalogEntry, new: CatalogEntry) -> bool:
    """Whether deliveries look different: other items, types or headers."""

    def shape(entry: CatalogEntry) -> list[tuple[Any, ...]]:
        return [(i.code, i.name, i.type, i.length, i.scale, i.required) for i in entry.items]

    return shape(old) != shape(new)


def _fields(old: Any, new: Any, prefix: str, skipped: set[str]) -> list[Change]:
    names: list[str] = [n for n in type(new).model_fields if n not in skipped and getattr(old, n) != getattr(new, n)]
    return [Change(prefix + FIELDS.get(n, str(n)), _shown(old, n), _shown(new, n)) for n in names]


def _shown(document: Any, name: str) -> str:
    value = getattr(document, name)
    if hasattr(value, "chinese"):
        return str(value.chinese)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list) and all(isinstance(v, str) for v in value):
        return "、".join(value)
    return "" if value is None else f"{len(value)} 条" if isinstance(value, list) else str(value)
