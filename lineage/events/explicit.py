"""Explicit lineage（the lineage facet 1-0-0）: an event that says itself which input feeds which output.

Lives here: the facet on a data set or job → sources and column edges of each output.
Add here: another kind of entry of the facet that says what feeds what.
Stays out: the columnLineage facet (``lineage.events.facet_reading``), what an output is otherwise made of
(``lineage.projection.projector``).

Without it every input of a run feeds every output. Entries between jobs are kept in the log and not drawn.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from lineage.events.facet_reading import FieldEdge, field_edge, mapping, sequence, text
from lineage.models import WHOLE

FACET = "lineage"


class Explicit(NamedTuple):
    """Sources of one output by (namespace, name), and its column edges."""

    sources: list[tuple[str, str]]
    edges: list[FieldEdge]


def spread(content: dict[str, Any]) -> dict[str, Any]:
    """Return an event with the entries of its job's facet moved to the outputs they speak of, others made outputs."""
    entries = [mapping(e) for e in sequence(mapping(mapping(_facets(content.get("job"))).get(FACET)).get("entries"))]
    entries = [e for e in entries if e.get("type") == "DATASET" and text(e.get("namespace")) and text(e.get("name"))]
    if not entries:
        return content
    outputs = {(o["namespace"], o["name"]): o for o in content.get("outputs") or []}
    for entry in entries:
        name = (entry["namespace"], entry["name"])
        known = outputs.get(name) or {"namespace": name[0], "name": name[1]}
        stated = _facets(known)
        if FACET not in stated:
            outputs[name] = {**known, "facets": {**stated, FACET: entry}}
    return {**content, "outputs": list(outputs.values())}


def explicit(facets: dict[str, Any]) -> Explicit | None:
    """Return what the lineage facet of a data set says, or None without one; no sources is a statement too."""
    if FACET not in facets:
        return None
    facet = mapping(facets[FACET])
    sources: dict[tuple[str, str], None] = {}
    edges: list[FieldEdge] = []
    for source in _datasets(facet.get("inputs")):
        sources[source["namespace"], source["name"]] = None
        edges += field_edge(WHOLE, source)
    for column, entry in mapping(facet.get("fields")).items():
        for source in _datasets(mapping(entry).get("inputs")):
            sources[source["namespace"], source["name"]] = None
            edges += field_edge(column, source)
    return Explicit(list(sources), edges)


def _datasets(inputs: Any) -> list[dict[str, Any]]:
    found = [mapping(i) for i in sequence(inputs)]
    return [i for i in found if i.get("type") == "DATASET" and text(i.get("namespace")) and text(i.get("name"))]


def _facets(place: Any) -> dict[str, Any]:
    return mapping(mapping(place).get("facets"))
