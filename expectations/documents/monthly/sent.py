"""整改通知 as they stood at the end of a day: sent, due, closed, by the ledger.

Lives here: one record per notice sent; a problem that came back is sent anew, and what became of the first stays.
Add here: another fact of an order that later acts change.
Stays out: counting (``figures``), the present state (``expectations.orders.reading``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from config import clock
from expectations.models import Order
from expectations.orders import states
from registry.models import AuditEvent

_SENT = "签发整改通知单"
_AGAIN, _PASSED = "问题复发重新办理", "复核通过办结"


@dataclass(frozen=True)
class Sent:
    """One notice as it stood. ``closed_on`` and ``batch`` of one that was closed, else None and empty."""

    order: Order
    on: date
    due: date
    state: str
    paused_on: date | None = None
    closed_on: date | None = None
    batch: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it was not closed."""
        return self.state not in states.CLOSED

    def is_late(self, day: date) -> bool:
        """Whether the department is late on a day; not while its time stands still."""
        return self.state in states.WITH_DEPARTMENT and self.paused_on is None and self.due < day


def sent_by(orders: Iterable[Order], day: date) -> list[Sent]:
    """Return every notice sent by the end of a day, as it stood then, by order."""
    known = {f"order:{o.number}": o for o in orders}
    events, later = _events(known, day)
    found: list[Sent] = []
    for name, order in known.items():
        own = _walk(order, events.get(name, []))
        if own and not later.get(name):  # nothing since: the order itself says it to the day
            own[-1] = replace(own[-1], due=order.due)
        found += own or _of_order(order, day)
    return found


def _events(known: dict[str, Order], day: date) -> tuple[dict[str, list[AuditEvent]], dict[str, int]]:
    """Return order → its events by the end of a day, and how many came since."""
    end = datetime.combine(day + timedelta(days=1), time(), clock.SHANGHAI)
    events: dict[str, list[AuditEvent]] = defaultdict(list)
    later: dict[str, int] = defaultdict(int)
    for event in AuditEvent.objects.filter(object__startswith="order:").order_by("seq").iterator():
        if event.object in known and event.at < end:
            events[event.object].append(event)
        elif event.object in known:
            later[event.object] += 1
    return events, later


def _walk(order: Order, events: list[AuditEvent]) -> list[Sent]:
    found: list[Sent] = []
    for event in events:
        on = event.at.astimezone(clock.SHANGHAI).date()
        if event.action == _SENT or (event.action == _AGAIN and found):
            found.append(Sent(order, on, date.fromisoformat(event.detail["due"]), "待签收"))
        elif found:
            found[-1] = _moved(found[-1], event, on)
    return found


def _moved(one: Sent, event: AuditEvent, on: date) -> Sent:
    state = event.detail.get("order") or event.detail.get("becomes") or one.state
    state = "已办结" if event.action == _PASSED else "整改中" if event.action == "复核未通过" else state
    if state not in (*states.OPEN, *states.CLOSED):
        state = one.state
    due = date.fromisoformat(event.detail["due"]) if "due" in event.detail else one.due
    one = replace(one, due=due, state=state, paused_on=_paused(one, event, on))
    if one.is_open:
        return one
    return replace(one, closed_on=on, batch=event.detail.get("batch") or one.order.closing_batch)


def _paused(one: Sent, event: AuditEvent, on: date) -> date | None:
    """Return since when time stands still, as the event says; one that says nothing of it changes nothing."""
    if "paused" not in event.detail:
        return one.paused_on
    return (one.paused_on or on) if event.detail["paused"] else None


def _of_order(order: Order, day: date) -> list[Sent]:
    """What the order itself says, of one that the ledger does not tell of."""
    if order.dispatched_on is None or order.dispatched_on > day:
        return []
    closed = order.closed_on if order.closed_on and order.closed_on <= day else None
    state = order.state if closed or order.state not in states.CLOSED else "整改中"
    return [Sent(order, order.dispatched_on, order.due, state, order.paused_on, closed, order.closing_batch)]
