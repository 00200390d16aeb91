"""Where checkpoints are kept outside: folders on another disk, share or host (SUYUAN_ANCHORS).

Lives here: copying checkpoint files there, and finding them again.
Add here: another place outside.
Stays out: what a checkpoint is (``lineage.log.checkpoint``).

A folder that is configured but not there is an error, never made and never passed over: an unmounted share looks like
an empty folder. An exported file is never overwritten: what does not fit there is found by ``lineage.log.verify``.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from config.settings import settings
from warehouse import atomic


class AnchorError(RuntimeError):
    """A configured folder outside cannot be used; says which and why."""


def folders() -> list[Path]:
    """Return the configured folders."""
    return settings().anchor_folders


def export(files: Sequence[Path]) -> None:
    """Copy checkpoint files to every folder that lacks them.

    Raises:
        AnchorError: a folder is not there or cannot be written.
    """
    for folder in folders():
        there = {path.name for path in listed(folder)}
        for file in files:
            if file.name not in there:
                _copy(file, folder)


def listed(folder: Path) -> list[Path]:
    """Return the checkpoint files of a folder, oldest first.

    Raises:
        AnchorError: it is not there or cannot be read.
    """
    try:
        return sorted(p for p in folder.iterdir() if p.suffix == ".json" and p.stem.isdigit())
    except OSError as error:
        raise AnchorError(f"SUYUAN_ANCHORS: {folder} cannot be read ({error.strerror}): mount or correct it") from None


def _copy(file: Path, folder: Path) -> None:
    try:
        atomic.write_bytes(folder / file.name, file.read_bytes())
    except OSError as error:
        raise AnchorError(f"SUYUAN_ANCHORS: {folder} cannot be written ({error.strerror})") from None
