"""本部门数据去向: which grants, subsets and products use a department's resources.

Lives here: one row per (resource, granted table), from the recorded grant documents and the lineage catalog.
Add here: another fact a department may know of a use of its data.
Stays out: pages and files (``portal``), whether a grant is in force (``registry.grants``). No list is kept by hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from config import clock
from config.settings import settings
from lineage.graph.paths import Paths
from registry.grants import refused_grants
from registry.models import GrantRecord, Release
from scheme.catalog import Catalog, CatalogEntry
from scheme.catalog_files import load_catalog
from scheme.grant import Grant, GrantedTable
from scheme.grant_uses import PROVIDES, Use, uses
from scheme.granted_forms import column_in_words
from scheme.names import authorized_name, delivery_name, product_name
from scheme.protocols import DataUse

THROUGH_BASE = "经融合表提供数据项（由血缘得出）"
INDIRECTLY = "间接参与筛选（由血缘得出）"


@dataclass(frozen=True)
class ProductUse:
    """A product that the grant allows; ``built_at`` None: lineage knows of no build."""

    name: str
    form: str
    state: str
    built_at: datetime | None


@dataclass(frozen=True)
class Destination:
    """One resource in one granted table; ``grant`` None: nobody uses the resource."""

    entry: CatalogEntry
    grant: Grant | None = None
    table: GrantedTable | None = None
    how: str = ""
    state: str = ""
    why_not: list[str] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    subset: str = ""
    published_at: datetime | None = None
    products: list[ProductUse] = field(default_factory=list)


def destinations(department: str, catalog: Catalog, today: date) -> list[Destination]:
    """Return where a department's resources go, by resource, then grant; unused resources too."""
    own = {e.id: e for e in catalog.entries.values() if e.department == department}
    paths, why = Paths(), refused_grants(today)
    found: dict[str, list[Destination]] = {resource: [] for resource in own}
    for record in GrantRecord.objects.exclude(state="草稿").order_by("grant"):
        grant = Grant.model_validate(record.document)
        for use in _all_uses(grant, catalog, own, paths):
            row = _row(own[use.resource], record, grant, use, paths, why.get(record.grant, []))
            found[use.resource].append(row)
    return [row for resource, rows in found.items() for row in rows or [Destination(own[resource])]]


def data_uses(department: str) -> list[DataUse]:
    """Return the uses of a department's resources as of today（``scheme.protocols.DataUses``）."""
    rows = destinations(department, load_catalog(settings().catalog), clock.today())
    return [_in_words(row, row.grant, row.table) for row in rows if row.grant and row.table]


def _in_words(row: Destination, grant: Grant, table: GrantedTable) -> DataUse:
    supplied = f"否：{'；'.join(row.why_not)}" if row.why_not else "是"
    products = tuple(f"{p.name}（{p.form}{f'，{p.state}' if p.state else ''}）" for p in row.products)
    return DataUse(
        row.entry.name, grant.grant, grant.scenario.name, grant.developer.name, row.state, table.title,
        tuple(row.columns), supplied, products,
    )  # fmt: skip


def _all_uses(grant: Grant, catalog: Catalog, own: dict[str, CatalogEntry], paths: Paths) -> Iterator[Use]:
    """Uses the document states, then those that only the recorded lineage of a subset shows."""
    stated = [u for u in uses(grant, catalog) if u.resource in own]
    yield from stated
    named = {(u.resource, u.table.table) for u in stated}
    for table in grant.tables:
        reached = paths.upstream(_subset(grant, table))
        for resource, entry in own.items():
            delivered = str(delivery_name(entry.department, entry.resource))
            if delivered in reached and (resource, table.table) not in named:
                columns = paths.columns_from(_subset(grant, table), delivered)
                yield Use(resource, table, THROUGH_BASE if columns else INDIRECTLY)


def _row(
    entry: CatalogEntry, record: GrantRecord, grant: Grant, use: Use, paths: Paths, why_not: list[str]
) -> Destination:
    subset = _subset(grant, use.table)
    granted = use.table.columns if use.how == PROVIDES else []
    if use.how == THROUGH_BASE:
        delivered = paths.columns_from(subset, str(delivery_name(entry.department, entry.resource)))
        granted = [c for c in use.table.columns if c.name in delivered]
    return Destination(
        entry, grant, use.table, use.how, record.state, why_not, [column_in_words(c) for c in granted],
        subset, paths.last_made(subset), _products(record, grant, subset, paths),
    )  # fmt: skip


def _products(record: GrantRecord, grant: Grant, subset: str, paths: Paths) -> list[ProductUse]:
    """Products made of this subset, and those allowed but not made yet."""
    reached, found = paths.downstream(subset), []
    for allowed in grant.products:
        name = str(product_name(grant.grant, allowed.product))
        made = paths.last_made(name)
        if made is None or name in reached:
            release = Release.objects.filter(grant=record, product=allowed.product).order_by("-made_at", "-pk").first()
            found.append(ProductUse(allowed.name, allowed.form, release.state if release else "", made))
    return found


def _subset(grant: Grant, table: GrantedTable) -> str:
    return str(authorized_name(grant.grant, table.table))
