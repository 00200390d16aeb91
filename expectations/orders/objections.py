"""数据异议: what the public says is wrong in its data; received with a number, answered by a date.

Lives here: receiving, accepting (an order is raised), refusing, answering, and asking how one stands.
Add here: another act on an objection.
Stays out: the order's own way (``acts``). Name and contact are personal data: they reach no log, mail or audit detail.
"""

from __future__ import annotations

import secrets

from django.db import transaction

from config import clock
from expectations.models import Objection
from expectations.orders import notices, states
from expectations.orders.numbers import next_number
from expectations.orders.policy import reply_by
from expectations.orders.raising import raise_order
from registry import address_limits, audit
from registry.models import Account
from registry.states import RefusedError, next_state
from scheme.catalog import CatalogEntry

_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
MOST_A_DAY = 500
"""Objections taken a day; beyond it the form refers to the office (a flood must not fill the disk)."""
MOST_FROM_ONE = 10
"""Objections taken a day from one client address, so that one sender does not use up the day's."""
MOST_WRONG_CODES = 10
"""Wrong codes that one number takes a day: codes cannot be guessed by trying."""


@transaction.atomic
def receive(
    *, name: str, contact: str, content: str, entry: CatalogEntry | None = None, address: str = ""
) -> Objection:
    """Take an objection; the number and the query code are its receipt. ``address``: of the client, never kept.

    Raises:
        RefusedError: a field is empty, or too many came today, from this address or at all.
    """
    missing = [t for t, v in (("姓名或名称", name), ("联系方式", contact), ("异议内容", content)) if not v.strip()]
    if missing:
        raise RefusedError(f"未提交：请填写{'、'.join(missing)}。")
    today = clock.today()
    if address and not address_limits.take("objection", address, MOST_FROM_ONE):
        raise RefusedError(
            f"您所在的网络今日已提交{MOST_FROM_ONE}份数据异议。请明日再提交，或到区大数据主管部门窗口办理。"
        )
    if Objection.objects.filter(received_at__date=today).count() >= MOST_A_DAY:
        raise RefusedError("今日网上提交数量已达上限。请明日再提交，或到区大数据主管部门窗口办理。")
    due = reply_by(today)
    found = Objection.objects.create(
        number=next_number("YY"), code="".join(secrets.choice(_ALPHABET) for _ in range(8)), name=name.strip()[:50],
        contact=contact.strip()[:100], content=content.strip()[:1000], state="待受理", received_at=clock.now(),
        department=entry.department if entry else "", resource=entry.resource if entry else "",
        reply_due=due.due, is_provisional=due.is_provisional,
    )  # fmt: skip
    audit.append(None, "收到数据异议", f"objection:{found.number}", {"reply_due": due.due.isoformat()})
    notices.objection(found)
    return found


@transaction.atomic
def accept(
    number: str, entry: CatalogEntry, *, by: Account, meaning: str, dimension: str, severity: str, item: str = "",
    rule: str = "",
) -> Objection:  # fmt: skip
    """Take an objection up and raise the order by which the department checks it.

    Raises:
        RefusedError: state, role, or a condition of ``raise_order``.
        Objection.DoesNotExist: no such objection.
    """
    found = Objection.objects.select_for_update().get(number=number)
    found.state = next_state(states.OBJECTION, found.state, "受理", by)
    found.order = raise_order(
        entry, by=by, meaning=meaning, dimension=dimension, severity=severity, item=item, rule=rule,
        note=f"数据异议 {found.number}", origin="objection",
    )  # fmt: skip
    found.handled_by, found.department, found.resource = by.username, entry.department, entry.resource
    found.save()
    audit.append(by, "受理数据异议", f"objection:{number}", {"order": found.order.number})
    return found


@transaction.atomic
def answer(number: str, action: str, reply: str, *, by: Account) -> Objection:
    """Answer（答复）an objection or refuse to take it up（不予受理）; the text is what the person reads.

    Raises:
        RefusedError: state or role, or nothing said.
        Objection.DoesNotExist: no such objection.
    """
    found = Objection.objects.select_for_update().get(number=number)
    becomes = next_state(states.OBJECTION, found.state, action, by)
    if action == "受理":
        raise RefusedError("受理数据异议须同时提出整改单。")
    if not reply.strip():
        raise RefusedError(f"{action}须写明内容。")
    found.state, found.reply, found.replied_at, found.handled_by = (
        becomes,
        reply.strip()[:1000],
        clock.now(),
        by.username,
    )
    found.save()
    audit.append(by, f"{action}数据异议", f"objection:{number}", {"becomes": becomes})
    return found


@transaction.atomic
def look_up(number: str, code: str) -> Objection | None:
    """Return the objection of a receipt, or None; number and code must both fit.

    After ``MOST_WRONG_CODES`` wrong codes on a day the number answers nothing until the next day, whatever the code.
    """
    found = Objection.objects.select_for_update().filter(number=number.strip().upper()).first()
    if found is None:
        return None
    wrong = found.failed_count if found.failed_on == clock.today() else 0
    if wrong >= MOST_WRONG_CODES:
        return None
    if secrets.compare_digest(found.code.encode(), code.strip().upper().encode()):
        return found
    found.failed_on, found.failed_count = clock.today(), wrong + 1
    found.save(update_fields=["failed_on", "failed_count"])
    return None
