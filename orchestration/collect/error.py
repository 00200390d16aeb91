"""The one error of collecting, and what a collector returns.

Lives here: ``CollectError`` and ``Collected``. An error's text never holds a password, a token or a cell, and never
words of the source: those may hold all three.
Add here: nothing; a new reason is a new text where it arises.
Stays out: refusals of what was collected (``warehouse.refusal``).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


class CollectError(RuntimeError):
    """Collecting stopped: where, what, what to do. ``code``: exit code, 2 for wrong input, 1 for all else."""

    def __init__(self, where: str, what: str, next_step: str, code: int = 1) -> None:
        super().__init__(f"{where}: {what}: {next_step}")
        self.code = code


@dataclass(frozen=True)
class Collected:
    """A file of rows. ``rows``: as the source counts them; ``checkpoint``: greatest of the checkpoint item."""

    file: Path
    rows: int
    checkpoint: str | None
