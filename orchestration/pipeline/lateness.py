"""Lateness without a delivery: a resource nobody delivers is judged again when its update cycle has passed.

Lives here: choosing what is late and was not judged today, and judging it（Q25, 【数据汇聚】“定期更新”）.
Stays out: the rule (``expectations.delivery_rules``), when this runs (``orchestration.defs.quality_clock``, ``cli``).
"""

from __future__ import annotations

from uuid import UUID

from config import clock
from orchestration.pipeline.promotion import promote_resource
from scheme.catalog import Catalog, CatalogEntry
from scheme.names import staging_name
from warehouse.coverage import OVERDUE, ledger


def judge_late(catalog: Catalog, run_id: UUID) -> tuple[list[str], list[str]]:
    """Judge every overdue resource of the district that was not judged today; one that fails stops no other.

    Returns (ids that were judged, ids that could not be, with the kind of error).
    """
    judged, failed = [], []
    for row in ledger(catalog, clock.today()):
        if not row.counts or row.state != OVERDUE or _is_judged_today(row.entry):
            continue
        try:
            if promote_resource(row.entry, catalog, run_id).outcomes:
                judged.append(row.entry.id)
        except Exception as error:  # a busy warehouse, a version that cannot be read: said at the end of the run
            failed.append(f"{row.entry.id}: {type(error).__name__}")
    return judged, failed


def _is_judged_today(entry: CatalogEntry) -> bool:
    from expectations.findings import latest

    run, _ = latest(str(staging_name(entry.department, entry.stem)))
    return run is not None and run.checked_at.astimezone(clock.SHANGHAI).date() >= clock.today()
