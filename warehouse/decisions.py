"""Decisions on quarantined rows: released as they are, repaired, or rejected.

Lives here: one Parquet file a batch beside the immutable batch directory; released and repaired rows join the
batch's landed rows in the platform. A decision is final; a redelivery makes it needless.
Add here: nothing; another reason's standing is a row of ``quarantine.yml`` (``releasable``).
Stays out: who may decide (``registry``), how cells are repaired (``repair``).

Columns: ``_row_number``, ``decision``, ``decided_by``, ``decided_at``, ``note``, ``repaired`` (item codes), the items.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from config import clock
from warehouse import atomic, paths, quarantine
from warehouse.batches import Batch
from warehouse.engine import connect, literal
from warehouse.lock import file_lock

if TYPE_CHECKING:
    import duckdb

RELEASED, REPAIRED, REJECTED = "released", "repaired", "rejected"


class DecisionRefusedError(ValueError):
    """A row cannot be decided so; ``kind``: ``unknown`` (not open in this batch) or ``unreleasable``."""

    def __init__(self, kind: str, rows: Sequence[int]) -> None:
        self.kind, self.rows = kind, sorted(rows)
        super().__init__(f"{kind}: rows {', '.join(map(str, self.rows[:8]))}")


def file(batch: Batch) -> Path:
    """Where a batch's decisions lie."""
    return paths.decisions(batch.department, batch.resource) / f"{batch.batch_id}.parquet"


def digest(batches: Sequence[Batch]) -> str:
    """Return one name for all decisions on these batches; "" = none."""
    found = [f"{b.batch_id}:{hashlib.sha256(file(b).read_bytes()).hexdigest()}" for b in batches if file(b).exists()]
    return hashlib.sha256("|".join(found).encode()).hexdigest() if found else ""


def counts(batch: Batch) -> dict[str, int]:
    """Return decision → rows."""
    if not file(batch).exists():
        return {}
    connection = connect()
    try:
        return dict(
            connection.execute(
                f"SELECT decision, count(*) FROM read_parquet({literal(file(batch))}) GROUP BY ALL ORDER BY ALL"
            ).fetchall()
        )
    finally:
        connection.close()


def still_open(batch: Batch) -> dict[int, str]:
    """Return row number → reason of the quarantined rows that nobody has decided."""
    connection = connect()
    try:
        return dict(
            connection.execute(
                f"SELECT _row_number, reason FROM read_parquet({literal(batch.quarantine)}) {_undecided(batch)} "
                "ORDER BY _row_number"
            ).fetchall()
        )
    finally:
        connection.close()


def decide(batch: Batch, rows: Sequence[int], decision: str, *, by: str, note: str) -> int:
    """Release or reject rows of a batch; return how many.

    Raises:
        DecisionRefusedError: a row is not open, or its reason cannot be released (its cells are not whole).
    """
    with file_lock(file(batch).with_suffix(".lock")):
        known = still_open(batch)
        unknown = [r for r in rows if r not in known]
        if unknown or not rows:
            raise DecisionRefusedError("unknown", unknown)
        stuck = [r for r in rows if decision == RELEASED and not quarantine.is_releasable(known[r])]
        if stuck:
            raise DecisionRefusedError("unreleasable", stuck)
        connection = connect()
        try:
            _write(connection, batch, _as_delivered(batch, rows, decision, by, note))
        finally:
            connection.close()
    return len(rows)


def add_repaired(connection: duckdb.DuckDBPyConnection, batch: Batch, relation: str) -> None:
    """Record repaired rows; ``relation``: ``_row_number``, ``repaired`` and the batch's items."""
    items = ", ".join(f'"{c}"' for c in batch.columns)
    with file_lock(file(batch).with_suffix(".lock")):
        chosen = (
            f"SELECT _row_number, {literal(REPAIRED)} AS decision, 'system' AS decided_by, "
            f"{_now()} AS decided_at, '' AS note, repaired, {items} FROM {relation} {_undecided(batch)}"
        )
        _write(connection, batch, chosen)


def _as_delivered(batch: Batch, rows: Sequence[int], decision: str, by: str, note: str) -> str:
    cells = ", ".join(
        (f"json_extract_string(raw, '$[{i}]')" if decision == RELEASED else "NULL::VARCHAR") + f' AS "{code}"'
        for i, code in enumerate(batch.columns)
    )
    return (
        f"SELECT _row_number, {literal(decision)} AS decision, {literal(by)} AS decided_by, {_now()} AS decided_at, "
        f"{literal(note)} AS note, NULL::VARCHAR[] AS repaired, {cells} "
        f"FROM read_parquet({literal(batch.quarantine)}) "
        f"WHERE _row_number IN ({', '.join(str(int(r)) for r in rows)})"
    )


def _undecided(batch: Batch) -> str:
    if not file(batch).exists():
        return ""
    return f"WHERE _row_number NOT IN (SELECT _row_number FROM read_parquet({literal(file(batch))}))"


def _write(connection: duckdb.DuckDBPyConnection, batch: Batch, added: str) -> None:
    target = file(batch)
    scratch = target.with_name(f".{target.name}.scratch")
    old = f"SELECT * FROM read_parquet({literal(target)}) UNION ALL " if target.exists() else ""
    connection.execute(
        f"COPY (SELECT * FROM ({old}({added})) ORDER BY _row_number) TO {literal(scratch)} (FORMAT parquet)"
    )
    atomic.sync_file(scratch)
    scratch.replace(target)


def _now() -> str:
    return f"TIMESTAMP {literal(clock.now().strftime('%Y-%m-%d %H:%M:%S'))}"
