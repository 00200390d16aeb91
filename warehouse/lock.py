"""The writer's lock: one writer at a time, freed by the kernel on death (design decision 2).

Lives here: an OS file lock held around each write and each dbt subprocess.
Stays out: Dagster pools, which are not crash-safe.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from warehouse import paths


class WarehouseBusyError(TimeoutError):
    """Another process is writing; try again when it has finished."""


class _Held(threading.local):
    """How deep this thread is in blocks that hold the lock."""

    depth = 0


_held = _Held()


@contextmanager
def writer_lock(wait_seconds: float = 600) -> Iterator[None]:
    """Hold the lock for the block; nested use in one thread is free.

    Raises:
        WarehouseBusyError: another process kept it longer than ``wait_seconds``.
    """
    if _held.depth:
        _held.depth += 1
        try:
            yield
        finally:
            _held.depth -= 1
        return
    path = paths.lock_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _acquire(descriptor, wait_seconds)
        _held.depth = 1
        yield
    finally:
        _held.depth = 0
        os.close(descriptor)


@contextmanager
def file_lock(path: Path, wait_seconds: float = 30) -> Iterator[None]:
    """Hold the lock of one small file's writers for the block.

    Raises:
        WarehouseBusyError: another process kept it longer than ``wait_seconds``.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _acquire(descriptor, wait_seconds)
        yield
    finally:
        os.close(descriptor)


def _acquire(descriptor: int, wait_seconds: float) -> None:
    deadline = time.monotonic() + wait_seconds
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise WarehouseBusyError("another pipeline run is writing; wait for it to end and try again") from None
            time.sleep(0.2)
