"""The order of corrections of one event.

Lives here: ``correct``: names first, then the data sets that are none, then column lineage.
Add here: a step. Each depends on the event, its home and the district alone, so a rebuilt graph is the same.
Stays out: how each is done (``identity``, ``phantoms``, ``column_facets``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from lineage.foreign.column_facets import complete
from lineage.foreign.identity import Names, refers
from lineage.foreign.own_files import OwnFiles, current_home
from lineage.foreign.phantoms import removed
from lineage.foreign.statement import Statement, Unusable, statement_of
from scheme.names import lineage_namespace

OWN = lineage_namespace("")
_MARKS = (b"duckdb", b'"sql"', b'"symlinks"', b"\\u")  # the last: a letter may be written so


@dataclass(frozen=True)
class Corrected:
    """An event as the graph takes it, and what was corrected or could not be decided; never a value of data.

    ``home``: the home that its names were held against; empty: it names no DuckDB file.
    """

    event: dict[str, Any]
    notes: list[str] = field(default_factory=list)
    home: str = ""


def may_need(body: bytes) -> bool:
    """Whether ``correct`` could change the event of this body: it names a DuckDB file, a symlink or a statement.

    Nearly every event of most producers needs nothing, and looking at its text costs a tenth of looking at its parts.
    """
    text = body.lower()
    return not text or any(mark in text for mark in _MARKS)


def correct(event: dict[str, Any], home: Callable[[], str] = current_home) -> Corrected:
    """Return a valid event with canonical data set names, without phantoms, its column lineage filled in.

    An event that names only data sets of our own namespace is returned as it is, not copied; no event is changed
    in place. ``home`` tells under which home a DuckDB file is ours. A producer's key must be held against the names
    that come out, for these are what it writes to.
    """
    named = list(_datasets(event))
    if all(each["namespace"].startswith(OWN) for each in named) and not refers(event):
        return Corrected(event)
    names, notes = Names.of(named, OwnFiles(home)), []
    changed = names.apply(event)
    if names.mapped:
        notes.append(f"{names.mapped} data set names of this installation's DuckDB files replaced by our own")
    statement = statement_of(event)
    if isinstance(statement, Statement):
        changed["inputs"], found = removed(changed.get("inputs", []), statement)
        notes += found
    elif statement is not None:
        notes += _undecided(named, statement)
    notes += complete(changed, statement, names)
    return Corrected(changed, notes, names.files.asked or "")


def _undecided(named: list[dict[str, Any]], problem: Unusable) -> list[str]:
    bare = sorted({each["name"] for each in named if "." not in each["name"] and "/" not in each["name"]})
    return [f"{name[:120]}: kept, may be a CTE: {problem.reason}" for name in bare]


def _datasets(event: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from event.get("inputs", ())
    yield from event.get("outputs", ())
    if "dataset" in event:
        yield event["dataset"]
