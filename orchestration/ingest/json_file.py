"""JSON deliveries: an array of objects, one object a line, rows inside a wrapper object, or two documents.

Lives here: finding the rows, and the names of their fields. Some open-data portals write two documents, one a
line: a column dictionary (name_en, name_cn) and then the rows.
Stays out: nested values (landed as their JSON text).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from orchestration.ingest.source import Source, match_headers
from scheme.catalog import CatalogEntry
from warehouse.landing import JsonRows, UnreadableError, json_keys
from warehouse.refusal import DeliveryRefusedError

_WRAPPER_LIMIT = 256 << 20


def read(path: Path, entry: CatalogEntry, encoding: str, scratch: Path) -> Source:
    """Return a JSON delivery as a source.

    Raises:
        DeliveryRefusedError: not JSON, no rows found, or other fields than the catalog's.
    """
    names: dict[str, str] = {}
    rows = path
    if encoding != "utf-8":
        rows = scratch / "rows.json"
        rows.write_text(path.read_text(encoding), "utf-8")
    with rows.open(encoding="utf-8") as file:
        first = file.readline()
        rest_starts = file.readline(64).lstrip()
    dictionary = _dictionary(first)
    if dictionary and rest_starts:
        names, rows = dictionary, _without_first_line(rows, scratch)
    elif first.lstrip().startswith("{") and not rest_starts.startswith("{"):
        rows = _unwrapped(rows, scratch)
    try:
        keys = json_keys(rows)
    except UnreadableError:
        raise DeliveryRefusedError("bad_json") from None
    if not keys:
        raise DeliveryRefusedError("json_without_rows")
    codes = match_headers(entry, [names.get(k, k) for k in keys])
    return Source(JsonRows(rows, keys), codes, "json", encoding)


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


def _unwrapped(path: Path, scratch: Path) -> Path:
    if path.stat().st_size > _WRAPPER_LIMIT:
        raise DeliveryRefusedError("wrapper_too_large")
    try:
        document: Any = json.loads(path.read_text("utf-8"))
    except ValueError:
        return path  # several objects, or no JSON: json_keys decides
    lists = [v for v in document.values() if isinstance(v, list)] if isinstance(document, dict) else []
    if len(lists) != 1:
        return path
    target = scratch / "unwrapped.json"
    target.write_text(json.dumps(lists[0], ensure_ascii=False), "utf-8")
    return target
