"""The notice that is sent is issued and kept by the act that sends it, in the same transaction.

Lives here: a dispatch by the bureau, and the one that a problem's return makes by itself.
Add here: another act that sends a document.
Stays out: what the notice says (``notice``), the acts (``expectations.orders``). Who signed issues it; where nobody
signs, the system does.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from expectations.documents import notice
from expectations.models import Order
from expectations.orders.follow import follow
from registry.models import Account
from registry.printing import issuing
from scheme.catalog import CatalogEntry, Department
from scheme.protocols import Impact, RuleOutcome
from warehouse.versions import Version


def keep_notice(order: Order, impact: Impact, by: Account | None) -> None:
    """Issue the notice of an order just dispatched and keep its content."""
    document = notice.written(order, impact)
    issuing.issue(document.kind, document.named, document.content, on=document.about, by=by, keep=True)


@transaction.atomic
def follow_and_send(
    version: Version, entry: CatalogEntry, department: Department, outcomes: Iterable[RuleOutcome], impact: Impact
) -> list[str]:
    """Bring orders in line with a judgement, and send anew the notice of each that it reopened; return the numbers."""
    changed = follow(version, entry, department, outcomes)
    for order in Order.objects.filter(number__in=changed, reopened__gt=0, state="待签收"):
        if order.dispatched_on and notice.sent(order) is None:
            keep_notice(order, impact, None)
    return changed
