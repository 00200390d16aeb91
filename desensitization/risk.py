"""Re-identification risk of a table by its quasi-identifiers（GB/T 42460-2023, k-anonymity）.

Lives here: the smallest group, the highest risk 1/k, and how many rows stand alone.
Stays out: what follows from it (``gate``, the reviewers).
"""

from __future__ import annotations

import polars as pl


def estimate(table: pl.DataFrame, quasi_identifiers: list[str]) -> dict[str, float]:
    """Return ``k`` (smallest group), ``risk`` (1/k) and ``unique_rows``; an empty table has no risk."""
    if table.is_empty() or not quasi_identifiers:
        return {"k": float(table.height), "risk": 0.0, "unique_rows": 0.0}
    sizes = table.group_by(quasi_identifiers).len()["len"]
    smallest = float(sizes.min() or 0)  # type: ignore[arg-type]
    return {"k": smallest, "risk": 1 / smallest, "unique_rows": float((sizes == 1).sum())}
