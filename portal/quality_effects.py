"""What orders mean for grants and products now, asked of lineage once a page.

Lives here: problems of a grant's data, stopped grants, products to be warned of.
Add here: another effect a page shows.
Stays out: when an order has which effect (``expectations.orders.consequences``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from config import clock
from config.settings import settings
from expectations.models import Order, OrderMark
from expectations.orders import consequences, reading, states
from lineage.graph.impact import Impacts
from registry.models import GrantRecord
from scheme.catalog import Severity
from scheme.catalog_files import load_catalog
from scheme.grant import Grant
from scheme.protocols import Affected

_SENT = (*states.WITH_DEPARTMENT, "异议核实中")


@dataclass(frozen=True)
class Problem:
    """What a grant's owner may know of a problem with its data: no letters, no persons.

    ``effect``: what it does to the grant now, empty if nothing.
    """

    order: Order
    resource: str
    severity: str
    uses: list[dict[str, Any]]
    is_late: bool
    effect: str


@dataclass(frozen=True)
class Ended:
    """An effect on a grant that is over."""

    order: Order
    resource: str
    effect: str
    at: datetime
    until: datetime


def problems_of(grant: str) -> list[Problem]:
    """Return the open problems, told to the departments, of data that a grant uses; the one due next first."""
    ask, today = Impacts(), clock.today()
    stopped = {o.pk for o in consequences.blocked(ask, today).get(grant, [])}
    warned = {o.pk for o in consequences.warned(ask, today).get(grant, [])}
    found = []
    for order in Order.objects.filter(state__in=_SENT).order_by("due", "pk"):
        uses = [u for u in ask(order.dataset, order.item) if u.grant == grant]
        if uses:
            effect = "暂停供数" if order.pk in stopped else "数据质量提示" if order.pk in warned else ""
            severity, is_late = Severity(order.severity).chinese, reading.is_overdue(order, today)
            found.append(Problem(order, _resource(order), severity, _in_words(uses), is_late, effect))
    return found


def ended_of(grant: str) -> list[Ended]:
    """Return what problems did to a grant and do no more, the last first."""
    marks = OrderMark.objects.filter(mark__contains=f":{grant}:").select_related("order")
    orders = {m.order.pk: m.order for m in marks}
    found = [
        Ended(order, _resource(order), "暂停供数" if c.kind == "block" else "数据质量提示", c.at, c.lifted_at)
        for order in orders.values()
        for c in reading.consequences_of(order)
        if c.grant == grant and c.lifted_at is not None
    ]
    return sorted(found, key=lambda e: e.until, reverse=True)


def stopped_grants() -> dict[str, list[Order]]:
    """Return grant → the overdue orders for which it gets no data（暂停供数）."""
    return consequences.blocked(Impacts(), clock.today())


def warned_products() -> dict[tuple[str, str], list[Order]]:
    """Return (grant, product code) → the overdue orders on data the product is made of."""
    found: dict[tuple[str, str], list[Order]] = {}
    ask = Impacts()
    for grant, orders in consequences.warned(ask, clock.today()).items():
        document = Grant.model_validate(GrantRecord.objects.get(grant=grant).document)
        codes = {p.name: p.product for p in document.products}
        for order in orders:
            for name in _names(ask(order.dataset, order.item), grant):
                found.setdefault((grant, codes[name]), []).append(order)
    return found


def _resource(order: Order) -> str:
    entry = load_catalog(settings().catalog).entries.get(f"{order.department}.{order.resource}")
    return entry.name if entry else order.resource


def _in_words(uses: list[Affected]) -> list[dict[str, Any]]:
    grant = Grant.model_validate(GrantRecord.objects.get(grant=uses[0].grant).document)
    titles = {(t.title, c.name): c.title for t in grant.tables for c in t.columns}
    return [{"use": u, "columns": [titles.get((u.title, c), c) for c in u.columns]} for u in uses]


def _names(uses: list[Affected], grant: str) -> set[str]:
    return {p for each in uses if each.grant == grant for p in each.products}
