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


def left_behind(catalog: Catalog) -> list[str]:
    """Return resources of which a good batch waits for a version without the bad one that it came with."""
    return [entry.id for entry in catalog.entries.values() if _is_left_behind(entry)]


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
    if _is_left_behind(entry):
        found.append(f"without {', '.join(sorted(built - {b.batch_id for b in used}))}")
    digest = decisions.digest(used)
    if written and written.decisions != digest:
        found.append(f"decisions {digest}")
    return found


def _is_left_behind(entry: CatalogEntry) -> bool:
    name = staging_name(entry.department, entry.stem)
    written, promoted = versions.latest_written(name), versions.promoted(name)
    used = {b.batch_id for b in batches_in_use(entry)}
    return bool(written and set(written.batches) - used and used - set(promoted.batches if promoted else []))
