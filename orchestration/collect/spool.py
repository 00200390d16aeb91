"""Pages of an interface on their way to one file: a kill in the middle goes on from the next page.

Lives here: the spool of JSON lines and its progress file, which says how many bytes of the spool count. The spool is
flushed before the progress is replaced, so bytes beyond it are a page that will be asked for again.
Add here: a fact about the pages so far that must outlive the process.
Stays out: asking for pages (``http``), the checkpoint between collections (``state``).
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from config import clock
from warehouse import atomic

_LONGEST = timedelta(hours=24)  # older pages may say what the register no longer says


class Progress(BaseModel):
    """Pages that are in the spool whole. ``request``: digest of what was asked; ``last``: digest of the last page."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    request: str
    started: AwareDatetime = Field(default_factory=clock.now)
    page: int = 0
    bytes: int = 0
    rows: int = 0
    total: int = 0
    greatest: str | None = None
    last: str = ""


def file(folder: Path) -> Path:
    """Where the rows lie."""
    return folder / "rows.jsonl"


def resume(folder: Path, request: str) -> Progress:
    """Return the progress of an unfinished collection of the same request, or that of a new one."""
    found = _read(folder)
    spool = file(folder)
    there = spool.stat().st_size if spool.exists() else 0
    age = clock.now() - found.started if found else _LONGEST
    if not found or found.request != request or there < found.bytes or not timedelta(0) <= age < _LONGEST:
        clear(folder)
        return Progress(request=request)
    os.truncate(spool, found.bytes)
    return found


def append(folder: Path, progress: Progress, lines: bytes, **now: object) -> Progress:
    """Add one page and return the progress with it; ``now``: fields that the page changes."""
    with file(folder).open("ab") as out:
        out.write(lines)
        out.flush()
        os.fsync(out.fileno())
    changed = {"page": progress.page + 1, "bytes": progress.bytes + len(lines)}
    following = progress.model_copy(update=changed | now)
    atomic.write_bytes(_progress(folder), following.model_dump_json().encode())
    return following


def clear(folder: Path) -> None:
    """Forget the pages so far."""
    _progress(folder).unlink(missing_ok=True)
    file(folder).unlink(missing_ok=True)


def _progress(folder: Path) -> Path:
    return folder / "progress.json"


def _read(folder: Path) -> Progress | None:
    try:
        return Progress.model_validate_json(_progress(folder).read_bytes())
    except (FileNotFoundError, ValidationError):
        return None
