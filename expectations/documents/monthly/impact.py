"""五、对授权场景和产品的影响: which scenarios open orders touch, and where supply was stopped.

Lives here: open orders → granted subsets and products, by grant; stops and resumptions of the month from the ledger.
Add here: another effect on those who use the data.
Stays out: stopping and resuming (``expectations.orders.consequences``).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from config import clock
from expectations.documents.content import Block, Row, Table, joined
from expectations.documents.monthly.period import Period
from expectations.models import Order
from registry.models import AuditEvent
from scheme.protocols import Affected, Impact

_STOPPED, _RESUMED = "暂停供数（数据质量）", "恢复供数（数据质量）"


def blocks(orders: Iterable[Order], month: Period, impact: Impact) -> tuple[Block, ...]:
    """Return the section; ``orders``: those open at the end of the period."""
    touched: dict[tuple[str, str], tuple[Affected, list[str]]] = {}
    for order in sorted(orders, key=lambda o: o.number):
        for each in impact(order.dataset, order.item):
            touched.setdefault((each.grant, each.subset), (each, []))[1].append(order.number)
    stopped, resumed = _grants(month, _STOPPED), _grants(month, _RESUMED)
    supply = (
        f"因严重问题逾期未整改，本月暂停供数的授权：{joined(stopped)}；恢复供数的授权：{joined(resumed)}。"
        if stopped or resumed
        else "本月没有因数据质量问题暂停供数。"
    )
    if not touched:
        return (Block(("期末未办结的整改事项不涉及授权场景和产品。", supply)),)
    grants = {grant for grant, _ in touched}
    said = f"期末未办结的整改事项涉及授权{len(grants)}项、授权子集{len(touched)}个。{supply}"
    headers = ("应用场景（授权）", "授权子集", "数据产品", "涉及整改单")
    rows = tuple(_row(a, numbers) for _, (a, numbers) in sorted(touched.items()))
    return (Block((said,), (Table("", headers, rows),)),)


def _row(use: Affected, numbers: list[str]) -> Row:
    return f"{use.scenario}（{use.grant}）", use.title, joined(use.products), joined(dict.fromkeys(numbers))


def _grants(month: Period, action: str) -> list[str]:
    begin = datetime.combine(month.first, time(), clock.SHANGHAI)
    end = datetime.combine(month.as_of + timedelta(days=1), time(), clock.SHANGHAI)
    events = AuditEvent.objects.filter(action=action, at__gte=begin, at__lt=end).order_by("seq")
    return list(dict.fromkeys(e.object.removeprefix("grant:") for e in events))
