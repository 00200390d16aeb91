"""What each event changes in the graph.

Lives here: one event → rows of the projected tables.
Add here: what a new table needs from an event. The result must depend on the log alone.
Stays out: the log (``lineage.log``), reading facets (``lineage.events.facet_reading``), when to project and writing
(``lineage.projection.catching_up``), asking (``lineage.graph``).

Only a completed run, a job event or a data set event states how an output is made.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from typing import Any, NamedTuple
from uuid import UUID

from lineage.events import facet_reading as facets
from lineage.events.explicit import explicit
from lineage.events.facet_reading import FieldEdge
from lineage.models import (
    ColumnEdge,
    Dataset,
    DatasetColumn,
    DatasetEdge,
    Derivation,
    EdgeKind,
    Event,
    Job,
    Mention,
    Statement,
)
from lineage.projection import bulk
from lineage.projection.known import Known
from lineage.projection.runs import Edge, Output, Runs, RunSoFar

_ORDER = (Dataset, DatasetColumn, Job, EdgeKind, Derivation, DatasetEdge, ColumnEdge, Statement, Mention)
_TITLED: dict[str, tuple[type[Any], str]] = {
    "datasets": (Dataset, "title"), "columns": (DatasetColumn, "title"), "jobs": (Job, "job_type"),
}  # fmt: skip


class Read(NamedTuple):
    """One event of the log with its content; ``content`` None: pruned, or an exact duplicate."""

    seq: int
    event_us: int
    kind: str
    content: dict[str, Any] | None


class Projector:
    """Projects a stretch of events; rows are written by ``flush``."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._runs = Runs(known)
        self._rows: dict[type[Any], list[bulk.Row]] = defaultdict(list)
        self._retitled: set[tuple[str, int]] = set()

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
        for table, (model, column) in _TITLED.items():
            self._rows[model] = [self._titled(table, row) for row in self._rows[model]]
            fresh = {row[0] for row in self._rows[model]}
            for pk in sorted(pk for changed, pk in self._retitled if changed == table and pk not in fresh):
                model.objects.filter(id=pk).update(**{column: self._known.titles[table, pk]})
        for model in _ORDER:
            bulk.insert(model, self._rows.pop(model, []))
        self._runs.flush()
        self._retitled.clear()

    def _titled(self, table: str, row: bulk.Row) -> bulk.Row:
        """A new row's title stands before its last value, the sequence."""
        return (*row[:-1], self._known.titles.get((table, row[0]), ""), row[-1])

    def _run_event(self, event: Read, content: dict[str, Any]) -> None:
        job = self._job(content["job"], event)
        run = self._runs.get(UUID(content["run"]["runId"]), job, event.seq)
        _note(run, content)
        state = content.get("eventType") or ""
        run.reach(state, event.event_us)
        inputs, outputs = content.get("inputs") or [], content.get("outputs") or []
        for place, each in enumerate(inputs):
            run.inputs[self._mention(each, event, Mention.Part.INPUT, place, job, run.id)] = None
        for place, each in enumerate(outputs):
            if state in ("FAIL", "ABORT"):
                self._dataset(each["namespace"], each["name"], event.seq)
            else:
                dataset = self._mention(each, event, Mention.Part.OUTPUT, place, job, run.id)
                self._add_output(run, dataset, each, event)
        if run.state == "COMPLETE" and (inputs or outputs or not run.is_stated):
            self._state_run(run, event)

    def _job_event(self, event: Read, content: dict[str, Any]) -> None:
        job = self._job(content["job"], event)
        inputs = [
            self._mention(each, event, Mention.Part.INPUT, place, job, None)
            for place, each in enumerate(content.get("inputs") or [])
        ]
        for place, each in enumerate(content.get("outputs") or []):
            dataset = self._mention(each, event, Mention.Part.OUTPUT, place, job, None)
            self._state(dataset, self._output(dataset, each, event, Output()), inputs, job, None, event, event.event_us)

    def _dataset_event(self, event: Read, content: dict[str, Any]) -> None:
        dataset = self._mention(content, event, Mention.Part.ITSELF, 0, None, None)
        output = self._output(dataset, content, event, Output())
        is_derived = output.edges is not None or output.sources is not None
        if is_derived or output.version or output.change:
            self._state(dataset, output, [], None, None, event, event.event_us, is_derived=is_derived)

    def _state_run(self, run: RunSoFar, event: Read) -> None:
        """Say how each output of a completed run was made, by all its events so far."""
        run.is_stated = True
        at = run.ended_us if run.ended_us is not None else event.event_us
        for dataset, output in run.outputs.items():
            self._state(dataset, output, list(run.inputs), run.job, run.id, event, at)

    def _state(
        self, dataset: int, output: Output, inputs: list[int], job: int | None, run: int | None, event: Read, at: int,
        is_derived: bool = True,
    ) -> None:  # fmt: skip
        if output.change == Statement.Change.RENAME and output.previous is not None:
            inputs = [output.previous]
            self._say(output.previous, job, run, None, Output(change=Statement.Change.DROP), at, event.seq)
        elif output.sources is not None:
            inputs = output.sources
        is_derived = is_derived and output.change != Statement.Change.DROP
        derivation = self._derivation(dataset, job, inputs, output.edges, event.seq) if is_derived else None
        self._say(dataset, job, run, derivation, output, at, event.seq)

    def _say(
        self, dataset: int, job: int | None, run: int | None, derivation: int | None, output: Output, at: int, seq: int
    ) -> None:
        row = (
            self._known.next("statements"), dataset, job, run, derivation, output.change, output.version, output.rows,
            at, seq,
        )  # fmt: skip
        self._rows[Statement].append(row)

    def _add_output(self, run: RunSoFar, dataset: int, named: dict[str, Any], event: Read) -> None:
        run.outputs[dataset] = self._output(dataset, named, event, run.outputs.get(dataset) or Output())

    def _output(self, dataset: int, named: dict[str, Any], event: Read, before: Output) -> Output:
        """Return what is said of an output, added to what was said before."""
        stated = facets.all_facets(named)
        edges: list[Edge] | None = self._edges(dataset, stated, event.seq)
        rows = facets.rows(stated)
        change, previous = facets.lifecycle(stated)
        said = explicit(stated)
        if said:
            more: list[Edge] = [self._edge(dataset, e, event.seq) for e in said.edges]
            edges = sorted({*(edges or []), *more})
        output = Output(
            facets.version(stated) or before.version,
            before.rows if rows is None else rows,
            before.edges if edges is None else edges,
            change or before.change,
            before.previous,
            before.sources if said is None else sorted({self._dataset(*source, event.seq) for source in said.sources}),
        )
        if previous is not None:
            output.previous = self._dataset(*previous, event.seq)
            if output.edges is None:
                output.edges = self._renamed(dataset, output.previous, stated, event.seq)
        return output

    def _renamed(self, dataset: int, previous: int, stated: dict[str, Any], seq: int) -> list[Edge]:
        """A renamed data set has each column of the one before that its schema still names."""
        fields = [name for name, *_ in facets.schema_fields(stated) or []]
        old = [name for name in fields if (previous, name) in self._known.columns.ids]
        names = old or [n for d, n in self._known.columns.ids if d == previous]
        kind = self._kind("DIRECT", "IDENTITY", False, "更名")
        return [(self._column(dataset, n, seq), self._column(previous, n, seq), kind) for n in names]

    def _derivation(
        self, dataset: int, job: int | None, inputs: list[int], edges: list[Edge] | None, seq: int
    ) -> int:  # fmt: skip
        owners = self._known.columns_of
        sources = sorted({*inputs, *(owners[e[1]] for e in edges or [])})
        digest = hashlib.sha256(repr((sources, edges)).encode()).hexdigest()

        def made(pk: int) -> None:
            self._rows[Derivation].append((pk, dataset, job, digest, seq))
            self._rows[DatasetEdge].extend((pk, source) for source in sources)
            self._rows[ColumnEdge].extend((pk, *edge) for edge in edges or [])

        return self._known.derivations.id((dataset, job, digest), made)

    def _edges(self, dataset: int, stated: dict[str, Any], seq: int) -> list[Edge] | None:
        """Return the edges that a columnLineage facet states, in order, or None without one."""
        if "columnLineage" not in stated:
            return None

        def make() -> list[Edge]:
            return sorted({self._edge(dataset, e, seq) for e in facets.field_edges(stated) or []})

        return self._known.lineages.get(dataset, stated["columnLineage"], make)

    def _edge(self, dataset: int, edge: FieldEdge, seq: int) -> Edge:
        column, namespace, name, field, *way = edge
        source = self._dataset(namespace, name, seq)
        return self._column(dataset, column, seq), self._column(source, field, seq), self._kind(*way)

    def _kind(self, *way: Any) -> int:
        """``way``: type, subtype, masking, description."""
        known = self._known.kinds.ids.get(way)
        return known or self._known.kinds.id(way, lambda pk: self._rows[EdgeKind].append((pk, *way)))

    def _mention(
        self, named: dict[str, Any], event: Read, part: str, place: int, job: int | None, run: int | None
    ) -> int:  # fmt: skip
        """Record which facets an event brought of a data set."""
        dataset, stated = self._dataset(named["namespace"], named["name"], event.seq), facets.all_facets(named)
        self._title("datasets", dataset, facets.title(stated))
        for column, description in self._described(dataset, stated, event.seq):
            self._title("columns", column, description)
        names = "\n".join(stated)
        row = (
            self._known.next("mentions"), dataset, run, job, part, place, names, facets.version(stated),
            event.event_us, event.seq,
        )  # fmt: skip
        self._rows[Mention].append(row)
        return dataset

    def _described(self, dataset: int, stated: dict[str, Any], seq: int) -> list[tuple[int, str]]:
        """Give every column of a schema facet its id; return those with a description."""
        if "schema" not in stated:
            return []

        def make() -> list[tuple[int, str]]:
            named = [(self._column(dataset, n, seq), d) for n, _, d in facets.schema_fields(stated) or []]
            return [(column, description) for column, description in named if description]

        return self._known.schemas.get(dataset, stated["schema"], make)

    def _dataset(self, namespace: str, name: str, seq: int) -> int:
        known = self._known.datasets.ids.get((namespace, name))
        if known:
            return known

        def made(pk: int) -> None:
            self._rows[Dataset].append((pk, namespace, name, seq))

        return self._known.datasets.id((namespace, name), made)

    def _column(self, dataset: int, name: str, seq: int) -> int:
        known = self._known.columns.ids.get((dataset, name))
        if known:
            return known

        def made(pk: int) -> None:
            self._known.columns_of[pk] = dataset
            self._rows[DatasetColumn].append((pk, dataset, name, seq))

        return self._known.columns.id((dataset, name), made)

    def _job(self, named: dict[str, Any], event: Read) -> int:
        name = (named["namespace"], named["name"])
        job = self._known.jobs.id(name, lambda pk: self._rows[Job].append((pk, *name, event.seq)))
        self._title("jobs", job, facets.job_type(named))
        return job

    def _title(self, table: str, pk: int, title: str) -> None:
        if title and self._known.titles.get((table, pk), "") != title:
            self._known.titles[table, pk] = title
            self._retitled.add((table, pk))


def _note(run: RunSoFar, content: dict[str, Any]) -> None:
    stated = facets.mapping(content["run"].get("facets"))
    parent = facets.mapping(facets.mapping(stated.get("parent")).get("run"))
    run.parent = facets.uuid(parent.get("runId")) or run.parent
    run.error = facets.text(facets.mapping(stated.get("errorMessage")).get("message")) or run.error
