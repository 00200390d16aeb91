"""The real dbt models as SQL, without running dbt: its Jinja rendered with the names dbt would give.

Lives here: rendering, and tables of random values that the models can read.
Add here: a value that a model asks for (else its result is empty).
Stays out: the truth (``truth``), what lineage says of the models (the tests).
"""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import asdict
from typing import Any

import sqlglot
from jinja2 import Environment
from sqlglot import exp

from config.settings import settings
from lineage.columns import Lineage, statement_lineage
from orchestration.pipeline import dbt_files
from registry import demo
from scheme import copies
from scheme.catalog_files import load_catalog
from scheme.compile_models import authorized_models
from scheme.compile_staging import ROW_COLUMNS, sql_type, staging_models
from scheme.names import authorized_name, landing_name, staging_name
from tests.unit.lineage.truth import Table

AS_OF = dt.date(2026, 9, 24)
DAYS = [dt.date(1940, 1, 2), dt.date(1966, 4, 9), dt.date(2012, 12, 1), dt.date(2026, 6, 1), None]
VALUES: dict[str, list[Any]] = {
    "text": ["k1", "k2", "k3", None],
    "int": [0, 2, 25, 300, None],
    "double": [1.5, 40.0, 117.25, 35.5, None],
    "date": DAYS,
    "timestamp": [dt.datetime(2026, 1, d) for d in (1, 2, 3)],
    "bool": [True, False, None],
    "text[]": [[], ["a"], None],
}
NAMED: dict[str, list[Any]] = {
    "valid_to_date": [None, None, None, dt.date(2026, 1, 1)],
    "month": ["2026-05", "2026-08", "2026-07", "2019-01"],
    "year": ["2025", "2024", "2011"],
    "village_code": ["370812001001", "370812001002", "370812002001"],
    "code": ["370812001", "370812002", "k1", "k2", "370812001001", "370812002001"],
    "level": ["town", "town", "village"],
}
DELIVERED = ["k1", "k2", "12", "12.5", "2020-01-02", "是", "0", "1650000000000", None]
_KINDS = {"varchar": "text", "bigint": "int", "varchar[]": "text[]", "boolean": "bool", "integer": "int"}


def models() -> dict[str, tuple[str, str]]:
    """Return model → its data set and its SQL: staging, integrated, authorized, products."""
    found = {}
    for entry in load_catalog(settings().catalog).entries.values():
        for file, text in staging_models(entry).items():
            if file.endswith(".sql"):
                found[file[:-4]] = (f"platform.staging.{file[:-4]}", text)
    for path in sorted((dbt_files.PROJECT / "models" / "integrated").glob("*.sql")):
        found[path.stem] = (f"platform.integrated.{path.stem}", path.read_text("utf-8"))
    for grant in _grants():
        for file, text in authorized_models(grant, AS_OF).items():
            if file.endswith(".sql"):
                found[file[:-4]] = (f"authorized.{grant.schema_name}.{file[:-4]}", text)
    environment = _environment({name: dataset for name, (dataset, _) in found.items()})
    macros = "".join(p.read_text("utf-8") for p in sorted((dbt_files.PROJECT / "macros").glob("*.sql"))
                     if p.stem not in ("copies", "generate_schema_name"))  # fmt: skip
    rendered = {
        name: (dataset, environment.from_string(macros + text).render()) for name, (dataset, text) in found.items()
    }
    return rendered | _products()


def lineages(sql: dict[str, tuple[str, str]]) -> tuple[dict[str, Lineage], dict[str, dict[str, str]]]:
    """Return the lineage of each model and data set → column → kind of value, of everything the models read."""
    kinds, found = _sources(), {}
    for name in sorted(sql, key=lambda n: ("integrated" in sql[n][0], not n.endswith("_history"))):
        found[name] = statement_lineage(sql[name][1], {d: list(c) for d, c in kinds.items()})
        kinds.setdefault(sql[name][0], {c: _kind_of(c, found[name], kinds) for c in found[name].columns})
    return found, kinds


def tables(sql: str, lineage: Lineage, kinds: dict[str, dict[str, str]], tokens: list[str]) -> list[Table]:
    """Return random tables for everything that a model reads, with the values that it compares with.

    ``tokens``: those of ``k1`` and ``k2`` under the grant that the model belongs to, if it belongs to one; its
    conditions leave few rows, so its tables are longer.
    """
    asked = _compared(sql)
    found = []
    for dataset in lineage.reads:
        columns = kinds[dataset]
        values = {c: _values(dataset, c, kind, asked) for c, kind in columns.items() if c != "_row_number"}
        values |= {c: tokens for c in columns if tokens and c.endswith("_token")}
        found.append(Table(dataset, kinds[dataset], values, size=60 if tokens else 24))
    return found


def _values(dataset: str, column: str, kind: str, asked: dict[str, list[Any]]) -> list[Any]:
    if dataset.startswith("landing.") and kind == "text" and not column.startswith("_"):
        return DELIVERED
    return NAMED.get(column) or (asked.get(column, []) + VALUES[kind][:2] if column in asked else VALUES[kind])


def _compared(sql: str) -> dict[str, list[Any]]:
    """Return column → the texts that a statement compares it with."""
    found: dict[str, list[Any]] = {}
    for node in sqlglot.parse_one(sql, read="duckdb").find_all(exp.EQ, exp.In):
        column = node.this
        texts = [e for e in (node.args.get("expression"), *node.args.get("expressions", [])) if e is not None]
        if isinstance(column, exp.Column):
            found.setdefault(column.name, []).extend(
                t.this for t in texts if isinstance(t, exp.Literal) and t.is_string
            )
    return {name: values for name, values in found.items() if values}


def _environment(relations: dict[str, str]) -> Environment:
    listed = [asdict(c) for c in copies.copies(load_catalog(settings().catalog).entries)]
    environment = Environment(autoescape=False)
    environment.globals |= {
        "config": lambda **_: "",
        "source": lambda schema, table: _relation(schema, table),
        "ref": lambda name: _quoted(relations.get(name, f"platform.reference.{name}")),
        "copies": lambda: listed[:3],  # one query each, all of one form
    }
    return environment


def _relation(schema: str, table: str) -> str:
    zone = "landing" if schema.startswith("landing_") else "platform"
    return _quoted(f"{zone}.{schema.removeprefix('landing_')}.{table}")


def _quoted(dataset: str) -> str:
    return ".".join(f'"{part}"' for part in dataset.split("."))


def _grants() -> list[Any]:
    return [demo.read_grant(file) for file in ("grant_s1.yml", "grant_s2.yml")]


def _products() -> dict[str, tuple[str, str]]:
    from dataplane import elderly_care_report as report

    return {f"report_{q}": (f"product.s2.{q}", report.query(q, report.lineage_tables())) for q in report.QUERIES}


def _sources() -> dict[str, dict[str, str]]:
    """Return data set → column → kind of value, of landing, staging, reference and authorized tables."""
    found: dict[str, dict[str, str]] = {}
    for entry in load_catalog(settings().catalog).entries.values():
        row = {"_batch_id": "text", "_row_number": "int", "_repaired_items": "text[]", "_delivered_at": "timestamp"}
        found[str(landing_name(entry.department, entry.resource))] = {i.code: "text" for i in entry.items} | row
        staged = {i.code: _kind(sql_type(i)) for i in entry.items} | {c: _kind(t) for c, t in ROW_COLUMNS.items()}
        for schema in ("staging", "current", "history"):
            found[f"platform.{schema}.{staging_name(entry.department, entry.stem).table}"] = staged
    for table, columns in dbt_files.integrated_tables().items():
        for schema in ("integrated", "current"):
            found[f"platform.{schema}.{table}"] = {c: _kind(t) for c, t in columns.items()}
    for path in (dbt_files.PROJECT / "seeds").glob("*.csv"):
        header = next(csv.reader(path.read_text("utf-8-sig").splitlines()))
        found[f"platform.reference.{path.stem}"] = dict.fromkeys(header, "text")
    for grant in _grants():
        for table in grant.tables:
            found[str(authorized_name(grant.grant, table.table))] = {c.name: _kind(c.data_type) for c in table.columns}
    return found


def _kind(sql: str) -> str:
    return "double" if sql.startswith("decimal") else _KINDS.get(sql, sql)


def _kind_of(column: str, lineage: Lineage, kinds: dict[str, dict[str, str]]) -> str:
    """The kind of a column of a model without a contract: a date by its name, else that of its source."""
    if column.endswith("_date"):
        return "date"
    sources = [e for e in lineage.edges if e.column == column and e.type == "DIRECT"]
    return kinds[sources[0].source][sources[0].source_column] if sources else "text"
