"""Counts of a version's columns, as lineage shows them.

Lives here: values, empty cells and, of items with few values, distinct values; one scan of the version.
Add here: another count that is cheap in the same scan.
Stays out: values themselves (least, greatest, quantiles, frequent ones): they may be personal data.
"""

from __future__ import annotations

from scheme.catalog import CatalogEntry
from scheme.protocols import ColumnCount
from warehouse.engine import connect, literal
from warehouse.versions import Version


def column_counts(version: Version, entry: CatalogEntry | None) -> dict[str, ColumnCount]:
    """Return column → counts over all rows of a version, its history included.

    Distinct values are counted of items with a code list and of booleans; of others it would cost as much as judging.
    """
    few = {i.code for i in entry.items if i.code_list} if entry else set()
    few |= {c for c, kind in version.columns.items() if kind == "BOOLEAN"}
    distinct = [c for c in version.columns if c in few]
    cells = [f'count("{c}")' for c in version.columns] + [f'count(DISTINCT "{c}")' for c in distinct]
    connection = connect()
    try:
        counts = connection.execute(f"SELECT {', '.join(cells)} FROM read_parquet({literal(version.path)})").fetchone()
    finally:
        connection.close()
    values, codes = (counts or ())[: len(version.columns)], (counts or ())[len(version.columns) :]
    kinds = dict(zip(distinct, codes, strict=True))
    return {
        c: ColumnCount(n, version.rows - n, kinds.get(c)) for c, n in zip(version.columns, values, strict=True)
    }  # fmt: skip
