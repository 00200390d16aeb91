"""What the monthly report counts: collection, orders, who needs attention.

Lives here: figures as of the end of the period, from the ledger of deliveries and the orders.
Add here: another figure, with its definition in ``definitions``.
Stays out: scores (``expectations.trend``), sentences (``report``). Departments keep the catalog's order.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from config import clock
from expectations.documents.monthly.period import Period
from expectations.models import Order
from expectations.orders import states
from scheme.catalog import Catalog, CatalogEntry
from warehouse import batches
from warehouse.batches import Batch
from warehouse.coverage import due_after

NOT_FOR_COUNT = ("异议成立", "已撤销")


@dataclass(frozen=True)
class Collected:
    """Collection of one resource as of a day: its last batch, those of the month, whether its update cycle passed."""

    entry: CatalogEntry
    last: Batch | None
    of_month: tuple[Batch, ...]
    is_timed: bool
    is_overdue: bool


@dataclass(frozen=True)
class Handling:
    """Orders of a department（or all）by what became of them in the month.

    ``due``（应办）: dispatched, due in the month, and neither withdrawn nor disputed with success. They are closed in
    time, late（closed late or still open）or not due yet.
    """

    sent: int
    due: int
    in_time: int
    late_closed: int
    late_open: int
    not_yet: int
    dropped: int

    @property
    def late(self) -> int:
        """逾期."""
        return self.late_closed + self.late_open


def collection(catalog: Catalog, month: Period) -> list[Collected]:
    """Return the collection of every resource in use of the departments that count, in the catalog's order."""
    return [_collected(e, month) for e in counted(catalog)]


def counted(catalog: Catalog) -> list[CatalogEntry]:
    """Return the resources that count for the district."""
    return [e for e in catalog.entries.values() if catalog.departments[e.department].counts and e.state == "在用"]


def handling(orders: Iterable[Order], month: Period) -> Handling:
    """Count orders."""
    found = [o for o in orders if o.dispatched_on and o.dispatched_on <= month.as_of]
    of_month = [o for o in found if month.holds(o.due)]
    due = [o for o in of_month if o.state not in NOT_FOR_COUNT]
    closed = [o for o in due if o.closed_on and o.closed_on <= month.as_of]
    late_closed = sum(_closed(o) > o.due for o in closed)
    late_open = sum(o.due < month.as_of for o in due if o not in closed)
    return Handling(
        sent=sum(month.holds(o.dispatched_on) for o in found), due=len(due), in_time=len(closed) - late_closed,
        late_closed=late_closed, late_open=late_open, not_yet=len(due) - len(closed) - late_open,
        dropped=sum(o.state in NOT_FOR_COUNT and month.holds(o.closed_on) for o in found),
    )  # fmt: skip


def open_at(orders: Iterable[Order], day: date) -> list[Order]:
    """Return the orders that were dispatched and not closed at the end of a day."""
    return [o for o in orders if o.dispatched_on and o.dispatched_on <= day and not _was_closed(o, day)]


def overdue_at(orders: Iterable[Order], day: date) -> list[Order]:
    """Return the open orders whose due date lies before a day; a dispute that is being verified is not late."""
    return [o for o in open_at(orders, day) if o.due < day and o.state != "异议核实中"]


def _was_closed(order: Order, day: date) -> bool:
    return order.state in states.CLOSED and order.closed_on is not None and order.closed_on <= day


def _closed(order: Order) -> date:
    return order.closed_on or date.max


def _collected(entry: CatalogEntry, month: Period) -> Collected:
    found = [b for b in batches.landed(entry.department, entry.resource) if _on(b) <= month.as_of]
    last = found[-1] if found else None
    due = due_after(_on(last), entry.update_cycle) if last else None
    of_month = tuple(b for b in found if month.holds(_on(b)))
    return Collected(entry, last, of_month, due is not None, due is not None and due.due < month.as_of)


def _on(batch: Batch) -> date:
    return batch.received_at.astimezone(clock.SHANGHAI).date()
