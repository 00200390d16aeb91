"""What the three forms of a department have in common.

Lives here: head, problem, deadline, signatures around the fields of one form.
Add here: a part that all of them have.
Stays out: the fields of one form (``feedback``, ``extension``, ``dispute``).
"""

from __future__ import annotations

from config import clock
from expectations.documents import order_fields
from expectations.documents.as_dispatched import Stated
from expectations.documents.content import (
    Document,
    Field,
    Sign,
    bureau,
    current_catalog,
    is_demo,
    lines,
    person,
)  # fmt: skip
from expectations.models import Letter
from scheme.chinese_dates import day


def document(letter: Letter, kind: str, stated: Stated, *fields: Field) -> Document:
    """Return a department's letter to the bureau; one that its head has not signed is a draft."""
    order, catalog = letter.order, current_catalog()
    counted = stated.deadline
    last = f"{order_fields.by(counted)}，共{len(counted.days)}个工作日。"
    return Document(
        kind=kind, title=kind, number=f"{order.number}-{letter.pk}", about=f"order:{order.number}",
        sender=order_fields.department_name(order, catalog), to=bureau(), is_demo=is_demo(catalog),
        is_draft=not letter.signed_by,
        date=day(letter.signed_at.astimezone(clock.SHANGHAI).date()) if letter.signed_at else "",
        blanks=("发文字号",),
        fields=(
            Field("整改通知单编号", (order.number,)), *order_fields.subject(order, catalog),
            order_fields.problem(order, stated, catalog), Field("通知的整改期限", (last,)), *fields,
        ),
        signs=(Sign("经办人", person(letter.handled_by)), Sign("部门负责人", person(letter.signed_by))),
    )  # fmt: skip


def answer(letter: Letter, label: str) -> Field:
    """Return the bureau's answer, left blank until there is one."""
    if not letter.answered_by or letter.answered_at is None:
        return Field(label, ("（由区大数据主管部门填写）",))
    at = day(letter.answered_at.astimezone(clock.SHANGHAI).date())
    why = f"理由：{letter.answer}" if letter.answer else ""
    return Field(label, lines(f"{letter.state}。", why, f"办理人：{person(letter.answered_by)}　{at}"))
