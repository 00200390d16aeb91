"""Reading facets of accepted events, whoever produced them.

Lives here: the parts of standard facets the graph uses, as plain records. The specification does not
validate a facet's inside, so every reader takes what has the right shape and leaves the rest.
Add here: another facet the projection uses.
Stays out: tables (``lineage.projection``), building facets (``lineage.events.facets``).
"""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import UUID

from lineage.models import WHOLE

GROUPS = ("facets", "inputFacets", "outputFacets")  # of a data set
Way = tuple[str, str, bool | None, str]
_OF_WAY = ("type", "subtype", "masking", "description")
_MOST_WAYS = 10_000
_WAYS: dict[Any, Way] = {}
_made = tuple.__new__  # a named tuple's own way of being made takes most of the time
SchemaField = tuple[str, str, str]  # name, type, description


class FieldEdge(NamedTuple):
    """One column dependency as a columnLineage facet states it."""

    column: str
    namespace: str
    name: str
    field: str
    type: str
    subtype: str
    masking: bool | None
    description: str


def mapping(value: Any) -> dict[str, Any]:
    """Return a JSON object, or an empty one."""
    return value if isinstance(value, dict) else {}


def sequence(value: Any) -> list[Any]:
    """Return a JSON array, or an empty one."""
    return value if isinstance(value, list) else []


def text(value: Any) -> str:
    """Return a JSON string, or an empty one."""
    return value if isinstance(value, str) else ""


def count(value: Any) -> int | None:
    """Return a JSON number as a 63-bit count, or None."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63:
        return value
    return None


def uuid(value: Any) -> UUID | None:
    """Return a JSON string as a UUID, or None."""
    try:
        return UUID(text(value))
    except ValueError:
        return None


def all_facets(dataset: dict[str, Any]) -> dict[str, Any]:
    """Return a data set's facets of all three groups by name."""
    return {name: facet for group in GROUPS for name, facet in mapping(dataset.get(group)).items()}


def schema_fields(facets: dict[str, Any]) -> list[SchemaField] | None:
    """Return the columns a schema facet states, or None without one."""
    if "schema" not in facets:
        return None
    fields = [mapping(f) for f in sequence(mapping(facets["schema"]).get("fields"))]
    named = {text(f.get("name")): f for f in fields if text(f.get("name"))}
    return [(name, text(f.get("type")), text(f.get("description"))) for name, f in named.items()]


def version(facets: dict[str, Any]) -> str:
    """Return the data set version, or an empty string."""
    return text(mapping(facets.get("version")).get("datasetVersion"))


def rows(facets: dict[str, Any]) -> int | None:
    """Return the row count, or None."""
    written = count(mapping(facets.get("outputStatistics")).get("rowCount"))
    return count(mapping(facets.get("dataQualityMetrics")).get("rowCount")) if written is None else written


def title(facets: dict[str, Any]) -> str:
    """Return the first line of the documentation, or an empty string."""
    return text(mapping(facets.get("documentation")).get("description")).partition("\n")[0].strip()[:200]


def field_edges(facets: dict[str, Any]) -> list[FieldEdge] | None:
    """Return what a columnLineage facet states, in its order, or None without one."""
    if "columnLineage" not in facets:
        return None
    facet = mapping(facets["columnLineage"])
    edges: list[FieldEdge] = []
    for column, field in mapping(facet.get("fields")).items():
        old = text(mapping(field).get("transformationType"))
        for source in sequence(mapping(field).get("inputFields")):
            edges += field_edge(column, mapping(source), old)
    for source in sequence(facet.get("dataset")):
        edges += field_edge(WHOLE, mapping(source))
    return edges


def job_type(job: dict[str, Any]) -> str:
    """Return what kind of step a job says it is, or an empty string."""
    return text(mapping(mapping(job.get("facets")).get("jobType")).get("jobType"))


def lifecycle(facets: dict[str, Any]) -> tuple[str | None, tuple[str, str] | None]:
    """Return DROP, RENAME or "", and for RENAME the (namespace, name) before; None without a lifecycleStateChange.

    A change without an interval that ends (CREATE, ALTER, OVERWRITE, TRUNCATE) is "": the data set is there.
    """
    if "lifecycleStateChange" not in facets:
        return None, None
    facet = mapping(facets.get("lifecycleStateChange"))
    change = text(facet.get("lifecycleStateChange")).upper()
    before = mapping(facet.get("previousIdentifier"))
    previous = (text(before.get("namespace")), text(before.get("name")))
    if change == "RENAME" and all(previous):
        return change, previous
    return ("DROP" if change == "DROP" else ""), None


def field_edge(column: str, source: dict[str, Any], old: str = "") -> list[FieldEdge]:
    """Return one edge for each way in which a source column feeds a column; ``old``: a transformationType."""
    namespace, name, field = source.get("namespace"), source.get("name"), source.get("field")
    if not (isinstance(namespace, str) and isinstance(name, str) and isinstance(field, str)):
        return []
    if not (namespace and name and field):
        return []
    stated = source.get("transformations")
    if not stated or not isinstance(stated, list):
        stated = [_old_transformation(column, old)]
    place = (column, namespace, name, field)
    return [_made(FieldEdge, place + _way(each)) for each in stated]


def _way(stated: Any) -> Way:
    """Return type, subtype, masking and description of one transformation; there are few different ones."""
    if not isinstance(stated, dict):
        return "DIRECT", "", None, ""
    kind, subtype, masking, said = (stated.get(each) for each in _OF_WAY)
    try:
        return _WAYS[kind, subtype, masking is True, masking is False, said]
    except (KeyError, TypeError):
        is_indirect = isinstance(kind, str) and kind.upper() == "INDIRECT"
        way = (
            "INDIRECT" if is_indirect else "DIRECT",
            text(subtype),
            masking if isinstance(masking, bool) else None,
            text(said),
        )
    if len(_WAYS) < _MOST_WAYS and all(isinstance(each, str | None) for each in (kind, subtype, said)):
        _WAYS[kind, subtype, masking is True, masking is False, said] = way
    return way


def _old_transformation(column: str, old: str) -> dict[str, Any]:
    known = {"IDENTITY": ("IDENTITY", False), "MASKED": ("TRANSFORMATION", True)}
    subtype, masking = known.get(old.upper(), ("", None))
    return {"type": "INDIRECT" if column == WHOLE else "DIRECT", "subtype": subtype, "masking": masking}
