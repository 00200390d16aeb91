"""Acts on quarantined rows: a person of the owning department lets them through or keeps them out, with a reason.

Lives here: the one act and what stands against it. Stays out: how it is stored (``warehouse.decisions``).
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from registry import audit
from registry.models import Account, Role
from registry.states import RefusedError
from scheme.legal_basis import basis
from warehouse import batches, decisions
from warehouse.batches import Batch
from warehouse.decisions import DecisionRefusedError

ACTIONS = {"放行": decisions.RELEASED, "不予放行": decisions.REJECTED}
_WHY = {
    "unknown": "所选记录已处理或不在本批次隔离记录之中。请刷新页面后重新选择。",
    "unreleasable": "所选记录内容不完整，不能放行。请改正后重新汇聚，或选择不予放行。",
}


@transaction.atomic
def decide(batch: Batch, rows: Sequence[int], action: str, *, by: Account, note: str) -> int:
    """Release（放行）or reject（不予放行）rows; return how many. The trace holds row numbers, never cells.

    Raises:
        RefusedError: another department's batch, no reason given, superseded, or rows that cannot be decided so.
    """
    if by.department != batch.department or by.role not in (Role.DATA_CLERK, Role.DEPARTMENT_HEAD):
        raise RefusedError(f"隔离记录由数源部门处理。依据：{basis('数据治理')}。")
    if action not in ACTIONS or not rows:
        raise RefusedError("请选择记录和处理方式。")
    if not note.strip():
        raise RefusedError("处理隔离记录须写明理由。")
    later = batches.superseded_by(batch)
    if later:
        raise RefusedError(f"本批次已由批次 {later.batch_id} 替代，隔离记录无需处理。")
    detail = {"rows": len(rows), "first": min(rows), "last": max(rows), "note": note.strip()[:300]}
    audit.append(by, f"隔离记录{action}", f"batch:{batch.batch_id}", detail)
    try:
        return decisions.decide(batch, rows, ACTIONS[action], by=by.username, note=note.strip()[:300])
    except DecisionRefusedError as error:
        raise RefusedError(_WHY[error.kind]) from None
