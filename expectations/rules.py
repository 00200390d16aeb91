"""Catalog entry → quality rules, each with the condition that is true on a problem row.

Lives here: the rules generated from data standards, and the naming of them by the catalog's own rules.
Add here: a rule that follows from an attribute of an item.
Stays out: judging (``expectations.evaluate``); ``failing`` only says where to look and how rows are listed.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from config import clock
from expectations.parameters import drift, wording
from scheme.catalog import CatalogEntry, Item, ItemType
from scheme.catalog import Rule as CatalogRule
from scheme.names import staging_name


@dataclass(frozen=True)
class Rule:
    """One rule. ``native``: a Great Expectations type that judges the item itself, with its arguments."""

    rule: str
    item: str | None
    dimension: str
    severity: str
    meaning: str
    failing: str
    native: str = ""
    arguments: str = "{}"  # JSON, so that a rule is hashable
    tolerance: float | None = None

    @property
    def tables(self) -> set[str]:
        """Other platform tables the condition reads."""
        return set(re.findall(r"\bcurrent\.(\w+)", self.failing))

    @property
    def reads_previous(self) -> bool:
        """Whether the condition compares with the batch before."""
        return bool(re.search(r"\b(from|join)\s+previous\b", self.failing, re.IGNORECASE))


def rules_of(entry: CatalogEntry) -> list[Rule]:
    """Return every row rule of a resource; ids are unique."""
    found = {r.rule: r for r in _generated(entry)}
    for named in entry.rules:
        if named.names:
            base = found.pop(named.names)
            found[named.rule] = replace(base, **_stated(named), item=base.item)
        else:
            found[named.rule] = Rule(item=named.item, failing=str(named.failing), **_stated(named))
    return list(found.values())


def digest(rules: list[Rule]) -> str:
    """Return a digest of rules, for telling whether a version was judged by these."""
    return hashlib.sha256(json.dumps([asdict(r) for r in rules], sort_keys=True).encode()).hexdigest()


def _stated(rule: CatalogRule) -> dict[str, Any]:
    return {
        "rule": rule.rule,
        "dimension": rule.dimension.value,
        "severity": rule.severity.value,
        "meaning": rule.meaning,
        "tolerance": rule.tolerance,
    }


def _generated(entry: CatalogEntry) -> Iterator[Rule]:
    for item in entry.items:
        yield from _of_item(item, entry)
    key = ", ".join(f'"{k}"' for k in entry.key)
    present = " and ".join(f'"{k}" is not null' for k in entry.key)
    yield _rule("key__unique", None, "unique", "", f"{present} and count(*) over (partition by {key}) > 1")


def _of_item(item: Item, entry: CatalogEntry) -> Iterator[Rule]:
    code = f'"{item.code}"'

    def rule(kind: str, failing: str, native: str = "", **arguments: Any) -> Rule:
        wording_key = "key_required" if kind == "required" and item.code in entry.key else kind
        return _rule(f"{item.code}__{kind}", item.code, wording_key, item.name, failing, native, arguments)

    yield from _of_lists(item, rule)
    if item.required:
        yield rule("required", f"{code} is null", "ExpectColumnValuesToNotBeNull")
    if item.type is not ItemType.text:
        yield rule("type", f"list_contains(_invalid_items, '{item.code}')")
    if item.check:
        yield rule("check_digit", f"{code} is not null and not is_{item.check}({code})")
    if item.length and item.type is ItemType.text:
        yield rule(
            "length", f"length({code}) > {item.length}",
            "ExpectColumnValueLengthsToBeBetween", max_value=item.length,
        )  # fmt: skip
    if item.pattern:
        yield rule("pattern", f"not regexp_full_match({code}, '{item.pattern}')")
    bounds = _bounds(item)
    if bounds:
        yield rule(
            "range", " or ".join(bounds),
            "ExpectColumnValuesToBeBetween", min_value=item.minimum, max_value=item.maximum,
        )  # fmt: skip
    if item.type is ItemType.decimal and item.maximum is None and item.code not in entry.key:
        yield rule("unit_slip", _unit_slip(item, entry))
    if item.free_text:
        yield rule("personal_data", f"holds_personal_number({code})")


def _of_lists(item: Item, rule: Callable[[str, str], Rule]) -> Iterator[Rule]:
    code = f'"{item.code}"'
    if item.code_list:
        yield rule("code", f"{code} is not null and {code} not in (select code from reference.{item.code_list})")
    if item.references:
        yield rule("reference", f"{code} is not null and {code} not in ({_target(item.references)})")


def _unit_slip(item: Item, entry: CatalogEntry) -> str:
    """Ten thousand times the value of the same key in the batch before, or a ten-thousandth, rounded to the scale."""
    factor, code = int(drift(clock.today())["unit_factor"]), f'"{item.code}"'
    same = " and ".join(f'previous."{k}" = this."{k}"' for k in entry.key)
    rounded = f"{factor} * 0.5 * 1e-{2 if item.scale is None else item.scale}"
    return (
        f"{code} <> 0 and exists (select 1 from previous where {same} and previous.{code} <> 0 and "
        f"least(abs(this.{code} * {factor} - previous.{code}), abs(previous.{code} * {factor} - this.{code})) "
        f"<= {rounded})"
    )


def _bounds(item: Item) -> list[str]:
    limits = (("<", item.minimum), (">", item.maximum))
    return [f'"{item.code}" {sign} {limit}' for sign, limit in limits if limit is not None]


def _rule(
    rule: str, item: str | None, kind: str, name: str, failing: str, native: str = "", arguments: Any = None
) -> Rule:
    words = wording()[kind]
    return Rule(
        rule, item, words["dimension"], words["severity"], words["meaning"].format(name=name), failing,
        native, json.dumps(arguments or {}),
    )  # fmt: skip


def _target(reference: str) -> str:
    if reference.startswith("seed."):
        _, table, column = reference.split(".")
        return f"select {column} from reference.{table}"
    department, resource, column = reference.split(".")
    return f'select "{column}" from current.{_table(department, resource)} where "{column}" is not null'


def _table(department: str, resource: str) -> str:
    from config.settings import settings
    from scheme.catalog_files import load_catalog

    entry = load_catalog(settings().catalog).entry(f"{department}.{resource}")
    return staging_name(entry.department, entry.stem).table
