"""Copies of a data element: items that repeat what another department is the one source of（一数一源）.

Lives here: finding them in the catalog, what is wrong with a claim, and the macro that dbt compares them by.
Stays out: comparing (``dbt_project/macros/value_conflicts.sql``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass

from scheme.catalog import CatalogEntry, Item
from scheme.names import staging_name


@dataclass(frozen=True)
class Copy:
    """One item that copies another register's item of the same subject."""

    element: str
    source_resource: str
    source_schema: str
    source_table: str
    source_key: str
    source_item: str
    copy_resource: str
    copy_schema: str
    copy_table: str
    copied_by: str
    copy_item: str


def copies(entries: Mapping[str, CatalogEntry]) -> list[Copy]:
    """Return every copy that the catalog declares."""
    return [_copy(e, i, entries) for e, i in _declared(entries) if not _problem(e, i, entries)[0]]


def problems(entries: Mapping[str, CatalogEntry]) -> Iterator[tuple[str, str, str]]:
    """Yield where, in English and in Chinese what is wrong with declared copies."""
    for entry, item in _declared(entries):
        english, chinese = _problem(entry, item, entries)
        if english:
            yield (
                f"{entry.id}.{item.code}", f"copy_of {item.copy_of}: {english}",
                f"“{entry.name}”的“{item.name}”声明取自“{item.copy_of}”：{chinese}。",
            )  # fmt: skip


def macro(entries: Mapping[str, CatalogEntry]) -> str:
    """Return the dbt macro ``copies()``."""
    listed = ", ".join(json.dumps(asdict(c), ensure_ascii=False) for c in copies(entries))
    return f"{{#- Rendered from the catalog. -#}}\n{{% macro copies() %}}{{{{ return([{listed}]) }}}}{{% endmacro %}}\n"


def _declared(entries: Mapping[str, CatalogEntry]) -> Iterator[tuple[CatalogEntry, Item]]:
    for entry in entries.values():
        for item in entry.items:
            if item.copy_of:
                yield entry, item


def _problem(entry: CatalogEntry, item: Item, entries: Mapping[str, CatalogEntry]) -> tuple[str, str]:
    resource, _, code = str(item.copy_of).rpartition(".")
    source = entries.get(resource)
    if source is None or code not in [i.code for i in source.items]:
        return "there is no such item", "该信息项不存在"
    if len(source.key) != 1:
        return f"{resource} has no key of one item", "数源的主键不是单一信息项"
    if source.item(code).type is not item.type:
        return "the two items are of different types", "两个信息项的数据类型不同"
    if item.copied_by not in [i.code for i in entry.items]:
        return "copied_by names no item: give the item that holds the source's key", "未指明存放数源主键的信息项"
    return "", ""


def _schema(entry: CatalogEntry) -> str:
    """A register with history is read from there: a model may read one table by one name only."""
    return "history" if entry.history else "current"


def _copy(entry: CatalogEntry, item: Item, entries: Mapping[str, CatalogEntry]) -> Copy:
    resource, _, code = str(item.copy_of).rpartition(".")
    source = entries[resource]
    return Copy(
        element=source.item(code).source_of or source.item(code).name,
        source_resource=resource,
        source_schema=_schema(source),
        source_table=staging_name(source.department, source.stem).table,
        source_key=source.key[0],
        source_item=code,
        copy_resource=entry.id,
        copy_schema=_schema(entry),
        copy_table=staging_name(entry.department, entry.stem).table,
        copied_by=str(item.copied_by),
        copy_item=item.code,
    )
