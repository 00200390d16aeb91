"""Retention: old events lose their body by one signed act, and nothing else ever does.

Lives here: the act: record, signature, audit event, event of the log, emptied bodies, graph, notice.
Add here: another thing that must happen in the act's transaction.
Stays out: choosing events (``lineage.log.retention``), checking acts (``lineage.log.pruning_record``), how far back
answers may be incomplete (``lineage.log.pruned``).

Header and chain hash of an emptied event stay, so the chain, its checkpoints and proofs of inclusion hold as before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from config import clock
from lineage.events import emit, facets
from lineage.log.pruned import known_before
from lineage.log.retention import prunable, ranges
from lineage.models import Event, PrunedEvent, Pruning, microseconds, moment
from lineage.projection.catching_up import catch_up, rebuild
from registry import audit, outbox
from registry.models import Account, Role
from scheme.canonical import digest
from scheme.signing import sign

JOB = "suyuan.lineage.prune"
_CHUNK = 500


class PruningRefusedError(ValueError):
    """This account may not prune, there is no reason, or the day lies ahead."""


@dataclass(frozen=True)
class Pruned:
    """What a pruning empties, or would: number of events, their bytes, first and last."""

    events: int
    size: int
    first_seq: int | None = None
    last_seq: int | None = None
    act: int | None = None


@transaction.atomic
def prune(before: datetime, *, by: Account, reason: str, dry_run: bool = False) -> Pruned:
    """Empty the bodies of events before a moment that state nothing in force then; all in one transaction.

    Raises:
        PruningRefusedError: ``by`` does not approve for the bureau, no reason, or the moment lies ahead.
    """
    _demand_allowed(before, by, reason)
    catch_up()
    sequences = prunable(microseconds(before))
    found = Pruned(len(sequences), _size(sequences), *(sequences[:1] or [None]), *(sequences[-1:] or [None]))
    if dry_run or not sequences:
        return found
    act = _record(before, sequences, by, reason.strip())
    _empty(act, sequences)
    _tell(act, found, by)
    rebuild()
    return Pruned(found.events, found.size, found.first_seq, found.last_seq, act.pk)


def _demand_allowed(before: datetime, by: Account, reason: str) -> None:
    if by.role != Role.BUREAU_APPROVER or not by.is_active:
        raise PruningRefusedError(f"{by.username} may not prune: an active account that approves for the bureau may")
    if not reason.strip():
        raise PruningRefusedError("a pruning needs a reason, for example the retention rule it follows")
    if before > clock.now():
        raise PruningRefusedError("the day to prune before lies ahead")


def _record(before: datetime, sequences: Sequence[int], by: Account, reason: str) -> Pruning:
    """Sign the act, append an event that tells of it, and keep both."""
    at = clock.now()
    us = microseconds(before)
    document: dict[str, Any] = {
        "act": "pruning", "at": at.isoformat(), "before_us": us, "known_seq": known_before(us), "by": by.username,
        "role": by.role, "reason": reason, "events": len(sequences), "sequences": ranges(sequences),
    }  # fmt: skip
    signed = sign(document, "bureau")
    told = facets.pruning(
        sha256=digest(document), before=before.isoformat(), by=by.username, reason=reason, events=len(sequences)
    )
    event = emit.act(JOB, at=at, run_facets=told)
    return Pruning.objects.create(
        at=at, before_us=us, known_seq=document["known_seq"], by=by.username, reason=reason,
        sequences=document["sequences"], signed=signed.model_dump(mode="json"), event_seq=event.seq,
    )  # fmt: skip


def _empty(act: Pruning, sequences: Sequence[int]) -> None:
    PrunedEvent.objects.bulk_create((PrunedEvent(seq=s, pruning=act) for s in sequences), batch_size=_CHUNK)
    for start in range(0, len(sequences), _CHUNK):
        Event.objects.filter(seq__in=sequences[start : start + _CHUNK]).update(body=b"")


def _tell(act: Pruning, found: Pruned, by: Account) -> None:
    day = moment(act.before_us).astimezone(clock.SHANGHAI)
    detail = {"before": day.isoformat(), "events": found.events, "reason": act.reason, "event": act.event_seq}
    audit.append(by, "清理溯源日志", f"pruning:{act.pk}", detail)
    outbox.notify(
        Account.objects.filter(role=Role.AUDITOR, is_active=True), key=f"lineage-pruning:{act.pk}",
        kind="溯源日志清理", subject=f"溯源日志已清理：{day:%Y年%m月%d日}前的{found.events}条血缘记录",
        body=f"{by}于{act.at.astimezone(clock.SHANGHAI):%Y年%m月%d日}清理了{day:%Y年%m月%d日}前已失效的{found.events}条"
        f"血缘记录正文，其摘要、时间和校验链均保留。\n理由：{act.reason}\n清理行为已签名并记入溯源日志第{act.event_seq}条。",
    )  # fmt: skip


def _size(sequences: Sequence[int]) -> int:
    """Return the bytes of the bodies of these events."""
    size = 0
    for start in range(0, len(sequences), _CHUNK):
        rows = Event.objects.filter(seq__in=sequences[start : start + _CHUNK]).values_list("body", flat=True)
        size += sum(len(body) for body in rows)
    return size
