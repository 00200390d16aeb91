"""A batch's rows with some of them replaced, taken out or added.

Lives here: the one query that makes a whole register from a batch and its corrections, in row order.
Stays out: reading corrections (``orchestration.ingest.corrections``), landing the result (``landing``).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from scheme.corrections import CORRECT
from warehouse import decisions
from warehouse.batches import Batch
from warehouse.engine import literal

if TYPE_CHECKING:
    import duckdb

_CARRIED = "carried:"  # sql/quarantine_reason.sql takes what follows as decided; "released" lands


def write_replaced(
    connection: duckdb.DuckDBPyConnection, base: Batch, codes: list[str], chosen: dict[str, list[Any]], target: Path
) -> None:
    """Write ``c0`` …, ``_reason``, ``_raw`` of the corrected register as Parquet.

    ``chosen``: columns row (None = new), action (更正, 删除) and cells (in the order of ``codes``).
    """
    import pyarrow as pa

    places = [codes.index(c) if c in codes else None for c in base.columns]
    corrections: dict[str, Any] = {
        "row_number": pa.array(chosen["row"], pa.int64()), "action": pa.array(chosen["action"], pa.string()),
    }  # fmt: skip
    for i, place in enumerate(places):
        cells = [row[place] if place is not None and place < len(row) else None for row in chosen["cells"]]
        corrections[f"c{i}"] = pa.array(cells, pa.string())
    connection.register("corrections", pa.table(corrections))
    connection.execute(f"COPY ({_query(base)}) TO {literal(target)} (FORMAT parquet, COMPRESSION zstd)")
    connection.unregister("corrections")


def _query(base: Batch) -> str:
    width = range(len(base.columns))
    landed = ", ".join(f'"{code}" AS c{i}' for i, code in enumerate(base.columns))
    cells = ", ".join(f"c{i}" for i in width)
    is_cells = "coalesce(try(json_type(raw)) = 'ARRAY', false)"
    raw = ", ".join(f"CASE WHEN {is_cells} THEN json_extract_string(raw, '$[{i}]') END AS c{i}" for i in width)
    set_apart = (
        f"SELECT _row_number, {raw}, "
        f"{literal(_CARRIED)} || reason AS _reason, "
        f"CASE WHEN NOT {is_cells} THEN raw END AS _raw FROM read_parquet({literal(base.quarantine)})"
    )
    released = ""
    if decisions.file(base).exists():
        source = f"read_parquet({literal(decisions.file(base))})"
        set_apart += f" WHERE _row_number NOT IN (SELECT _row_number FROM {source} WHERE decision <> 'repaired')"
        released = (
            f"UNION ALL SELECT _row_number, {landed}, {literal(_CARRIED + decisions.RELEASED)}, NULL "
            f"FROM {source} WHERE decision = 'released'"
        )
    return (
        f"WITH base AS (SELECT _row_number, {landed}, NULL::VARCHAR AS _reason, NULL::VARCHAR AS _raw "
        f"FROM read_parquet({literal(base.data)}) UNION ALL {set_apart} {released}) "
        f"SELECT {cells}, _reason, _raw FROM (SELECT * FROM base WHERE _row_number NOT IN "
        "(SELECT row_number FROM corrections WHERE row_number IS NOT NULL) "
        f"UNION ALL SELECT coalesce(row_number, 9223372036854775807), {cells}, NULL, NULL "
        f"FROM corrections WHERE action = {literal(CORRECT)}) ORDER BY _row_number"
    )
