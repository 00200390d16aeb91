"""What events said of one thing, of which the latest counts.

Lives here: ``Said``, which adds up over the events of a run.
Add here: nothing but another way of saying what may be said several times.
Stays out: what there is to say of an output (``lineage.projection.outputs``).

Of two events that say different things the later by event time is right, in whatever order they came.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from lineage.models import Statement
from lineage.projection.known import Edge


@dataclass
class Said:
    """Each thing said, with the (event time, sequence) of who said it last."""

    said: dict[str, list[Any]] = field(default_factory=dict)

    def say(self, what: str, value: Any, event_us: int, seq: int) -> None:
        """Note what an event says; None says nothing."""
        before = self.said.get(what)
        if value is not None and (before is None or (event_us, seq) >= (before[0], before[1])):
            self.said[what] = [event_us, seq, value]

    def get(self, what: str, otherwise: Any = None) -> Any:
        """Return what was said last."""
        found = self.said.get(what)
        return otherwise if found is None else found[2]

    @property
    def edges(self) -> list[Edge] | None:
        """Column edges of an output; None: nothing was said of columns."""
        found = self.get("edges")
        return None if found is None else [tuple(e) for e in found]

    @property
    def is_renaming(self) -> bool:
        """Whether an output is another data set under a new name."""
        return self.get("change", "") == Statement.Change.RENAME and self.get("previous") is not None
