"""Searching names of data sets and jobs.

Lives here: the answers of ``/search`` and of the advanced search.
Add here: another order or filter of hits.
Stays out: searching titles and documents of the scheme (the portal's own search).

Names are searched in memory, in lower case; ``%`` stands for anything.
Source: MarquezProject/marquez, SearchResource; web/src/types/api.ts, OpenSearchResultJobs and -Datasets.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from django.db.models import OuterRef, Subquery

from lineage.marquez import latest_runs, nodes, runs, stamps
from lineage.marquez.census import Kind, census
from lineage.marquez.contents import chunks, events
from lineage.marquez.job_graph import job_graph
from lineage.marquez.reader import CUT_BY_ACCESS, Reader
from lineage.models import Dataset, Event, Job, Run
from lineage.sight import is_ghost

Document = dict[str, Any]
Sort = Literal["name", "updated_at"]
HITS = 10  # of the advanced search, as many as OpenSearch gives unasked
_MANY = 5000
MANY_BY_TIME = f"of more than {_MANY} names found only the newest of the log are in the order of time"


def search(
    reader: Reader, query: str, *, kind: str | None, namespace: str | None, sort: Sort, limit: int
) -> tuple[list[Document], int]:
    """Return names that hold the query, and how many there are; ``kind``: ``DATASET`` or ``JOB`` only."""
    found = [("DATASET", i) for i in _datasets(reader, query, namespace)] if kind != "JOB" else []
    found += [("JOB", j) for j in _jobs(reader, query, namespace)] if kind != "DATASET" else []
    if sort == "name":
        ordered = sorted(found, key=lambda each: (_name(reader, *each)[1], each))[:limit]
        times = _times(reader, ordered)
    else:
        newest = _newest(reader, found)
        times = _times(reader, newest)
        ordered = sorted(newest, key=lambda each: (-times.get(each, 0), each))[:limit]
    return [_result(reader, each, times.get(each)) for each in ordered], len(found)


def jobs_advanced(reader: Reader, query: str) -> Document:
    """Return jobs in the shape of the advanced search: hits, each with the facets of its latest run's last event."""
    found, graph = _jobs(reader, query, None)[:HITS], job_graph(reader)
    newest = {j: _newest_run(reader, j) if graph.knows(j) else None for j in found}
    contents = events(reader, (min(run.last_seq, reader.view.seq) for run in newest.values() if run))
    return _hits(_job_hit(reader, j, run, contents) for j, run in newest.items())


def _newest_run(reader: Reader, job: int) -> Run | None:
    return latest_runs.known(reader, Run.objects.filter(job=job)).order_by("-id").first()


def datasets_advanced(reader: Reader, query: str) -> Document:
    """Return data sets in the shape of the advanced search."""
    return _hits(_dataset_hit(reader, i) for i in _datasets(reader, query, None)[:HITS])


def _hits(hits: Iterable[Document]) -> Document:
    found = list(hits)
    return {"hits": found, "highlights": [{} for _ in found]}


def _job_hit(reader: Reader, job: int, run: Run | None, contents: dict[int, Document]) -> Document:
    namespace, name = reader.view.index.jobs[job]
    told = [contents[run.last_seq]] if run and run.last_seq in contents else []
    return {
        "run_id": str(run.run_id) if run else "",
        "namespace": namespace,
        "name": name,
        "eventType": run.state if run else "",
        "type": "BATCH",
        "facets": reader.job_facets(runs.stated_of(told, "job")),
        "runFacets": reader.run_facets(runs.stated_of(told, "run")),
    }


def _dataset_hit(reader: Reader, dataset: int) -> Document:
    mentions = reader.mentions(dataset=dataset).order_by("-event_us", "-seq").select_related("run")
    newest = mentions.first() if reader.knows(dataset) else None
    return {
        "run_id": str(newest.run.run_id) if newest and newest.run else "",
        "namespace": reader.view.namespace(dataset),
        "name": reader.view.name(dataset),
        "eventType": newest.run.state if newest and newest.run else "",
        "facets": reader.dataset_facets(reader.view.facets(dataset), dataset),
    }


def _datasets(reader: Reader, query: str, namespace: str | None) -> list[int]:
    found = _matching(census(reader.view.index).datasets, reader.view.index.datasets, query, namespace)
    found = [i for i in found if reader.may_see(i) and not is_ghost(reader.view, i)]
    _say_cut(reader)
    if reader.is_past:
        known = {
            i for some in chunks(found) for i in reader.mentions(dataset__in=some).values_list("dataset", flat=True)
        }
        found = [i for i in found if i in known]
    return found


def _jobs(reader: Reader, query: str, namespace: str | None) -> list[int]:
    graph = job_graph(reader)
    found = _matching(census(reader.view.index).jobs, reader.view.index.jobs, query, namespace)
    kept = [j for j in found if graph.may_see(j)]
    _say_cut(reader)
    if reader.is_past:
        named = {
            pk
            for some in chunks(kept)
            for pk, seq in Job.objects.filter(id__in=some).values_list("id", "first_seq")
            if Event.objects.filter(seq=seq, event_us__lte=reader.at_us).exists()
        }
        kept = [j for j in kept if j in named]
    return kept


def _say_cut(reader: Reader) -> None:
    """Say so of every search where something is hidden: whether a hidden name matches must not show."""
    if reader.mask is not None:
        reader.lacks(CUT_BY_ACCESS)


def _matching(kind: Kind, names: list[tuple[str, str]], query: str, namespace: str | None) -> list[int]:
    """Return ids whose name holds the query."""
    parts = [part for part in query.strip().lower().split("%") if part]
    found = [pk for pk, name in enumerate(kind.plain) if pk and _holds(name, parts)]
    return found if namespace is None else [pk for pk in found if names[pk][0] == namespace]


def _holds(name: str, parts: list[str]) -> bool:
    """Whether the parts stand in a name one after the other: the first place of each is enough, so time is linear."""
    end = 0
    for part in parts:
        place = name.find(part, end)
        if place < 0:
            return False
        end = place + len(part)
    return True


def _newest(reader: Reader, found: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Return those whose times are looked up: all, or of very many those last named for the first time."""
    if len(found) <= _MANY:
        return found
    reader.lacks(MANY_BY_TIME)
    return sorted(found, key=lambda each: -each[1])[:_MANY]


def _times(reader: Reader, found: list[tuple[str, int]]) -> dict[tuple[str, int], int]:
    """Return when each was last named by an event, in microseconds since 1970; of those known by name only nothing."""
    datasets = [pk for kind, pk in found if kind == "DATASET" and reader.knows(pk)]
    jobs = [pk for kind, pk in found if kind == "JOB" and job_graph(reader).knows(pk)]
    return {
        **{("DATASET", i): us for i, us in _dataset_times(reader, datasets)},
        **{("JOB", j): us for j, us in _job_times(reader, jobs)},
    }


def _dataset_times(reader: Reader, ids: list[int]) -> Iterable[tuple[int, int]]:
    newest = reader.mentions(dataset=OuterRef("id")).order_by("-event_us", "-seq").values("event_us")[:1]
    named = Event.objects.filter(seq=OuterRef("first_seq")).values("event_us")
    for some in chunks(ids):
        rows = Dataset.objects.filter(id__in=some).annotate(us=Subquery(newest), named=Subquery(named))
        yield from ((pk, named if us is None else us) for pk, us, named in rows.values_list("id", "us", "named"))


def _job_times(reader: Reader, ids: list[int]) -> Iterable[tuple[int, int]]:
    newest = latest_runs.known(reader, Run.objects.filter(job=OuterRef("id"))).order_by("-id").values("state_us")[:1]
    named = Event.objects.filter(seq=OuterRef("first_seq")).values("event_us")
    for some in chunks(ids):
        rows = Job.objects.filter(id__in=some).annotate(us=Subquery(newest), named=Subquery(named))
        yield from ((pk, us or named) for pk, us, named in rows.values_list("id", "us", "named"))


def _name(reader: Reader, kind: str, pk: int) -> tuple[str, str]:
    return (reader.view.index.datasets if kind == "DATASET" else reader.view.index.jobs)[pk]


def _result(reader: Reader, each: tuple[str, int], us: int | None) -> Document:
    namespace, name = _name(reader, *each)
    node = nodes.dataset_id(namespace, name) if each[0] == "DATASET" else nodes.job_id(namespace, name)
    return {"name": name, "namespace": namespace, "nodeId": node, "type": each[0], "updatedAt": stamps.iso(us)}
