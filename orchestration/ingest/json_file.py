"""JSON deliveries: an array of objects, one object a line, rows inside a wrapper or deep in a document, two documents.

Lives here: finding the rows, and the names of their fields. A nested object's fields are columns ``outer.inner``; the
document around the rows is ``../field`` (only fields that the catalog entry names so). Some open-data portals write
two documents, one a line: a column dictionary (name_en, name_cn) and then the rows.
Stays out: lists inside a row (landed as their JSON text).
"""

from __future__ import annotations

import json
from pathlib import Path

from orchestration.ingest.lines import LONGEST, transcode
from orchestration.ingest.source import Source, match_headers
from scheme.catalog import CatalogEntry
from warehouse.json_rows import JsonRows, UnreadableError, arrays, fields
from warehouse.refusal import DeliveryRefusedError

_WRAPPER_LIMIT = 256 << 20


def read(path: Path, entry: CatalogEntry, encoding: str, scratch: Path) -> Source:
    """Return a JSON delivery as a source.

    Raises:
        DeliveryRefusedError: not JSON, no rows found, or other fields than the catalog's.
    """
    plain = path if encoding == "utf-8" else _reencoded(path, encoding, scratch)
    with plain.open(encoding="utf-8") as file:
        first = file.readline(LONGEST)
        rest_starts = file.readline(64).lstrip()
    names = _dictionary(first) if rest_starts else {}
    at = ""
    if names:
        plain = _without_first_line(plain, scratch)
    elif first.lstrip().startswith("{") and not rest_starts.startswith("{"):
        at = _wrapped(plain, entry)
    try:
        found = fields(plain, at)
    except UnreadableError:
        raise DeliveryRefusedError("bad_json") from None
    if not found:
        raise DeliveryRefusedError("json_without_rows")
    found += _around(entry) if at else []
    shown = [".".join(f) if f[0] != ".." else f"../{f[1]}" for f in found]
    return Source(JsonRows(plain, found, at), match_headers(entry, [names.get(s, s) for s in shown]), "json", encoding)


def _wrapped(path: Path, entry: CatalogEntry) -> str:
    """Return where the rows of a wrapping document stand: as the entry says, or in its one array."""
    if path.stat().st_size > _WRAPPER_LIMIT:
        raise DeliveryRefusedError("wrapper_too_large")
    if entry.delivery.rows_at:
        return entry.delivery.rows_at
    try:
        found = arrays(path)
    except UnreadableError:
        raise DeliveryRefusedError("bad_json") from None
    return f'$."{found[0]}"[*]' if len(found) == 1 and '"' not in found[0] else ""


def _around(entry: CatalogEntry) -> list[tuple[str, ...]]:
    labels = [label for i in entry.items for label in i.labels if label.startswith("../")]
    return [("..", label.removeprefix("../")) for label in labels]


def _reencoded(path: Path, encoding: str, scratch: Path) -> Path:
    target = scratch / "rows.json"
    transcode(path, encoding, target)
    return target


def _dictionary(line: str) -> dict[str, str]:
    """Return name_en → name_cn if the line is a column dictionary."""
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    if not isinstance(found, list) or not all(isinstance(c, dict) and set(c) >= {"name_cn", "name_en"} for c in found):
        return {}
    return {str(c["name_en"]): str(c["name_cn"]) for c in found}


def _without_first_line(path: Path, scratch: Path) -> Path:
    target = scratch / "rows-only.json"
    with path.open("rb") as source, target.open("wb") as out:
        source.readline()
        while block := source.read(1 << 20):
            out.write(block)
    return target
