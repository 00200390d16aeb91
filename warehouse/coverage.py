"""The coverage ledger（应汇尽汇）: what the catalog lists against what arrived.

Lives here: one row a resource: declared, landed and quarantined rows of the last delivery, when the next is due.
Add here: another figure of collection.
Stays out: quality of what landed (``expectations``), deadlines of remediation (``registry``).

A delivery is due one update cycle after the last one; a day that is no working day moves to the next working day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from scheme import workdays
from scheme.catalog import Catalog, CatalogEntry, UpdateCycle
from warehouse import batches

NOT_YET, ON_TIME, OVERDUE, UNTIMED, ENDED = "尚未汇聚", "按期", "超期", "不定期", "停用"
_MONTHS = {
    UpdateCycle.monthly: 1, UpdateCycle.bimonthly: 2, UpdateCycle.quarterly: 3, UpdateCycle.yearly: 12,
}  # fmt: skip
_DAYS = {UpdateCycle.realtime: 1, UpdateCycle.daily: 1, UpdateCycle.weekly: 7}


@dataclass(frozen=True)
class Coverage:
    """Collection of one resource. Rows are those of its last delivery; ``counts``: it is the district's own."""

    entry: CatalogEntry
    department: str
    counts: bool
    batches: int
    last_on: date | None
    rows_declared: int | None
    rows_landed: int
    rows_quarantined: int
    due: workdays.Deadline | None
    state: str

    @property
    def shortfall(self) -> int:
        """Declared rows that neither landed nor were quarantined."""
        return max(0, (self.rows_declared or 0) - self.rows_landed - self.rows_quarantined)


@dataclass(frozen=True)
class Summary:
    """Figures of the district's own resources."""

    catalogued: int
    delivered: int
    overdue: int

    @property
    def share(self) -> float:
        """Delivered resources in percent of catalogued ones, one decimal."""
        return round(100 * self.delivered / self.catalogued, 1) if self.catalogued else 0.0


def ledger(catalog: Catalog, today: date) -> list[Coverage]:
    """Return the coverage of every resource, in the catalog's order."""
    return [_of(entry, catalog, today) for entry in catalog.entries.values()]


def summary(rows: list[Coverage]) -> Summary:
    """Return the district's figures; foreign samples do not count."""
    own = [r for r in rows if r.counts and r.state != ENDED]
    return Summary(len(own), sum(r.batches > 0 for r in own), sum(r.state == OVERDUE for r in own))


def due_after(last: date, cycle: UpdateCycle, cycles: int = 1) -> workdays.Deadline | None:
    """Return when so many update cycles after ``last`` are over; None for 不定期."""
    if cycle in _DAYS:
        return workdays.first_from(last + timedelta(days=cycles * _DAYS[cycle]))
    if cycle in _MONTHS:
        return workdays.first_from(_months_later(last, cycles * _MONTHS[cycle]))
    return None


def _of(entry: CatalogEntry, catalog: Catalog, today: date) -> Coverage:
    landed = batches.landed(entry.department, entry.resource)
    last = landed[-1] if landed else None
    last_on = last.received_at.date() if last else None
    due = due_after(last_on, entry.update_cycle) if last_on else None
    department = catalog.departments[entry.department]
    state = ENDED if entry.state == ENDED else _state(last_on, due, today)
    return Coverage(
        entry=entry, department=department.short, counts=department.counts, batches=len(landed), last_on=last_on,
        rows_declared=last.rows_declared if last else None, rows_landed=last.rows_landed if last else 0,
        rows_quarantined=last.rows_quarantined if last else 0, due=due, state=state,
    )  # fmt: skip


def _state(last_on: date | None, due: workdays.Deadline | None, today: date) -> str:
    if last_on is None:
        return NOT_YET
    if due is None:
        return UNTIMED
    return OVERDUE if today > due.due else ON_TIME


def _months_later(day: date, months: int) -> date:
    """The same day some months later, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in range(day.day, 27, -1):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    return date(year, month + 1, min(day.day, 28))
