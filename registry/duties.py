"""工作记录: what a department did for 共享、开放、校核、更新、安全管理, resource by resource（【数据治理】）.

Lives here: entering a record and the acts of ``states.DUTY``; a clerk enters, the head signs.
Add here: another act on a record.
Stays out: deliveries (``registry.handovers``), forms (``portal``). ``content`` stays out of the audit chain.
"""

from __future__ import annotations

from django.db import transaction

from config import clock
from registry import audit, states
from registry.conditions import demand_another, demand_own
from registry.models import Account, DutyRecord
from registry.states import RefusedError
from scheme.catalog import CatalogEntry
from scheme.legal_basis import basis

KINDS: tuple[str, ...] = ("共享", "开放", "校核", "更新", "安全管理")
_ACT = "办理其他部门的工作记录"


@transaction.atomic
def enter(entry: CatalogEntry, kind: str, content: str, *, by: Account, evidence: str = "") -> DutyRecord:
    """Record one piece of work as waiting for the head's signature.

    Raises:
        RefusedError: another department's resource, another role, no such kind, or nothing said.
    """
    demand_own(entry.department, by, _ACT, "数据治理")
    becomes = states.next_state(states.DUTY, "", "登记", by)
    if kind not in KINDS:
        raise RefusedError(f"未登记：工作类别应为{'、'.join(KINDS)}之一。依据：{basis('数据治理')}。")
    if not content.strip():
        raise RefusedError("未登记：请填写工作内容。")
    record = DutyRecord.objects.create(
        department=entry.department, resource=entry.resource, kind=kind, content=content.strip()[:1000],
        evidence=evidence.strip()[:200], state=becomes, handled_by=by.username, at=clock.now(),
    )  # fmt: skip
    audit.append(by, "登记工作记录", f"duty:{record.pk}", {"resource": entry.id, "kind": kind})
    return record


@transaction.atomic
def act_on_duty(pk: int, action: str, *, by: Account, reason: str = "") -> DutyRecord:
    """Sign, return or withdraw a record; a signed one stays as it is.

    Raises:
        RefusedError: state, role or department stands against it, or one person would do both parts.
    """
    record = DutyRecord.objects.select_for_update().get(pk=pk)
    demand_own(record.department, by, _ACT, "数据治理")
    becomes = states.next_state(states.DUTY, record.state, action, by)
    if action == "签发":
        demand_another(record.handled_by, by, "经办人与签发人", "数据治理", "请由部门负责人签发。")
    if action == "退回" and not reason.strip():
        raise RefusedError("退回须写明理由。")
    record.state, record.reason = becomes, reason.strip()
    if action == "签发":
        record.signed_by, record.signed_at = by.username, clock.now()
    record.save()
    detail = {"kind": record.kind, "becomes": becomes, "reason": reason.strip()}
    audit.append(by, f"{action}工作记录", f"duty:{pk}", detail)
    return record


def possible(record: DutyRecord, by: Account) -> list[str]:
    """Return the acts this account may do now on this record."""
    if by.department != record.department:
        return []
    acts = states.possible(states.DUTY, record.state, by)
    return [a for a in acts if a != "签发" or by.username != record.handled_by]
