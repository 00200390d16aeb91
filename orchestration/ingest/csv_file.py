"""CSV deliveries（RFC 4180）.

Lives here: decoding to UTF-8 as a stream, the header and the delimiter. Well-formed files are then read by
DuckDB; a file with rows of the wrong width goes row by row through Python's csv, which knows each one.
Stays out: other encodings than those of ``sniff``.
"""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterator
from pathlib import Path

from orchestration.ingest.lines import LONGEST, bounded, demand_bounded, transcode
from orchestration.ingest.source import Source, is_header, match_headers
from scheme.catalog import CatalogEntry
from warehouse.landing import ArrowRows, CsvRows
from warehouse.refusal import DeliveryRefusedError

_CHUNK = 50_000
DELIMITERS = (",", "\t", ";", "|")
csv.field_size_limit(LONGEST)


def read(path: Path, entry: CatalogEntry, encoding: str, scratch: Path) -> Source:
    """Return a CSV delivery as a source.

    Raises:
        DeliveryRefusedError: undecodable bytes or other columns than the catalog's.
    """
    text = path
    if encoding == "gb18030":
        text = scratch / "text.csv"
        transcode(path, encoding, text)
    demand_bounded(text)
    delimiter = _delimiter(text, entry)
    headers = next(_records(text, delimiter), [])
    codes = match_headers(entry, headers)
    width = len(codes)
    slow = ArrowRows(_chunks(text, delimiter, width), width)
    return Source(CsvRows(text, delimiter, width), codes, "csv", encoding, one_by_one=slow)


def _delimiter(path: Path, entry: CatalogEntry) -> str:
    found = {d: is_header(entry, next(_records(path, d), [])) for d in DELIMITERS}
    return max(DELIMITERS, key=lambda d: found[d])


def _records(path: Path, delimiter: str) -> Iterator[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        try:
            yield from csv.reader(bounded(file), delimiter=delimiter)
        except csv.Error:
            raise DeliveryRefusedError("open_quote") from None


def _chunks(path: Path, delimiter: str, width: int) -> Iterator[dict[str, list[str | None]]]:
    """Yield columns c0…, _reason of consecutive data rows."""
    records = itertools.islice(_records(path, delimiter), 1, None)
    while chunk := list(itertools.islice(records, _CHUNK)):
        full = [(r + [""] * width)[:width] for r in chunk]
        columns: dict[str, list[str | None]] = {
            f"c{i}": [cell or None for cell in column] for i, column in enumerate(zip(*full, strict=True))
        }
        columns["_reason"] = [None if len(r) == width else "wrong_field_count" for r in chunk]
        columns["_raw"] = [None if len(r) == width else delimiter.join(r) for r in chunk]
        yield columns
