"""Written → checked → promoted, for one data set of the platform.

Lives here: Great Expectations judges the written version, the verdict is recorded, and only a version
with a recorded good verdict is promoted. A bad batch is set aside and the last promoted version stays.
Remediation orders follow each judgement.
Stays out: the rules (``expectations``), the pointer (``warehouse.versions``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from config import clock
from orchestration.pipeline import events
from scheme.catalog import Catalog, CatalogEntry
from scheme.names import DatasetName, integrated_name, staging_name
from scheme.protocols import RuleOutcome
from warehouse import batches, versions
from warehouse.lock import writer_lock
from warehouse.versions import Version


@dataclass(frozen=True)
class Promotion:
    """What became of a written version."""

    dataset: DatasetName
    written: Version | None
    current: Version | None
    outcomes: list[RuleOutcome] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    next_step: str = ""
    judged: list[tuple[Version, list[RuleOutcome]]] = field(default_factory=list)
    """Each judgement of this step: with history one a batch that is new, the version as of that batch."""

    @property
    def is_promoted(self) -> bool:
        """Whether readers now see the written version."""
        return bool(self.written and self.current and self.written.version == self.current.version)


def promote_resource(entry: CatalogEntry, catalog: Catalog, run_id: UUID) -> Promotion:
    """Check and promote the written version of a resource's staging table."""
    from expectations.documents.dispatching import follow_and_send
    from expectations.evaluate import basis, evaluate
    from lineage.graph.impact import Impacts

    name, department = staging_name(entry.department, entry.stem), catalog.departments[entry.department]
    found = _promote(name, run_id, lambda v: evaluate(v, entry, catalog), lambda v: basis(v, entry), entry)
    impact = Impacts()
    for version, outcomes in found.judged:  # also after a run that was killed here: the same again changes nothing
        follow_and_send(version, entry, department, outcomes, impact)
    return found


def promote_integrated(table: str, run_id: UUID) -> Promotion:
    """Check and promote the written version of an integrated base."""
    from expectations.evaluate import basis, evaluate_integrated

    return _promote(
        integrated_name(table),
        run_id,
        lambda v: evaluate_integrated(v, table),
        lambda v: basis(v, None),
        None,
    )


def _is_judged_bad(outcomes: list[RuleOutcome], entry: CatalogEntry) -> bool:
    """Whether a rule found the batch bad; one that could not run says nothing of it and sets nothing aside.

    Nor does one that read another register's version before that was promoted: it is asked again in the next run.
    """
    from expectations.rules import rules_of
    from expectations.workbench import is_settled

    rules = {r.rule: r for r in rules_of(entry)}
    bad = [o.rule for o in outcomes if o.state == "failed" and o.blocks]
    return any(rule not in rules or is_settled(rules[rule]) for rule in bad)


def _promote(
    name: DatasetName,
    run_id: UUID,
    judge: Callable[[Version], list[RuleOutcome]],
    basis: Callable[[Version], str],
    entry: CatalogEntry | None,
) -> Promotion:
    from expectations import findings
    from expectations.metrics import column_counts

    written, current = versions.latest_written(name), versions.promoted(name)
    if not written or (entry and not written.batches):
        return Promotion(name, None, current, reasons=["没有已写入的版本"], next_step="等待数源部门汇聚")
    started = clock.now()
    judged = _judged(_to_judge(written, current), judge, basis)
    last, outcomes = judged[-1]
    verdict = findings.verdict(last, basis(last))
    with writer_lock():
        if verdict.promotable:
            versions.promote([written])
            current = written
        elif entry and _is_judged_bad(outcomes, entry) and (current is None or written.batches != current.batches):
            _put_aside(last, current, entry, outcomes, "；".join(verdict.reasons))
    result = Promotion(name, written, current, outcomes, verdict.reasons, verdict.next_step, judged)
    events.checked(name, written, outcomes, column_counts(written, entry), result.is_promoted, run_id, started)
    return result


def _to_judge(written: Version, current: Version | None) -> list[Version]:
    """With history each batch that readers do not see yet, oldest first, and always the last; else the version."""
    if not written.is_history:
        return [written]
    seen = current.batches if current else []
    return [written.up_to(b) for b in written.batches if b not in seen or b == written.batches[-1]]


def _judged(
    wanted: list[Version], judge: Callable[[Version], list[RuleOutcome]], basis: Callable[[Version], str]
) -> list[tuple[Version, list[RuleOutcome]]]:
    """Judge and record until one may not be promoted; a judgement that was made before is not made again."""
    from expectations import findings

    found: list[tuple[Version, list[RuleOutcome]]] = []
    for version in wanted:
        on = basis(version)
        known = findings.of_version(version, on)
        outcomes = known or judge(version)
        is_bad = any(o.blocks for o in outcomes)
        if not known or is_bad or version is wanted[-1]:
            findings.record(version, outcomes, on)
        found.append((version, outcomes))
        if is_bad:
            break
    return found


def _put_aside(
    judged: Version, current: Version | None, entry: CatalogEntry, outcomes: list[RuleOutcome], reason: str
) -> None:
    """Of the batches that readers do not see yet, those that are at fault; the next run goes on without them."""
    from expectations.at_fault import batches_at_fault

    seen = current.batches if current else []
    new = [b for b in judged.batches if b not in seen] or judged.batches[-1:]
    for batch in batches_at_fault(judged, entry, outcomes, new):
        batches.put_aside(batch, reason)
