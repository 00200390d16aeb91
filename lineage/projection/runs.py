"""Runs whose events add up: inputs named at START count when COMPLETE names none, in whatever order they came.

Lives here: what is known of a run so far, loading and saving many at once.
Add here: another thing that the events of a run add up to.
Stays out: how an event changes the graph (``lineage.projection.projector``).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection

from lineage.models import Run
from lineage.projection import bulk
from lineage.projection.known import Known
from lineage.projection.said import Said

FINAL = ("COMPLETE", "FAIL", "ABORT")
_FIELDS = ("id", "job_id", "state", "state_us", "started_us", "ended_us", "first_seq")


@dataclass
class RunSoFar:
    """A run as its events have told it."""

    id: int
    run_id: UUID
    job: int
    first_seq: int
    last_seq: int
    state: str = ""
    state_us: int = 0
    started_us: int | None = None
    ended_us: int | None = None
    said: Said = field(default_factory=Said)  # of the run itself: parent, error
    inputs: dict[int, None] = field(default_factory=dict)
    outputs: dict[int, Said] = field(default_factory=dict)
    is_stated: bool = False

    def reach(self, state: str, at: int) -> None:
        """Note an event type: final ones win over later others, later ones over earlier."""
        if state == "START":
            self.started_us = at if self.started_us is None else min(at, self.started_us)
        is_final = state in FINAL
        if is_final:
            self.ended_us = at if self.ended_us is None else max(at, self.ended_us)
        if state and state != "OTHER" and (is_final, at) >= (self.state in FINAL, self.state_us):
            self.state, self.state_us = state, at

    def row(self) -> bulk.Row:
        """Return the row of ``Run``."""
        parent = self.said.get("parent")
        return (
            self.id, _uuid(self.run_id), self.job, self.state, self.state_us, self.started_us, self.ended_us,
            None if parent is None else _uuid(UUID(parent)), self.said.get("error", ""), self._stated(),
            self.first_seq, self.last_seq,
        )  # fmt: skip

    def _stated(self) -> str:
        outputs = {k: o.said for k, o in self.outputs.items()}
        return json.dumps([list(self.inputs), outputs, self.is_stated, self.said.said], separators=(",", ":"))


class Runs:
    """The runs of one stretch of events."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._runs: dict[UUID, RunSoFar] = {}
        self._changed: dict[int, RunSoFar] = {}

    def expect(self, run_ids: Iterable[UUID]) -> None:
        """Load those of these runs that are recorded."""
        wanted = [r for r in set(run_ids) if r not in self._runs]
        for start in range(0, len(wanted), 500):
            found = Run.objects.filter(run_id__in=wanted[start : start + 500])
            for run_id, stated, last_seq, *rest in found.values_list("run_id", "stated", "last_seq", *_FIELDS):
                self._runs[run_id] = _read(run_id, stated, last_seq, rest)

    def get(self, run_id: UUID, job: int, seq: int) -> RunSoFar:
        """Return a run that was expected; a new one is made."""
        run = self._runs.get(run_id)
        if run is None:
            run = self._runs[run_id] = RunSoFar(self._known.next("runs"), run_id, job, seq, seq)
        run.last_seq = seq
        self._changed[run.id] = run
        return run

    def flush(self) -> None:
        """Write the changed ones and forget all."""
        bulk.upsert(Run, [run.row() for run in self._changed.values()])
        self._changed.clear()
        self._runs.clear()


def _read(run_id: UUID, stated: str, last_seq: int, rest: list[Any]) -> RunSoFar:
    pk, job, state, state_us, started_us, ended_us, first_seq = rest
    inputs, outputs, is_stated, said = json.loads(stated)
    return RunSoFar(
        pk, run_id, job, first_seq, last_seq, state, state_us, started_us, ended_us, Said(said),
        dict.fromkeys(inputs), {int(k): Said(o) for k, o in outputs.items()}, is_stated,
    )  # fmt: skip


def _uuid(value: UUID) -> Any:
    return value if connection.features.has_native_uuid_field else value.hex
