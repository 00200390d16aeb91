"""Copies of a data element that differ from its declared source, as listed by the last promoted version.

Lives here: counts by resource and item, and row references. Stays out: finding them (``dbt_project``).
"""

from __future__ import annotations

from dataclasses import dataclass

from scheme.names import integrated_name
from warehouse import versions
from warehouse.engine import connect, literal

_TABLE = "value_conflict"


@dataclass(frozen=True)
class Differing:
    """One item of one resource against its source."""

    data_element: str
    source_resource: str
    copy_resource: str
    copy_item: str
    rows: int


@dataclass(frozen=True)
class RowPair:
    """One differing row by reference: batch and row number on both sides."""

    source_batch_id: str
    source_row_number: int
    copy_batch_id: str
    copy_row_number: int


def differing() -> list[Differing]:
    """Return what differs, most rows first."""
    columns = "data_element, source_resource, copy_resource, copy_item"
    found = _fetch(f"SELECT {columns}, count(*) FROM {{table}} GROUP BY ALL ORDER BY 5 DESC, {columns}", [])
    return [Differing(*row) for row in found]


def rows(copy_resource: str, copy_item: str, limit: int) -> list[RowPair]:
    """Return the first differing rows of an item."""
    found = _fetch(
        "SELECT source_batch_id, source_row_number, copy_batch_id, copy_row_number FROM {table} "
        "WHERE copy_resource = ? AND copy_item = ? ORDER BY copy_row_number LIMIT ?",
        [copy_resource, copy_item, limit],
    )
    return [RowPair(*row) for row in found]


def _fetch(sql: str, values: list[object]) -> list[tuple]:
    version = versions.promoted(integrated_name(_TABLE))
    if version is None:
        return []
    connection = connect()
    try:
        return connection.execute(sql.format(table=f"read_parquet({literal(version.path)})"), values).fetchall()
    finally:
        connection.close()
