"""Handing over and landing a delivery.

Lives here: inbox → batch directory, or a recorded refusal. A kill at any moment leaves the file in the inbox
or the batch complete; the next run goes on from there.
Add here: a format's reader in ``_read``.
Stays out: how rows are written (``warehouse.landing``), what they must look like (the catalog entry).
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from orchestration.ingest import csv_file, declaration, json_file, parquet_file, sniff, xlsx_file
from orchestration.ingest.declaration import Declaration
from orchestration.ingest.refusal import DeliveryRefusedError
from orchestration.ingest.source import Source
from scheme.catalog import CatalogEntry
from warehouse import atomic, batches, landing, paths
from warehouse.batches import Batch
from warehouse.lock import writer_lock

_SECRET = DeliveryRefusedError(
    "a delivery declared 涉密 (state secret) never enters this system; nothing of it was kept.",
    "Use the channel that the secrecy office prescribes.",
)


def hand_over(entry: CatalogEntry, file: Path, declared: Declaration, receiver: str) -> Path:
    """Copy a file and its declaration into the inbox; return where it waits.

    Raises:
        DeliveryRefusedError: declared 涉密 (nothing is copied), or the file cannot be read.
    """
    if declared.declared_secrecy == "涉密" or entry.secrecy == "涉密":
        batches.record_refusal(_refused(entry, None, declared, receiver, _SECRET))
        raise _SECRET
    if not file.is_file():
        raise DeliveryRefusedError(f"{file.name} is not a readable file.", "Check the path.")
    folder = paths.inbox(entry.department, entry.resource)
    folder.mkdir(parents=True, exist_ok=True)
    name = "".join(c if c.isalnum() or c in "._-（）()" else "_" for c in file.name)[-80:].lstrip(".")
    target = folder / f"{secrets.token_hex(4)}-{name}"
    temporary = folder / f".{target.name}.{secrets.token_hex(4)}"
    shutil.copyfile(file, temporary)
    temporary.replace(target)
    declaration.write(target, declared)
    return target


def waiting(entry: CatalogEntry) -> list[Path]:
    """Return handed-over files, oldest hand-over first; one without a declaration is not complete yet."""
    folder = paths.inbox(entry.department, entry.resource)
    if not folder.is_dir():
        return []
    files = [f for f in folder.iterdir() if f.is_file() and not f.name.startswith(".")]
    return sorted((f for f in files if declaration.sidecar(f).exists()), key=_order)


def land_waiting(entry: CatalogEntry, receiver: str) -> Iterator[Batch]:
    """Land every waiting file; yield each new batch or refusal. The same file again yields nothing."""
    for file in waiting(entry):
        with writer_lock():
            if file.exists():
                batch, is_new = land(entry, file, receiver)
                if is_new:
                    yield batch


def land(entry: CatalogEntry, file: Path, receiver: str) -> tuple[Batch, bool]:
    """Land one file of the inbox and take it out; return its batch and whether it is new.

    A refusal is recorded and returned as a batch in state ``refused``.
    """
    declared = None
    try:
        declared = declaration.read(file)
        if declared.declared_secrecy == "涉密" or entry.secrecy == "涉密":
            raise _SECRET
        batch, is_new = _land(entry, file, declared, receiver)
    except DeliveryRefusedError as refusal:
        is_secret = refusal is _SECRET
        batch, is_new = _refused(entry, None if is_secret else file, declared, receiver, refusal), True
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
            file_name=_name(file), file_sha256=sha256, file_bytes=file.stat().st_size,
            format=source.format, encoding=source.encoding, receiver=receiver, delivered_by=declared.delivered_by,
            received_at=declared.moment, schema_version=entry.version, rows_declared=declared.rows_declared,
            rows_in=counts.rows_in, rows_landed=counts.landed, rows_quarantined=counts.quarantined,
            quarantine_reasons=counts.reasons, columns=source.codes, synthetic=entry.synthetic,
        )  # fmt: skip
        os.link(file, folder / "original")
        (folder / "batch.json").write_text(batch.model_dump_json(indent=1), "utf-8")
    return batch, True


def _write(entry: CatalogEntry, file: Path, batch_id: str, folder: Path) -> tuple[Source, landing.Counts]:
    paths.spill().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=paths.spill()) as scratch:
        source = _read(entry, file, Path(scratch))
        for rows in filter(None, (source.rows, source.one_by_one)):
            try:
                counts = landing.write(rows, source.codes, batch_id, folder)
            except landing.UnreadableError:
                continue
            if counts.rows_in == 0:
                raise DeliveryRefusedError("the file has a header and no rows.", "Deliver it again with its rows.")
            return source, counts
    raise DeliveryRefusedError(
        f"the rows cannot be read as {source.format}.", "Export the file again and deliver that."
    )


def _read(entry: CatalogEntry, file: Path, scratch: Path) -> Source:
    kind = sniff.recognise(file)
    if kind.format not in entry.delivery.formats:
        raise DeliveryRefusedError(
            f"{entry.id} is delivered as {', '.join(entry.delivery.formats)}; this file is {kind.format}.",
            "Deliver one of these formats, or ask the bureau to add it to the catalog entry.",
        )
    match kind.format:
        case "xlsx":
            return xlsx_file.read(file, entry)
        case "parquet":
            return parquet_file.read(file, entry)
        case "json":
            return json_file.read(file, entry, kind.encoding or "utf-8", scratch)
        case _:
            return csv_file.read(file, entry, kind.encoding or "utf-8", scratch)


def _refused(
    entry: CatalogEntry,
    file: Path | None,
    declared: Declaration | None,
    receiver: str,
    refusal: DeliveryRefusedError,
) -> Batch:
    """Record of a refusal; without ``file`` neither name nor hash is kept."""
    moment = (declared or Declaration()).moment
    sha256 = _sha256(file) if file else None
    return Batch(
        batch_id=f"{moment:%Y%m%dT%H%M%S}-{sha256[:8] if sha256 else secrets.token_hex(4)}",
        department=entry.department, resource=entry.resource,
        file_name=_name(file) if file else "（不保存）", file_sha256=sha256,
        receiver=receiver, received_at=moment, schema_version=entry.version, state="refused",
        refusal=refusal.reason, next_step=refusal.next_step, synthetic=entry.synthetic,
    )  # fmt: skip


def _name(file: Path) -> str:
    return file.name.partition("-")[2] or file.name


def _order(file: Path) -> tuple[str, str]:
    try:
        return declaration.read(file).moment.isoformat(), file.name
    except DeliveryRefusedError:
        return "", file.name


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
