"""The inbox: deliveries handed over and waiting to be landed.

Lives here: copying a file with its declaration into the inbox, and what waits there. Whoever hands over — command
line, portal, a person with a shell — uses the same two files.
Add here: another thing that must hold before a file may wait.
Stays out: landing (``orchestration.ingest``).
"""

from __future__ import annotations

import secrets
import shutil
from pathlib import Path

from scheme.catalog import CatalogEntry
from warehouse import atomic, batches, declaration, paths
from warehouse.batches import Batch
from warehouse.declaration import Declaration
from warehouse.refusal import DeliveryRefusedError


def hand_over(entry: CatalogEntry, file: Path, declared: Declaration, receiver: str, name: str = "") -> Path:
    """Copy a file and its declaration into the inbox; return where it waits. ``name``: as the sender calls it.

    Raises:
        DeliveryRefusedError: declared 涉密 (nothing is copied), the entry is 停用, or the file cannot be read.
    """
    demand_not_secret(entry, declared, receiver)
    if entry.state == "停用":
        raise DeliveryRefusedError("withdrawn", resource=entry.id)
    if not file.is_file():
        raise DeliveryRefusedError("not_a_file", name=file.name)
    folder = paths.inbox(entry.department, entry.resource)
    folder.mkdir(parents=True, exist_ok=True)
    plain = "".join(c if c.isalnum() or c in "._-（）()" else "_" for c in name or file.name)[-80:].lstrip(".")
    target = folder / f"{secrets.token_hex(4)}-{plain}"
    temporary = folder / f".{target.name}.{secrets.token_hex(4)}"
    shutil.copyfile(file, temporary)
    atomic.sync_file(temporary)
    temporary.replace(target)
    declaration.write(target, declared)
    return target


def demand_not_secret(entry: CatalogEntry, declared: Declaration, receiver: str) -> None:
    """Refuse what is 涉密 before a byte or hash of it is kept; the refusal itself is recorded.

    Raises:
        DeliveryRefusedError: it is.
    """
    if declared.declared_secrecy == "涉密" or entry.secrecy == "涉密":
        refusal = DeliveryRefusedError("secret")
        batches.record_refusal(refused(entry, declared, receiver, refusal))
        raise refusal


def refused(
    entry: CatalogEntry, declared: Declaration | None, receiver: str, refusal: DeliveryRefusedError,
    file_name: str = "（不保存）", sha256: str | None = None,
) -> Batch:  # fmt: skip
    """Return the record of a refusal; without ``sha256`` neither name nor hash is kept."""
    moment = (declared or Declaration()).moment
    return Batch(
        batch_id=f"{moment:%Y%m%dT%H%M%S}-{sha256[:8] if sha256 else secrets.token_hex(4)}",
        department=entry.department, resource=entry.resource, file_name=file_name, file_sha256=sha256,
        receiver=receiver, delivered_by=declared.delivered_by if declared else "", received_at=moment,
        rows_declared=declared.rows_declared if declared else None, schema_version=entry.version, state="refused",
        refusal=refusal.reason, next_step=refusal.next_step, refusal_zh=refusal.reason_zh,
        next_step_zh=refusal.next_step_zh, synthetic=entry.synthetic,
    )  # fmt: skip


def waiting(entry: CatalogEntry) -> list[Path]:
    """Return handed-over files, oldest hand-over first; one without a declaration is not complete yet."""
    folder = paths.inbox(entry.department, entry.resource)
    if not folder.is_dir():
        return []
    files = [f for f in folder.iterdir() if f.is_file() and not f.name.startswith(".")]
    return sorted((f for f in files if declaration.sidecar(f).exists()), key=_order)


def name_of(file: Path) -> str:
    """Return the name under which a waiting file was handed over."""
    return file.name.partition("-")[2] or file.name


def _order(file: Path) -> tuple[str, str]:
    try:
        return declaration.read(file).moment.isoformat(), file.name
    except DeliveryRefusedError:
        return "", file.name
