"""What one event, or the events of one run, say of data sets and columns, read with Python alone.

Lives here: from the JSON of events to names, references, column dependencies. It goes into each evidence package as a
part of verify.py, so it imports nothing but the standard library.
Add here: another facet that an answer rests on.
Stays out: holding an answer against it (``lineage.evidence.statements``), reading events for the graph
(``lineage.events``): this is a second reading on purpose, it shares no code with the first.
"""

from __future__ import annotations

WHOLE = "*"


class Told:
    """What the events of one run, or one other event, say. Names are (namespace, name)."""

    def __init__(self) -> None:
        self.inputs, self.facets, self.refers, self.ways, self.former = set(), {}, {}, {}, {}
        self.sql = ""

    def add(self, event: dict) -> None:
        """Take in an event."""
        job = facets_of(event.get("job"))
        self.sql += _text(as_dict(job.get("sql")).get("query")).lower()
        for named in event.get("inputs") or ():
            self.inputs.add(name_of(named))
            self.facets.setdefault(name_of(named), []).append(facets_of(named))
        entries = [e for e in _list(as_dict(job.get("lineage")).get("entries")) if name_of(as_dict(e))]
        stated = [*(event.get("outputs") or ()), *([event["dataset"]] if "dataset" in event else ())]
        for named, facets in [*((n, facets_of(n)) for n in stated), *((e, {"lineage": e}) for e in entries)]:
            self._output(name_of(named), facets)

    def _output(self, name: tuple, facets: dict) -> None:
        self.facets.setdefault(name, []).append(facets)
        self.refers.setdefault(name, set()).update(_references(facets))
        before = name_of(as_dict(as_dict(facets.get("lifecycleStateChange")).get("previousIdentifier")))
        if before:
            self.former.setdefault(name, set()).add(before)
        for column, source, old in _fields(facets):
            ways = self.ways.setdefault((name, column, name_of(source), source.get("field")), set())
            ways.update(_ways(column, source, old))

    def named(self) -> set:
        """Return every data set named."""
        return self.inputs.union(self.facets, *self.refers.values())


def references(event: dict) -> set:
    """Return every (namespace, name) of data sets in an event, as it spells them."""
    told = Told()
    told.add(event)
    return told.named()


def _fields(facets: dict) -> list:
    """Return (column, source, transformationType) of both facets that tell of columns."""
    lineage, explicit = as_dict(facets.get("columnLineage")), as_dict(facets.get("lineage"))
    found = [(WHOLE, as_dict(s), "") for s in [*_list(lineage.get("dataset")), *_list(explicit.get("inputs"))]]
    for place, key in ((lineage, "inputFields"), (explicit, "inputs")):
        for column, field in as_dict(place.get("fields")).items():
            old = _text(as_dict(field).get("transformationType")) if place is lineage else ""
            found += [(column, as_dict(s), old) for s in _list(as_dict(field).get(key))]
    return [f for f in found if name_of(f[1])]


def _ways(column: str, source: dict, old: str) -> set:
    """Return (type, subtype, masking) of each way; None: among them one that the event does not tell."""
    kind = "INDIRECT" if column == WHOLE else "DIRECT"
    told = {_way(as_dict(t)) for t in _list(source.get("transformations"))}
    known = {"IDENTITY": (kind, "IDENTITY", False), "MASKED": (kind, "TRANSFORMATION", True)}
    return told or ({known.get(old.upper(), (kind, "", None))} if old else {None, (kind, "", None)})


def _way(stated: dict) -> tuple:
    masking = stated.get("masking")
    kind = "INDIRECT" if _text(stated.get("type")).upper() == "INDIRECT" else "DIRECT"
    return kind, _text(stated.get("subtype")), masking if isinstance(masking, bool) else None


def _references(node: object) -> set:
    """Return every (namespace, name) within a facet."""
    found, rest = set(), [node]
    while rest:
        here = rest.pop()
        if isinstance(here, dict) and name_of(here):
            found.add(name_of(here))
        rest += here.values() if isinstance(here, dict) else here if isinstance(here, list) else ()
    return found


def facets_of(place: object) -> dict:
    """Return the facets of all three groups by name."""
    groups = [as_dict(as_dict(place).get(group)) for group in ("facets", "inputFacets", "outputFacets")]
    return {name: facet for group in groups for name, facet in group.items()}


def name_of(place: dict) -> tuple:
    """Return (namespace, name), or an empty tuple where both are not told."""
    name = (place.get("namespace"), place.get("name"))
    return name if all(isinstance(part, str) and part for part in name) else ()


def as_dict(value: object) -> dict:
    """Return a JSON object, or an empty one."""
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list:
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
