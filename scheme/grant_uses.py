"""Whose resources a grant document takes: those it names, those behind its tables, those it only selects rows by.

Lives here: grant document and catalog → uses, one per (resource, granted table), and the enterprises concerned.
Add here: another way in which a document can name a resource.
Stays out: uses that only lineage knows (``lineage.graph.destinations``), consents (``registry.consents``).
"""

from __future__ import annotations

from dataclasses import dataclass

from scheme.catalog import Catalog
from scheme.grant import Grant, GrantedTable
from scheme.names import staging_name

PROVIDES, SELECTS = "提供数据项", "仅作筛选条件"
UTILITY = "公用企业"


@dataclass(frozen=True)
class Use:
    """One resource in one granted table; ``how``: its items are granted, or it only decides which rows."""

    resource: str
    table: GrantedTable
    how: str


def uses(grant: Grant, catalog: Catalog) -> list[Use]:
    """Return the uses that the document itself states, in its order."""
    behind = {staging_name(e.department, e.stem).table: e.id for e in catalog.entries.values()}
    found = []
    for table in grant.tables:
        provided = {table.resource: None, behind.get(table.source, table.resource): None}
        asked = {behind.get(str(p.table)): None for p in table.rows if p.op in ("in_table", "not_in_table")}
        found += [Use(resource, table, PROVIDES) for resource in provided]
        found += [Use(resource, table, SELECTS) for resource in asked if resource and resource not in provided]
    return found


def utility_uses(grant: Grant, catalog: Catalog) -> dict[str, list[Use]]:
    """Return department code → uses, for each public utility whose resources the grant takes（【其他数据】）."""
    found: dict[str, list[Use]] = {}
    for use in uses(grant, catalog):
        department = catalog.departments.get(use.resource.split(".")[0])
        if department and department.kind == UTILITY:
            found.setdefault(department.code, []).append(use)
    return found
