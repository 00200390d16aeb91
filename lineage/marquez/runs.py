"""Documents of runs, and the facets of a run or of its job.

Lives here: ``Run`` as Marquez's interface describes it, for one and for many.
Add here: another field of a run.
Stays out: jobs (``lineage.marquez.jobs``).

Source: MarquezProject/marquez, spec/openapi.yml, schema Run; web/src/types/api.ts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from lineage.events import facet_reading
from lineage.marquez import latest_runs, stamps
from lineage.marquez.contents import Content, chunks, events
from lineage.marquez.job_graph import job_graph
from lineage.marquez.reader import Facets, Reader, UnknownError
from lineage.models import Job, Mention, Run, Statement

Document = dict[str, Any]
_STATES = {"START": "RUNNING", "RUNNING": "RUNNING", "COMPLETE": "COMPLETED", "FAIL": "FAILED", "ABORT": "ABORTED"}
NEW = "NEW"
STATES = (NEW, *dict.fromkeys(_STATES.values()))


def states_of(name: str) -> list[str]:
    """Return the event types whose runs Marquez calls this state."""
    return [event for event, state in _STATES.items() if state == name] or ["", "OTHER"]


def find(reader: Reader, run_id: UUID) -> Run:
    """Return a run.

    Raises:
        UnknownError: no such run is known or seen.
    """
    found = Run.objects.filter(run_id=run_id, first_seq__lte=reader.view.seq).select_related("job").first()
    if found is None or not job_graph(reader).knows(found.job_id) or not _has_begun(reader, found):
        raise UnknownError("run")
    return found


def one(reader: Reader, run_id: UUID) -> Document:
    """Return the document of one run.

    Raises:
        UnknownError: no such run is known or seen.
    """
    found = find(reader, run_id)
    return of_rows(reader, [found])[found.id]


def of_job(reader: Reader, job: int, limit: int, offset: int) -> tuple[list[Document], int]:
    """Return the runs of a job, newest first, and how many there are."""
    reader.tells_history()
    if not job_graph(reader).knows(job):
        return [], 0
    rows = latest_runs.known(reader, Run.objects.filter(job=job))
    page = list(rows.order_by("-id").select_related("job")[offset : offset + limit])
    made = of_rows(reader, page)
    return [made[run.id] for run in page], rows.count()


def _has_begun(reader: Reader, run: Run) -> bool:
    return not reader.is_past or (run.state_us if run.started_us is None else run.started_us) <= reader.at_us


def of_rows(reader: Reader, rows: Iterable[Run], *, with_facets: bool = True) -> dict[int, Document]:
    """Return run id → document; ``with_facets`` False leaves out what stands in the events only."""
    found = {run.id: run for run in rows}
    jobs = dict(_jobs({run.job_id for run in found.values()}))
    uses = _uses(reader, list(found)) if with_facets else {}
    contents = events_of(reader, list(found.values()), uses) if with_facets else {}
    written = _written(reader, list(found)) if with_facets else {}
    return {
        pk: _document(reader, run, jobs[run.job_id], uses.get(pk, []), contents.get(pk, {}), written)
        for pk, run in found.items()
    }


def events_of(reader: Reader, rows: list[Run], uses: dict[int, list[Mention]]) -> dict[int, dict[int, Content]]:
    """Return run → sequence → content of its events that are known here, in the order of the log."""
    wanted = {run.id: {run.first_seq, run.last_seq, *(m.seq for m in uses.get(run.id, []))} for run in rows}
    bodies = events(reader, (seq for some in wanted.values() for seq in some if seq <= reader.view.seq))
    return {pk: {seq: bodies[seq] for seq in sorted(some) if seq in bodies} for pk, some in wanted.items()}


def facets(reader: Reader, run: Run, of: str) -> Document:
    """Return ``runId`` and the facets of a run (``of`` ``run``) or of its job (``of`` ``job``)."""
    contents = events_of(reader, [run], _uses(reader, [run.id]))[run.id]
    stated = stated_of(contents.values(), of)
    shown = reader.run_facets(stated) if of == "run" else reader.job_facets(stated)
    return {"runId": str(run.run_id), "facets": shown}


def stated_of(contents: Iterable[Content], of: str) -> Facets:
    """Return the facets events stated of their ``run`` or ``job``, the later ones winning."""
    found: Facets = {}
    for content in contents:
        found |= facet_reading.mapping(facet_reading.mapping(content.get(of)).get("facets"))
    return found


def _jobs(ids: set[int]) -> Iterable[tuple[int, Job]]:
    for some in chunks(sorted(ids)):
        yield from Job.objects.in_bulk(some).items()


def _uses(reader: Reader, ids: list[int]) -> dict[int, list[Mention]]:
    """Return run → its mentions of data sets that are seen with their versions, in the order of the log."""
    found: dict[int, list[Mention]] = defaultdict(list)
    for some in chunks(ids):
        for mention in Mention.objects.filter(run__in=some, seq__lte=reader.view.seq).order_by("id"):
            if reader.seen([mention.dataset_id]) and reader.tells_versions(mention.dataset_id):
                found[mention.run_id].append(mention)
    return found


def _written(reader: Reader, ids: list[int]) -> dict[tuple[int, int], int]:
    """Return (run, data set) → the sequence of the event that stated what it wrote."""
    found: dict[tuple[int, int], int] = {}
    for some in chunks(ids):
        rows = Statement.objects.filter(run__in=some, seq__lte=reader.view.seq).order_by("id")
        found |= {(run, dataset): seq for seq, run, dataset in rows.values_list("seq", "run_id", "dataset_id")}
    return found


def _document(
    reader: Reader, run: Run, job: Job, uses: list[Mention], contents: dict[int, Content],
    written: dict[tuple[int, int], int],
) -> Document:  # fmt: skip
    stated = stated_of(contents.values(), "run")
    nominal = facet_reading.mapping(stated.get("nominalTime"))
    is_done = run.ended_us is not None and (not reader.is_past or run.ended_us <= reader.at_us)
    state = _STATES.get(run.state, NEW) if is_done or not reader.is_past or run.ended_us is None else "RUNNING"
    ended = run.ended_us if is_done else None
    duration = None if ended is None or run.started_us is None else max(0, ended - run.started_us) // 1000
    first = next((us for us in (run.started_us, run.ended_us) if us is not None), run.state_us)
    return {
        "id": str(run.run_id),
        "createdAt": stamps.iso(first),
        "updatedAt": stamps.iso(first if ended is None and reader.is_past else max(run.state_us, ended or 0)),
        "nominalStartTime": facet_reading.text(nominal.get("nominalStartTime")) or None,
        "nominalEndTime": facet_reading.text(nominal.get("nominalEndTime")) or None,
        "state": state,
        "startedAt": stamps.iso(run.started_us),
        "endedAt": stamps.iso(ended),
        "durationMs": duration,
        "args": {},
        "jobVersion": {"namespace": job.namespace, "name": job.name, "version": job_version(job)},
        "inputDatasetVersions": _ends(reader, run, uses, contents, written, "input"),
        "outputDatasetVersions": _ends(reader, run, uses, contents, written, "output"),
        "facets": reader.run_facets(stated),
    }


def job_version(job: Job) -> str:
    """Return the UUID that stands for a job; jobs have no versions here, what they read and write has."""
    return stamps.name_id("job", job.namespace, job.name)


def _ends(
    reader: Reader, run: Run, uses: list[Mention], contents: dict[int, Content],
    written: dict[tuple[int, int], int], part: str,
) -> list[Document]:  # fmt: skip
    of_part = {m.dataset_id: m for m in uses if m.part == part}
    return [
        {
            "datasetVersionId": _version(reader, run, mention, written),
            "facets": _own_facets(reader, mention, contents.get(mention.seq), part),
        }
        for mention in of_part.values()
    ]


def _own_facets(reader: Reader, mention: Mention, content: Content | None, part: str) -> Facets:
    """Return what the event said of this use alone (``inputFacets``, ``outputFacets``)."""
    named = facet_reading.sequence((content or {}).get(f"{part}s"))
    stated = facet_reading.mapping(named[mention.place].get(f"{part}Facets")) if mention.place < len(named) else {}
    return reader.dataset_facets(stated, mention.dataset_id)


def _version(reader: Reader, run: Run, mention: Mention, written: dict[tuple[int, int], int]) -> Document:
    i = mention.dataset_id
    seq = written.get((run.id, i)) if mention.part == Mention.Part.OUTPUT else None
    if seq is None:
        rows = Statement.objects.filter(dataset=i, event_us__lte=mention.event_us, seq__lte=reader.view.seq)
        same = rows.filter(version=mention.version) if mention.version else rows
        seq = same.order_by("-event_us", "-seq", "-id").values_list("seq", flat=True).first() or 0
    namespace, name = reader.view.namespace(i), reader.view.name(i)
    return {"namespace": namespace, "name": name, "version": stamps.version_id(namespace, name, seq)}
