"""Collecting within a run: only what is due, and never so that a failure stops what waits.

Lives here: whether a source is asked today, and the one line of the last attempt that failed.
Add here: another reason to leave a source alone.
Stays out: collecting (``collect``), how a run reports the line (``orchestration.defs``).
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from config import clock
from orchestration.collect import state
from orchestration.collect.collect import collect
from orchestration.collect.error import CollectError
from scheme.catalog import CatalogEntry
from warehouse import atomic, batches, paths
from warehouse.coverage import due_after


def is_due(entry: CatalogEntry, today: date) -> bool:
    """Whether to ask the source: never delivered, or one update cycle has passed since it was asked or delivered."""
    if entry.delivery.origin is None or entry.state == "停用":
        return False
    landed = batches.landed(entry.department, entry.resource)
    days = [d for d in (landed[-1].received_at.date() if landed else None, state.collected_on(entry)) if d]
    if not days:
        return True
    due = due_after(max(days), entry.update_cycle)
    return due is not None and due.due <= today


def attempt(entry: CatalogEntry, receiver: str) -> None:
    """Collect what is due; an error is kept for ``failure``."""
    _path(entry).unlink(missing_ok=True)
    if not is_due(entry, clock.today()):
        return
    try:
        collect(entry, receiver)
    except CollectError as error:
        atomic.write_bytes(_path(entry), str(error).encode())


def failure(entry: CatalogEntry) -> str:
    """Return the one line of the last attempt, "" if it went well."""
    path = _path(entry)
    return path.read_text("utf-8") if path.exists() else ""


def _path(entry: CatalogEntry) -> Path:
    return paths.collecting(entry.department, entry.resource) / "failure.txt"
