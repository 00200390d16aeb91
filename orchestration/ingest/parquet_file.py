"""Parquet deliveries.

Lives here: the column names. Values are landed as text like those of every other format.
"""

from __future__ import annotations

from pathlib import Path

from orchestration.ingest.source import Source, match_headers
from scheme.catalog import CatalogEntry
from warehouse.landing import ParquetRows
from warehouse.refusal import DeliveryRefusedError


def read(path: Path, entry: CatalogEntry) -> Source:
    """Return a Parquet delivery as a source.

    Raises:
        DeliveryRefusedError: damaged, or other columns than the catalog's.
    """
    import pyarrow.parquet as pq
    from pyarrow import ArrowException

    try:
        names = pq.read_schema(path).names
    except (ArrowException, OSError):
        raise DeliveryRefusedError("bad_parquet") from None
    return Source(ParquetRows(path, names), match_headers(entry, names), "parquet")
