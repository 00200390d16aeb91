"""What the monthly report counts: collection, orders, who needs attention.

Lives here: figures as of the end of the period, from the ledger of deliveries and the notices sent.
Add here: another figure, with its definition in ``definitions``.
Stays out: scores (``expectations.trend``), sentences (``report``). Departments keep the catalog's order.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from config import clock
from expectations.documents.monthly.period import Period
from expectations.documents.monthly.sent import Sent
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
    """Notices sent to a department（or all）by what became of them in the month.

    ``due``（应办）: dispatched, due in the month, and neither withdrawn nor disputed with success. They are closed in
    time, late（closed late or still open）or not due yet; a dispute that is being verified is not late.
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


def handling(sent: Iterable[Sent], month: Period) -> Handling:
    """Count notices as they stood at the end of the period（``sent.sent_by``）."""
    found = list(sent)
    due = [s for s in found if month.holds(s.due) and s.state not in NOT_FOR_COUNT]
    late_closed = sum(s.closed_on is not None and s.closed_on > s.due for s in due)
    in_time = sum(not s.is_open for s in due) - late_closed
    late_open = len(overdue_at(due, month.as_of))
    return Handling(
        sent=sum(month.holds(s.on) for s in found), due=len(due), in_time=in_time,
        late_closed=late_closed, late_open=late_open, not_yet=len(due) - in_time - late_closed - late_open,
        dropped=sum(s.state in NOT_FOR_COUNT and month.holds(s.closed_on) for s in found),
    )  # fmt: skip


def still_open(sent: Iterable[Sent]) -> list[Sent]:
    """Return the notices that were not closed."""
    return [s for s in sent if s.is_open]


def overdue_at(sent: Iterable[Sent], day: date) -> list[Sent]:
    """Return the notices whose department is late on a day; a dispute that is being verified is not late."""
    return [s for s in sent if s.is_late(day)]


def _collected(entry: CatalogEntry, month: Period) -> Collected:
    found = [b for b in batches.landed(entry.department, entry.resource) if _on(b) <= month.as_of]
    last = found[-1] if found else None
    due = due_after(_on(last), entry.update_cycle) if last else None
    of_month = tuple(b for b in found if month.holds(_on(b)))
    return Collected(entry, last, of_month, due is not None, due is not None and due.due < month.as_of)


def _on(batch: Batch) -> date:
    return batch.received_at.astimezone(clock.SHANGHAI).date()
