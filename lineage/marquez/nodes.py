"""Node ids: ``dataset:<namespace>:<name>``, ``job:<namespace>:<name>``, ``datasetField:<namespace>:<name>:<field>``.

Lives here: writing them, and finding what one means.
Add here: another kind of node.
Stays out: percent-encoding (``portal.api.marquez``).

Namespaces, names and fields may hold colons themselves, so an id is not taken apart by a rule: of all ways to cut it
the one counts that names something known.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lineage.marquez import jobs
from lineage.marquez.reader import Reader, UnknownError

DATASET, JOB, FIELD = "dataset", "job", "datasetField"
_CUTS = 64  # colons looked at: longer ids name nothing


class NodeIdError(ValueError):
    """A text is not a node id at all."""


@dataclass(frozen=True)
class Node:
    """What a node id means: a data set, one of its columns, or a job."""

    kind: str
    id: int
    field: str = ""
    version: str = ""


def dataset_id(namespace: str, name: str) -> str:
    """Return the node id of a data set."""
    return f"{DATASET}:{namespace}:{name}"


def job_id(namespace: str, name: str) -> str:
    """Return the node id of a job."""
    return f"{JOB}:{namespace}:{name}"


def field_id(namespace: str, name: str, field: str) -> str:
    """Return the node id of a column."""
    return f"{FIELD}:{namespace}:{name}:{field}"


def find(reader: Reader, text: str) -> Node:
    """Return what a node id means; ``#<version>`` may follow.

    Raises:
        NodeIdError: it does not begin with a known kind.
        UnknownError: nothing seen has this id.
    """
    kind, _, rest = text.partition(":")
    readers = {DATASET: _dataset, JOB: _job, FIELD: _field}
    if kind not in readers or not rest:
        raise NodeIdError("nodeId must be dataset:<namespace>:<name>, job:… or datasetField:…")
    found = readers[kind](reader, rest)
    if found is None and "#" in rest:
        plain, _, version = rest.rpartition("#")
        found = readers[kind](reader, plain)
        found = found and Node(found.kind, found.id, found.field, version)
    if found is None:
        raise UnknownError("node")
    return found


def _cuts(text: str) -> Iterator[tuple[str, str]]:
    places = [i for i, letter in enumerate(text) if letter == ":"][:_CUTS]
    return ((text[:i], text[i + 1 :]) for i in places)


def _dataset(reader: Reader, text: str) -> Node | None:
    for namespace, name in _cuts(text):
        found = _seen(reader, namespace, name)
        if found is not None:
            return Node(DATASET, found)
    return None


def _field(reader: Reader, text: str) -> Node | None:
    for namespace, rest in _cuts(text):
        for name, field in _cuts(rest):
            found = _seen(reader, namespace, name)
            if found is not None and reader.view.column(found, field) is not None:
                return Node(FIELD, found, field)
    return None


def _job(reader: Reader, text: str) -> Node | None:
    for namespace, name in _cuts(text):
        try:
            return Node(JOB, jobs.find(reader, namespace, name))
        except UnknownError:
            continue
    return None


def _seen(reader: Reader, namespace: str, name: str) -> int | None:
    """Return a data set's id; None if it is unknown or hidden: nobody can tell which."""
    if (namespace, name) not in reader.view.index.ids:
        return None
    try:
        return reader.dataset(namespace, name)
    except UnknownError:
        return None
