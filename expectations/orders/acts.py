"""Acts of the bureau and the department on an order: one function, one transaction, one audit event.

Lives here: what changes when an act is done. ``by`` is the person responsible.
Add here: an act of ``states.ORDER``.
Stays out: letters of the department (``letters``), what a judgement does (``follow``).
"""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction

from config import clock
from expectations.documents.dispatching import keep_notice
from expectations.models import Order
from expectations.orders import consequences, letters, notices, pausing, states
from expectations.orders.policy import fix_by, policy
from registry import audit
from registry.conditions import demand_another, demand_own
from registry.models import Account
from registry.states import RefusedError, next_state
from scheme.legal_basis import basis
from scheme.protocols import Impact
from warehouse import batches

_NEEDS_REASON = ("退回", "退回整改", "撤销")
_IN_AUDIT = {"退回整改": "退回整改", "核实办结": "核实办结"}  # acts that are not on the notice itself


@transaction.atomic
def act_on_order(number: str, action: str, *, by: Account, impact: Impact, reason: str = "") -> Order:
    """Do one act of ``states.ORDER``; dispatching counts the department's days and tells whom the problem affects.

    Raises:
        RefusedError: state, role, department or a condition stands against it.
        Order.DoesNotExist: no such order.
    """
    audit.take_turn()
    order = Order.objects.select_for_update().get(number=number)
    if action == "签收":
        demand_own(order.department, by, "签收其他部门的整改通知单", "数据治理")
    becomes = next_state(states.ORDER, order.state, action, by)
    if action in _NEEDS_REASON and not reason.strip():
        raise RefusedError(f"{action}须写明理由。依据：{basis('数据治理')}。")
    settle = _SETTLE.get(action)
    if settle:
        settle(order, by)
    order.state = becomes
    order.save()
    detail = {
        "becomes": becomes, "reason": reason.strip()[:300], "due": order.due.isoformat(),
        "paused": order.paused_on is not None,
    }  # fmt: skip
    event = audit.append(by, _IN_AUDIT.get(action, f"{action}整改通知单"), f"order:{order.number}", detail)
    if action == "签发":
        keep_notice(order, impact, by)
    if becomes in states.CLOSED:
        letters.expire(order)
        consequences.lift(order)
    notices.acted(order, action, impact, reason.strip()[:300], event.seq)
    return order


def possible(order: Order, by: Account) -> list[str]:
    """Return the acts this account may do now on this order."""
    found = []
    for (state, action), step in states.ORDER.items():
        if state != order.state or by.role not in step.roles:
            continue
        if action == "签收" and by.department != order.department:
            continue
        if action == "签发" and by.username == order.prepared_by:
            continue
        if action in ("核实办结", "退回整改") and not order.is_manual:
            continue
        found.append(action)
    return found


def _prepare(order: Order, by: Account) -> None:
    order.prepared_by = by.username


def _dispatch(order: Order, by: Account) -> None:
    demand_another(order.prepared_by, by, "承办人与签发人", "数据治理", "请由另一人签发。")
    rules = policy(order.severity, order.department, clock.today())
    if rules is None:
        raise RefusedError("该问题的严重程度没有规定整改期限，不能发出整改通知。请先由区大数据主管部门设定期限。")
    fix = fix_by(rules, clock.today())
    order.dispatched_by, order.dispatched_on = by.username, clock.today()
    order.due, order.due_days = fix.due, [d.isoformat() for d in fix.days]
    order.is_provisional = fix.is_provisional


def _acknowledge(order: Order, by: Account) -> None:
    order.acknowledged_by = by.username


def _verify(order: Order, by: Account) -> None:
    """Only an order that no rule can judge is closed by a person, and only on a batch delivered since."""
    if not order.is_manual:
        raise RefusedError("该问题由系统在下一批次自动复核办结，不能人工办结。请等待重新汇聚后的检查结果。")
    landed = batches.landed(order.department, order.resource)
    if not landed or landed[-1].received_at <= order.raised_at:
        raise RefusedError("提出问题之后尚无新的汇聚批次，不能核实办结。请数源部门先重新汇聚。")
    order.closing_batch = order.last_batch = landed[-1].batch_id
    order.closed_on, order.closed_by, order.problem_count = clock.today(), by.username, 0
    order.paused_on = None


def _send_back(order: Order, by: Account) -> None:
    if not order.is_manual:
        raise RefusedError("该问题由系统在下一批次自动复核，无需退回。")
    pausing.resume(order)


def _withdraw(order: Order, by: Account) -> None:
    order.closed_on, order.closed_by = clock.today(), by.username
    order.accepted_count, order.paused_on = order.problem_count, None


_SETTLE: dict[str, Callable[[Order, Account], None]] = {
    "拟发": _prepare, "签发": _dispatch, "签收": _acknowledge, "核实办结": _verify, "退回整改": _send_back,
    "撤销": _withdraw,
}  # fmt: skip
