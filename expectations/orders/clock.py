"""What passing time does to orders: reminders before, on and after the due date, escalation, consequences.

Lives here: one tick of the clock, to be called at least once a working day; called again it does nothing twice, and
after days without a call it takes the step that is due now.
Add here: another step that time takes.
Stays out: calling it (``orchestration``, ``cli``), sending (``registry``).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction

from config import clock
from expectations.models import Objection, Order, OrderMark
from expectations.orders import consequences, notices, states
from expectations.orders.policy import reply_by
from expectations.parameters import remediation
from registry import audit
from registry.models import Role
from scheme.protocols import Impact
from scheme.workdays import after, count_between, first_from


@dataclass
class Tick:
    """What one tick did: steps as ``<order> <mark>``, and orders on which it could not work."""

    steps: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


def tick(impact: Impact) -> Tick:
    """Take every step that is due now; one order that fails does not stop the others."""
    done, today = Tick(), clock.today()
    for pk in Order.objects.exclude(state__in=states.CLOSED).order_by("pk").values_list("pk", flat=True):
        with _noted(done, f"order {pk}"), transaction.atomic():
            audit.take_turn()
            order = Order.objects.select_for_update().get(pk=pk)
            done.steps += [f"{order.number} {mark}" for mark in _of(order, impact, today)]
    with _noted(done, "blocked grants"):
        done.steps += [f"withdrawn {grant}" for grant in consequences.enforce(impact)]
    for found in Objection.objects.filter(state__in=["待受理", "办理中"]):
        with _noted(done, f"objection {found.pk}"), transaction.atomic():
            _remind_of(found, today)
    return done


@contextmanager
def _noted(done: Tick, what: str) -> Iterator[None]:
    """Say at the end on what the clock could not work: the next one's time runs too."""
    try:
        yield
    except Exception as error:
        done.failed.append(f"{what}: {type(error).__name__}")


def _remind_of(found: Objection, today: date) -> None:
    if found.is_provisional:
        counted = reply_by(found.received_at.astimezone(clock.SHANGHAI).date())
        if not counted.is_provisional:
            found.reply_due, found.is_provisional = counted.due, False
            found.save(update_fields=["reply_due", "is_provisional"])
    if today > found.reply_due:
        notices.objection_due(found, "after")
    elif today == found.reply_due:
        notices.objection_due(found, "on")
    elif count_between(today, found.reply_due) <= 1:
        notices.objection_due(found, "before")


def _of(order: Order, impact: Impact, today: date) -> list[str]:
    if order.state in ("待发出", "待签发"):
        return _forwarding(order, today)
    if order.state not in states.WITH_DEPARTMENT or order.paused_on is not None:
        return []
    steps = _settle_provisional(order) if order.is_provisional else []
    if today < order.due:
        return steps + _before(order, today)
    if today == order.due:
        return steps + _step(order, "due_today", f"due:{order.due}")
    return steps + _after(order, today) + [f"blocked {g}" for g in consequences.apply(order, impact)]


def _forwarding(order: Order, today: date) -> list[str]:
    mark = f"forward:{order.forward_due}"
    if today <= order.forward_due or not _is_new(order, mark):
        return []
    told = [*notices.with_role(Role.BUREAU_HANDLER), *notices.with_role(Role.BUREAU_APPROVER)]
    notices.timed(order, "forward_overdue", mark, told)
    return [mark]


def _before(order: Order, today: date) -> list[str]:
    left = count_between(today, order.due)
    reached = [n for n in remediation(today)["remind_before"] if left <= n]
    return _step(order, "before", f"before-{min(reached)}:{order.due}", days=left) if reached else []


def _after(order: Order, today: date) -> list[str]:
    late = count_between(order.due, today)
    rules, steps = remediation(today), []
    reminded = [n for n in rules["remind_after"] if late >= n]
    if reminded:
        steps += _step(order, "after", f"after-{max(reminded)}:{order.due}", days=late)
    for level, days in enumerate(rules["escalate_after"], start=1):
        mark = f"escalated-{level}:{order.due}"
        if late >= days and _is_new(order, mark):
            audit.append(None, "整改逾期督办", f"order:{order.number}", {"level": level, "late": late})
            notices.timed(order, "escalated", mark, _escalated_to(order, level), days=late)
            steps.append(mark)
    return steps


def _escalated_to(order: Order, level: int) -> list:
    heads = notices.of_department(order.department, [Role.DEPARTMENT_HEAD])
    told = [*heads, *notices.with_role(Role.BUREAU_HANDLER)]
    return told if level == 1 else [*told, *notices.with_role(Role.BUREAU_APPROVER)]


def _step(order: Order, kind: str, mark: str, **facts: int) -> list[str]:
    if not _is_new(order, mark):
        return []
    notices.timed(order, kind, mark, notices.of_department(order.department), **facts)
    return [mark]


def _settle_provisional(order: Order) -> list[str]:
    """Count a provisional due date again once the year's notice is known.

    An extension keeps the date it names, or the next working day if offices do not work on it.
    """
    if order.dispatched_on is None:
        return []
    days = len(order.due_days)
    if order.is_extended:
        days = count_between(order.dispatched_on, first_from(order.due).due)
    counted = after(order.dispatched_on, days)
    if counted.is_provisional:
        return []
    order.due, order.due_days, order.is_provisional = counted.due, [d.isoformat() for d in counted.days], False
    order.save()
    audit.append(None, "核定整改期限", f"order:{order.number}", {"due": order.due.isoformat()})
    if order.due >= clock.today():
        consequences.lift(order)
    mark = f"settled:{order.due}"
    notices.timed(order, "settled", mark, notices.of_department(order.department))
    return [mark]


def _is_new(order: Order, mark: str) -> bool:
    return OrderMark.objects.get_or_create(order=order, mark=mark, defaults={"at": clock.now()})[1]
