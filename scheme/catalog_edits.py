"""What a change of an entry may not break, and a claim turned into a reference.

Lives here: checks of a changed entry against the one it changes; edits that the portal offers.
Add here: another such check or edit.
Stays out: forms and workbooks (``portal``, ``scheme.catalog_workbook``), keeping the result (``registry``).
"""

from __future__ import annotations

import re

from scheme.catalog import CatalogEntry, Item
from scheme.catalog_coherence import Entries, Problem, coherence, item_at


def rules_left_alone(base: CatalogEntry, kept: set[str]) -> list[str]:
    """A rule or the key that uses an item taken out would break: say which."""
    gone = [i for i in base.items if i.code not in kept]
    found = [f"信息项“{i.name}”是主键，不能删除。" for i in gone if i.code in base.key]
    together = {code for items in base.unique for code in items}
    found += [f"信息项“{i.name}”用于组合唯一，请先联系区大数据主管部门调整。" for i in gone if i.code in together]
    for item in gone:
        uses = [
            r.rule
            for r in base.rules
            if r.item == item.code
            or re.search(rf"\b{item.code}(\b|__)", f"{r.failing or ''} {r.names or ''} {r.arguments or ''}")
        ]
        if uses:
            found.append(f"信息项“{item.name}”被质量规则{'、'.join(uses)}使用，请先联系区大数据主管部门调整规则。")
    return found


def claims(entry: CatalogEntry, others: Entries) -> list[Problem]:
    """Return the data elements that an entry claims although another entry is their source already."""
    apart = {k: e for k, e in others.items() if k != entry.id}
    found = coherence(apart | {entry.id: entry})  # last, so that of two claims its own is the second
    return [p for p in found if p.element and _resource(p.where) == entry.id != _resource(p.first)]


def as_references(entry: CatalogEntry, others: Entries) -> CatalogEntry:
    """Return the entry with such claims turned into references, graded no lower than what they refer to."""
    firsts = {p.where.rpartition(".")[2]: p.first for p in claims(entry, others)}
    items = [_referring(i, firsts[i.code], others) if i.code in firsts else i for i in entry.items]
    return entry.model_copy(update={"items": items})


def _referring(item: Item, first: str, others: Entries) -> Item:
    source = item_at(others, first)
    grade = max(filter(None, (item.grade, source.grade if source else None)), default=None)
    return item.model_copy(update={"source_of": None, "references": first, "grade": grade})


def _resource(place: str) -> str:
    return place.rpartition(".")[0]
