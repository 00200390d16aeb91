"""What overdue orders do to grants and products now, asked of lineage once a page.

Lives here: stopped grants, products to be warned of.
Add here: another effect a page shows.
Stays out: when an order has which effect (``expectations.orders.consequences``).
"""

from __future__ import annotations

from config import clock
from expectations.models import Order
from expectations.orders import consequences
from lineage.impact import Impacts
from registry.models import GrantRecord
from scheme.grant import Grant
from scheme.protocols import Affected


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


def _names(uses: list[Affected], grant: str) -> set[str]:
    return {p for each in uses if each.grant == grant for p in each.products}
