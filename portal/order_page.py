"""What the page of one order shows, by who reads it.

Lives here: facts, counted days, batches, whom the problem affects, consequences, letters, timeline.
Add here: another part of the page.
Stays out: acts and forms' fields (``expectations.orders``), layout (templates).
A raiser outside bureau and department reads the facts and how far it got, not what those two write to each other; a
developer only its own grants; a department not what the bureau did before dispatch.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from config import clock
from expectations.models import Letter, Order
from expectations.orders import acts, letters, reading, states
from lineage.graph.impact import affected
from portal.order_list import ORIGINS, SEVERITIES
from registry.accounts import ALL_DEPARTMENTS, may
from registry.models import Account, GrantRecord, Role
from scheme import chinese_dates
from scheme.catalog import Catalog, Dimension
from scheme.grant import Grant
from scheme.protocols import Affected
from warehouse import batches

DIMENSIONS = {d.value: d.chinese for d in Dimension}
LETTER_TITLES = {"反馈": "整改情况反馈单", "延期": "延期整改申请单", "异议": "异议说明"}
_NOT_SENT = ("待签发", "已退回", "已撤回")
_BEFORE_DISPATCH = ("拟发整改通知单", "退回整改通知单")
_IN_DEPARTMENT = ("拟写", "退回", "撤回")
_ANSWERS = {a for answers in states.ANSWERS.values() for a in answers}
_WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True)
class Reader:
    """Who reads one order's page. ``is_own``: of the department; ``is_inside``: of it, or of bureau and audit.

    ``reads_note``: the evidence, which who raised the order reads too.
    """

    account: Account
    is_own: bool
    is_inside: bool
    reads_note: bool

    @property
    def reads_drafts(self) -> bool:
        """Whether letters are shown that never left the department."""
        return self.is_own or self.account.role == Role.AUDITOR

    @classmethod
    def of(cls, account: Account, order: Order) -> Reader:
        """Say what an account is to an order."""
        is_own = bool(order.department) and account.department == order.department
        is_inside = is_own or account.role in ALL_DEPARTMENTS
        return cls(account, is_own, is_inside, is_inside or order.raised_by == account.username)


def context(order: Order, account: Account, catalog: Catalog) -> dict[str, Any]:
    """Return everything the page shows to this account."""
    reader, today = Reader.of(account, order), clock.today()
    entry = catalog.entries.get(f"{order.department}.{order.resource}")
    department = catalog.departments.get(order.department)
    item = next((i.name for i in entry.items if i.code == order.item), order.item) if entry else order.item
    return {
        "order": order, "reader": reader, "entry": entry, "name": entry.name if entry else order.resource,
        "department": department.name if department else order.department, "item": item,
        "severity": SEVERITIES[order.severity], "dimension": DIMENSIONS.get(order.dimension, order.dimension),
        "origin": ORIGINS.get(order.origin, order.origin), "is_manual": order.rule.startswith("manual_"),
        "status": reading.status(order), "left": reading.days_left(order, today),
        "late": reading.is_overdue(order, today), "before": order.state in ("待发出", "待签发"),
        "days": [_day(date.fromisoformat(d)) for d in order.due_days], "batches": _batches(order, account),
        "affected": _affected(order, reader), "consequences": _consequences(order, reader),
        "letters": _letters(order, reader), "timeline": _timeline(order, reader), "names": _names(),
        "acts": acts.possible(order, account), "writable": letters.writable(order, account),
        "objection": order.objections.first() if may(account, "objections") else None,
    }  # fmt: skip


def letter_forms(order: Order, kinds: list[str], filled: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the forms of letters that may be written; ``filled``: kind and content of one that was refused."""
    since = [b for b in batches.landed(order.department, order.resource) if b.received_at >= order.raised_at]
    return [
        {
            "kind": kind, "title": LETTER_TITLES[kind], "causes": letters.CAUSES, "batches": since[::-1],
            "is_open": filled.get("kind") == kind,
            "fields": [
                {"name": n, "title": t.removesuffix("（选填）"), "optional": "选填" in t,
                 "value": filled.get(n, "") if filled.get("kind") == kind else ""}
                for n, t in letters.FIELDS[kind].items()
            ],
        }
        for kind in kinds
    ]  # fmt: skip


def _day(day: date) -> dict[str, Any]:
    return {"day": day, "weekday": f"周{_WEEKDAYS[day.weekday()]}", "made_up": day.weekday() >= 5}


def _batches(order: Order, account: Account) -> list[dict[str, Any]]:
    landed = {b.batch_id: b for b in batches.landed(order.department, order.resource)}
    titles: dict[str, list[str]] = {}
    for title, batch in (
        ("发现问题", order.first_batch), ("最近检查", order.last_batch), ("复核办结", order.closing_batch),
    ):  # fmt: skip
        titles.setdefault(batch, []).append(title)
    opens = may(account, "handover") and Reader.of(account, order).is_inside
    return [{"title": "、".join(t), "id": b, "batch": landed.get(b), "opens": opens} for b, t in titles.items() if b]


def _affected(order: Order, reader: Reader) -> list[dict[str, Any]]:
    grants = _grants()
    return [
        {"use": each, "owner": grants[each.grant].developer, "columns": _columns(each, grants[each.grant])}
        for each in affected(order.dataset, order.item)
        if _may_see(reader, grants[each.grant])
    ]  # fmt: skip


def _grants() -> dict[str, GrantRecord]:
    return {r.grant: r for r in GrantRecord.objects.select_related("developer")}


def _may_see(reader: Reader, record: GrantRecord) -> bool:
    return reader.account.role != Role.DEVELOPER or record.developer == reader.account.party


def _columns(use: Affected, record: GrantRecord) -> list[str]:
    grant = Grant.model_validate(record.document)
    titles = {c.name: c.title for t in grant.tables if t.title == use.title for c in t.columns}
    return [titles.get(c, c) for c in use.columns]


def _consequences(order: Order, reader: Reader) -> list[reading.Consequence]:
    grants = _grants()
    return [c for c in reading.consequences_of(order) if c.grant in grants and _may_see(reader, grants[c.grant])]


def _letters(order: Order, reader: Reader) -> list[dict[str, Any]]:
    if not reader.is_inside:
        return []
    found = order.letters.all() if reader.reads_drafts else order.letters.exclude(state__in=_NOT_SENT)
    return [_letter(each, reader) for each in found]


def _letter(letter: Letter, reader: Reader) -> dict[str, Any]:
    content = [
        (title.removesuffix("（选填）"), _written(letter.content.get(name, "")))
        for name, title in letters.FIELDS[letter.kind].items()
    ]
    return {
        "letter": letter, "title": LETTER_TITLES[letter.kind], "content": content,
        "acts": letters.possible(letter, reader.account), "has_document": bool(letter.signed_by) or reader.is_own,
    }  # fmt: skip


def _timeline(order: Order, reader: Reader) -> list[dict[str, Any]]:
    hidden = set() if reader.account.role in ALL_DEPARTMENTS else set(_BEFORE_DISPATCH)
    if not reader.is_inside:
        hidden |= {f"{act}{t}" for act in (*_IN_DEPARTMENT, "签发") for t in LETTER_TITLES.values()} | _ANSWERS
    elif not reader.reads_drafts:
        hidden |= {f"{act}{t}" for act in _IN_DEPARTMENT for t in LETTER_TITLES.values()}
    found, due = [], ""
    for each in reading.timeline(order):
        if each.action not in hidden:
            words = _words(each.detail, due) if reader.is_inside else ""
            found.append({"moment": each, "who": each.actor if reader.is_inside else "", "words": words})
            due = each.detail.get("due", due)
    return found


def _words(detail: dict[str, Any], known_due: str) -> str:
    """Return the facts of an act that a reader wants to know, a due date only where it is another; no other detail."""
    said = []
    if "before" in detail:
        said.append(f"问题记录 {detail['before']:,} 条→{detail['problems']:,} 条")
    elif "problems" in detail:
        said.append(f"问题记录 {detail['problems']:,} 条")
    if detail.get("level"):
        said.append(f"第{detail['level']}次督办，已逾期{detail['late']}个工作日")
    if detail.get("batch"):
        said.append(f"批次 {detail['batch']}")
    if detail.get("due", known_due) != known_due:
        said.append(f"期限{_written(detail['due'])}")
    if detail.get("reason"):
        said.append(f"理由：{detail['reason']}")
    return "，".join(said)


def _written(day: str) -> str:
    """Return 2026年10月9日 for 2026-10-09; anything else as it is."""
    try:
        found = date.fromisoformat(day)
    except ValueError:
        return day
    return chinese_dates.day(found)


def _names() -> dict[str, str]:
    return {"system": "系统"} | {a.username: str(a) for a in Account.objects.all()}
