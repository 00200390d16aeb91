"""Folding: many data sets of a picture drawn as one, by provider, zone, layer, run or job.

Lives here: ``Group``, which data sets stand together under which title.
Add here: another reason to fold, in ``FOLDS`` and ``_keys``.
Stays out: which data sets there are (``lineage.graph.surroundings``), the picture (``lineage.graph.picture``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from lineage.graph.places import Places
from lineage.graph.statements import latest
from lineage.graph.view import View
from lineage.models import Job, Run

FOLDS = {"provider": "按提供部门", "zone": "按区域", "layer": "按层级", "run": "按运行", "job": "按作业"}
_AT_ONCE = 500


@dataclass(frozen=True)
class Group:
    """Data sets drawn as one node; ``id`` is the node's."""

    id: str
    title: str
    members: tuple[int, ...]


def groups(
    graph: View, distances: dict[int, int], fold: str, opened: Iterable[str], places: Places
) -> list[Group]:  # fmt: skip
    """Return the groups of two or more; the start (distance 0) and what a reader opened stand alone."""
    members: dict[str, list[int]] = defaultdict(list)
    titles: dict[str, str] = {}
    key_of = _keys(graph, distances, fold, places)
    for node in sorted(distances):
        key, title = key_of(node) if distances[node] else ("", "")
        if key:
            members[f"fold:{fold}:{key}"].append(node)
            titles[f"fold:{fold}:{key}"] = title
    closed = {k: v for k, v in members.items() if len(v) > 1 and k not in set(opened)}
    return [Group(key, titles[key], tuple(found)) for key, found in sorted(closed.items())]


Key = Callable[[int], tuple[str, str]]


def _keys(graph: View, distances: dict[int, int], fold: str, places: Places) -> Key:
    if fold in ("run", "job"):
        made = _made_by(graph, distances, fold)
        return lambda node: made.get(node, ("", ""))
    place = {node: places(graph.namespace(node), graph.name(node)) for node in distances}
    if fold == "provider":
        return lambda node: (place[node].provider, place[node].provider_title)
    if fold == "zone":
        return lambda node: (place[node].zone_title, place[node].zone_title)
    return lambda node: (
        f"{distances[node]}|{place[node].provider}",
        _layer(distances[node], place[node].provider_title),
    )


def _layer(distance: int, provider: str) -> str:
    return f"{provider}·{'上游' if distance < 0 else '下游'}第 {abs(distance)} 层"


def _made_by(graph: View, nodes: Iterable[int], fold: str) -> dict[int, tuple[str, str]]:
    """Return data set → key and title of the job, or of the run of the pipeline, that made it last."""
    stated = latest(graph, nodes)
    if fold == "job":
        names = _jobs({s.job_id for s in stated.values() if s.job_id is not None})
        return {n: (str(s.job_id), names[s.job_id]) for n, s in stated.items() if s.job_id in names}
    runs = _runs({s.run_id for s in stated.values() if s.run_id is not None})
    return {n: runs[s.run_id] for n, s in stated.items() if s.run_id in runs}


def _jobs(ids: set[int]) -> dict[int, str]:
    return {pk: f"作业 {name}" for chunk in _chunks(ids) for pk, name in _of(Job, chunk, "name")}


def _runs(ids: set[int]) -> dict[int, tuple[str, str]]:
    found = {}
    for chunk in _chunks(ids):
        for pk, own, parent in _of(Run, chunk, "run_id", "parent_run_id"):
            run = str(parent or own)
            found[pk] = (run, f"运行 {run[:8]}")
    return found


def _of(model: type[Job] | type[Run], ids: list[int], *fields: str) -> Iterable[tuple]:
    return model.objects.filter(pk__in=ids).values_list("pk", *fields)


def _chunks(ids: set[int]) -> list[list[int]]:
    known = sorted(ids)
    return [known[i : i + _AT_ONCE] for i in range(0, len(known), _AT_ONCE)]
