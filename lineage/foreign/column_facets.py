"""Column lineage of foreign outputs: phantoms resolved, lost transformations filled in.

Lives here: holding an output's columnLineage facet against the event's own statement.
Add here: another way in which the facet falls short.
Stays out: reading the statement (``lineage.foreign.statement_edges``).

What a producer states completely stays as it is. Where it names a CTE or no transformation, the statement decides;
what the statement does not decide stays unknown (masking neither true nor false) and is noted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
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


@dataclass(frozen=True)
class _Answer:
    """What the statement says of one output."""

    steps: dict[Place, list[ColumnEdge]]
    added: list[Identity]
    unclear: frozenset[str]  # columns that also come from a table nobody named


def complete(event: dict[str, Any], statement: Statement | Unusable | None, names: Names) -> list[str]:
    """Correct the column lineage of an event's outputs in place (the event is a copy of the log's); return notes."""
    notes: list[str] = []
    outputs = event.get("outputs", [])
    for place, output in enumerate(outputs):
        facet = mapping(mapping(output.get("facets")).get("columnLineage"))
        if "lineage" in mapping(output.get("facets")) or _suffices(facet, statement, _named(event)):
            continue
        answer = _answer(statement, event, output, names)
        found, said = _corrected(facet, answer, statement, output, _named(event))
        outputs[place] = {**output, "facets": {**mapping(output.get("facets")), **found}}
        notes += [f"{output['name'][:120]}: {note}" for note in said]
        if isinstance(answer, _Answer):
            notes += [f"input {name[:120]} added: the statement reads it" for _, name in answer.added]
            added = [{"namespace": namespace, "name": name} for namespace, name in answer.added]
            event["inputs"] = [*event.get("inputs", []), *added]
    return notes


def _named(event: dict[str, Any]) -> set[Identity]:
    return {(each["namespace"], each["name"]) for part in ("inputs", "outputs") for each in event.get(part, ())}


def _suffices(facet: dict[str, Any], statement: Statement | Unusable | None, named: set[Identity]) -> bool:
    if not facet:
        return not isinstance(statement, Statement)
    return all(_is_told(s, old) and not _is_cte(s, statement, named) for _, s, old in _stated(facet))


def _stated(facet: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], str]]:
    for column, each in mapping(facet.get("fields")).items():
        for source in sequence(mapping(each).get("inputFields")):
            yield column, mapping(source), text(mapping(each).get("transformationType"))


def _is_told(source: dict[str, Any], old: str) -> bool:
    return bool(sequence(source.get("transformations")) or old)


def _is_cte(source: dict[str, Any], statement: Any, named: set[Identity]) -> bool:
    if not isinstance(statement, Statement) or _identity(source) in named:
        return False
    return is_phantom(text(source.get("name")), statement)


def _identity(source: dict[str, Any]) -> Identity:
    return (text(source.get("namespace")), text(source.get("name")))


def _answer(
    statement: Statement | Unusable | None, event: dict[str, Any], output: dict[str, Any], names: Names
) -> _Answer | Unusable:
    if not isinstance(statement, Statement):
        return statement or Unusable("the event has no statement")
    if len(event["outputs"]) > 1:
        return Unusable("the event has several outputs")
    facet = mapping(mapping(output.get("facets")).get("columnLineage"))
    sources = {_identity(s) for _, s, _ in _stated(facet) if not _is_cte(s, statement, _named(event))}
    matches = match(statement, event, output, names, sources)
    edges = edges_of(statement, _columns(output), matches.schemas)
    if isinstance(edges, Unusable):
        return edges
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
    facet: dict[str, Any], answer: _Answer | Unusable, statement: Any, output: dict[str, Any], named: set[Identity]
) -> tuple[dict[str, Any], list[str]]:
    """Return the corrected columnLineage facet by its name, and notes."""
    fields: dict[str, dict[str, Any]] = {c: {**mapping(f), "inputFields": []} for c, f in _fields(facet).items()}
    unknown: set[str] = set()
    ctes: set[str] = set()
    steps = answer.steps if isinstance(answer, _Answer) else {}
    unclear = answer.unclear if isinstance(answer, _Answer) else frozenset()
    for column, source, old in _stated(facet):
        if _is_cte(source, statement, named):
            ctes.add(text(source.get("name")))
            if not steps or column.lower() in unclear:
                unknown.add(column)
            continue
        place = (column.lower(), _identity(source), text(source.get("field")).lower())
        if not _is_told(source, old) and column.lower() not in unclear and place in steps:
            source = {**source, "transformations": _transformations(steps[place])}
        elif not _is_told(source, old):
            unknown.add(column)
        fields[column]["inputFields"].append(source)
    is_closed = bool(schema_fields(all_facets(output)))
    filled = _fill(fields, steps, unclear, _columns(output), is_closed)
    whole = sequence(facet.get("dataset")) or ([] if WHOLE in unclear else _sources(steps, WHOLE))
    found = {"columnLineage": {**facet, "fields": fields, "dataset": whole}} if fields or whole else {}
    return found, _notes(filled, ctes, unknown, answer)


def _fields(facet: dict[str, Any]) -> dict[str, Any]:
    return mapping(facet.get("fields"))


def _fill(
    fields: dict[str, dict[str, Any]], steps: dict[Place, list[ColumnEdge]], unclear: frozenset[str],
    columns: list[str], is_closed: bool,
) -> int:  # fmt: skip
    """Add what the statement says beyond the facet; return how many columns the statement speaks of."""
    spelled = {column.lower(): column for column in columns}
    told = {column for column, _, _ in steps} - {WHOLE} - unclear
    for column in sorted(told & set(spelled) if is_closed else told):
        name = spelled.get(column, column)
        stated = fields.setdefault(name, {"inputFields": []})["inputFields"]
        known = {(_identity(s), text(s.get("field")).lower()) for s in stated}
        stated += [
            source for source in _sources(steps, column) if (_identity(source), source["field"].lower()) not in known
        ]
    return len(told & set(spelled) if is_closed else told)


def _sources(steps: dict[Place, list[ColumnEdge]], column: str) -> list[dict[str, Any]]:
    return [
        {
            "namespace": namespace, "name": name, "field": edges[0].source_column,
            "transformations": _transformations(edges),
        }
        for (of, (namespace, name), _), edges in steps.items()
        if of == column
    ]  # fmt: skip


def _transformations(edges: list[ColumnEdge]) -> list[dict[str, Any]]:
    """Return each way once: a table that is read twice is one data set."""
    ways = dict.fromkeys((e.type, e.subtype, e.description, e.masking) for e in edges)
    return [dict(zip(("type", "subtype", "description", "masking"), way, strict=True)) for way in ways]


def _notes(filled: int, ctes: set[str], unknown: set[str], answer: _Answer | Unusable) -> list[str]:
    notes = [f"phantom {name[:120]} of its column lineage resolved: a CTE of the statement" for name in sorted(ctes)]
    if filled:
        notes.append(f"transformations of {filled} columns read from the statement")
    if isinstance(answer, _Answer) and answer.unclear - {WHOLE}:
        notes.append(f"{len(answer.unclear - {WHOLE})} columns: the statement reads a table that is none of the inputs")
    if unknown:
        why = answer.reason if isinstance(answer, Unusable) else "kept though the statement does not say so"
        notes.append(f"masking unknown of {', '.join(sorted(unknown))[:200]}: {why}")
    return notes
