"""Documents of jobs.

Lives here: ``Job`` as Marquez's interface describes it, for one and for many.
Add here: another field of a job.
Stays out: which jobs are asked for (``lineage.marquez.listing``), their runs (``lineage.marquez.runs``).

Source: MarquezProject/marquez, spec/openapi.yml, schema Job; web/src/types/api.ts and lineage.ts.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db.models import OuterRef, Subquery

from lineage.events import facet_reading
from lineage.marquez import latest_runs, runs, stamps
from lineage.marquez.contents import Content, chunks, events
from lineage.marquez.job_graph import JobGraph, job_graph
from lineage.marquez.reader import Facets, Reader, UnknownError
from lineage.models import Event, Job, Run

Document = dict[str, Any]
RECENT = 10  # runs in ``latestRuns``, as many as the front end draws


def one(reader: Reader, namespace: str, name: str) -> Document:
    """Return the document of one job.

    Raises:
        UnknownError: no such job is known or seen.
    """
    return full(reader, [find(reader, namespace, name)])[0]


def find(reader: Reader, namespace: str, name: str) -> int:
    """Return the id of a job.

    Raises:
        UnknownError: no such job is known by then or seen.
    """
    rows = known(reader, Job.objects.filter(namespace=namespace, name=name))
    found = rows.values_list("id", flat=True).first()
    if found is None or not job_graph(reader).may_see(found):
        raise UnknownError("job")
    return found


def known(reader: Reader, rows: Any) -> Any:
    """Return those of a query's jobs that had been named by then."""
    named_us = Subquery(Event.objects.filter(seq=OuterRef("first_seq")).values("event_us"))
    rows = rows.filter(first_seq__lte=reader.view.seq).annotate(named_us=named_us)
    return rows.filter(named_us__lte=reader.at_us) if reader.is_past else rows


def full(reader: Reader, ids: list[int]) -> list[Document]:
    """Return the documents of jobs, in the order of the ids."""
    rows = {job.id: job for some in chunks(ids) for job in known(reader, Job.objects.filter(id__in=some))}
    found = [rows[pk] for pk in ids if pk in rows]
    short, recent = _short(reader, found), _recent(reader, found)
    newest = runs.of_rows(reader, [some[0] for some in recent.values()])
    light = runs.of_rows(reader, [run for some in recent.values() for run in some], with_facets=False)
    return [_full(job, short[job.id], recent.get(job.id, []), newest, light) for job in found]


def of_ids(reader: Reader, ids: list[int]) -> dict[int, Document]:
    """Return the short documents of many jobs, as nodes of a graph carry them."""
    found: dict[int, Document] = {}
    for some in chunks(ids):
        found |= _short(reader, list(known(reader, Job.objects.filter(id__in=some))))
    return {pk: {k: v for k, v in document.items() if k != "facets"} for pk, document in found.items()}


def _full(
    job: Job, short: Document, recent: list[Run], newest: dict[int, Document], light: dict[int, Document]
) -> Document:
    return {
        **short,
        "latestRun": newest[recent[0].id] if recent else None,
        "latestRuns": [light[run.id] for run in recent],
        "currentVersion": runs.job_version(job),
        "labels": [],
        "tags": _tags(short["facets"]),
    }


def _tags(stated: Facets) -> list[str]:
    tags = facet_reading.sequence(facet_reading.mapping(stated.get("tags")).get("tags"))
    return sorted({key for tag in tags if (key := facet_reading.text(facet_reading.mapping(tag).get("key")))})


def _recent(reader: Reader, jobs: list[Job]) -> dict[int, list[Run]]:
    """Return job → its latest runs, newest first."""
    found: dict[int, list[Run]] = defaultdict(list)
    graph = job_graph(reader)
    for job in jobs:
        if not graph.knows(job.id):
            continue
        rows = latest_runs.known(reader, Run.objects.filter(job=job)).order_by("-id")[:RECENT]
        if newest := list(rows):
            found[job.id] = newest
    return found


def _short(reader: Reader, jobs: list[Job]) -> dict[int, Document]:
    graph = job_graph(reader)
    newest = latest_runs.latest(reader, [job.id for job in jobs if graph.knows(job.id)])
    light = runs.of_rows(reader, newest.values(), with_facets=False)
    contents = _contents(reader, jobs, newest)
    return {
        job.id: _document(reader, job, newest.get(job.id), light, contents[job.id], graph)
        for job in jobs
    }  # fmt: skip


def _contents(reader: Reader, jobs: list[Job], newest: dict[int, Run]) -> dict[int, list[Content]]:
    """Return job → the first and last event of its latest run, or the event that first named it."""
    wanted = {
        job.id: [run.first_seq, min(run.last_seq, reader.view.seq)] if (run := newest.get(job.id)) else [job.first_seq]
        for job in jobs
    }
    bodies = events(reader, (seq for some in wanted.values() for seq in some))
    return {pk: [bodies[seq] for seq in some if seq in bodies] for pk, some in wanted.items()}


def _document(
    reader: Reader, job: Any, newest: Run | None, light: dict[int, Document], contents: list[Content], graph: JobGraph
) -> Document:
    stated = runs.stated_of(contents, "job")
    is_known = graph.knows(job.id)
    facets, parent = reader.job_facets(stated) if is_known else {}, _parent(reader, contents)
    first = stamps.iso(job.named_us) if is_known else None
    location = facet_reading.text(facet_reading.mapping(facets.get("sourceCodeLocation")).get("url"))
    kind = facet_reading.text(facet_reading.mapping(facets.get("jobType")).get("processingType"))
    about = facet_reading.text(facet_reading.mapping(facets.get("documentation")).get("description"))
    return {
        "id": {"namespace": job.namespace, "name": job.name},
        "type": {"STREAMING": "STREAM", "SERVICE": "SERVICE"}.get(kind.upper(), "BATCH"),
        "name": job.name,
        "simpleName": job.name.removeprefix(f"{parent[1]}.") if parent else job.name,
        "parentJobName": parent[1] if parent else None,
        "parentJobUuid": stamps.name_id("job", *parent) if parent else None,
        "createdAt": first,
        "updatedAt": light[newest.id]["updatedAt"] if newest else first,
        "namespace": job.namespace,
        "inputs": _names(reader, graph.inputs(job.id)),
        "outputs": _names(reader, graph.outputs(job.id)),
        "location": location or None,
        "description": about or None,
        "latestRun": light[newest.id] if newest else None,
        "facets": facets,
    }


def _names(reader: Reader, datasets: list[int]) -> list[Document]:
    return [{"namespace": reader.view.namespace(i), "name": reader.view.name(i)} for i in reader.seen(datasets)]


def _parent(reader: Reader, contents: list[Content]) -> tuple[str, str] | None:
    """Return namespace and name of the parent job the run's events stated, if none is hidden from the caller."""
    if reader.mask is not None:
        return None
    parent = facet_reading.mapping(runs.stated_of(contents, "run").get("parent"))
    job = facet_reading.mapping(parent.get("job"))
    named = facet_reading.text(job.get("namespace")), facet_reading.text(job.get("name"))
    return named if all(named) else None
