"""The graph, projected from the log event by event.

Lives here: what each event changes in the projected tables.
Add here: what a new table needs from an event. The result must depend on the log alone.
Stays out: the log (``lineage.log``), reading facets (``lineage.events.facet_reading``), emptying the tables
(``lineage.projection.rebuild``), asking (``lineage.graph.trace``).

A run's events add up: inputs named at START count when COMPLETE names none, whatever order they came
in. Only a completed run, a job event or a data set event states how an output is made.
"""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.db import transaction

from lineage.events import facet_reading as facets
from lineage.events.facet_reading import FieldEdge
from lineage.models import (
    ColumnEdge,
    Dataset,
    DatasetColumn,
    DatasetEdge,
    DatasetFacet,
    DatasetVersion,
    Derivation,
    Event,
    Job,
    Position,
    Run,
)

_FINAL = ("COMPLETE", "FAIL", "ABORT")
_OWN_TABLES = frozenset({"schema", "columnLineage"})
_BATCH = 500


def catch_up() -> int:
    """Project every event not yet projected; return the sequence reached."""
    with transaction.atomic():
        position, _ = Position.objects.select_for_update().get_or_create(id=1)
        projector = Projector()
        for event in Event.objects.filter(seq__gt=position.seq).order_by("seq").iterator(_BATCH):
            projector.project(event)
            position.seq = event.seq
        projector.flush()
        position.save(update_fields=["seq"])
    return position.seq


class Projector:
    """Projects a stretch of events; remembers rows between them."""

    def __init__(self) -> None:
        self._datasets: dict[tuple[str, str], Dataset] = {}
        self._jobs: dict[tuple[str, str], Job] = {}
        self._runs: dict[UUID, Run] = {}

    def project(self, event: Event) -> None:
        """Apply one event; an exact duplicate of an earlier one changes nothing."""
        if Event.objects.filter(sha256=event.sha256, seq__lt=event.seq).exists():
            return
        content = json.loads(bytes(event.body))
        if event.kind == Event.Kind.RUN:
            self._run_event(event, content)
        elif event.kind == Event.Kind.JOB:
            self._job_event(event, content)
        else:
            self._dataset_event(event, content["dataset"])

    def flush(self) -> None:
        """Write changed rows back."""
        _update(Dataset, self._datasets.values(), ["title", "last_seq", "schema_us"])
        _update(Job, self._jobs.values(), ["job_type", "last_seq"])
        fields = ["state", "state_us", "started_us", "ended_us", "parent_run_id", "error", "facets", "stated"]
        _update(Run, self._runs.values(), [*fields, "last_seq"])

    def _run_event(self, event: Event, content: dict[str, Any]) -> None:
        job = self._job(content["job"], event)
        run = self._run(content["run"], job, event)
        _run_state(run, content.get("eventType") or "", event.event_us)
        failed = content.get("eventType") in ("FAIL", "ABORT")
        for each in content.get("inputs", []):
            dataset = self._mention(each, event, run)
            run.stated["inputs"][_key(dataset)] = facets.version(facets.all_facets(each))
        for each in content.get("outputs", []):
            dataset = self._dataset(each, event) if failed else self._mention(each, event, run)
            _state_output(run, dataset, each)
        if run.state == "COMPLETE":
            self._state_run(run, job, event)

    def _job_event(self, event: Event, content: dict[str, Any]) -> None:
        job = self._job(content["job"], event)
        inputs = [_key(self._mention(each, event, None)) for each in content.get("inputs", [])]
        for each in content.get("outputs", []):
            output = self._mention(each, event, None)
            edges = facets.field_edges(facets.all_facets(each))
            derivation = self._derivation(output, job, inputs, edges, event, event.event_us)
            _version(output, each, event, job, derivation)

    def _dataset_event(self, event: Event, content: dict[str, Any]) -> None:
        dataset = self._mention(content, event, None)
        edges = facets.field_edges(facets.all_facets(content))
        if edges is not None:
            derivation = self._derivation(dataset, None, [], edges, event, event.event_us)
            _version(dataset, content, event, None, derivation)
        elif facets.version(facets.all_facets(content)):
            _version(dataset, content, event, None, None)

    def _state_run(self, run: Run, job: Job, event: Event) -> None:
        """Say how each output of a completed run was made, by all its events so far."""
        inputs = list(run.stated["inputs"])
        at = run.ended_us if run.ended_us is not None else event.event_us
        for key, stated in run.stated["outputs"].items():
            output = self._by_key(key)
            edges = None if stated["edges"] is None else [FieldEdge(*edge) for edge in stated["edges"]]
            derivation = self._derivation(output, job, inputs, edges, event, at)
            DatasetVersion.objects.create(
                dataset=output, run=run, job=job, derivation=derivation, version=stated["version"],
                rows=stated["rows"], event_us=at, seq=event.seq,
            )  # fmt: skip

    def _derivation(
        self, output: Dataset, job: Job | None, inputs: list[str], edges: list[FieldEdge] | None,
        event: Event, at: int,
    ) -> Derivation:  # fmt: skip
        sources = {tuple(json.loads(key)) for key in inputs} | {(e.namespace, e.name) for e in edges or []}
        digest = facets.derivation_digest(sorted(sources), edges)
        known = Derivation.objects.filter(output=output, job=job, digest=digest).first()
        if known:
            return known
        made = Derivation.objects.create(
            output=output, job=job, digest=digest, valid_from_us=at, valid_from_seq=event.seq
        )
        read = {pair: self._by_key(json.dumps(pair), event) for pair in sorted(sources)}
        DatasetEdge.objects.bulk_create(DatasetEdge(derivation=made, input=each) for each in read.values())
        ColumnEdge.objects.bulk_create(
            (
                ColumnEdge(
                    derivation=made, column=e.column, input=read[e.namespace, e.name], input_column=e.field,
                    type=e.type, subtype=e.subtype, masking=e.masking, description=e.description,
                )
                for e in edges or []
            ),
            batch_size=_BATCH,
        )  # fmt: skip
        return made

    def _mention(self, named: dict[str, Any], event: Event, run: Run | None) -> Dataset:
        """Record what an event says of a data set beside its lineage."""
        dataset, stated = self._dataset(named, event), facets.all_facets(named)
        dataset.title = facets.title(stated) or dataset.title
        fields = facets.schema_fields(stated)
        if fields is not None and (dataset.schema_us is None or event.event_us >= dataset.schema_us):
            dataset.schema_us = event.event_us
            _replace_columns(dataset, fields)
        DatasetFacet.objects.bulk_create(
            DatasetFacet(
                dataset=dataset, run=run, name=name, version=facets.version(stated), content=content,
                event_us=event.event_us, seq=event.seq,
            )
            for name, content in stated.items()
            if name not in _OWN_TABLES
        )  # fmt: skip
        return dataset

    def _dataset(self, named: dict[str, Any], event: Event) -> Dataset:
        key = (named["namespace"], named["name"])
        if key not in self._datasets:
            new = {"first_seq": event.seq, "last_seq": event.seq}
            self._datasets[key], _ = Dataset.objects.get_or_create(namespace=key[0], name=key[1], defaults=new)
        self._datasets[key].last_seq = event.seq
        return self._datasets[key]

    def _by_key(self, key: str, event: Event | None = None) -> Dataset:
        namespace, name = json.loads(key)
        if event:
            return self._dataset({"namespace": namespace, "name": name}, event)
        found = self._datasets.get((namespace, name))
        return found or Dataset.objects.get(namespace=namespace, name=name)

    def _job(self, named: dict[str, Any], event: Event) -> Job:
        key = (named["namespace"], named["name"])
        if key not in self._jobs:
            new = {"first_seq": event.seq, "last_seq": event.seq}
            self._jobs[key], _ = Job.objects.get_or_create(namespace=key[0], name=key[1], defaults=new)
        job = self._jobs[key]
        job.last_seq = event.seq
        kind = facets.mapping(facets.mapping(named.get("facets")).get("jobType")).get("jobType")
        job.job_type = facets.text(kind) or job.job_type
        return job

    def _run(self, named: dict[str, Any], job: Job, event: Event) -> Run:
        run_id = UUID(named["runId"])
        if run_id not in self._runs:
            new = {"job": job, "first_seq": event.seq, "last_seq": event.seq,
                   "stated": {"inputs": {}, "outputs": {}}}  # fmt: skip
            self._runs[run_id], _ = Run.objects.get_or_create(run_id=run_id, defaults=new)
        run = self._runs[run_id]
        run.last_seq = event.seq
        stated = dict(facets.mapping(named.get("facets")))
        parent = facets.mapping(facets.mapping(stated.pop("parent", None)).get("run"))
        run.parent_run_id = facets.uuid(parent.get("runId")) or run.parent_run_id
        message = facets.mapping(stated.pop("errorMessage", None)).get("message")
        run.error = facets.text(message) or run.error
        run.facets.update(stated)
        return run


def _run_state(run: Run, state: str, at: int) -> None:
    if state == "START":
        run.started_us = at if run.started_us is None else min(at, run.started_us)
    if state in _FINAL:
        run.ended_us = at if run.ended_us is None else max(at, run.ended_us)
    was_final, is_final = run.state in _FINAL, state in _FINAL
    if state and state != "OTHER" and (is_final, at) >= (was_final, run.state_us):
        run.state, run.state_us = state, at


def _state_output(run: Run, dataset: Dataset, named: dict[str, Any]) -> None:
    stated = facets.all_facets(named)
    before = run.stated["outputs"].get(_key(dataset), {"version": "", "rows": None, "edges": None})
    edges, rows = facets.field_edges(stated), facets.rows(stated)
    run.stated["outputs"][_key(dataset)] = {
        "version": facets.version(stated) or before["version"],
        "rows": before["rows"] if rows is None else rows,
        "edges": before["edges"] if edges is None else [list(edge) for edge in edges],
    }


def _version(
    dataset: Dataset, named: dict[str, Any], event: Event, job: Job | None, derivation: Derivation | None
) -> None:
    stated = facets.all_facets(named)
    DatasetVersion.objects.create(
        dataset=dataset, job=job, derivation=derivation, version=facets.version(stated),
        rows=facets.rows(stated), event_us=event.event_us, seq=event.seq,
    )  # fmt: skip


def _replace_columns(dataset: Dataset, fields: list[facets.SchemaField]) -> None:
    columns = list(dataset.columns.all())
    if [(c.name, c.type, c.description) for c in columns] == fields:
        return
    dataset.columns.all().delete()
    DatasetColumn.objects.bulk_create(
        DatasetColumn(dataset=dataset, position=i, name=name, type=kind, description=description)
        for i, (name, kind, description) in enumerate(fields, start=1)
    )


def _update(model: type[Any], rows: Any, fields: list[str]) -> None:
    model.objects.bulk_update(list(rows), fields, batch_size=100)


def _key(dataset: Dataset) -> str:
    return json.dumps((dataset.namespace, dataset.name))
