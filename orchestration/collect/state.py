"""Up to where a register was collected: ``SUYUAN_HOME/collect/<department>.<resource>/state.json``.

Lives here: one step for each file handed over since the last whole one, and the checkpoint they reach. A step whose
file was refused or set aside does not count, so its rows are collected again.
Add here: a fact about past collections that decides about the next.
Stays out: pages of an unfinished one (``spool``).
"""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from config import clock
from scheme.catalog import CatalogEntry
from warehouse import atomic, batches, inbox, paths

Mode = Literal["full", "increment"]


class Step(BaseModel):
    """One file handed over and the checkpoint that it reaches."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sha256: str
    checkpoint: str | None


class State(BaseModel):
    """What was collected: from which origin, a whole file and the increments since, and when it was last asked."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    origin: str = ""
    steps: list[Step] = []
    collected_at: AwareDatetime | None = None


def since(entry: CatalogEntry) -> str | None:
    """Return the checkpoint beyond which to collect; None: collect the whole register."""
    steps = _standing(entry) if _by_increments(entry) else []
    return steps[-1].checkpoint if steps else None


def collected_on(entry: CatalogEntry) -> date | None:
    """Return the day on which the source was last read to its end."""
    at = _read(entry).collected_at
    return at.astimezone(clock.SHANGHAI).date() if at else None


def handed_over(entry: CatalogEntry, mode: Mode, file: Path, checkpoint: str | None) -> None:
    """Move the checkpoint: this file is in the inbox."""
    kept = _standing(entry) if mode == "increment" else []
    _write(entry, [*kept, Step(sha256=sha256(file), checkpoint=checkpoint)])


def nothing_new(entry: CatalogEntry) -> None:
    """Note that the source was read and gave no rows."""
    state = _read(entry)
    _write(entry, state.steps if state.origin == _origin(entry) else [])


def sha256(file: Path) -> str:
    """Return a file's digest."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _by_increments(entry: CatalogEntry) -> bool:
    origin = entry.delivery.origin
    if not (origin and origin.checkpoint and entry.delivery.increments):
        return False
    return origin.kind == "postgres" or bool(origin.since)


def _standing(entry: CatalogEntry) -> list[Step]:
    """Return the steps on which the next increment can stand: up to the first one that was not accepted."""
    state = _read(entry)
    if not state.steps or state.origin != _origin(entry):
        return []
    accepted = batches.accepted(entry.department, entry.resource)
    waiting = {sha256(f) for f in inbox.waiting(entry)}
    base, alive = state.steps[0].sha256, waiting | {b.file_sha256 for b in accepted}
    whole = [b.file_sha256 for b in accepted if b.mode == "full"]
    if base not in waiting and whole[-1:] != [base]:  # another whole delivery stands in its place
        return []
    gone = next((i for i, s in enumerate(state.steps) if s.sha256 not in alive), len(state.steps))
    return state.steps[:gone]


def _origin(entry: CatalogEntry) -> str:
    origin = entry.delivery.origin
    return hashlib.sha256(origin.model_dump_json().encode()).hexdigest() if origin else ""


def _path(entry: CatalogEntry) -> Path:
    return paths.collecting(entry.department, entry.resource) / "state.json"


def _read(entry: CatalogEntry) -> State:
    try:
        return State.model_validate_json(_path(entry).read_bytes())
    except (FileNotFoundError, ValidationError):
        return State()


def _write(entry: CatalogEntry, steps: list[Step]) -> None:
    state = State(origin=_origin(entry), steps=steps, collected_at=clock.now())
    atomic.write_bytes(_path(entry), state.model_dump_json(indent=1).encode())
