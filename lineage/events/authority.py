"""What a producer's key may state: its namespaces, nothing of ours unless granted.

Lives here: the objection to an event that claims too much, and to one that would change another's run.
Add here: another claim that needs a right.
Stays out: whether an event is valid (``lineage.events.specification``), keys themselves (``lineage.events.keys``).

Checked is what an event writes, under the names the graph keeps (``lineage.foreign``): its job, its outputs, the data
set of a data set event, what one of them was called before. Inputs may be anything: a producer says what it read.
Facets named ``suyuan_…`` are Suyuan's own words (deliveries, grants, promotions), so only a key with a right to a
``suyuan://`` namespace states them. Objections name places, never values.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from lineage.events.facet_reading import all_facets, lifecycle
from lineage.events.specification import OWN_FACETS, facets_of
from lineage.log.appending import Entry
from lineage.models import Event, ProducerKey, Run
from scheme.names import is_own_namespace

_BOUNDARIES = "/:.?#"


def objection(key: ProducerKey, entry: Entry, event: dict[str, Any]) -> str:
    """Return why a key may not state a valid event that was heard（``lineage.events.content``）, or nothing."""
    for place, namespace in _written(entry.kind, event, entry.content):
        if not may_write(key, namespace):
            return f"{place}: this key may not write to this namespace"
    if b'"suyuan_' not in entry.body and b"\\u" not in entry.body:  # the usual event needs no walk
        return ""
    if may_write_own(key):
        return ""
    for place, name, _ in facets_of(event):
        if name.startswith(OWN_FACETS):
            return f"{place}: this key may not state this facet"
    return ""


def may_write(key: ProducerKey, namespace: str) -> bool:
    """Whether a key may write to a namespace: one of its prefixes covers it, or it has none and it is not ours."""
    own = is_own_namespace(namespace)
    if not key.namespaces:
        return not own
    return any(_covers(p, namespace) for p in key.namespaces if not own or is_own_namespace(p))


def may_write_own(key: ProducerKey) -> bool:
    """Whether a key has a right to any namespace of ours."""
    return any(is_own_namespace(p) for p in key.namespaces)


def jobs_of_runs(run_ids: Sequence[str]) -> dict[str, str]:
    """Return the namespace of the job of each known run, by run id."""
    if not run_ids:
        return {}
    found = Run.objects.filter(run_id__in=run_ids).values_list("run_id", "job__namespace")
    return {str(run_id): namespace for run_id, namespace in found}


def _covers(prefix: str, namespace: str) -> bool:
    """``postgres://a`` covers ``postgres://a/b``, not ``postgres://ab``."""
    if not namespace.startswith(prefix):
        return False
    return len(namespace) == len(prefix) or prefix[-1] in _BOUNDARIES or namespace[len(prefix)] in _BOUNDARIES


def _written(kind: str, event: dict[str, Any], heard: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield (place, namespace) of all an event says something of: also outputs that only a facet of the job names, and
    the data set that a rename ends."""
    if kind == Event.Kind.DATASET:
        yield from _stated("dataset", heard["dataset"])
        return
    yield "job", heard["job"]["namespace"]
    named = len(event.get("outputs") or ())
    for place, output in enumerate(heard.get("outputs") or ()):
        yield from _stated(f"outputs/{place}" if place < named else "job/facets/lineage", output)


def _stated(place: str, dataset: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield place, dataset["namespace"]
    _, previous = lifecycle(all_facets(dataset))
    if previous is not None:
        yield f"{place}/facets/lifecycleStateChange", previous[0]
