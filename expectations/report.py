"""What a department reads about its resources.

Lives here: gathering batch, score and outcomes of each resource. Problem rows stand as counts and row references.
Stays out: the report as a document (``expectations.documents``), the portal's page (``portal``).
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from expectations.findings import latest
from expectations.score import Score, score_of
from scheme.catalog import Catalog, CatalogEntry
from scheme.names import staging_name
from scheme.protocols import RuleOutcome
from warehouse import batches, versions
from warehouse.batches import Batch


@dataclass(frozen=True)
class ResourceQuality:
    """What a department reads about one resource."""

    entry: CatalogEntry
    batch: Batch | None
    score: Score | None
    failed: list[RuleOutcome]
    errors: list[RuleOutcome]
    passed: int
    is_current: bool
    aside: str


def department_quality(department: str, catalog: Catalog) -> list[ResourceQuality]:
    """Return the quality of every resource of a department."""
    entries = [e for e in catalog.entries.values() if e.department == department]
    return [_resource(e) for e in entries]


def _resource(entry: CatalogEntry) -> ResourceQuality:
    name = staging_name(entry.department, entry.stem)
    run, outcomes = latest(str(name))
    landed = batches.landed(entry.department, entry.resource)
    current = versions.promoted(name)
    return ResourceQuality(
        entry, landed[-1] if landed else None,
        score_of(entry, outcomes, timezone.localdate(run.checked_at)) if run and outcomes else None,
        [o for o in outcomes if o.state == "failed"], [o for o in outcomes if o.state == "error"],
        sum(o.state == "passed" for o in outcomes),
        bool(run and current and run.version == current.version),
        batches.set_aside().get(landed[-1].batch_id, "") if landed else "",
    )  # fmt: skip
