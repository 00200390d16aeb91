"""Questions that pages, reports and the command line ask about orders.

Lives here: which orders an account may see, days left, the timeline, what the problem touches.
Add here: another question.
Stays out: changing anything.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from config import clock
from expectations.models import Order
from expectations.orders import states
from registry.accounts import ALL_DEPARTMENTS
from registry.models import Account, AuditEvent, Role
from scheme.workdays import count_between


@dataclass(frozen=True)
class Moment:
    """One act in an order's timeline."""

    at: datetime
    actor: str
    action: str
    detail: dict[str, Any]


@dataclass(frozen=True)
class Consequence:
    """What an overdue order did to a grant: ``block`` or ``warn``, since when, until when."""

    grant: str
    kind: str
    at: datetime
    lifted_at: datetime | None


def visible(account: Account) -> QuerySet[Order]:
    """Return the orders an account may see: all, its department's (once signed), or those it raised itself."""
    found = Order.objects.all()
    if account.role in ALL_DEPARTMENTS:
        return found
    if account.role in (Role.DATA_CLERK, Role.DEPARTMENT_HEAD):
        return found.filter(department=account.department).exclude(state__in=["待发出", "待签发"])
    if account.role in (Role.PRIMARY_REVIEWER, Role.DEVELOPER):
        return found.filter(raised_by=account.username)
    return found.none()


def days_left(order: Order, today: date) -> int | None:
    """Return working days until the due date, negative if late, None if time does not run."""
    if order.state not in (*states.WITH_DEPARTMENT, "待发出", "待签发") or order.paused_on is not None:
        return None
    due = order.due if order.state in states.WITH_DEPARTMENT else order.forward_due
    return count_between(today, due) if due >= today else -count_between(due, today)


def is_overdue(order: Order, today: date) -> bool:
    """Whether the one whose turn it is（bureau before dispatch, department after）is late."""
    left = days_left(order, today)
    return left is not None and (order.due if order.state in states.WITH_DEPARTMENT else order.forward_due) < today


def late(found: QuerySet[Order], today: date) -> QuerySet[Order]:
    """Return the orders of which ``is_overdue`` holds."""
    with_bureau = Q(state__in=["待发出", "待签发"], forward_due__lt=today)
    return found.filter(with_bureau | Q(state__in=states.WITH_DEPARTMENT, paused_on__isnull=True, due__lt=today))


def status(order: Order) -> str:
    """Return the state as a page says it: 逾期 is said beside it."""
    return f"{order.state}（逾期）" if is_overdue(order, clock.today()) else order.state


def timeline(order: Order) -> list[Moment]:
    """Return every act on an order from the audit chain, oldest first."""
    events = AuditEvent.objects.filter(object=f"order:{order.number}").order_by("seq")
    return [Moment(e.at, e.actor, e.action, e.detail) for e in events]


def consequences_of(order: Order) -> list[Consequence]:
    """Return what the order did to grants, oldest first, with the moment it ended."""
    found: dict[str, Consequence] = {}
    for mark in order.marks.order_by("pk"):
        kind, grant, turn = [*mark.mark.split(":"), "", ""][:3]
        if kind in ("block", "warn"):
            found[f"{kind}:{grant}:{turn}"] = Consequence(grant, kind, mark.at, None)
        if kind.startswith("lift_"):
            key = f"{kind.removeprefix('lift_')}:{grant}:{turn}"
            found[key] = replace(found[key], lifted_at=mark.at)
    return list(found.values())


def of_rule(dataset: str) -> dict[str, Order]:
    """Return rule → its open order of one data set."""
    return {o.rule: o for o in Order.objects.filter(dataset=dataset).exclude(state__in=states.CLOSED)}
