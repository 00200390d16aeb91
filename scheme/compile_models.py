"""Grant → dbt models of its authorized subset (design decision 7).

Lives here: rendering of ``auth_<grant>__<table>`` with enforced contract: exactly the granted columns, in
the granted form, of the granted rows. Pure; nothing else may widen a grant.
Add here: SQL of a new form or predicate of ``scheme.grant``.
Stays out: the shape of the model (``scheme/sql/authorized.sql``),
 the masking/sql/masks.sql``), publishing.

Every mask is a function whose name says so, because lineage reads masking from the compiled SQL.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import yaml

from scheme.grant import (
    AgeBand,
    AloneInGroup,
    Band,
    Grant,
    GrantedColumn,
    GrantedTable,
    Index,
    Keep,
    Predicate,
    Prefix,
    Token,
    Truncate,
)
from scheme.names import authorized_name
from scheme.sql import sql_template


def authorized_models(grant: Grant, as_of: date) -> dict[str, str]:
    """Return file name → text of the rendered models of one grant."""
    files: dict[str, str] = {}
    for table in grant.tables:
        alias = authorized_name(grant.grant, table.table).table
        files[f"{alias}.sql"] = _model(grant, table, alias, as_of)
        document = {"version": 2, "models": [_properties(table, alias)]}
        files[f"{alias}.yml"] = yaml.safe_dump(document, allow_unicode=True, sort_keys=False)
    return files


def missing_columns(grant: Grant, current: dict[str, list[str]]) -> list[str]:
    """Return what the grant names and the promoted platform tables do not have（design decision 4）."""
    problems = []
    for table in grant.tables:
        have = current.get(table.source)
        if have is None:
            problems.append(f"{grant.grant}.{table.table}: source {table.source} has no promoted version")
            continue
        wanted = {c.source for c in table.columns} | {p.column for p in table.rows}
        wanted |= {c.form.group for c in table.columns if isinstance(c.form, AloneInGroup)}
        wanted |= {c.form.unit for c in table.columns if isinstance(c.form, Index)}
        problems += [
            f"{grant.grant}.{table.table}: source {table.source} has no column {name}"
            for name in sorted(wanted - set(have))
        ]
        for predicate in table.rows:
            if predicate.op == "in_subset":
                problems += _not_in_subset(grant, table, predicate)
            elif predicate.table and predicate.table_column not in current.get(predicate.table, []):
                problems.append(f"{grant.grant}.{table.table}: {predicate.table}.{predicate.table_column} is not there")
    return problems


def _not_in_subset(grant: Grant, table: GrantedTable, p: Predicate) -> list[str]:
    other = next((t for t in grant.tables if t.table == p.table), None)
    tokens = [c.name for c in other.columns if isinstance(c.form, Token)] if other else []
    if other is not table and p.table_column in tokens:
        return []
    return [f"{grant.grant}.{table.table}: {p.table}.{p.table_column} is no token column of this grant"]


def _model(grant: Grant, table: GrantedTable, alias: str, as_of: date) -> str:
    ages = [p for p in table.rows if p.op == "age_at_least"]
    others = [p for p in table.rows if p.op != "age_at_least"]
    extra = [
        f",\n        count(*) over (partition by {c.form.group}) as _{c.name}_in_group"
        for c in table.columns
        if isinstance(c.form, AloneInGroup)
    ]
    means = [
        f",\n        avg({c.source}) over (partition by {c.form.unit}) as _{c.name}_mean"
        for c in table.columns
        if isinstance(c.form, Index)
    ]
    return sql_template("authorized").substitute(
        schema=grant.schema_name,
        alias=alias,
        grant=grant.grant,
        version=grant.version,
        sha256=grant.sha256,
        source=table.source,
        grouped="".join(extra),
        averaged="".join(means),
        conditions=_all(grant, others, as_of),
        ages=_all(grant, ages, as_of),
        columns=",\n    ".join(f"{_form(grant, c, as_of)} as {c.name}" for c in table.columns),
    )


def _all(grant: Grant, predicates: list[Predicate], as_of: date) -> str:
    return "\n        and ".join(_condition(grant, p, as_of) for p in predicates) or "true"


def _condition(grant: Grant, p: Predicate, as_of: date) -> str:
    day = f"date '{as_of.isoformat()}'"
    match p.op:
        case "eq":
            return f"{p.column} = {_literal(p.value)}"
        case "ge":
            return f"{p.column} >= {_literal(p.value)}"
        case "le":
            return f"{p.column} <= {_literal(p.value)}"
        case "in" | "not_in":
            word = "in" if p.op == "in" else "not in"
            return f"{p.column} {word} ({', '.join(_literal(v) for v in p.values)})"
        case "is_null" | "not_null":
            return f"{p.column} is {'not ' if p.op == 'not_null' else ''}null"
        case "age_at_least":
            return f"date_part('year', age({day}, {p.column})) >= {int(p.value or 0)}"
        case "within_months" | "within_years":
            return f"within_{p.op[7:]}({p.column}, {day}, {int(p.value or 0)})"
        case "in_subset":
            other = authorized_name(grant.grant, str(p.table)).table
            return (
                f"exists (select 1 from {{{{ ref('{other}') }}}} as granted "
                f"where granted.{p.table_column} = keyed_token('{grant.grant}', source_rows.{p.column}))"
            )
        case _:
            word = "exists" if p.op == "in_table" else "not exists"
            return (
                f"{word} (select 1 from {{{{ source('current', '{p.table}') }}}} as other "
                f"where other.{p.table_column} = source_rows.{p.column})"
            )


def _form(grant: Grant, column: GrantedColumn, as_of: date) -> str:
    source, form = column.source, column.form
    match form:
        case Keep():
            sql = source
        case Token():
            sql = f"keyed_token('{grant.grant}', {source})"
        case Band():
            sql = f"mask_band({source}, [{', '.join(form.edges)}], {_labels(form.labels)})"
        case AgeBand():
            edges = ", ".join(str(e) for e in form.edges)
            sql = f"mask_age_band({source}, date '{as_of.isoformat()}', [{edges}], {_labels(form.labels)})"
        case Truncate():
            sql = f"mask_truncate({source}, '{form.unit}')"
        case Prefix():
            sql = f"mask_prefix({source}, {form.length})"
        case Index():
            sql = f"mask_index({source}, _{column.name}_mean)"
        case AloneInGroup():
            sql = f"mask_alone(_{column.name}_in_group)"
    return f"cast({sql} as {column.data_type})"


def _properties(table: GrantedTable, alias: str) -> dict[str, Any]:
    return {
        "name": alias,
        "description": f"{table.title}：{table.purpose}",
        "columns": [
            {"name": c.name, "description": c.title, "data_type": c.data_type, "meta": {"form": c.form.kind}}
            for c in table.columns
        ],
    }


def _labels(labels: list[str]) -> str:
    return f"[{', '.join(_literal(label) for label in labels)}]"


def _literal(value: str | int | None) -> str:
    if isinstance(value, int):
        return str(value)
    return "'" + str(value).replace("'", "''") + "'"
