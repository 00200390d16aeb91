"""Documents of namespaces and sources.

Lives here: ``Namespace`` and ``Source`` as Marquez's interface describes them. The source of a data set is the system
its namespace names.
Add here: another field of these two documents.
Stays out: what stands in a namespace (``lineage.marquez.listing``).

Source: MarquezProject/marquez, spec/openapi.yml, schemas Namespace and Source.
"""

from __future__ import annotations

import re
from typing import Any

from lineage.marquez import stamps
from lineage.marquez.census import census
from lineage.marquez.job_graph import job_graph
from lineage.marquez.reader import Reader, UnknownError
from lineage.models import Dataset, Event, Job

Document = dict[str, Any]
_SECRET = re.compile(r"(?<=://)[^/@\s]*@|(?<=[?&;])(?:password|pwd|token|secret)=[^&;]*", re.IGNORECASE)


def page(reader: Reader, limit: int, offset: int) -> list[Document]:
    """Return namespaces in the order of their names."""
    return [_document(reader, name) for name in _seen(reader)[offset : offset + limit]]


def one(reader: Reader, name: str) -> Document:
    """Return a namespace.

    Raises:
        UnknownError: nothing seen stands in it.
    """
    hold(reader, name)
    return _document(reader, name)


def hold(reader: Reader, name: str) -> None:
    """Refuse a namespace in which nothing is seen.

    Raises:
        UnknownError: it is one.
    """
    if name not in _seen(reader):
        raise UnknownError("namespace")


def sources(reader: Reader, limit: int, offset: int) -> list[Document]:
    """Return sources in the order of their names."""
    return [_source(reader, name) for name in _with_datasets(reader)[offset : offset + limit]]


def source(reader: Reader, name: str) -> Document:
    """Return a source.

    Raises:
        UnknownError: no data set that is seen comes from it.
    """
    if name not in _with_datasets(reader):
        raise UnknownError("source")
    return _source(reader, name)


def _seen(reader: Reader) -> list[str]:
    names = census(reader.view.index).namespaces()
    if reader.mask is not None:
        jobs = job_graph(reader).seen_jobs
        index = reader.view.index
        seen = {index.jobs[j][0] for j in (jobs.tolist() if jobs is not None else []) if j}
        names = sorted({*_with_datasets(reader), *seen})
    if reader.is_past:
        names = [name for name in names if _was_there(reader, name)]
    return names


def _with_datasets(reader: Reader) -> list[str]:
    if reader.mask is None:
        return sorted(census(reader.view.index).datasets.spans)
    index = reader.view.index
    return sorted({index.datasets[i][0] for i in reader.mask.nonzero()[0].tolist() if i})


def _document(reader: Reader, name: str) -> Document:
    first, last = _times(reader, name)
    return {
        "name": name,
        "createdAt": stamps.iso(first),
        "updatedAt": stamps.iso(last),
        "ownerName": "",
        "description": None,
        "isHidden": False,
    }


def _source(reader: Reader, name: str) -> Document:
    first, last = _times(reader, name)
    scheme, separator, _ = name.partition("://")
    return {
        "type": scheme.upper() if separator else "UNKNOWN",
        "name": name,
        "createdAt": stamps.iso(first),
        "updatedAt": stamps.iso(last),
        "connectionUrl": _SECRET.sub("", name),
        "description": None,
    }


def _was_there(reader: Reader, name: str) -> bool:
    first, _ = _times(reader, name)
    return first is None or first <= reader.at_us


def _times(reader: Reader, name: str) -> tuple[int | None, int | None]:
    """Return the times of the events that named the first and the last thing known of a namespace; None without."""
    found = census(reader.view.index)
    known, known_jobs = reader.known, job_graph(reader).known_jobs
    if known is None or known_jobs is None:
        spans = found.datasets.spans.get(name, []), found.jobs.spans.get(name, [])
        datasets, jobs = spans[0][:2], spans[1][:2]
    else:
        index = reader.view.index
        datasets = [i for i in known.nonzero()[0].tolist() if index.datasets[i][0] == name]
        jobs = [j for j in known_jobs.tolist() if index.jobs[j][0] == name]
    sequences = [*_ends(Dataset, datasets), *_ends(Job, jobs)]
    if not sequences:
        return None, None
    times = Event.objects.filter(seq__in=[min(sequences), max(sequences)])
    told = list(times.values_list("event_us", flat=True))
    return min(told), max(told)


def _ends(model: type[Any], ids: list[int]) -> list[int]:
    """Return the sequences that named the first and the last of these; ids are given in the order of the log."""
    return list(model.objects.filter(id__in=ids[:1] + ids[-1:]).values_list("first_seq", flat=True)) if ids else []
