"""Quarantined rows as their department reads them.

Lives here: the wording of reasons (``quarantine.yml``) and the rows themselves, for the owning department only.
Add here: nothing when a new reason comes; it is a row of the YAML file.
Stays out: deciding that a row is set apart (``warehouse.landing``).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml

from warehouse.batches import Batch
from warehouse.engine import connect, literal

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Reason:
    """One reason with its count."""

    code: str
    meaning: str
    next_step: str
    rows: int
    is_releasable: bool = False


def reasons(batch: Batch) -> list[Reason]:
    """Return a batch's reasons, most rows first."""
    found = []
    for code, count in batch.quarantine_reasons.items():
        words = _wording().get(code, {})
        found.append(Reason(code, words.get("zh", code), words.get("next_step_zh", ""), count, is_releasable(code)))
    return sorted(found, key=lambda r: (-r.rows, r.code))


def rows(batch: Batch, numbers: list[int]) -> pa.Table:
    """Return ``row_number``, ``reason`` and ``raw`` of a batch's quarantined rows with these numbers."""
    connection = connect()
    try:
        return connection.execute(
            f"SELECT _row_number AS row_number, reason, raw FROM read_parquet({literal(batch.quarantine)}) "
            "WHERE list_contains(?, _row_number) ORDER BY _row_number",
            [numbers],
        ).to_arrow_table()
    finally:
        connection.close()


def is_releasable(reason: str) -> bool:
    """Whether rows set apart for this reason are whole, so that a person may let them through as delivered."""
    return bool(_wording().get(reason, {}).get("releasable", False))


@cache
def _wording() -> dict[str, dict[str, Any]]:
    return yaml.safe_load(files("warehouse").joinpath("quarantine.yml").read_text("utf-8"))
