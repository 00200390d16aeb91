"""What waits for a run: deliveries that are not on the platform yet, grants that are not published yet.

Lives here: the names the sensor compares. Two acts on one grant have different names, so each is seen.
Stays out: landing (``orchestration.ingest``), running (``orchestration.defs``).
"""

from __future__ import annotations

from scheme.catalog import Catalog, CatalogEntry
from scheme.grant import Grant
from scheme.names import staging_name
from warehouse import decisions, grant_file, versions
from warehouse.inbox import waiting
from warehouse.views import batches_in_use


def deliveries(catalog: Catalog) -> list[str]:
    """Return waiting files, and landed batches and decisions on their rows that no written version holds."""
    return sorted(f"{entry.id}/{name}" for entry in catalog.entries.values() for name in _of(entry))


def grants(active: list[Grant]) -> list[str]:
    """Return grants in force that have no published file and may have one, with the last act on each."""
    from orchestration.pipeline.subsets import blocked_grants
    from registry.models import AuditEvent

    found, elsewhere = [], {*grant_file.published(), *blocked_grants()}
    for grant in sorted(active, key=lambda g: g.grant):
        if grant.grant not in elsewhere:
            last = AuditEvent.objects.filter(object=f"grant:{grant.grant}").order_by("-seq").first()
            found.append(f"grant {grant.grant}/{last.seq if last else 0}")
    return found


def _of(entry: CatalogEntry) -> list[str]:
    written = versions.latest_written(staging_name(entry.department, entry.stem))
    built = set(written.batches) if written else set()
    used = batches_in_use(entry)
    found = [f.name for f in waiting(entry)] + [b.batch_id for b in used if b.batch_id not in built]
    digest = decisions.digest(used)
    if written and written.decisions != digest:
        found.append(f"decisions {digest}")
    return found
