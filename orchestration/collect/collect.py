"""Collecting one register: from its source into the inbox.

Lives here: ``collect``. The checkpoint moves only after the hand-over: a kill between the two collects the same rows
again, which changes nothing, because landing knows the file by its content and increments are replayed by key.
Add here: what must hold before a source is asked.
Stays out: how a source is read (``postgres``, ``http``), landing (``orchestration.ingest``).
"""

from __future__ import annotations

from pathlib import Path

from orchestration.collect import connection, http, postgres, spool, state
from orchestration.collect.connection import HttpConnection, PostgresConnection
from orchestration.collect.error import Collected, CollectError
from scheme.catalog import CatalogEntry
from scheme.delivery import Origin
from warehouse import inbox, paths
from warehouse.declaration import Declaration
from warehouse.lock import WarehouseBusyError, file_lock
from warehouse.refusal import DeliveryRefusedError

_SUFFIX = {"postgres": "csv", "http": "json"}


def collect(entry: CatalogEntry, receiver: str) -> Path | None:
    """Collect a register and hand it over; return where it waits, None if the source has nothing (new).

    Raises:
        CollectError: it cannot be collected; nothing was handed over.
    """
    origin = _collectable(entry, receiver)
    folder = paths.collecting(entry.department, entry.resource)
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    try:
        with file_lock(folder / "lock", wait_seconds=1):
            return _collect(entry, origin, receiver, folder)
    except WarehouseBusyError:
        raise CollectError(entry.id, "another process is collecting it", "wait for it to end") from None
    except OSError:
        raise CollectError(entry.id, "what was read cannot be kept", "check the disk under SUYUAN_HOME") from None


def _collectable(entry: CatalogEntry, receiver: str) -> Origin:
    origin = entry.delivery.origin
    if origin is None:
        next_step = "deliver it with suyuan deliver, or give delivery.origin in its catalog entry"
        raise CollectError(entry.id, "is not collected by the platform", next_step, 2)
    try:
        inbox.demand_not_secret(entry, Declaration(), receiver)
    except DeliveryRefusedError as refusal:
        raise CollectError(entry.id, refusal.reason.rstrip("."), refusal.next_step) from None
    if entry.state == "停用":
        raise CollectError(entry.id, "is withdrawn from the catalog", "ask the bureau to restore the entry first")
    if _SUFFIX[origin.kind] not in entry.delivery.formats:
        next_step = f"add {_SUFFIX[origin.kind]} to delivery.formats in its catalog entry"
        raise CollectError(entry.id, "the format of its source would not be accepted", next_step, 2)
    return origin


def _collect(entry: CatalogEntry, origin: Origin, receiver: str, folder: Path) -> Path | None:
    since = state.since(entry)
    found = _fetch(entry, origin, since, folder)
    waiting = None
    if found.rows:
        mode = "full" if since is None else "increment"
        declared = Declaration(rows_declared=found.rows, delivered_by=f"接口采集：{origin.connection}", mode=mode)
        name = f"{entry.resource}.{_SUFFIX[origin.kind]}"
        waiting = inbox.hand_over(entry, found.file, declared, receiver, name)
        state.handed_over(entry, mode, waiting, found.checkpoint)
    else:
        state.nothing_new(entry)
    found.file.unlink(missing_ok=True)
    spool.clear(folder)
    return waiting


def _fetch(entry: CatalogEntry, origin: Origin, since: str | None, folder: Path) -> Collected:
    if origin.kind == "postgres":
        return postgres.fetch(entry, origin, connection.read(origin, PostgresConnection), since, folder)
    return http.fetch(entry, origin, connection.read(origin, HttpConnection), since, folder)
