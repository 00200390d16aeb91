"""What a department writes on an order: the clerk drafts, the head signs, the bureau answers where it must.

Lives here: 反馈单 (the fix, then the next batch is checked), 延期整改申请单 (once, within the limit), 异议说明.
Add here: a field of a form (``FIELDS``), another kind of letter.
Stays out: printing them (``expectations.documents``).
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q

from config import clock
from expectations.models import Letter, Order
from expectations.orders import consequences, notices, pausing, states
from expectations.orders.policy import extension_limit, policy
from registry import audit
from registry.conditions import demand_another, demand_own
from registry.models import Account
from registry.states import RefusedError, next_state
from scheme.chinese_dates import day
from scheme.legal_basis import basis
from scheme.workdays import after, count_between

CAUSES: tuple[str, ...] = ("源头录入", "系统", "接口", "标准理解", "其他")
FIELDS: dict[str, dict[str, str]] = {
    "反馈": {
        "cause": "原因类别", "analysis": "原因分析", "measures": "整改措施", "batch": "重新汇聚批次（选填）",
        "remaining": "未完成部分及计划（选填）",
    },
    "延期": {"until": "申请延期至", "why": "理由", "done": "已完成情况"},
    "异议": {"matter": "异议事项", "grounds": "依据", "evidence": "佐证材料名称（选填）"},
}  # fmt: skip
"""Kind → field → its title; a title with 选填 may stay empty."""
_ACT = "办理其他部门的整改事项"
_UNANSWERED = Q(state="已签发", kind__in=["延期", "异议"])


@transaction.atomic
def draft(number: str, kind: str, content: dict[str, str], *, by: Account) -> Letter:
    """Record a letter as waiting for the head's signature.

    Raises:
        RefusedError: another department, the order's state, a missing field, an extension beyond the limit.
        Order.DoesNotExist: no such order.
    """
    audit.take_turn()
    order = Order.objects.select_for_update().get(number=number)
    demand_own(order.department, by, _ACT, "数据治理")
    becomes = next_state(states.LETTER, "", "拟稿", by)
    _demand_writable(order, kind)
    clean = _filled(kind, content)
    if kind == "延期":
        _demand_extendable(order, clean["until"])
    letter = Letter.objects.create(
        order=order, kind=kind, content=clean, state=becomes, handled_by=by.username, at=clock.now()
    )
    audit.append(by, f"拟写{_title(kind)}", f"order:{order.number}", {"letter": letter.pk})
    notices.letter_to_sign(letter)
    return letter


@transaction.atomic
def act_on_letter(pk: int, action: str, *, by: Account, reason: str = "") -> Letter:
    """Sign, return, withdraw or answer a letter, and do to the order what follows from it.

    Raises:
        RefusedError: state, role or department stands against it, one person for both parts, no reason given.
        Letter.DoesNotExist: no such letter.
    """
    audit.take_turn()
    letter = Letter.objects.select_for_update().select_related("order").get(pk=pk)
    order = Order.objects.select_for_update().get(pk=letter.order_id)
    due, answering = order.due, any(action in answers for answers in states.ANSWERS.values())
    if not answering:
        demand_own(order.department, by, _ACT, "数据治理")
    becomes = next_state(states.LETTER, letter.state, action, by)
    if answering and action not in states.ANSWERS[letter.kind]:
        raise RefusedError(f"{_title(letter.kind)}不能办理“{action}”。")
    if action in ("退回", "不同意延期", "异议成立", "异议不成立") and not reason.strip():
        raise RefusedError(f"{action}须写明理由。依据：{basis('数据治理')}。")
    if action == "签发":
        _sign(letter, order, by)
    elif answering:
        _answer(letter, order, action, by, reason.strip()[:300])
    else:
        letter.reason = reason.strip()[:300]
    letter.state = becomes
    letter.save()
    order.save()
    detail = {
        "letter": letter.pk, "becomes": becomes, "order": order.state, "reason": reason.strip()[:300],
        "paused": order.paused_on is not None,
    } | ({"due": order.due.isoformat()} if order.due != due else {})  # fmt: skip
    audit.append(by, action if answering else f"{action}{_title(letter.kind)}", f"order:{order.number}", detail)
    notices.letter_acted(letter, order, action)
    return letter


def possible(letter: Letter, by: Account) -> list[str]:
    """Return the acts this account may do now on this letter."""
    found = []
    for (state, action), step in states.LETTER.items():
        if state != letter.state or not state or by.role not in step.roles:
            continue
        is_answer = any(action in answers for answers in states.ANSWERS.values())
        if is_answer and action not in states.ANSWERS[letter.kind]:
            continue
        if not is_answer and by.department != letter.order.department:
            continue
        if is_answer and letter.order.state not in states.ANSWERABLE[letter.kind]:
            continue
        if action == "签发" and by.username == letter.handled_by:
            continue
        found.append(action)
    return found


def expire(order: Order) -> None:
    """Settle the letters of an order that was closed or began anew: nobody may act on them any more."""
    order.letters.filter(Q(state="待签发") | _UNANSWERED).update(state=states.EXPIRED)


def writable(order: Order, by: Account) -> list[str]:
    """Return the kinds of letters this account may draft now on this order."""
    if by.role != states.CLERK or by.department != order.department:
        return []
    waiting = set(order.letters.filter(Q(state="待签发") | _UNANSWERED).values_list("kind", flat=True))
    kinds = [k for k, in_states in states.WRITABLE.items() if order.state in in_states and k not in waiting]
    return [k for k in kinds if k != "延期" or not (order.is_extended or clock.today() > order.due)]


def _title(kind: str) -> str:
    return {"反馈": "整改情况反馈单", "延期": "延期整改申请单", "异议": "异议说明"}[kind]


def _demand_writable(order: Order, kind: str) -> None:
    if kind not in FIELDS:
        raise RefusedError(f"未提交：文书应为{'、'.join(FIELDS)}之一。")
    if order.state not in states.WRITABLE[kind]:
        where = "、".join(states.WRITABLE[kind])
        raise RefusedError(f"整改单当前状态为“{order.state}”，不能提交{_title(kind)}（应为{where}）。")
    if order.letters.filter(kind=kind, state="待签发").exists():
        raise RefusedError(f"已有一份{_title(kind)}等待签发，请勿重复提交。")
    if order.letters.filter(_UNANSWERED, kind=kind).exists():
        raise RefusedError(f"已有一份{_title(kind)}等待区大数据主管部门答复，请勿重复提交。")


def _filled(kind: str, content: dict[str, str]) -> dict[str, str]:
    clean = {name: (content.get(name) or "").strip()[:1000] for name in FIELDS[kind]}
    missing = [title for name, title in FIELDS[kind].items() if not clean[name] and "选填" not in title]
    if missing:
        raise RefusedError(f"未提交：请填写{'、'.join(missing)}。")
    if kind == "反馈" and clean["cause"] not in CAUSES:
        raise RefusedError(f"未提交：原因类别应为{'、'.join(CAUSES)}之一。")
    return clean


def _demand_extendable(order: Order, until: str) -> None:
    try:
        asked = date.fromisoformat(until)
    except ValueError:
        raise RefusedError("未提交：申请延期至应为日期，例如2026-10-16。") from None
    rules = policy(order.severity, order.department, order.dispatched_on or clock.today())
    if order.is_extended or rules is None:
        raise RefusedError("每份整改单只能延期一次。")
    if clock.today() > order.due:
        raise RefusedError("整改期限已过，不能再申请延期。请尽快完成整改并重新汇聚。")
    limit = extension_limit(rules, order.dispatched_on or clock.today())
    if count_between(asked - timedelta(days=1), asked) == 0:
        raise RefusedError("申请延期至应为工作日。请改为之前或之后的工作日。")
    if not order.due < asked <= limit.due:
        raise RefusedError(
            f"申请延期至应在{day(order.due)}之后、{day(limit.due)}之前（含当日，自收到之日起"
            f"{rules.extension_days}个工作日）。依据：{basis('数据治理')}。"
        )


def _sign(letter: Letter, order: Order, by: Account) -> None:
    demand_another(letter.handled_by, by, "经办人与签发人", "数据治理", "请由部门负责人签发。")
    _demand_writable_on_signing(letter, order)
    letter.signed_by, letter.signed_at = by.username, clock.now()
    if letter.kind == "反馈":
        order.state = "待复核"
    if letter.kind == "异议":
        order.state = "异议核实中"
    if letter.kind == "异议" or (letter.kind == "反馈" and order.is_manual):
        pausing.pause(order)


def _demand_writable_on_signing(letter: Letter, order: Order) -> None:
    if order.state not in states.WRITABLE[letter.kind]:
        raise RefusedError(f"整改单当前状态为“{order.state}”，{_title(letter.kind)}已不需签发，请退回。")
    if letter.kind == "延期":
        _demand_extendable(order, letter.content["until"])


def _answer(letter: Letter, order: Order, action: str, by: Account, reason: str) -> None:
    if order.state not in states.ANSWERABLE[letter.kind]:
        raise RefusedError(f"整改单当前状态为“{order.state}”，该{_title(letter.kind)}已不需答复。")
    letter.answer, letter.answered_by, letter.answered_at = reason, by.username, clock.now()
    if action == "同意延期":
        _extend(order, date.fromisoformat(letter.content["until"]))
    if action == "异议成立":
        order.state, order.closed_on, order.closed_by = "异议成立", clock.today(), by.username
        order.accepted_count, order.paused_on = order.problem_count, None
        consequences.lift(order)
    if action == "异议不成立":
        order.state = "整改中"
        pausing.resume(order)


def _extend(order: Order, until: date) -> None:
    if order.is_extended or not order.due < until or until < clock.today():
        raise RefusedError("该延期申请已失效（已延期过，或申请的日期已过），不能同意。请办理“不同意延期”。")
    received = order.dispatched_on or clock.today()
    counted = after(received, count_between(received, until))
    order.due, order.is_extended = until, True
    order.due_days, order.is_provisional = [d.isoformat() for d in counted.days], counted.is_provisional
    consequences.lift(order)
