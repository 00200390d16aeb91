"""Lateness without a delivery: a resource nobody delivers is judged again when its update cycle has passed.

Lives here: choosing what is late and was not judged since it is, and judging it（Q25, 【数据汇聚】“定期更新”）.
Stays out: the rule (``expectations.delivery_rules``), when this runs (``orchestration.defs.quality_clock``, ``cli``).
"""

from __future__ import annotations

from uuid import UUID

from config import clock
from orchestration.pipeline.promotion import promote_resource
from scheme.catalog import Catalog, CatalogEntry
from scheme.names import staging_name
from warehouse import versions
from warehouse.coverage import OVERDUE, ledger


def judge_late(catalog: Catalog, run_id: UUID) -> tuple[list[str], list[str]]:
    """Judge every overdue resource that was not judged on what holds now (late, late twice); a failure stops no other.

    Orders follow the judgement that holds, also one made before: an acceptance may have run out since.

    Returns (ids that were judged, ids that could not be, with the kind of error).
    """
    judged, failed = [], []
    for row in ledger(catalog, clock.today()):
        if not row.counts or row.state != OVERDUE:
            continue
        try:
            if not _followed(row.entry, catalog) and promote_resource(row.entry, catalog, run_id).outcomes:
                judged.append(row.entry.id)
        except Exception as error:  # a busy warehouse, a version that cannot be read: said at the end of the run
            failed.append(f"{row.entry.id}: {type(error).__name__}")
    return judged, failed


def _followed(entry: CatalogEntry, catalog: Catalog) -> bool:
    """Let the orders follow the present judgement; False if there is none."""
    from expectations.evaluate import basis
    from expectations.findings import of_version
    from expectations.orders.follow import follow

    written = versions.latest_written(staging_name(entry.department, entry.stem))
    known = of_version(written, basis(written, entry)) if written else []
    if written and known:
        follow(written, entry, catalog.departments[entry.department], known)
    return bool(known)
