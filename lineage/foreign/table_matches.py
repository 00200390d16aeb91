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


def match(statement: Statement, event: dict[str, Any], output: dict[str, Any], names: Names) -> Matches:
    """Return what the tables of a statement are; a table that cannot be told is in none of the three."""
    found = Matches()
    inputs = {(each["namespace"], each["name"]): each for each in event.get("inputs", ())}
    itself = (output["namespace"], output["name"])
    spelled = {identity: _spellings(identity, names) for identity in [*inputs, itself]}
    for written in sorted(set(statement.tables.values())):
        identity = _same(written, spelled) or _beside(written, itself, names)
        if identity is None:
            continue
        found.datasets[written] = identity
        if identity in inputs:
            columns = schema_fields(all_facets(inputs[identity]))
            if columns:
                found.schemas[written] = [name for name, _, _ in columns]
        elif identity != itself and identity not in found.added:
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


def _beside(written: str, itself: Identity, names: Names) -> Identity | None:
    """Return the table beside the output, if it is named as fully as the output is."""
    sent = next((before for before, kept in names.kept.items() if kept == itself), itself)
    if "." not in written or written.count(".") != sent[1].count("."):
        return None
    return names.of_column(sent[0], written)
