"""What a run of the pipeline did, as acts of the audit chain（行为留痕）: landing is 汇聚, building is 加工.

Lives here: one act for the new batches of a resource, one for each building step, by the system, with counts.
Add here: another step of the pipeline that is an activity of the scheme.
Stays out: the lineage events of the same steps (``orchestration.pipeline.events``), which say which columns and rows.

Nothing new, no act: a resource without a new batch and a step that built no table leave none.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from scheme.catalog import CatalogEntry
from warehouse.batches import Batch
from warehouse.versions import Version


def landed(entry: CatalogEntry, found: Collection[Batch], run_id: UUID) -> None:
    """Record that batches of a resource were landed."""
    if not found:
        return
    from registry import audit

    detail = {
        "batches": len(found), "rows": sum(b.rows_landed for b in found),
        "quarantined": sum(b.rows_quarantined for b in found), "run": str(run_id),
    }  # fmt: skip
    audit.append(None, "批次入库", f"resource:{entry.id}", detail)


def built(step: str, found: Collection[Version], run_id: UUID) -> None:
    """Record that tables were built; ``step``: the name of the step in Chinese."""
    if not found:
        return
    from registry import audit

    detail = {"step": step, "tables": len(found), "rows": sum(v.rows for v in found)}
    audit.append(None, "数据加工", f"run:{run_id}", detail)
