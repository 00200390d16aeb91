"""部门数据质量报告 as one HTML file.

Lives here: gathering what a department reads about its resources. Problem rows stand as counts and row references.
Stays out: wording (template), the portal's page (``portal``).
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from django.utils import timezone

from config import clock
from expectations.findings import latest
from expectations.score import Score, score_of
from scheme.catalog import Catalog, CatalogEntry, Dimension, Severity
from scheme.legal_basis import basis
from scheme.names import staging_name
from scheme.protocols import RuleOutcome
from warehouse import atomic, batches, versions
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


def write_report(department: str, folder: Path, catalog: Catalog) -> Path:
    """Write a department's report; return its path."""
    from jinja2 import Environment

    template = files("expectations").joinpath("templates/expectations/report.html").read_text("utf-8")
    today = clock.today()
    page = Environment(autoescape=True).from_string(template).render(
        department=catalog.departments[department], resources=department_quality(department, catalog),
        date=f"{today.year}年{today.month}月{today.day}日", basis=basis("数据治理"),
        dimension={d.value: d.chinese for d in Dimension}, severity={s.value: s.chinese for s in Severity},
    )  # fmt: skip
    path = folder / f"{catalog.departments[department].short}数据质量报告_{today:%Y%m%d}.html"
    atomic.write_bytes(path, page.encode())
    return path


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
