"""What an overdue order does to those who use the data: a warning, or for 严重 no more supply until it is fixed.

Lives here: which grants are blocked or warned now, applying it once, lifting it when the order no longer stands.
Add here: another consequence a policy may name.
Stays out: when an order is overdue for how long (``clock``), the published file (``warehouse.grant_file``).
"""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import Q

from config import clock
from expectations.models import Order, OrderMark
from expectations.orders import notices, states
from expectations.orders.policy import policy
from registry import audit
from scheme.protocols import Affected, Impact
from warehouse import grant_file

_WORDS = {"block": "暂停供数（数据质量）", "warn": "数据质量提示"}


def overdue(today: date) -> list[Order]:
    """Return the orders whose department is late; a dispute that is being verified is not late."""
    return list(Order.objects.filter(state__in=states.WITH_DEPARTMENT, due__lt=today).order_by("pk"))


def blocked(impact: Impact, today: date) -> dict[str, list[Order]]:
    """Return grant → overdue orders for which it gets no data; asked of lineage now, not of what was noted."""
    return _by_grant(impact, [o for o in overdue(today) if _consequence(o) == "block"])


def warned(impact: Impact, today: date) -> dict[str, list[Order]]:
    """Return grant → overdue orders of which its products must warn; blocked ones too."""
    return _by_grant(impact, [o for o in overdue(today) if _consequence(o) in _WORDS])


@transaction.atomic
def apply(order: Order, impact: Impact) -> list[str]:
    """Apply the policy's consequence of an overdue order once per grant; return the grants newly concerned."""
    kind = _consequence(order)
    found: dict[str, Affected] = {}
    for each in impact(order.dataset, order.item) if kind in _WORDS else []:
        found.setdefault(each.grant, each)
    fresh = [a for g, a in found.items() if _mark(order, f"{kind}:{order.due}:{g}")]
    for each in fresh:
        audit.append(None, _WORDS[kind], f"grant:{each.grant}", {"order": order.number, "subset": each.subset})
        notices.to_owners(order, each, kind, f"{order.number}:{order.due}")
        if kind == "block":
            transaction.on_commit(lambda grant=each.grant: grant_file.withdraw(grant))
    return [a.grant for a in fresh]


@transaction.atomic
def lift(order: Order) -> None:
    """End what the order did to grants; one that another order still blocks stays blocked."""
    for mark in list(order.marks.filter(Q(mark__startswith="block:") | Q(mark__startswith="warn:"))):
        kind, due, grant = mark.mark.split(":", 2)
        if _mark(order, f"lift_{kind}:{due}:{grant}"):
            word = "恢复供数（数据质量）" if kind == "block" else "数据质量提示解除"
            audit.append(None, word, f"grant:{grant}", {"order": order.number})
            notices.to_owners(order, Affected(grant, "", "", ""), f"lift_{kind}", f"{order.number}:{due}")


def _consequence(order: Order) -> str:
    rules = policy(order.severity, order.department, clock.today())
    return rules.overdue if rules else "none"


def _by_grant(impact: Impact, orders: list[Order]) -> dict[str, list[Order]]:
    found: dict[str, list[Order]] = {}
    for order in orders:
        for grant in {a.grant for a in impact(order.dataset, order.item)}:
            found.setdefault(grant, []).append(order)
    return found


def _mark(order: Order, mark: str) -> bool:
    """Whether this step is taken now for the first time."""
    return OrderMark.objects.get_or_create(order=order, mark=mark, defaults={"at": clock.now()})[1]
