"""Acts on a department's deliveries: a clerk hands in, the head of the department signs, then it goes to the platform.

Lives here: the two acts and what stands against them. What leaves an organisation has 经办人 and 签发人.
Add here: another act on a delivery before it lands.
Stays out: landing (``orchestration``), which act is allowed when (``states``).
"""

from __future__ import annotations

from pathlib import Path

from django.db import transaction

from config import clock
from registry import audit, states
from registry.conditions import demand_another, demand_own
from registry.models import Account, Handover
from registry.states import RefusedError
from scheme.catalog import CatalogEntry
from warehouse import batches, inbox, paths
from warehouse.declaration import Declaration

_ACT = "办理其他部门的数据汇聚"


@transaction.atomic
def hand_in(
    entry: CatalogEntry,
    stored: Path,
    file_name: str,
    rows_declared: int,
    *,
    by: Account,
    note: str = "",
    mode: str = "full",
) -> Handover:
    """Record an uploaded file (``stored``: under its sha256) as waiting for the signature.

    Raises:
        RefusedError: another department's resource, or the same file waits or landed already.
    """
    demand_own(entry.department, by, _ACT, "数据汇聚")
    if mode != "full" and not (mode == "increment" and entry.delivery.increments):
        raise RefusedError("该资源约定全量汇聚，不能按增量提交。")
    sha256 = stored.name
    if Handover.objects.filter(resource=entry.resource, department=entry.department, sha256=sha256, state="待签发"):
        raise RefusedError("同一文件已提交，正在等待签发，请勿重复提交。")
    if batches.find_by_hash(entry.department, entry.resource, sha256):
        raise RefusedError("同一文件此前已汇聚，内容没有变化，无需重复提交。")
    handover = Handover.objects.create(
        department=entry.department, resource=entry.resource, file_name=file_name, sha256=sha256,
        rows_declared=rows_declared, mode=mode, note=note, state="待签发", handled_by=by.username, made_at=clock.now(),
    )  # fmt: skip
    audit.append(by, "提交汇聚批次", f"handover:{handover.pk}", {"resource": entry.id, "sha256": sha256})
    return handover


@transaction.atomic
def act_on_handover(pk: int, action: str, entry: CatalogEntry, *, by: Account, reason: str = "") -> Handover:
    """Sign, return or withdraw a delivery; a signed one waits in the inbox before the act is recorded.

    A kill between the two leaves it waiting for its signature; signed again, the same file lands once.

    Raises:
        RefusedError: state, role or department stands against it, or one person would do both parts.
        DeliveryRefusedError: the resource is 涉密.
    """
    handover = Handover.objects.select_for_update().get(pk=pk)
    demand_own(handover.department, by, _ACT, "数据汇聚")
    becomes = states.next_state(states.HANDOVER, handover.state, action, by)
    if action == "签发":
        demand_another(handover.handled_by, by, "经办人与签发人", "数据汇聚", "请由部门负责人签发。")
    if action == "退回" and not reason.strip():
        raise RefusedError("退回须写明理由。")
    handover.state, handover.reason = becomes, reason
    handover.signed_by = by.username if action == "签发" else ""
    handover.save()
    audit.append(by, f"{action}汇聚批次", f"handover:{pk}", {"becomes": becomes, "reason": reason})
    if action == "签发":
        declared = Declaration(
            rows_declared=handover.rows_declared,
            mode=handover.mode,
            delivered_by=f"经办 {handover.handled_by}，签发 {by.username}",
        )
        inbox.hand_over(entry, paths.upload(handover.sha256), declared, "portal", handover.file_name)
    transaction.on_commit(lambda: _drop(handover.sha256))
    return handover


def _drop(sha256: str) -> None:
    """Remove an upload that no delivery waits with any more."""
    if not Handover.objects.filter(sha256=sha256, state="待签发").exists():
        paths.upload(sha256).unlink(missing_ok=True)
