"""Who is told what about an order, through the outbox.

Lives here: recipients by role and department, and the facts that the wording needs.
Add here: an occasion, with its wording in ``parameters/notices.yml``.
Stays out: sending (``registry.outbox``), whether something happened (the callers). No data values, no names of data
subjects.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from config.settings import settings
from expectations.models import Letter, Objection, Order
from expectations.parameters import notices
from registry.models import Account, GrantRecord, Role
from registry.outbox import notify
from scheme.catalog import CatalogEntry
from scheme.catalog_files import load_catalog
from scheme.chinese_dates import day
from scheme.protocols import Affected, Impact, RuleOutcome

_TITLES = {"反馈": "整改情况反馈单", "延期": "延期整改申请单", "异议": "异议说明"}


def tell(accounts: Iterable[Account], kind: str, key: str, link: str, **facts: Any) -> int:
    """Send one notice of a kind to accounts; the same key again sends nothing."""
    words = notices()[kind]
    return notify(
        accounts, key=f"{kind}:{key}", kind=kind, subject=words["subject"].format(**facts)[:150],
        body=words["body"].format(**facts), link=link,
    )  # fmt: skip


def raised(entry: CatalogEntry, batch: str, orders: Sequence[Order]) -> None:
    """Tell the bureau's handlers of new orders of one batch, together."""
    if not orders:
        return
    numbers = "、".join(o.number for o in orders)
    digest = hashlib.sha256(numbers.encode()).hexdigest()[:16]
    due = day(min(o.forward_due for o in orders))
    tell(with_role(Role.BUREAU_HANDLER), "raised", f"{entry.id}:{batch}:{digest}",
         "/orders/?state=待发出", name=entry.name, batch=batch, count=len(orders), numbers=numbers,
         forward_due=due)  # fmt: skip


def rules_broken(entry: CatalogEntry, version: str, broken: Sequence[RuleOutcome]) -> None:
    """Tell the data engineers which rules could not run; no department hears of it."""
    if broken:
        rules = "、".join(o.rule for o in broken[:20])
        tell(with_role(Role.DATA_ENGINEER), "rules_broken", f"{entry.id}:{version[:12]}:{rules}"[:180],
             f"/quality/{entry.department}/", name=entry.name, count=len(broken), rules=rules)  # fmt: skip


def acted(order: Order, action: str, impact: Impact, reason: str, seq: int) -> None:
    """Tell whom an act of the bureau or the department concerns; ``seq``: the act in the audit chain."""
    mark = f"{order.number}:{seq}"
    match action:
        case "拟发":
            _on(order, "to_sign", with_role(Role.BUREAU_APPROVER), mark)
        case "退回":
            _on(order, "returned", _named(order.prepared_by), mark, reason=reason)
        case "签发":
            _on(order, "dispatched", of_department(order.department), mark)
            for each in impact(order.dataset, order.item):
                to_owners(order, each, "affected", mark)
        case "签收":
            _on(order, "acknowledged", with_role(Role.BUREAU_HANDLER), mark)
        case "退回整改":
            _on(order, "sent_back", of_department(order.department), mark, reason=reason)
        case "撤销" if order.dispatched_on:
            _on(order, "withdrawn", of_department(order.department), mark, reason=reason)
        case "核实办结":
            closed(order)


def raised_by_person(order: Order) -> None:
    """Tell the handlers of a problem that a person met."""
    _on(order, "raised_by_person", with_role(Role.BUREAU_HANDLER), order.number)


def not_passed(order: Order) -> None:
    """Tell the department that its redelivery still fails."""
    _on(order, "not_passed", of_department(order.department), f"{order.number}:{order.last_batch}")


def closed(order: Order) -> None:
    """Tell department and handlers that an order is closed; before dispatch only the handlers know of it."""
    told = list(with_role(Role.BUREAU_HANDLER))
    told += list(of_department(order.department)) if order.dispatched_on else []
    _on(order, "closed", told, f"{order.number}:{order.reopened}", batch=order.closing_batch)


def reopened(order: Order) -> None:
    """Tell department and handlers that a problem is back."""
    told = list(with_role(Role.BUREAU_HANDLER))
    told += list(of_department(order.department)) if order.dispatched_on else []
    _on(order, "reopened", told, f"{order.number}:{order.reopened}")


def letter_to_sign(letter: Letter) -> None:
    """Tell the department's head of a letter to sign."""
    heads = of_department(letter.order.department, [Role.DEPARTMENT_HEAD])
    _on(letter.order, "letter_to_sign", heads, str(letter.pk), letter=_TITLES[letter.kind])


def letter_acted(letter: Letter, order: Order, action: str) -> None:
    """Tell the clerk of a returned letter, the bureau of a signed one, the department of an answer."""
    facts: dict[str, Any] = {"letter": _TITLES[letter.kind]}
    key = f"{letter.pk}:{action}"
    if action == "退回":
        _on(order, "letter_returned", _named(letter.handled_by), key, **facts, reason=letter.reason)
    elif action == "签发":
        role = Role.BUREAU_HANDLER if letter.kind == "反馈" else Role.BUREAU_APPROVER
        _on(order, "letter_signed", with_role(role), key, **facts)
    elif letter.answered_by:
        reason = f"理由：{letter.answer}。" if letter.answer else ""
        _on(order, "letter_answered", of_department(order.department), key, **facts, action=action, reason=reason)


def timed(order: Order, kind: str, mark: str, accounts: Iterable[Account], **facts: Any) -> None:
    """Send a notice of the clock."""
    _on(order, kind, accounts, f"{order.number}:{mark}", **facts)


def to_owners(order: Order, affected: Affected, kind: str, mark: str, **facts: str) -> None:
    """Tell the developer of a grant and the primary operator what a bad column means for them, on the grant's page."""
    record = GrantRecord.objects.filter(grant=affected.grant).first()
    told = list(with_role(Role.PRIMARY_REVIEWER))
    told += list(Account.objects.filter(role=Role.DEVELOPER, party=record.developer, is_active=True)) if record else []
    products = "、".join(affected.products) or "无"
    entry = load_catalog(settings().catalog).entries.get(f"{order.department}.{order.resource}")
    due = day(order.due) + ("（暂定）" if order.is_provisional else "")
    tell(told, kind, f"{mark}:{affected.grant}:{affected.subset}", f"/grants/{affected.grant}/", grant=affected.grant,
         scenario=affected.scenario, title=affected.title, products=products, number=order.number, due=due,
         name=entry.name if entry else order.resource, meaning=order.meaning, **facts)  # fmt: skip


def objection(found: Objection) -> None:
    """Tell the handlers that an objection of the public came."""
    link = "/objections/"
    tell(with_role(Role.BUREAU_HANDLER), "objection", found.number, link, number=found.number, due=day(found.reply_due))


def objection_due(found: Objection, step: str) -> None:
    """Remind the bureau of an answer that is due soon, due today, or late; each step once."""
    told = [*with_role(Role.BUREAU_HANDLER), *with_role(Role.BUREAU_APPROVER)]
    tell(told, "objection_due", f"{found.number}:{found.reply_due}:{step}", "/objections/", number=found.number,
         due=day(found.reply_due), state=found.state)  # fmt: skip


def report_ready(name: str, department: str, month: str) -> None:
    """Tell a department that its report of a month is there."""
    tell(of_department(department), "report_ready", f"{department}:{month}", f"/quality/{department}/report/",
         name=name, month=_month(month))  # fmt: skip


def monthly_ready(month: str) -> None:
    """Tell the bureau that the district's report of a month is there."""
    told = [*with_role(Role.BUREAU_HANDLER), *with_role(Role.BUREAU_APPROVER)]
    tell(told, "monthly_ready", month, f"/monthly/{month}/", month=_month(month))


def _month(month: str) -> str:
    return f"{int(month[:4])}年{int(month[5:])}月"


def of_department(department: str, roles: Sequence[str] = (Role.DATA_CLERK, Role.DEPARTMENT_HEAD)) -> list[Account]:
    """Return the active accounts of a department."""
    if not department:
        return []
    return list(Account.objects.filter(department=department, role__in=roles, is_active=True))


def with_role(role: str) -> list[Account]:
    """Return the active accounts with a role."""
    return list(Account.objects.filter(role=role, is_active=True))


def _named(username: str) -> list[Account]:
    return list(Account.objects.filter(username=username, is_active=True))


def _on(order: Order, kind: str, accounts: Iterable[Account], key: str, **facts: Any) -> None:
    catalog = load_catalog(settings().catalog)
    entry = catalog.entries.get(f"{order.department}.{order.resource}")
    department = catalog.departments.get(order.department)
    known: dict[str, Any] = {
        "number": order.number, "name": entry.name if entry else order.resource, "meaning": order.meaning,
        "problems": f"{order.problem_count:,}", "batch": order.last_batch, "state": order.state,
        "due": day(order.due) + ("（暂定）" if order.is_provisional else ""), "forward_due": day(order.forward_due),
        "department": department.short if department else order.department, "reason": "",
    }  # fmt: skip
    tell(accounts, kind, key, f"/orders/{order.number}/", **{**known, **facts})
