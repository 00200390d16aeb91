"""What the form of a catalog entry shows.

Lives here: entry → fields, and fields → rows of the table, so that a refused form comes back as it was filled in.
Add here: a field that a clerk sees.
Stays out: fields → entry (``portal.catalog_form``), layout (templates).
"""

from __future__ import annotations

from collections.abc import Mapping

from scheme.catalog import DATA_CLASSES, CatalogEntry, Item, UpdateCycle

CHOICES = {
    "update_cycle": [(c.value, c.chinese) for c in UpdateCycle],
    "sharing": [(v, v) for v in ("无条件共享", "有条件共享", "不予共享")],
    "opening": [(v, v) for v in ("无条件开放", "有条件开放", "不予开放")],
    "operation": [(v, v) for v in ("可授权", "有条件授权", "不授权")],
    "sharing_method": [(v, v) for v in ("数据文件", "库表交换", "接口服务")],
    "obtained_by": [(v, v) for v in ("直接汇聚", "上级回流", "接口核验")],
}
CLASSES = [("", ""), *DATA_CLASSES.items()]
TEXTS = {"name": ("资源名称", 100), "abstract": ("摘要", 500)}
CONDITIONS = {"sharing_condition": 300, "opening_condition": 300, "legal_basis": 300}  # may stay empty
DEFAULTS = {"sharing_method": "数据文件"}
EMPTY_ROWS, FIRST_ROWS = 3, 8  # for new items, of an entry that is there and of a new one
MOST_ITEMS = 400
_WORDS = ("code", "name", "type", "length", "grade", "data_class", "source_of", "description")
_FLAGS = ("required", "personal", "key", "remove")


def fields_of(entry: CatalogEntry | None) -> dict[str, str]:
    """Return the fields as a browser sends them back unchanged."""
    if entry is None:
        return {"opening": "不予开放"} | DEFAULTS
    fields = {name: str(getattr(entry, name)) for name in ("resource", *TEXTS, *CONDITIONS, *CHOICES)}
    for number, item in enumerate(entry.items, 1):
        fields |= {f"item-{number}-{word}": _shown(item, word) for word in _WORDS}
        flags = {"required": item.required, "personal": item.personal, "key": item.code in entry.key}
        fields |= {f"item-{number}-{flag}": "on" for flag, is_set in flags.items() if is_set}
    return fields


def rows_of(fields: Mapping[str, str], known: set[str], is_new: bool) -> list[dict[str, str]]:
    """Return one row per item, and empty ones to fill in; ``known``: codes that may not be changed."""
    numbers = [n for n in range(1, MOST_ITEMS + 1) if f"item-{n}-code" in fields]
    spare = FIRST_ROWS if is_new and not numbers else EMPTY_ROWS
    filled = [n for n in numbers if fields[f"item-{n}-code"].strip() or fields.get(f"item-{n}-name", "").strip()]
    found = []
    for place, number in enumerate([*filled, *[0] * spare], 1):
        row = {word: fields.get(f"item-{number}-{word}", "") for word in (*_WORDS, *_FLAGS)}
        found.append(row | {"n": str(place), "known": "yes" if row["code"] in known else ""})
    return found


def _shown(item: Item, word: str) -> str:
    value = getattr(item, word)
    return "" if value is None else str(value)
