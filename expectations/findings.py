"""Recording judgements and reading the verdict.

Lives here: outcomes in the control database; whether a version may be promoted, and why not.
Add here: another reader of findings.
Stays out: judging (``evaluate``), moving the pointer (``orchestration``).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import QuerySet

from config import clock
from expectations.models import CheckRun, Finding
from scheme.catalog import CatalogEntry
from scheme.names import staging_name
from scheme.protocols import RuleOutcome
from warehouse import batches, versions
from warehouse.versions import Version

_COLUMNS = (
    "rule", "dimension", "severity", "meaning", "state", "evaluated_count", "unexpected_count", "expectation",
    "blocks", "error",
)  # fmt: skip


@dataclass(frozen=True)
class Verdict:
    """Whether readers may see a version; ``reasons`` and ``next_step`` in Chinese."""

    promotable: bool
    reasons: list[str] = field(default_factory=list)
    next_step: str = ""


def record(version: Version, outcomes: list[RuleOutcome], basis: str) -> None:
    """Keep the outcomes of one judgement as the present one of the data set.

    The same judgement again changes nothing. One that is present again, because a later version did not hold, is
    recorded once more: the last record of a data set is what everybody reads.
    """
    with transaction.atomic():
        last = CheckRun.objects.filter(dataset=version.dataset).last()
        if last and (last.version, last.basis) == (version.version, basis):
            return
        run = CheckRun.objects.create(
            dataset=version.dataset, version=version.version, basis=basis, rows=version.rows, checked_at=clock.now(),
            batch_id=version.batches[-1] if version.batches else "",
        )  # fmt: skip
        Finding.objects.bulk_create(
            Finding(run=run, item=o.item or "", **{c: getattr(o, c) for c in _COLUMNS}) for o in outcomes
        )


def of_version(version: Version, basis: str | None = None) -> list[RuleOutcome]:
    """Return the outcomes of the latest judgement of a version (on this basis), or nothing."""
    runs = _runs(version)
    run = (runs.filter(basis=basis) if basis else runs).last()
    return _outcomes(run) if run else []


def basis_of(version: Version) -> str | None:
    """Return the basis of the latest judgement of a version, if there is one."""
    run = _runs(version).last()
    return run.basis if run else None


def latest(dataset: str) -> tuple[CheckRun | None, list[RuleOutcome]]:
    """Return the latest judgement of a data set."""
    run = CheckRun.objects.filter(dataset=dataset).last()
    return run, _outcomes(run) if run else []


def of_last_delivery(entry: CatalogEntry) -> Version | None:
    """Return the version in which a resource's last delivery was judged, also if it was set aside; None: none was."""
    name = staging_name(entry.department, entry.stem)
    landed = batches.landed(entry.department, entry.resource)
    runs = CheckRun.objects.filter(dataset=str(name), batch_id=landed[-1].batch_id) if landed else None
    run = runs.last() if runs is not None else None
    found = versions.find(name, run.version) if run else None
    return found.up_to(run.batch_id) if found and run else versions.latest_written(name)


def verdict(version: Version, basis: str | None = None) -> Verdict:
    """Return whether a version may be promoted; one without a recorded judgement may not."""
    outcomes = of_version(version, basis)
    if not outcomes:
        return Verdict(False, ["该版本尚无质量检查记录"], "请重新运行该资源的质量检查。")
    blocking = [o for o in outcomes if o.blocks]
    reasons = [_reason(o) for o in blocking]
    if not blocking:
        return Verdict(True)
    if any(o.state == "error" for o in blocking):
        return Verdict(False, reasons, "规则未能执行：请数据工程师修正规则或补齐其引用的数据后重新运行。")
    return Verdict(False, reasons, "请数源部门按问题清单整改并重新汇聚；在此之前继续使用上一版本。")


def _runs(version: Version) -> QuerySet[CheckRun]:
    """With history each batch of a version has judgements of its own."""
    runs = CheckRun.objects.filter(dataset=version.dataset, version=version.version)
    return runs.filter(batch_id=version.batches[-1]) if version.is_history and version.batches else runs


def _reason(outcome: RuleOutcome) -> str:
    if outcome.state == "error":
        return f"{outcome.rule} {outcome.meaning}：规则未能执行（{outcome.error}）"
    return f"{outcome.rule} {outcome.meaning}：{outcome.unexpected_count:,}／{outcome.evaluated_count:,} 条"


def _outcomes(run: CheckRun) -> list[RuleOutcome]:
    return [
        RuleOutcome(
            dataset=run.dataset, item=f.item or None, rule=f.rule, dimension=f.dimension, severity=f.severity,
            meaning=f.meaning, state=f.state, evaluated_count=f.evaluated_count,
            unexpected_count=f.unexpected_count, expectation=f.expectation, blocks=f.blocks, error=f.error,
        )
        for f in run.findings.all()
    ]  # fmt: skip
