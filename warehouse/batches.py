"""The ledger of deliveries: one directory a batch, complete or absent.

Lives here: ``Batch`` and the reading of landed and refused batches.
Add here: a fact about a delivery that auditors ask for.
Stays out: reading the delivered file (``orchestration.ingest``), judging its rows (``expectations``).

Invariant: rows in = rows landed + rows quarantined, for every batch.
"""

from __future__ import annotations

import json
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, model_validator

from warehouse import atomic, paths


class Batch(BaseModel):
    """One delivery as it was landed or refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    batch_id: str
    department: str
    resource: str
    file_name: str
    file_sha256: str | None = None  # None: refused before a hash might be kept
    file_bytes: int | None = None
    format: str | None = None
    encoding: str | None = None
    receiver: str
    delivered_by: str = ""
    received_at: datetime
    schema_version: int
    rows_declared: int | None = None
    rows_in: int = 0
    rows_landed: int = 0
    rows_quarantined: int = 0
    quarantine_reasons: dict[str, int] = {}
    columns: list[str] = []
    mode: Literal["full", "increment"] = "full"
    corrects: str | None = None  # batch whose rows were delivered again with some corrected
    state: Literal["landed", "refused"] = "landed"
    refusal: str | None = None
    next_step: str | None = None
    refusal_zh: str | None = None
    next_step_zh: str | None = None
    synthetic: bool = False

    @model_validator(mode="after")
    def _adds_up(self) -> Batch:
        if self.rows_in != self.rows_landed + self.rows_quarantined:
            raise ValueError(
                f"batch {self.batch_id}: {self.rows_in} rows in, but {self.rows_landed} landed "
                f"and {self.rows_quarantined} quarantined"
            )
        return self

    @property
    def folder(self) -> Path:
        """Directory of a landed batch."""
        return paths.landing(self.department, self.resource) / self.batch_id

    @property
    def data(self) -> Path:
        """Landed rows, Parquet."""
        return self.folder / "data.parquet"

    @property
    def quarantine(self) -> Path:
        """Quarantined rows, Parquet (``_row_number``, ``reason``, ``raw``)."""
        return self.folder / "quarantine.parquet"


def landed(department: str, resource: str) -> list[Batch]:
    """Return landed batches, oldest first."""
    folder = paths.landing(department, resource)
    files = sorted(folder.glob("[!.]*/batch.json")) if folder.is_dir() else []
    return sorted((_read(f) for f in files), key=lambda b: (b.received_at, b.batch_id))


def accepted(department: str, resource: str) -> list[Batch]:
    """Return landed batches that were not set aside by a failed critical check."""
    aside = set_aside()
    return [b for b in landed(department, resource) if b.batch_id not in aside]


def superseded_by(batch: Batch) -> Batch | None:
    """Return the later whole delivery that stands in a batch's place, if any: its quarantine is cleared."""
    later = [b for b in accepted(batch.department, batch.resource) if b.received_at > batch.received_at]
    return next((b for b in reversed(later) if b.mode == "full"), None)


def refusals() -> list[Batch]:
    """Return refused deliveries, oldest first."""
    folder = paths.refused()
    return [_read(f) for f in sorted(folder.glob("[!.]*.json"))] if folder.is_dir() else []


def resources() -> list[tuple[str, str]]:
    """Return (department, resource) of everything that ever landed, also of resources since withdrawn."""
    folder = paths.landings()
    found = folder.glob("[!.]*/[!.]*") if folder.is_dir() else []
    return sorted((f.parent.name, f.name) for f in found if f.is_dir())


def find_by_hash(department: str, resource: str, sha256: str) -> Batch | None:
    """Return the landed batch made from a file with this hash, if any."""
    return next((b for b in landed(department, resource) if b.file_sha256 == sha256), None)


def record_refusal(batch: Batch) -> None:
    """Keep the record of a refused delivery."""
    atomic.write_bytes(paths.refused() / f"{batch.batch_id}.json", batch.model_dump_json(indent=1).encode())


def set_aside() -> dict[str, str]:
    """Return batch id → reason of batches that did not pass and stay out of later versions."""
    path = paths.state("batches-set-aside.json")
    return json.loads(path.read_text()) if path.exists() else {}


def put_aside(batch_id: str, reason: str) -> None:
    """Exclude a batch from later versions; a redelivery makes a new batch."""
    atomic.write_json(paths.state("batches-set-aside.json"), {**set_aside(), batch_id: reason})


def _read(path: Path) -> Batch:
    stat = path.stat()
    return _known(path, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=50_000)
def _known(path: Path, _modified: int, _size: int) -> Batch:
    return Batch.model_validate_json(path.read_bytes())
