"""Which data set each table of a statement is.

Lives here: matching a table's written name with the inputs and the output of the same event.
Add here: another way in which producers and statements spell one table.
Stays out: canonical names (``lineage.foreign.identity``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from lineage.events.facet_reading import all_facets, schema_fields
from lineage.foreign.identity import Identity, Names
from lineage.foreign.statement import Statement


@dataclass
class Matches:
    """Table as written → data set; which of them the event did not name; what columns are known."""

    datasets: dict[str, Identity] = field(default_factory=dict)
    added: list[Identity] = field(default_factory=list)
    schemas: dict[str, list[str]] = field(default_factory=dict)


def match(
    statement: Statement, event: dict[str, Any], output: dict[str, Any], names: Names, sources: set[Identity]
) -> Matches:
    """Return what the tables of a statement are; a table that cannot be told is in none of the three.

    ``sources``: data sets that the output's column lineage names, whether or not they are inputs of this event.
    """
    found = Matches()
    inputs = {(each["namespace"], each["name"]): each for each in event.get("inputs", ())}
    itself = (output["namespace"], output["name"])
    spelled = {identity: _spellings(identity, names) for identity in [*inputs, itself, *sources]}
    for written in sorted(set(statement.tables.values())):
        identity = _same(written, spelled) or _beside(written, statement.target, itself, names)
        if identity is None:
            continue
        found.datasets[written] = identity
        if identity in inputs:
            columns = schema_fields(all_facets(inputs[identity]))
            if columns:
                found.schemas[written] = [name for name, _, _ in columns]
        elif identity not in (itself, *found.added):
            found.added.append(identity)
    return found


def _spellings(identity: Identity, names: Names) -> set[str]:
    sent = {before[1] for before, kept in names.kept.items() if kept == identity}
    return {name.replace('"', "").lower() for name in sent | {identity[1]}}


def _same(written: str, spelled: dict[Identity, set[str]]) -> Identity | None:
    exact = [identity for identity, names in spelled.items() if written in names]
    near = [identity for identity, names in spelled.items() if any(_ends(written, name) for name in names)]
    found = exact or near
    return found[0] if len(found) == 1 else None


def _ends(written: str, name: str) -> bool:
    """Return whether one of the names is the other with more in front."""
    return name.endswith(f".{written}") or ("." in name and written.endswith(f".{name}"))


def _beside(written: str, target: str, itself: Identity, names: Names) -> Identity | None:
    """Return the table beside the output, if it is named as fully as the output is, here or in the statement."""
    sent = next((before for before, kept in names.kept.items() if kept == itself), itself)
    before = sent[1].lower().removesuffix(f".{target}") if target else ""
    is_told = bool(target) and before != sent[1].lower() and written.count(".") == target.count(".")
    full = f"{sent[1][: len(before)]}.{written}" if is_told else written
    if "." not in full or full.count(".") != sent[1].count("."):
        return None
    return names.of_column(sent[0], full)
