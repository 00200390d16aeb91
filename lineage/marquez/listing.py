"""Pages of data sets and jobs.

Lives here: which data sets or jobs of a namespace, or of all, stand on a page, and how many there are.
Add here: another order or filter of a list.
Stays out: their documents (``lineage.marquez.datasets``, ``lineage.marquez.jobs``).

Pages are cut by the database along the index (namespace, name). For a caller who does not see everything, the ids that
are seen are few and named from memory.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Subquery

from lineage.marquez import datasets, jobs, latest_runs, namespaces, runs
from lineage.marquez.contents import chunks
from lineage.marquez.job_graph import job_graph
from lineage.marquez.reader import CUT_BY_ACCESS, Reader
from lineage.models import Dataset, Job, Run

Document = dict[str, Any]
Page = tuple[list[Document], int]


def datasets_of(reader: Reader, namespace: str, limit: int, offset: int) -> Page:
    """Return a page of the data sets of a namespace, and how many it has.

    Raises:
        UnknownError: nothing seen stands in that namespace.
    """
    namespaces.hold(reader, namespace)
    rows = Dataset.objects.filter(namespace=namespace, first_seq__lte=reader.view.seq)
    if namespace == reader.view.own:
        rows = rows.filter(named_by_us=True)  # what only others named so is none of ours
    if reader.is_past:
        rows = rows.filter(Exists(reader.mentions(dataset=OuterRef("id"))))
    seen = None if reader.mask is None else reader.mask.nonzero()[0].tolist()
    page, total = _page(reader, rows, seen, reader.view.index.datasets, limit, offset)
    return datasets.full(reader, page), total


def jobs_of(reader: Reader, namespace: str | None, state: str | None, limit: int, offset: int) -> Page:
    """Return a page of the jobs of a namespace or of all, and how many there are; ``state``: of their latest run.

    Raises:
        UnknownError: nothing seen stands in that namespace.
    """
    if namespace is not None:
        namespaces.hold(reader, namespace)
    rows = jobs.known(reader, Job.objects.all() if namespace is None else Job.objects.filter(namespace=namespace))
    if state:
        newest = latest_runs.known(reader, Run.objects.filter(job=OuterRef("id"))).order_by("-id").values("state")[:1]
        rows = rows.annotate(latest=Subquery(newest)).filter(latest__in=runs.states_of(state))
    graph = job_graph(reader)
    jobs_seen = graph.known_jobs if state else graph.seen_jobs
    seen = None if jobs_seen is None else jobs_seen.tolist()
    page, total = _page(reader, rows, seen, reader.view.index.jobs, limit, offset)
    return jobs.full(reader, page), total


def _page(
    reader: Reader, rows: Any, seen: list[int] | None, names: list[tuple[str, str]], limit: int, offset: int
) -> tuple[list[int], int]:
    if seen is None:
        ids = rows.order_by("namespace", "name").values_list("id", flat=True)
        return list(ids[offset : offset + limit]), rows.count()
    reader.lacks(CUT_BY_ACCESS)
    kept = [pk for some in chunks(seen) for pk in rows.filter(id__in=some).values_list("id", flat=True)]
    kept.sort(key=lambda pk: names[pk])
    return kept[offset : offset + limit], len(kept)
