"""数据质量问题整改通知单: from the bureau to a source department, a work form between equals.

Lives here: its content; from dispatch on the very content that was sent, whatever has changed since.
Add here: a field of the form.
Stays out: dispatching (``expectations.orders.acts``), keeping what is sent (``dispatching``), the department's answers
(``feedback``, ``extension``, ``dispute``).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from config import clock
from expectations.documents import order_fields, problem_list
from expectations.documents.as_dispatched import Stated, as_dispatched
from expectations.documents.content import (
    Document,
    Field,
    Listing,
    Sign,
    bureau,
    current_catalog,
    is_demo,
    legal_basis,
    lines,
    person,
)  # fmt: skip
from expectations.models import Order
from expectations.orders.policy import policy
from expectations.parameters import remediation
from registry.models import AuditEvent
from registry.printing import issuing
from scheme.catalog import Catalog
from scheme.chinese_dates import day
from scheme.protocols import Impact

KIND = "数据质量问题整改通知单"
_DEMAND = (
    "请核实上述问题数据，在源头更正，于整改期限内通过区一体化大数据平台重新汇聚，并提交《数据质量整改情况反馈单》。"
    "重新汇聚后由系统自动复核，复核通过即办结。"
)
_OTHERWISE = "对问题有异议的，请提交《数据质量问题异议说明》；确需延期的，请在期限届满前提交《延期整改申请单》。"
_OVERDUE = {
    "block": "逾期未完成的，暂停向受影响的授权场景供数，整改办结后恢复。",
    "warn": "逾期未完成的，向受影响的授权场景提示数据质量风险，整改办结后解除。",
}


_SENT = ("签发整改通知单", "问题复发重新办理")


def notice(order: Order, impact: Impact) -> Document:
    """Return the notice of an order as it was sent last; before dispatch a draft."""
    found = sent(order)
    if found is None:
        return written(order, impact)
    stated = as_dispatched(order)
    problems = _problems(order, stated, current_catalog())
    return Document.of_form(found, (_as_listed_now(problems, stated),) if problems else ())


def sent(order: Order) -> dict[str, Any] | None:
    """Return the content kept when the order was dispatched last, None before, and of an order older than keeping."""
    about = f"order:{order.number}"
    last = AuditEvent.objects.filter(object=about, action__in=_SENT).last()
    return issuing.kept(KIND, about, last.seq) if last and order.dispatched_on else None


def written(order: Order, impact: Impact) -> Document:
    """Return the notice as it would be written now."""
    catalog, stated = current_catalog(), as_dispatched(order)
    problems = _problems(order, stated, catalog)
    return Document(
        kind=KIND, title=KIND, number=order.number, about=f"order:{order.number}", sender=bureau(),
        is_demo=is_demo(catalog), is_draft=stated.received is None,
        to=order_fields.department_name(order, catalog), date=day(stated.received) if stated.received else "",
        blanks=("发文字号",),
        fields=(
            *order_fields.subject(order, catalog), order_fields.delivered(order, stated.batch),
            order_fields.problem(order, stated, catalog), order_fields.affected(impact(order.dataset, order.item)),
            _demand(order, stated), order_fields.deadline(stated), Field("依据", legal_basis("数据治理")),
            _contact(stated), _attachment(order, stated, problems, catalog),
        ),
        signs=(Sign("承办人", person(order.prepared_by)), Sign("审核人", person(order.dispatched_by)), Sign("签发人")),
        attachments=(problem_list.on_paper(problems),) if problems else (),
        listings=(problems,) if problems else (),
    )  # fmt: skip


def _problems(order: Order, stated: Stated, catalog: Catalog) -> Listing | None:
    entry = order_fields.entry_of(order, catalog)
    if entry is None or order.rule.startswith("manual_"):
        return None
    run = problem_list.judged_on(order.dataset, stated.batch)
    found = problem_list.rows_of(entry, run, order.rule)
    return problem_list.of_rule(found) if len(found) else None


def _as_listed_now(problems: Listing, stated: Stated) -> Listing:
    """Other reference data may list other rows of the batch than the notice told of: the list says so."""
    told = problems.total == stated.problems
    return problems if told else replace(problems, title=f"{problems.title}（按现行参照数据检出）")


def _demand(order: Order, stated: Stated) -> Field:
    rules = policy(order.severity, order.department, stated.received or clock.today())
    return Field("整改要求", lines(_DEMAND, _OTHERWISE, _OVERDUE.get(rules.overdue, "") if rules else ""))


def _contact(stated: Stated) -> Field:
    found = remediation(stated.received or clock.today())["contact"]
    return Field("联系人、电话", (f"{found['office']}　电话：{found['phone'] or '＿' * 8}",))


def _attachment(order: Order, stated: Stated, problems: Listing | None, catalog: Catalog) -> Field:
    if problems:
        other = f"（按现行参照数据检出，通知时为{stated.problems:,}条）" if problems.total != stated.problems else ""
        return Field("附件", (f"问题数据清单，共{problems.total:,}条{other}",))
    if order.rule.startswith("manual_"):
        return Field("附件", ("无逐条清单：问题由人工提出。",))
    if order_fields.is_of_delivery(order, catalog):
        return Field("附件", ("无逐条清单：问题针对整个批次。",))
    return Field("附件", ("无逐条清单：该批次数据已不保留或现行参照数据下未再检出，记录数以本单所列为准。",))
