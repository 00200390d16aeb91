"""一数一源争议: a second claim on a data element becomes a task of the bureau, which decides whose it is.

Lives here: recording a conflict, deciding it.
Add here: another act on a conflict.
Stays out: finding one (``scheme.catalog_coherence``). A decision changes no entry: the side that loses
refers to the other in its own next version.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from config import clock
from registry import audit, states
from registry.models import Account, SourceConflict
from registry.states import RefusedError, SourceConflictError
from scheme.catalog_coherence import Problem
from scheme.legal_basis import basis


@contextmanager
def recorded(by: Account) -> Iterator[None]:
    """Record the conflicts for which an act was refused, after its own transaction was rolled back."""
    try:
        yield
    except SourceConflictError as conflict:
        for claim in conflict.claims:
            _record(claim, by)
        raise


@transaction.atomic
def decide(pk: int, kept: str, *, by: Account, note: str) -> SourceConflict:
    """Decide which side keeps the claim.

    Raises:
        RefusedError: decided already, not the account's business, no side or no reason given.
    """
    conflict = SourceConflict.objects.select_for_update().get(pk=pk)
    becomes = states.next_state(states.SOURCE_CONFLICT, conflict.state, "裁定", by)
    if kept not in (conflict.first, conflict.second):
        raise RefusedError("请选择由哪一方作为数源。")
    if not note.strip():
        raise RefusedError(f"裁定数源须写明理由。依据：{basis('数据汇聚')}（一数一源）。")
    conflict.state, conflict.kept, conflict.note = becomes, kept, note.strip()[:300]
    conflict.decided_by, conflict.decided_at = by.username, clock.now()
    conflict.save()
    detail = {"element": conflict.element, "kept": kept, "reason": conflict.note}
    audit.append(by, "裁定数源", f"source_conflict:{pk}", detail)
    return conflict


@transaction.atomic
def _record(claim: Problem, by: Account) -> None:
    """Record a conflict between two departments once; within one department it is its own business."""
    if claim.first.partition(".")[0] == claim.where.partition(".")[0]:
        return
    conflict, is_new = SourceConflict.objects.get_or_create(
        element=claim.element[:100], first=claim.first, second=claim.where,
        defaults={"raised_by": by.username, "raised_at": clock.now()},
    )  # fmt: skip
    if is_new:
        detail = {"element": claim.element, "first": claim.first, "second": claim.where}
        audit.append(by, "提请裁定数源", f"source_conflict:{conflict.pk}", detail)
