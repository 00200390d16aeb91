"""What the notice of an order stated when it was dispatched; later checks change the order, not the notice.

Lives here: batch, counts and counted days at the last dispatch, from the ledger.
Add here: another fact of the moment of dispatch.
Stays out: the present state (``expectations.orders.reading``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from config import clock
from expectations.documents.problem_list import judged_on
from expectations.models import Finding, Order
from expectations.orders.reading import timeline
from scheme.workdays import Deadline, after, count_between


@dataclass(frozen=True)
class Stated:
    """Problem rows among evaluated rows of a batch, and the days counted from ``received`` on (None: a draft)."""

    batch: str
    problems: int
    total: int
    received: date | None
    deadline: Deadline


def as_dispatched(order: Order) -> Stated:
    """Return what the notice of an order states; of one not dispatched, what it would state today."""
    present = Stated(
        order.first_batch, order.first_count, order.total_count, order.dispatched_on,
        Deadline(order.due, tuple(date.fromisoformat(d) for d in order.due_days), order.is_provisional),
    )  # fmt: skip
    now, stated = present, None
    for moment in timeline(order):
        detail = moment.detail
        if "problems" in detail and detail.get("batch"):
            now = replace(now, batch=detail["batch"], problems=detail["problems"])
        if moment.action == "签发整改通知单" or (stated and moment.action == "问题复发重新办理"):
            received = moment.at.astimezone(clock.SHANGHAI).date()
            stated = replace(now, received=received, deadline=_counted(received, date.fromisoformat(detail["due"])))
        if stated and stated.received and moment.action == "核定整改期限":
            stated = replace(stated, deadline=_counted(stated.received, date.fromisoformat(detail["due"])))
    found = stated if stated and order.dispatched_on else now
    return replace(found, total=_total(order, found.batch))


def counts_at(order: Order, batch: str) -> tuple[int, int] | None:
    """Return (problem rows, evaluated rows) of the order's rule as a batch was judged last, None if it was not."""
    run = judged_on(order.dataset, batch)
    found = Finding.objects.filter(run=run, rule=order.rule).exclude(state="error").first() if run else None
    return (found.unexpected_count, found.evaluated_count) if found else None


def _counted(received: date, due: date) -> Deadline:
    """Return the days that led to the date the ledger states; 暂定 where the calendar known by now says otherwise."""
    found = after(received, count_between(received, due))
    return replace(found, due=due, is_provisional=found.is_provisional or found.due != due)


def _total(order: Order, batch: str) -> int:
    at = counts_at(order, batch)
    return at[1] if at else order.total_count
