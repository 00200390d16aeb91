"""Atomic files: written aside, flushed to disk, renamed.

Lives here: the one way small files and directories are published.
Stays out: what they contain.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


def write_bytes(path: Path, content: bytes) -> None:
    """Replace a file in one step; a kill leaves the old or the new content."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    _sync_directory(path.parent)


def write_json(path: Path, document: Any) -> None:
    """Replace a JSON file in one step."""
    write_bytes(path, json.dumps(document, ensure_ascii=False, indent=1, default=str).encode())


@contextmanager
def new_file(target: Path) -> Iterator[Path]:
    """Yield a scratch path whose file replaces ``target`` when the block ends well, else disappears."""
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        yield scratch
        sync_file(scratch)
        scratch.replace(target)
        _sync_directory(target.parent)
    finally:
        scratch.unlink(missing_ok=True)


@contextmanager
def new_directory(target: Path) -> Iterator[Path]:
    """Yield a scratch directory that becomes ``target`` when the block ends well, else disappears.

    Raises:
        FileExistsError: the target is there already.
    """
    if target.exists():
        raise FileExistsError(f"{target.name} is there already")
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = target.parent / f".{target.name}.{secrets.token_hex(4)}"
    scratch.mkdir()
    try:
        yield scratch
        for file in scratch.iterdir():
            sync_file(file)
        scratch.rename(target)
        _sync_directory(target.parent)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def sweep(folder: Path) -> int:
    """Remove scratch left by a killed process; return how many. Call only under the writer's lock."""
    stale = [p for p in folder.rglob(".*.????????") if p.is_dir() or p.is_file()] if folder.is_dir() else []
    for path in stale:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return len(stale)


def sync_file(path: Path) -> None:
    """Flush a file to disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
