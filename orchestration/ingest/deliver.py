"""Landing a delivery.

Lives here: inbox → batch directory, or a recorded refusal. A kill at any moment leaves the file in the inbox
or the batch complete; the next run goes on from there.
Add here: a format's reader in ``_read``.
Stays out: how rows are written (``warehouse.landing``), what they must look like (the catalog entry).
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from orchestration.ingest import archive, corrections, csv_file, json_file, parquet_file, sniff, xlsx_file
from orchestration.ingest.source import Source, headings
from scheme.catalog import CatalogEntry
from warehouse import atomic, batches, declaration, inbox, landing, paths, repair
from warehouse.batches import Batch
from warehouse.declaration import Declaration
from warehouse.json_rows import UnreadableError
from warehouse.lock import writer_lock
from warehouse.refusal import DeliveryRefusedError


def land_waiting(entry: CatalogEntry, receiver: str) -> Iterator[Batch]:
    """Land every waiting file; yield each new batch or refusal. The same file again yields nothing."""
    for file in inbox.waiting(entry):
        with writer_lock():
            if file.exists():
                batch, is_new = land(entry, file, receiver)
                if is_new:
                    yield batch
    repair.repair(entry)


def land(entry: CatalogEntry, file: Path, receiver: str) -> tuple[Batch, bool]:
    """Land one file of the inbox and take it out; return its batch and whether it is new.

    A refusal is recorded and returned as a batch in state ``refused``.
    """
    declared = None
    try:
        declared = declaration.read(file)
        if declared.declared_secrecy == "涉密" or entry.secrecy == "涉密":
            raise DeliveryRefusedError("secret")
        _demand_base(entry, declared)
        batch, is_new = _land(entry, file, declared, receiver)
    except DeliveryRefusedError as refusal:
        kept = {} if refusal.kind == "secret" else {"file_name": inbox.name_of(file), "sha256": _sha256(file)}
        batch, is_new = inbox.refused(entry, declared, receiver, refusal, **kept), True
        batches.record_refusal(batch)
    file.unlink()
    declaration.sidecar(file).unlink(missing_ok=True)
    return batch, is_new


def _land(entry: CatalogEntry, file: Path, declared: Declaration, receiver: str) -> tuple[Batch, bool]:
    sha256 = _sha256(file)
    known = batches.find_by_hash(entry.department, entry.resource, sha256)
    if known:
        return known, False
    batch_id = f"{declared.moment:%Y%m%dT%H%M%S}-{sha256[:8]}"
    target = paths.landing(entry.department, entry.resource) / batch_id
    with atomic.new_directory(target) as folder:
        source, counts = _write(entry, file, batch_id, folder)
        batch = Batch(
            batch_id=batch_id, department=entry.department, resource=entry.resource,
            file_name=inbox.name_of(file), file_sha256=sha256, file_bytes=file.stat().st_size,
            format=source.format, encoding=source.encoding, receiver=receiver, delivered_by=declared.delivered_by,
            received_at=declared.moment, schema_version=entry.version,
            rows_declared=None if source.corrects else declared.rows_declared,  # corrections declare their own rows
            rows_in=counts.rows_in, rows_landed=counts.landed, rows_quarantined=counts.quarantined,
            quarantine_reasons=counts.reasons, columns=[c for c in source.codes if c],
            mode=source.mode or declared.mode, corrects=source.corrects, synthetic=entry.synthetic,
        )  # fmt: skip
        os.link(file, folder / "original")
        (folder / "batch.json").write_text(batch.model_dump_json(indent=1), "utf-8")
    return batch, True


def _demand_base(entry: CatalogEntry, declared: Declaration) -> None:
    if declared.mode == "increment":
        if not entry.delivery.increments:
            raise DeliveryRefusedError("no_increment", resource=entry.id)
        if not any(b.mode == "full" for b in batches.accepted(entry.department, entry.resource)):
            raise DeliveryRefusedError("no_base", resource=entry.id)


def _write(entry: CatalogEntry, file: Path, batch_id: str, folder: Path) -> tuple[Source, landing.Counts]:
    paths.spill().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=paths.spill()) as scratch:
        source = _read(entry, file, Path(scratch))
        for rows in filter(None, (source.rows, source.one_by_one)):
            try:
                counts = landing.write(rows, source.codes, batch_id, folder, headings(entry))
            except UnreadableError:
                continue
            if counts.rows_in == 0:
                raise DeliveryRefusedError("no_rows")
            return source, counts
    raise DeliveryRefusedError("unreadable_rows", format=source.format)


def _read(entry: CatalogEntry, file: Path, scratch: Path) -> Source:
    kind = sniff.recognise(file)
    if kind.format == "zip":
        file = archive.unpacked(file, scratch)
        kind = sniff.recognise(file)
    if kind.format == "xlsx" and corrections.is_corrections(file):
        return corrections.read(file, entry, scratch)
    if kind.format not in entry.delivery.formats:
        raise DeliveryRefusedError(
            "wrong_format", resource=entry.id, formats=", ".join(entry.delivery.formats), format=kind.format
        )
    match kind.format:
        case "xlsx" | "xls":
            return xlsx_file.read(file, entry, kind.format)
        case "parquet":
            return parquet_file.read(file, entry)
        case "json":
            return json_file.read(file, entry, kind.encoding or "utf-8", scratch)
        case _:
            return csv_file.read(file, entry, kind.encoding or "utf-8", scratch)


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
