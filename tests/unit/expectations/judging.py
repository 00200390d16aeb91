"""Versions and batches as tests of judging make them, without dbt: a register of keys, amounts, codes and phones.

Lives here: ``entry``, ``deliver``. Stays out: what they are judged for.
"""

from __future__ import annotations

import datetime as dt

import polars as pl

from config.clock import SHANGHAI
from scheme.catalog import CatalogEntry
from scheme.names import staging_name
from warehouse import versions
from warehouse.batches import Batch
from warehouse.engine import connect
from warehouse.versions import Version

DAY = dt.date(2026, 9, 24)
ENTRY = {
    "department": "minzheng", "resource": "things", "name": "测试", "code": "1010002/000099", "abstract": "测试",
    "update_cycle": "monthly", "sharing": "无条件共享", "operation": "可授权", "key": ["thing_id"],
    "items": [
        {"code": "thing_id", "name": "编号", "required": True, "grade": 1},
        {"code": "amount_yuan", "name": "金额", "type": "N", "scale": 2, "grade": 1},
        {"code": "sex_code", "name": "性别", "code_list": "sex_code", "grade": 1},
        {"code": "phone", "name": "联系电话", "grade": 1},
    ],
}  # fmt: skip


def entry(**changes) -> CatalogEntry:
    return CatalogEntry.model_validate(ENTRY | changes)


def rows(count: int = 200) -> dict[str, list]:
    """Half of each sex, a phone in every row; amounts from 10,000 yuan."""
    return {
        "thing_id": [f"T{i:04}" for i in range(count)],
        "amount_yuan": [10_000.0 + i for i in range(count)],
        "sex_code": ["1" if i % 2 else "2" for i in range(count)],
        "phone": [f"1540000{i:04}" for i in range(count)],
    }


def land(
    of: CatalogEntry, on: dt.date = DAY, declared: int | None = None, landed: int = 200, quarantined: int = 0
) -> Batch:
    """Put a batch into the ledger, without its rows."""
    at = dt.datetime.combine(on, dt.time(9), SHANGHAI)
    batch = Batch(
        batch_id=f"{at:%Y%m%dT%H%M%S}-00000000", department=of.department, resource=of.resource, file_name="f.csv",
        receiver="tester", received_at=at, schema_version=1, rows_declared=declared, rows_in=landed + quarantined,
        rows_landed=landed, rows_quarantined=quarantined,
    )  # fmt: skip
    batch.folder.mkdir(parents=True)
    (batch.folder / "batch.json").write_text(batch.model_dump_json())
    return batch


def write(of: CatalogEntry, cells: dict[str, list], batch: Batch) -> Version:
    """Write the version that staging would make of a batch."""
    frame = pl.DataFrame(cells).with_columns(
        pl.lit(batch.batch_id).alias("_batch_id"), pl.int_range(1, pl.len() + 1).alias("_row_number"),
        pl.lit([], dtype=pl.List(pl.String)).alias("_invalid_items"),
    )  # fmt: skip
    if "amount_yuan" in frame.columns:
        frame = frame.with_columns(pl.col("amount_yuan").cast(pl.Decimal(18, 2)))
    connection = connect()
    connection.register("frame", frame.to_arrow())
    connection.execute("CREATE TABLE t AS SELECT * FROM frame")
    found = versions.write(
        connection, staging_name(of.department, of.stem), "t", key=["_batch_id", "_row_number"],
        batches=[batch.batch_id],
    )  # fmt: skip
    connection.close()
    return found
