"""Column lineage of foreign outputs: phantoms resolved, lost transformations filled in.

Lives here: holding an output's columnLineage facet against the event's own statement.
Add here: another way in which the facet falls short.
Stays out: reading the statement (``lineage.foreign.statement_edges``).

What a producer states completely stays as it is. Where it names a CTE or no transformation, the statement decides;
what the statement does not decide stays unknown (masking neither true nor false) and is noted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lineage.events.facet_reading import all_facets, mapping, schema_fields, sequence, text
from lineage.foreign.identity import Identity, Names
from lineage.foreign.phantoms import is_phantom
from lineage.foreign.statement import Statement, Unusable
from lineage.foreign.statement_edges import edges_of
from lineage.foreign.table_matches import match
from lineage.models import WHOLE
from scheme.protocols import ColumnEdge

Place = tuple[str, Identity, str]  # output column, input data set, its column; columns in lower case
Fields = dict[str, dict[str, Any]]  # of the columnLineage facet


@dataclass(frozen=True)
class _Answer:
    """What the statement says of one output; ``reason``: why it says nothing."""

    steps: dict[Place, list[ColumnEdge]] = field(default_factory=dict)
    added: list[Identity] = field(default_factory=list)
    unclear: frozenset[str] = frozenset()  # columns that also come from a table nobody named
    reason: str = ""

    def steps_of(self, column: str) -> dict[Place, list[ColumnEdge]]:
        """Return what is known of one output column; nothing if only a part is."""
        if column in self.unclear:
            return {}
        return {place: edges for place, edges in self.steps.items() if place[0] == column}


@dataclass
class _Findings:
    """What was met in one facet."""

    filled: int = 0
    ctes: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)

    def notes(self, answer: _Answer) -> list[str]:
        """Return them as notes."""
        notes = [
            f"phantom {n[:120]} taken out of its column lineage: a CTE of the statement" for n in sorted(self.ctes)
        ]
        if self.filled:
            notes.append(f"transformations of {self.filled} columns read from the statement")
        if unclear := len(answer.unclear - {WHOLE}):
            notes.append(f"{unclear} columns: the statement reads a table that is none of the inputs")
        if self.unknown:
            why = answer.reason or "kept though the statement does not say so"
            notes.append(f"masking unknown of {', '.join(sorted(self.unknown))[:200]}: {why}")
        return notes


def complete(event: dict[str, Any], statement: Statement | Unusable | None, names: Names) -> list[str]:
    """Correct the column lineage of an event's outputs in place (the event is a copy of the log's); return notes."""
    notes: list[str] = []
    for place, output in enumerate(event.get("outputs", [])):
        facets = mapping(output.get("facets"))
        facet, phantoms = mapping(facets.get("columnLineage")), _ctes(facets, statement, event)
        if "lineage" in facets or _suffices(facet, statement, phantoms):
            continue
        answer, findings = _answer(statement, event, output, names, phantoms), _Findings(ctes=phantoms)
        found = _corrected(facet, answer, output, findings)
        if found["fields"] or found["dataset"]:
            event["outputs"] = list(event["outputs"])
            event["outputs"][place] = {**output, "facets": {**facets, "columnLineage": found}}
        notes += [f"{output['name'][:120]}: {note}" for note in findings.notes(answer)]
        notes += [f"input {name[:120]} added: the statement reads it" for _, name in answer.added]
        event["inputs"] = [*event.get("inputs", []), *({"namespace": n, "name": a} for n, a in answer.added)]
    return notes


def _ctes(facets: dict[str, Any], statement: Statement | Unusable | None, event: dict[str, Any]) -> set[str]:
    """Return the names that a columnLineage facet takes from CTEs of the statement."""
    if not isinstance(statement, Statement):
        return set()
    named = {(each["namespace"], each["name"]) for part in ("inputs", "outputs") for each in event.get(part, ())}
    sources = {_identity(source) for _, source, _ in _stated(mapping(facets.get("columnLineage")))}
    return {name for _, name in sources - named if is_phantom(name, statement)}


def _suffices(facet: dict[str, Any], statement: Statement | Unusable | None, phantoms: set[str]) -> bool:
    if not facet:
        return not isinstance(statement, Statement)
    return not phantoms and all(_is_told(source, old) for _, source, old in _stated(facet))


def _stated(facet: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], str]]:
    for column, each in mapping(facet.get("fields")).items():
        for source in sequence(mapping(each).get("inputFields")):
            yield column, mapping(source), text(mapping(each).get("transformationType"))


def _is_told(source: dict[str, Any], old: str) -> bool:
    return bool(sequence(source.get("transformations")) or old)


def _identity(source: dict[str, Any]) -> Identity:
    return (text(source.get("namespace")), text(source.get("name")))


def _answer(
    statement: Statement | Unusable | None, event: dict[str, Any], output: dict[str, Any], names: Names,
    phantoms: set[str],
) -> _Answer:  # fmt: skip
    if not isinstance(statement, Statement):
        return _Answer(reason=statement.reason if statement else "the event has no statement")
    if len(event["outputs"]) > 1:
        return _Answer(reason="the event has several outputs")
    facet = mapping(mapping(output.get("facets")).get("columnLineage"))
    sources = {_identity(source) for _, source, _ in _stated(facet) if text(source.get("name")) not in phantoms}
    matches = match(statement, event, output, names, sources)
    edges = edges_of(statement, _columns(output), matches.schemas)
    if isinstance(edges, Unusable):
        return _Answer(reason=edges.reason)
    steps: dict[Place, list[ColumnEdge]] = {}
    for edge, table in edges:
        if table in matches.datasets:
            place = (edge.column.lower(), matches.datasets[table], edge.source_column.lower())
            steps.setdefault(place, []).append(edge)
    unclear = frozenset(edge.column.lower() for edge, table in edges if table not in matches.datasets)
    return _Answer(steps, matches.added, unclear)


def _columns(output: dict[str, Any]) -> list[str]:
    facets = all_facets(output)
    stated = list(mapping(mapping(facets.get("columnLineage")).get("fields")))
    return list(dict.fromkeys([*(name for name, _, _ in schema_fields(facets) or ()), *stated]))


def _corrected(
    facet: dict[str, Any], answer: _Answer, output: dict[str, Any], findings: _Findings
) -> dict[str, Any]:  # fmt: skip
    fields = _kept(facet, answer, findings)
    _fill(fields, answer, output, findings)
    whole = sequence(facet.get("dataset")) or _sources(answer.steps_of(WHOLE))
    return {**facet, "fields": fields, "dataset": whole}


def _kept(facet: dict[str, Any], answer: _Answer, findings: _Findings) -> Fields:
    """Return what the facet states of data sets that are some, with the transformations the statement knows."""
    fields: Fields = {c: {**mapping(f), "inputFields": []} for c, f in mapping(facet.get("fields")).items()}
    for column, source, old in _stated(facet):
        steps = answer.steps_of(column.lower())
        if text(source.get("name")) in findings.ctes:
            findings.unknown |= set() if steps else {column}
            continue
        known = steps.get((column.lower(), _identity(source), text(source.get("field")).lower()))
        if not _is_told(source, old):
            source = {**source, "transformations": _transformations(known or [])}
            findings.unknown |= set() if known else {column}
        fields[column]["inputFields"].append(source)
    return fields


def _fill(fields: Fields, answer: _Answer, output: dict[str, Any], findings: _Findings) -> None:
    """Add what the statement says beyond the facet; of columns the output has, if its schema tells them."""
    spelled = {column.lower(): column for column in _columns(output)}
    told = {column for column, _, _ in answer.steps} - {WHOLE} - answer.unclear
    if schema_fields(all_facets(output)):
        told &= set(spelled)
    findings.filled = len(told)
    for column in sorted(told):
        stated = fields.setdefault(spelled.get(column, column), {"inputFields": []})["inputFields"]
        known = {(_identity(source), text(source.get("field")).lower()) for source in stated}
        more = _sources(answer.steps_of(column))
        stated += [source for source in more if (_identity(source), source["field"].lower()) not in known]


def _sources(steps: dict[Place, list[ColumnEdge]]) -> list[dict[str, Any]]:
    return [
        {
            "namespace": namespace, "name": name, "field": edges[0].source_column,
            "transformations": _transformations(edges),
        }
        for (_, (namespace, name), _), edges in steps.items()
    ]  # fmt: skip


def _transformations(edges: list[ColumnEdge]) -> list[dict[str, Any]]:
    """Return each way once: a table that is read twice is one data set."""
    ways = dict.fromkeys((e.type, e.subtype, e.description, e.masking) for e in edges)
    return [dict(zip(("type", "subtype", "description", "masking"), way, strict=True)) for way in ways]
