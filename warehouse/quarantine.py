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


def reasons(batch: Batch) -> list[Reason]:
    """Return a batch's reasons, most rows first."""
    words = _wording()
    found = [
        Reason(code, words.get(code, {}).get("zh", code), words.get(code, {}).get("next_step_zh", ""), rows)
        for code, rows in batch.quarantine_reasons.items()
    ]
    return sorted(found, key=lambda r: (-r.rows, r.code))


def rows(batch: Batch, limit: int) -> pa.Table:
    """Return ``row_number``, ``reason`` and ``raw`` of a batch's first quarantined rows, in file order."""
    connection = connect()
    try:
        return connection.execute(
            f"SELECT _row_number AS row_number, reason, raw FROM read_parquet({literal(batch.quarantine)}) "
            "ORDER BY _row_number LIMIT ?",
            [limit],
        ).to_arrow_table()
    finally:
        connection.close()


@cache
def _wording() -> dict[str, dict[str, Any]]:
    return yaml.safe_load(files("warehouse").joinpath("quarantine.yml").read_text("utf-8"))
