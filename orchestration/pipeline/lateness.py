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


def judge_late(catalog: Catalog, run_id: UUID) -> list[str]:
    """Judge every overdue resource of the district that was not judged today; return their ids."""
    overdue = [r.entry for r in ledger(catalog, clock.today()) if r.counts and r.state == OVERDUE]
    late = [e for e in overdue if not _is_judged_today(e)]
    return [e.id for e in late if promote_resource(e, catalog, run_id).outcomes]


def _is_judged_today(entry: CatalogEntry) -> bool:
    from expectations.findings import latest

    run, _ = latest(str(staging_name(entry.department, entry.stem)))
    return run is not None and run.checked_at.astimezone(clock.SHANGHAI).date() >= clock.today()
