"""One thing that is wrong with the log.

Lives here: how it is said: where, which field if it can be told, what.
Add here: another thing to say of a broken place; never content of an event.
Stays out: finding it (``lineage.log.verify`` and what it calls).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Problem:
    """A broken place: ``seq`` None concerns no single event; ``field`` is empty if it cannot be told."""

    what: str
    seq: int | None = None
    field: str = ""

    def __str__(self) -> str:
        return self.what if self.seq is None else f"event {self.seq}: {self.what}"

    def document(self) -> dict[str, Any]:
        """Return it as JSON-ready data."""
        return asdict(self)
