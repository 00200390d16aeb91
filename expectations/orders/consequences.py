"""What an overdue order does to those who use the data: a warning, or for 严重 no more supply until it is fixed.

Lives here: which grants are blocked or warned now, applying it once, lifting it when the order no longer stands.
Add here: another consequence a policy may name.
Stays out: when an order is overdue for how long (``clock``), the published file (``warehouse.grant_file``).
"""

from __future__ import annotations

from datetime import date

from django.db import transaction

from config import clock
from expectations.models import Order, OrderMark
from expectations.orders import notices, states
from expectations.orders.policy import policy
from registry import audit
from scheme.protocols import Affected, Impact
from warehouse import grant_file

_WORDS = {"block": "暂停供数（数据质量）", "warn": "数据质量提示"}
_LIFTED = {
    "block": "恢复供数（数据质量）", "warn": "数据质量提示解除", "also": "整改单不再暂停供数，另有整改单仍暂停供数",
}  # fmt: skip


def overdue(today: date) -> list[Order]:
    """Return the orders whose department is late; while an order's time stands still it is not."""
    found = Order.objects.filter(state__in=states.WITH_DEPARTMENT, paused_on__isnull=True, due__lt=today)
    return list(found.order_by("pk"))


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
    standing = {(k, g) for k, g in _standing(order)}
    fresh = [a for g, a in found.items() if (kind, g) not in standing]
    for each in fresh:
        key = _mark(order, f"{kind}:{each.grant}")
        audit.append(None, _WORDS[kind], f"grant:{each.grant}", {"order": order.number, "subset": each.subset})
        notices.to_owners(order, each, kind, key)
    return [a.grant for a in fresh]


def enforce(impact: Impact) -> list[str]:
    """Take away what is still published of grants that get no data now, whatever was noted; return them."""
    wanted = set(blocked(impact, clock.today())) & set(grant_file.published())
    for grant in sorted(wanted):
        grant_file.withdraw(grant)
    return sorted(wanted)


@transaction.atomic
def lift(order: Order) -> None:
    """End what the order did to grants; one that another order still stops is told so."""
    for kind, grant in _standing(order):
        key = _mark(order, f"lift_{kind}:{grant}")
        others = _also_stopping(order, grant) if kind == "block" else []
        audit.append(None, _LIFTED["also" if others else kind], f"grant:{grant}", {"order": order.number})
        occasion = "still_blocked" if others else f"lift_{kind}"
        notices.to_owners(order, Affected(grant, "", "", ""), occasion, key, others="、".join(others))


def _also_stopping(order: Order, grant: str) -> list[str]:
    """Return the numbers of the other overdue orders that stop a grant."""
    others = [o for o in overdue(clock.today()) if o.pk != order.pk]
    return [o.number for o in others if ("block", grant) in _standing(o)]


def _standing(order: Order) -> list[tuple[str, str]]:
    """Return (kind, grant) of what the order did and was not lifted since: the last mark of each pair says so."""
    last: dict[tuple[str, str], bool] = {}
    for mark in order.marks.order_by("pk").values_list("mark", flat=True):
        kind, grant = [*mark.split(":"), ""][:2]
        if kind.removeprefix("lift_") in _WORDS:
            last[kind.removeprefix("lift_"), grant] = not kind.startswith("lift_")
    return [pair for pair, stands in last.items() if stands]


def _consequence(order: Order) -> str:
    rules = policy(order.severity, order.department, clock.today())
    return rules.overdue if rules else "none"


def _by_grant(impact: Impact, orders: list[Order]) -> dict[str, list[Order]]:
    found: dict[str, list[Order]] = {}
    for order in orders:
        for grant in {a.grant for a in impact(order.dataset, order.item)}:
            found.setdefault(grant, []).append(order)
    return found


def _mark(order: Order, step: str) -> str:
    """Note a step and return its key; the same step of another round has another number."""
    before = order.marks.filter(mark__startswith=f"{step}:").count()
    OrderMark.objects.create(order=order, mark=f"{step}:{before + 1}", at=clock.now())
    return f"{order.number}:{step}:{before + 1}"
