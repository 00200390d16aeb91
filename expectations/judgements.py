"""Judgements read in one query each.

Lives here: the last judgement of data sets, of each of their batches, of each month.
Add here: another choice of judgements.
Stays out: recording them (``findings``), scores (``score``, ``trend``).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Max, QuerySet
from django.db.models.functions import TruncMonth

from config.clock import SHANGHAI
from expectations.models import CheckRun, Finding
from scheme.catalog import Severity
from scheme.protocols import RuleOutcome

_OUTCOME = (
    "rule", "item", "dimension", "severity", "meaning", "state", "evaluated_count", "unexpected_count", "expectation",
    "blocks", "error",
)  # fmt: skip


@dataclass(frozen=True)
class Judgement:
    """One judgement of a version that ends with batch ``batch_id``; ``checked_at`` in Asia/Shanghai."""

    dataset: str
    version: str
    batch_id: str
    checked_at: datetime
    outcomes: list[RuleOutcome] = field(default_factory=list)

    @property
    def month(self) -> date:
        """First day of its month."""
        return self.checked_at.date().replace(day=1)


def last(datasets: Collection[str]) -> dict[str, Judgement]:
    """Return data set → its last judgement; those never judged are left out."""
    return {j.dataset: j for j in _read(_last_of(_runs(datasets), "dataset"))}


def by_batch(datasets: Collection[str], since: date | None = None) -> list[Judgement]:
    """Return the last judgement of every batch, oldest batch first; ``since``: judged on that day or later."""
    found = _read(_last_of(_runs(datasets, since).exclude(batch_id=""), "dataset", "batch_id"))
    return sorted(found, key=lambda j: j.batch_id)  # a batch id begins with the moment it was received


def by_month(datasets: Collection[str]) -> list[Judgement]:
    """Return every data set's last judgement of every month, oldest first."""
    runs = _runs(datasets).annotate(month=TruncMonth("checked_at", tzinfo=SHANGHAI))
    return sorted(_read(_last_of(runs, "dataset", "month")), key=lambda j: j.checked_at)


def failures(dataset: str) -> list[tuple[str, str]]:
    """Return (batch, rule) of every 严重 or 一般 rule that a batch failed when it was judged last."""
    runs = _last_of(_runs([dataset]).exclude(batch_id=""), "batch_id")
    failed = Finding.objects.filter(run_id__in=runs, state="failed").exclude(severity=Severity.info)
    return list(failed.values_list("run__batch_id", "rule"))


def batches_judged(dataset: str) -> set[str]:
    """Return the batches of a data set that were the last of a judged version."""
    return set(CheckRun.objects.filter(dataset=dataset).order_by().values_list("batch_id", flat=True).distinct())


def _runs(datasets: Collection[str], since: date | None = None) -> QuerySet[CheckRun]:
    runs = CheckRun.objects.filter(dataset__in=datasets).order_by()
    return runs.filter(checked_at__gte=datetime(since.year, since.month, since.day, tzinfo=SHANGHAI)) if since else runs


def _last_of(runs: QuerySet[CheckRun], *of: str) -> QuerySet[Any]:
    return runs.values(*of).annotate(last=Max("id")).values("last")


def _read(ids: QuerySet[Any]) -> list[Judgement]:
    found: dict[int, Judgement] = {}
    rows = Finding.objects.filter(run_id__in=ids).order_by("run_id", "id")
    run = ("run_id", "run__dataset", "run__version", "run__batch_id", "run__checked_at")
    for run_id, dataset, version, batch_id, checked_at, *facts in rows.values_list(*run, *_OUTCOME):
        if run_id not in found:
            found[run_id] = Judgement(dataset, version, batch_id, checked_at.astimezone(SHANGHAI))
        outcome = dict(zip(_OUTCOME, facts, strict=True))
        found[run_id].outcomes.append(RuleOutcome(dataset=dataset, **{**outcome, "item": outcome["item"] or None}))
    return list(found.values())
