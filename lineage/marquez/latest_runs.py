"""The latest run of each of many jobs, and what it named.

Lives here: few queries for many jobs.
Add here: another thing that lists of jobs need of their latest run.
Stays out: documents of runs (``lineage.marquez.runs``).
"""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, Q, Subquery

from lineage.marquez.contents import chunks
from lineage.marquez.reader import Reader
from lineage.models import Job, Mention, Run


def known(reader: Reader, rows: Any) -> Any:
    """Return those of a query's runs that the log knew by then; of a past moment those that had begun."""
    rows = rows.filter(first_seq__lte=reader.view.seq)
    if not reader.is_past:
        return rows
    return rows.filter(Q(started_us__lte=reader.at_us) | Q(started_us=None, state_us__lte=reader.at_us))


def latest(reader: Reader, jobs: list[int]) -> dict[int, Run]:
    """Return job → its latest run, of those that have one."""
    found: dict[int, Run] = {}
    newest = known(reader, Run.objects.filter(job=OuterRef("id"))).order_by("-id").values("id")[:1]
    for some in chunks(jobs):
        rows = Job.objects.filter(id__in=some).annotate(run=Subquery(newest)).values_list("run", flat=True)
        found |= {run.job_id: run for run in Run.objects.filter(id__in=[pk for pk in rows if pk])}
    return found


def named_by_latest_runs(reader: Reader, jobs: list[int]) -> dict[int, tuple[list[int], list[int]]]:
    """Return job → the data sets its latest run read and wrote, in the order of their ids."""
    of_run = {run.id: job for job, run in latest(reader, jobs).items()}
    ends: dict[int, tuple[set[int], set[int]]] = {job: (set(), set()) for job in jobs}
    for some in chunks(of_run):
        rows = Mention.objects.filter(run__in=some, seq__lte=reader.view.seq)
        for run, part, dataset in rows.values_list("run_id", "part", "dataset_id"):
            ends[of_run[run]][part != Mention.Part.INPUT].add(dataset)
    return {job: (sorted(inputs), sorted(outputs)) for job, (inputs, outputs) in ends.items()}
