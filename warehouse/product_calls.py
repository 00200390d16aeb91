"""The trace of product calls that the data plane keeps, read for those who ask where data went.

Lives here: per product and client how often, from when to when, for which purposes, how often refused.
Add here: another figure of the same records.
Stays out: writing the trace (``dataplane``). Subjects of calls are tokens and are never returned.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from warehouse import paths

_PURPOSES = 20


@dataclass
class Calls:
    """The calls of one client to one product up to a moment."""

    client: str
    product: str
    grant: str
    first: datetime
    last: datetime
    count: int = 0
    refused: int = 0
    purposes: list[str] = field(default_factory=list)


def calls_of(product: str, grant: str, until: datetime) -> list[Calls]:
    """Return the clients that called a product, by name; at most twenty purposes of each."""
    found: dict[str, Calls] = {}
    for record in _records(until):
        if (record.get("product"), record.get("grant")) == (product, grant):
            at = datetime.fromisoformat(record["at"])
            if at <= until:
                _count(found.setdefault(record["client"], Calls(record["client"], product, grant, at, at)), record, at)
    return [found[client] for client in sorted(found)]


def _count(calls: Calls, record: dict[str, Any], at: datetime) -> None:
    calls.count += 1
    calls.refused += bool(record.get("refused"))
    calls.first, calls.last = min(calls.first, at), max(calls.last, at)
    purpose = str(record.get("purpose", ""))
    if purpose and purpose not in calls.purposes and len(calls.purposes) < _PURPOSES:
        calls.purposes.append(purpose)


def _records(until: datetime) -> Iterator[dict[str, Any]]:
    folder = paths.calls()
    for path in sorted(folder.glob("[0-9]*.ndjson")) if folder.is_dir() else []:
        if path.stem <= until.date().isoformat():
            yield from _lines(path)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            if line.endswith("\n") and line.strip():  # the last line may be half written
                yield json.loads(line)
