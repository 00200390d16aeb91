"""Catalog entry → dbt staging model (ADR 0004).

Lives here: rendering of ``stg_<department>__<entity>``, its ``_dropped`` sibling and the dbt sources.
A new resource needs one catalog entry and no SQL; a hand-written model of the same name under
``dbt_project/models/staging`` takes its place.
Add here: how an attribute of an item becomes SQL.
Stays out: the shape of the model (``scheme/sql/staging.sql``), the SQL of cleaning and typing
(``dbt_project/macros/standardise.sql``).
"""

from __future__ import annotations

from typing import Any

import yaml

from scheme.catalog import Catalog, CatalogEntry, Item, ItemType
from scheme.names import landing_name, staging_name
from scheme.sql import sql_template

DATE_FORMATS = ["%Y-%m-%d", "%Y%m%d", "%Y/%m/%d", "%Y年%m月%d日", "%Y-%m-%d %H:%M:%S"]
DATETIME_FORMATS = [
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S.%f", "%Y/%m/%d %H:%M:%S", "%Y-%m-%d",
]  # fmt: skip
ROW_COLUMNS = {
    "_invalid_items": "varchar[]",
    "_repaired_items": "varchar[]",
    "_batch_id": "varchar",
    "_row_number": "bigint",
    "_delivered_at": "timestamp",
}
_ROW_TITLES = {
    "_invalid_items": "未能识别的数据项", "_repaired_items": "已修复的数据项", "_batch_id": "来源批次",
    "_row_number": "来源行号", "_delivered_at": "交付时间",
}  # fmt: skip


def sql_type(item: Item) -> str:
    """Return the DuckDB type of an item in staging."""
    scale = 2 if item.scale is None else item.scale
    return {
        ItemType.text: "varchar",
        ItemType.decimal: f"decimal(18,{scale})",
        ItemType.integer: "bigint",
        ItemType.date: "date",
        ItemType.datetime: "timestamp",
        ItemType.boolean: "boolean",
    }[item.type]


def staging_models(entry: CatalogEntry) -> dict[str, str]:
    """Return file name → text of an entry's rendered models."""
    table = staging_name(entry.department, entry.stem).table
    facts = {
        "table": table,
        "department": entry.department,
        "resource": entry.resource,
        "version": entry.version,
        "landing": landing_name(entry.department, entry.resource).table,
        "key": ", ".join(f'"{k}"' for k in entry.key),
        "same_key": "\n        ".join(f'and landed."{k}" is not distinct from repeated."{k}"' for k in entry.key),
        "raw": ", ".join(f'"{i.code}"' for i in entry.items),
        "cleaned": ",\n        ".join(f"{_cleaned(i)} as {i.code}" for i in entry.items),
        "typed": ",\n        ".join(f"{_typed(i)} as {i.code}" for i in entry.items),
        "invalid": _invalid(entry.items),
        "superseding": _superseding(entry),
        "latest": "latest" if entry.delivery.increments else "cleaned",
        "dropped_reason": _dropped_reason(entry),
    }
    return {
        f"{table}.sql": sql_template("staging").substitute(facts),
        f"{table}_dropped.sql": sql_template("staging_dropped").substitute(facts),
        f"{table}.yml": _yaml({"version": 2, "models": [_properties(entry, table), _dropped(entry, table)]}),
    }


def sources(catalog: Catalog, integrated: list[str]) -> str:
    """Return the dbt sources: landing zone per department, promoted tables, their histories."""
    by_department: dict[str, list[str]] = {}
    current, history = list(integrated), []
    for entry in catalog.entries.values():
        landing = landing_name(entry.department, entry.resource).table
        by_department.setdefault(entry.department, []).append(landing)
        staged = staging_name(entry.department, entry.stem).table
        current.append(staged)
        if entry.history:
            history.append(staged)
    found = [
        {"name": f"landing_{d}", "database": "landing", "schema": d, "tables": _tables(t)}
        for d, t in by_department.items()
    ]
    found.append({"name": "current", "database": "platform", "schema": "current", "tables": _tables(current)})
    found.append({"name": "history", "database": "platform", "schema": "history", "tables": _tables(history)})
    return _yaml({"version": 2, "sources": found})


def _cleaned(item: Item) -> str:
    return f"{{{{ cleaned('{item.code}', {list(item.normalize)}) }}}}"


def _typed(item: Item) -> str:
    name = f"'{item.code}'"
    match item.type:
        case ItemType.decimal:
            return f"{{{{ as_decimal({name}, {2 if item.scale is None else item.scale}) }}}}"
        case ItemType.integer:
            return f"{{{{ as_integer({name}) }}}}"
        case ItemType.boolean:
            return f"{{{{ as_boolean({name}) }}}}"
        case ItemType.date:
            return f"{{{{ as_date({name}, {item.formats or DATE_FORMATS}) }}}}"
        case ItemType.datetime:
            return f"{{{{ as_timestamp({name}, {item.formats or DATETIME_FORMATS}) }}}}"
        case _:
            return item.code


def _invalid(items: list[Item]) -> str:
    tests = [
        f"case when {i.code} is not null and ({_typed(i)}) is null then '{i.code}' end"
        for i in items
        if i.type is not ItemType.text
    ]
    if not tests:
        return "cast([] as varchar[])"
    listed = ",\n            ".join(tests)
    return f"list_filter([\n            {listed}\n        ], lambda code: code is not null)"


def _superseding(entry: CatalogEntry) -> str:
    """Increments: of each key only what the last delivery says of it, unless it says that the key is gone."""
    if not entry.delivery.increments:
        return ""
    return sql_template("superseding").substitute(
        key=", ".join(entry.key),
        without_key=" or ".join(f"{k} is null" for k in entry.key),
        deletion=_deletion(entry),
    )


def _dropped_reason(entry: CatalogEntry) -> str:
    if not entry.delivery.increments:
        return "'exact_duplicate'"
    return f"case when {_deletion(entry)} then 'deletion' else 'superseded' end"


def _deletion(entry: CatalogEntry) -> str:
    rule = entry.delivery.increments
    values = ", ".join("'" + v.replace("'", "''") + "'" for v in rule.deleted) if rule else ""
    return f"coalesce(trim({rule.marker}) in ({values}), false)" if rule else "false"


def _properties(entry: CatalogEntry, table: str) -> dict[str, Any]:
    columns = [
        {"name": i.code, "description": i.name, "data_type": sql_type(i), "meta": {"grade": i.grade}}
        for i in entry.items
    ]
    columns += [{"name": n, "description": _ROW_TITLES[n], "data_type": t} for n, t in ROW_COLUMNS.items()]
    return {
        "name": table,
        "description": f"{entry.name}（标准化）",
        "config": {
            "contract": {"enforced": True},
            "meta": {"resource": entry.id, "department": entry.department},
        },
        "columns": columns,
    }


def _dropped(entry: CatalogEntry, table: str) -> dict[str, Any]:
    columns = [{"name": n, "description": _ROW_TITLES[n]} for n in ("_batch_id", "_row_number")]
    columns.append({"name": "_reason", "description": "剔除原因"})
    return {"name": f"{table}_dropped", "description": f"{entry.name}（去重剔除的记录）", "columns": columns}


def _tables(names: list[str]) -> list[dict[str, str]]:
    return [{"name": n} for n in sorted(names)]


def _yaml(document: dict[str, Any]) -> str:
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False)
