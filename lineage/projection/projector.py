"""What each event changes in the graph.

Lives here: one event → statements, derivations and mentions.
Add here: what a new table needs from an event. The result must depend on the log alone.
Stays out: the log (``lineage.log``), names (``lineage.projection.naming``), what is said of an output
(``lineage.projection.outputs``), when to project (``lineage.projection.catching_up``), asking (``lineage.graph``).

Only a completed run, a job event or a data set event states how an output is made. A run that completed and then
failed takes its statements back.
"""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

from lineage.events import facet_reading as facets
from lineage.models import ColumnEdge, DatasetEdge, Derivation, Event, Mention, Statement
from lineage.projection.known import Edge, Known
from lineage.projection.naming import Naming, Read
from lineage.projection.outputs import add
from lineage.projection.runs import Runs, RunSoFar
from lineage.projection.said import Said

_FAILED = ("FAIL", "ABORT")


class Projector:
    """Projects a stretch of events; rows are written by ``flush``."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._names = Naming(known)
        self._runs = Runs(known)

    def project(self, events: list[Read]) -> None:
        """Apply events in the order of the log."""
        self._runs.expect(UUID(e.content["run"]["runId"]) for e in events if e.content and e.kind == Event.Kind.RUN)
        for event in events:
            if event.content is None:
                continue
            if event.kind == Event.Kind.RUN:
                self._run_event(event, event.content)
            elif event.kind == Event.Kind.JOB:
                self._job_event(event, event.content)
            else:
                self._dataset_event(event, event.content["dataset"])

    def flush(self) -> None:
        """Write the rows."""
        self._names.flush()
        self._runs.flush()

    def _run_event(self, event: Read, content: dict[str, Any]) -> None:
        job = self._names.job(content["job"], event)
        run = self._runs.get(UUID(content["run"]["runId"]), job, event.seq)
        _note(run, content, event)
        state = content.get("eventType") or ""
        run.reach(state, event.event_us)
        inputs, outputs = content.get("inputs") or [], content.get("outputs") or []
        for place, each in enumerate(inputs):
            run.inputs[self._mention(each, event, Mention.Part.INPUT, place, job, run.id)] = None
        for place, each in enumerate(outputs if state not in _FAILED else []):
            dataset = self._mention(each, event, Mention.Part.OUTPUT, place, job, run.id)
            add(run.outputs.setdefault(dataset, Said()), dataset, each, event, self._names)
        if run.state == "COMPLETE" and (inputs or outputs or not run.is_stated):
            self._state_run(run, event)
        elif run.state in _FAILED and run.is_stated:
            self._retract(run, event)

    def _job_event(self, event: Read, content: dict[str, Any]) -> None:
        job = self._names.job(content["job"], event)
        inputs = [
            self._mention(each, event, Mention.Part.INPUT, place, job, None)
            for place, each in enumerate(content.get("inputs") or [])
        ]
        for place, each in enumerate(content.get("outputs") or []):
            dataset = self._mention(each, event, Mention.Part.OUTPUT, place, job, None)
            output = Said()
            add(output, dataset, each, event, self._names)
            self._state(dataset, output, inputs, job, None, event, event.event_us)

    def _dataset_event(self, event: Read, content: dict[str, Any]) -> None:
        dataset, output = self._mention(content, event, Mention.Part.ITSELF, 0, None, None), Said()
        add(output, dataset, content, event, self._names)
        is_derived = output.edges is not None or output.get("sources") is not None
        if is_derived or output.get("version") or output.get("change"):
            self._state(dataset, output, [], None, None, event, event.event_us, is_derived=is_derived)

    def _state_run(self, run: RunSoFar, event: Read) -> None:
        """Say how each output of a completed run was made, by all its events so far; what it ends first."""
        run.is_stated = True
        at = run.ended_us if run.ended_us is not None else event.event_us
        for output in run.outputs.values():
            self._end_former(output, run.job, run.id, at, event.seq)
        for dataset, output in run.outputs.items():
            self._state(dataset, output, list(run.inputs), run.job, run.id, event, at)

    def _retract(self, run: RunSoFar, event: Read) -> None:
        """Take back what a run stated that failed after all."""
        run.is_stated = False
        for dataset in run.outputs:
            self._say(dataset, run.job, run.id, None, Said(), event.event_us, event.seq, Statement.Change.RETRACT)

    def _end_former(self, output: Said, job: int | None, run: int | None, at: int, seq: int) -> None:
        if output.is_renaming:
            self._say(output.get("previous"), job, run, None, Said(), at, seq, Statement.Change.DROP)

    def _state(
        self, dataset: int, output: Said, inputs: list[int], job: int | None, run: int | None, event: Read, at: int,
        is_derived: bool = True,
    ) -> None:  # fmt: skip
        if run is None:
            self._end_former(output, job, run, at, event.seq)
        change = output.get("change", "")
        if output.is_renaming:
            inputs = [output.get("previous")]
        elif output.get("sources") is not None:
            inputs = output.get("sources")
        is_derived = is_derived and change != Statement.Change.DROP
        derivation = self._derivation(dataset, job, inputs, output.edges, event.seq) if is_derived else None
        self._say(dataset, job, run, derivation, output, at, event.seq, change)

    def _say(
        self, dataset: int, job: int | None, run: int | None, derivation: int | None, output: Said, at: int, seq: int,
        change: str,
    ) -> None:  # fmt: skip
        row = (
            self._known.next("statements"), dataset, job, run, derivation, change, output.get("version", ""),
            output.get("rows"), at, seq,
        )  # fmt: skip
        self._names.rows[Statement].append(row)

    def _derivation(self, dataset: int, job: int | None, inputs: list[int], edges: list[Edge] | None, seq: int) -> int:
        owners, rows = self._known.columns_of, self._names.rows
        sources = sorted({*inputs, *(owners[e[1]] for e in edges or [])})
        digest = hashlib.sha256(repr((sources, edges)).encode()).hexdigest()

        def made(pk: int) -> None:
            rows[Derivation].append((pk, dataset, job, digest, seq))
            first = self._known.next("dataset_edges", len(sources))
            rows[DatasetEdge].extend((first + n, pk, source) for n, source in enumerate(sources))
            first = self._known.next("column_edges", len(edges or []))
            rows[ColumnEdge].extend((first + n, pk, *edge) for n, edge in enumerate(edges or []))

        return self._known.derivations.id((dataset, job, digest), made)

    def _mention(
        self, named: dict[str, Any], event: Read, part: str, place: int, job: int | None, run: int | None
    ) -> int:  # fmt: skip
        """Record which facets an event brought of a data set."""
        names, stated = self._names, facets.all_facets(named)
        is_written = part != Mention.Part.INPUT
        dataset = names.dataset(named["namespace"], named["name"], event, is_written=is_written)
        names.title("datasets", dataset, facets.title(stated), event)
        for column, description in self._described(dataset, stated, event):
            names.title("columns", column, description, event)
        row = (
            self._known.next("mentions"), dataset, run, job, part, place, "\n".join(stated), facets.version(stated),
            event.event_us, event.seq,
        )  # fmt: skip
        names.rows[Mention].append(row)
        return dataset

    def _described(self, dataset: int, stated: dict[str, Any], event: Read) -> list[tuple[int, str]]:
        """Give every column of a schema facet its id; return those with a description."""
        if "schema" not in stated:
            return []

        def make() -> list[tuple[int, str]]:
            fields = facets.schema_fields(stated) or []
            named = [(self._names.column(dataset, name, event.seq), text) for name, _, text in fields]
            return [(column, description) for column, description in named if description]

        return self._known.schemas.get(dataset, stated["schema"], make)


def _note(run: RunSoFar, content: dict[str, Any], event: Read) -> None:
    stated = facets.mapping(content["run"].get("facets"))
    parent = facets.uuid(facets.mapping(facets.mapping(stated.get("parent")).get("run")).get("runId"))
    run.said.say("parent", None if parent is None else str(parent), event.event_us, event.seq)
    error = facets.text(facets.mapping(stated.get("errorMessage")).get("message"))
    run.said.say("error", error or None, event.event_us, event.seq)
