"""What the list of orders is asked for, and what it shows of each.

Lives here: the filters of the list, its order, one row.
Add here: another filter or column.
Stays out: which orders an account may see (``expectations.orders.reading``), one order's page (``order_page``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Case, F, Q, QuerySet, When

from config import clock
from expectations.models import Order
from expectations.orders import acts, reading, states
from registry.accounts import ALL_DEPARTMENTS
from registry.models import Account
from scheme.catalog import Catalog, Severity

ORIGINS = {"check": "质量检查", "operation": "运营开发发现", "objection": "数据异议"}
SEVERITIES = {s.value: s.chinese for s in Severity}
LETTERS = {
    "sign": ("有待签发文书", Q(letters__state="待签发")),
    "extension": ("有延期申请待答复", Q(letters__state="已签发", letters__kind="延期")),
    "dispute": ("有异议待答复", Q(letters__state="已签发", letters__kind="异议")),
}
OVERDUE, OPEN = "逾期", "未办结"
STATES = (OPEN, OVERDUE, *states.OPEN, *states.CLOSED)
TOGETHER = ("拟发", "签发")
"""Acts that may be done on several orders at once."""


@dataclass(frozen=True)
class Wanted:
    """The filters; "" leaves one out, and so does a value that is not offered."""

    state: str = ""
    department: str = ""
    severity: str = ""
    origin: str = ""
    letter: str = ""
    q: str = ""

    @classmethod
    def of(cls, given: Mapping[str, Any], account: Account) -> Wanted:
        """Read the address's fields; letters are a filter for those who may read them only."""
        found = cls(**{f.name: str(given.get(f.name, "")).strip()[:100] for f in fields(cls)})
        return found if found.letter in letters_for(account) else replace(found, letter="")

    @property
    def query(self) -> str:
        """The filters as part of an address."""
        return urlencode({f.name: v for f in fields(self) if (v := getattr(self, f.name))})


def letters_for(account: Account) -> dict[str, str]:
    """Return the letters an account may ask for: a draft is its department's own affair."""
    if account.department:
        return {code: title for code, (title, _) in LETTERS.items()}
    return {c: t for c, (t, _) in LETTERS.items() if c != "sign"} if account.role in ALL_DEPARTMENTS else {}


def listed(found: QuerySet[Order], wanted: Wanted, catalog: Catalog) -> QuerySet[Order]:
    """Return the wanted ones of ``found``: open ones first, the one due next at the top."""
    found = _in_state(found, wanted.state)
    plain = {"department": wanted.department, "severity": wanted.severity, "origin": wanted.origin}
    found = found.filter(**{name: value for name, value in plain.items() if value})
    if wanted.letter in LETTERS:
        found = found.filter(LETTERS[wanted.letter][1]).distinct()
    if wanted.q:
        found = found.filter(_text(wanted.q, catalog))
    next_due = Case(
        When(state__in=["待发出", "待签发"], then=F("forward_due")), When(state__in=states.OPEN, then=F("due"))
    )
    return found.order_by(next_due.asc(nulls_last=True), "-raised_at", "-pk")


def row(order: Order, account: Account, catalog: Catalog, today: date) -> dict[str, Any]:
    """Return what the list shows of one order."""
    entry = catalog.entries.get(f"{order.department}.{order.resource}")
    department = catalog.departments.get(order.department)
    before = order.state in ("待发出", "待签发")
    return {
        "order": order, "name": entry.name if entry else order.resource, "severity": SEVERITIES[order.severity],
        "department": department.short if department else order.department,
        "origin": ORIGINS.get(order.origin, order.origin), "due": order.forward_due if before else order.due,
        "before": before, "left": reading.days_left(order, today), "late": reading.is_overdue(order, today),
        "together": [a for a in acts.possible(order, account) if a in TOGETHER],
    }  # fmt: skip


def _in_state(found: QuerySet[Order], state: str) -> QuerySet[Order]:
    if state == OVERDUE:
        return reading.late(found, clock.today())
    if state == OPEN:
        return found.filter(state__in=states.OPEN)
    return found.filter(state=state) if state in STATES else found


def _text(wanted: str, catalog: Catalog) -> Q:
    named = [e for e in catalog.entries.values() if wanted in e.name or wanted == e.code]
    of_named = Q(pk__in=[])
    for entry in named:
        of_named |= Q(department=entry.department, resource=entry.resource)
    return of_named | Q(number__icontains=wanted) | Q(meaning__icontains=wanted) | Q(rule__iexact=wanted)
