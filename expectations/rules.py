"""Catalog entry → quality rules, each with the condition that is true on a problem row.

Lives here: the rules generated from data standards, the catalog's own rules, and the naming of the former by these.
Add here: a rule that follows from an attribute of an item.
Stays out: judging (``expectations.evaluate``); ``failing`` only says where to look and how rows are listed.
A rule that cannot be used as the catalog gives it is kept, with the reason in ``error``: it is judged an error.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from config import clock
from expectations import reading
from expectations.arguments import NotOfferedError
from expectations.conditions import compiled, duplicated
from expectations.parameters import drift, wording
from scheme.catalog import CatalogEntry, Item, ItemType
from scheme.catalog import Rule as CatalogRule
from scheme.names import staging_name
from warehouse.engine import literal

_BY_FLAG = {"ExpectColumnValuesToMatchRegex"}


@dataclass(frozen=True)
class Rule:
    """One rule. ``native``: the Great Expectations type that says the same, with its arguments.

    ``by_flag``: on DuckDB Great Expectations judges a column that holds the condition, because it has no answer of
    its own, or a slow one. ``failing`` is empty for a rule of the whole table; ``ignored`` is true on a row that is
    not evaluated.
    """

    rule: str
    item: str | None
    dimension: str
    severity: str
    meaning: str
    failing: str
    native: str = ""
    arguments: str = "{}"  # JSON, so that a rule is hashable
    tolerance: float | None = None
    by_flag: bool = False
    ignored: str = ""
    error: str = ""

    @property
    def tables(self) -> set[str]:
        """Other platform tables the condition reads."""
        return {name for schema, name in reading.tables(self.failing) if schema == "current"}

    @property
    def seeds(self) -> set[str]:
        """Reference tables the condition reads."""
        return {name for schema, name in reading.tables(self.failing) if schema == "reference"}

    @property
    def reads_today(self) -> bool:
        """Whether the condition asks what day it is."""
        return reading.asks_the_day(self.failing)

    @property
    def is_native(self) -> bool:
        """Whether Great Expectations judges the items themselves."""
        return bool(self.native) and not self.by_flag

    @property
    def columns(self) -> list[str]:
        """Items that a native expectation reads."""
        given = json.loads(self.arguments)
        named = given.get("column_list") or [given.get(k) for k in ("column", "column_A", "column_B") if k in given]
        own = [self.item] if self.native.startswith("ExpectColumn") and self.item else []
        return named or own

    @property
    def reads_previous(self) -> bool:
        """Whether the condition compares with the batch before."""
        return any(name == "previous" for schema, name in reading.tables(self.failing) if schema in ("", "main"))


def rules_of(entry: CatalogEntry) -> list[Rule]:
    """Return every row rule of a resource; ids are unique."""
    found = {r.rule: r for r in _generated(entry)}
    for own in entry.rules:
        if own.names is None:
            found[own.rule] = _own(own, entry)
        elif base := found.pop(own.names, None):
            found[own.rule] = replace(base, **_stated(own), item=base.item)
        else:
            found[own.rule] = _unusable(own, f"there is no generated rule {own.names[:80]}")
    return list(found.values())


def _own(own: CatalogRule, entry: CatalogEntry) -> Rule:
    if own.failing is not None:
        return Rule(item=own.item, failing=own.failing, **_stated(own))
    given = dict(own.arguments)
    if own.item and not {"column", "column_A", "column_list"} & set(given):
        given["column"] = own.item
    try:
        found = compiled(str(own.expectation), given, entry)
    except NotOfferedError as error:
        return _unusable(own, str(error))
    return Rule(
        item=own.item, failing=found.failing, native=found.type, arguments=json.dumps(given, default=str),
        by_flag=not found.is_native, ignored=found.ignored, **_stated(own),
    )  # fmt: skip


def _unusable(own: CatalogRule, why: str) -> Rule:
    return Rule(item=own.item, failing="", error=why, **_stated(own))


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
    yield _unique("key__unique", "unique", entry, entry.key)
    for items in entry.unique:
        yield _unique(unique_name(items), "unique_together", entry, items)


def unique_name(items: list[str]) -> str:
    """Return the id of the rule that these items together occur once."""
    name = "__".join(["unique", *items])
    return name if len(name) <= 60 else f"{name[:51]}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def _unique(rule: str, kind: str, entry: CatalogEntry, items: list[str]) -> Rule:
    """A row in which one of the items is missing is compared with no other: that is what ``required`` finds."""
    named = "、".join(entry.item(code).name for code in items)
    if len(items) == 1:
        native, given = "ExpectColumnValuesToBeUnique", {"column": items[0]}
    else:
        native, given = "ExpectCompoundColumnsToBeUnique", {
            "column_list": items, "ignore_row_if": "any_value_is_missing",
        }  # fmt: skip
    lacking = " or ".join(f'"{code}" is null' for code in items)
    return _rule(rule, None, kind, named, duplicated(items), native, given, by_flag=True, ignored=lacking)


def _of_item(item: Item, entry: CatalogEntry) -> Iterator[Rule]:
    code = f'"{item.code}"'

    def rule(kind: str, failing: str, native: str = "", **arguments: Any) -> Rule:
        wording_key = "key_required" if kind == "required" and item.code in entry.key else kind
        given = {"column": item.code, **{k: v for k, v in arguments.items() if v is not None}}
        by_flag = native in _BY_FLAG or "code_list" in given
        ignored = _ignored(kind, item)
        return _rule(
            f"{item.code}__{kind}", item.code, wording_key, item.name, failing, native, given, by_flag, ignored
        )

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
        yield rule(
            "pattern", f"not regexp_full_match({code}, {literal(item.pattern)})",
            "ExpectColumnValuesToMatchRegex", regex=f"^(?:{item.pattern})$",
        )  # fmt: skip
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


def _ignored(kind: str, item: Item) -> str:
    """Rules on a value are put to rows that have one; ``type`` also to those whose value could not be read."""
    empty = f'"{item.code}" is null'
    read = f"{empty} and not list_contains(_invalid_items, '{item.code}')"
    return {"required": "", "type": read}.get(kind, empty)


def _of_lists(item: Item, rule: Callable[..., Rule]) -> Iterator[Rule]:
    code = f'"{item.code}"'
    if item.code_list:
        codes = f"select code from reference.{item.code_list} where code is not null"
        yield rule(
            "code", f"{code} is not null and {code} not in ({codes})",
            "ExpectColumnValuesToBeInSet", code_list=item.code_list,
        )  # fmt: skip
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
    rule: str,
    item: str | None,
    kind: str,
    name: str,
    failing: str,
    native: str = "",
    arguments: Any = None,
    by_flag: bool = False,
    ignored: str = "",
) -> Rule:
    words = wording()[kind]
    return Rule(
        rule, item, words["dimension"], words["severity"], words["meaning"].format(name=name), failing,
        native, json.dumps(arguments or {}), by_flag=by_flag, ignored=ignored,
    )  # fmt: skip


def _target(reference: str) -> str:
    if reference.startswith("seed."):
        _, table, column = reference.split(".")
        return f"select {column} from reference.{table} where {column} is not null"
    department, resource, column = reference.split(".")
    return f'select "{column}" from current.{_table(department, resource)} where "{column}" is not null'


def _table(department: str, resource: str) -> str:
    from config.settings import settings
    from scheme.catalog_files import load_catalog

    entry = load_catalog(settings().catalog).entry(f"{department}.{resource}")
    return staging_name(entry.department, entry.stem).table
