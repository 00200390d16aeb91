"""Inputs that are no data sets.

Lives here: an input that a producer's parser took from a CTE of the statement.
Add here: another kind of input that is not there.
Stays out: phantoms in column lineage (``lineage.foreign.column_facets``).
"""

from __future__ import annotations

from typing import Any

from lineage.foreign.statement import Statement

REMOVED = "phantom input {} removed: a CTE of the statement"
KEPT = "{}: kept, a CTE of the statement has the same name"


def is_phantom(name: str, statement: Statement) -> bool:
    """Return whether a bare name can only be a CTE: the statement defines it and reads no table of that name."""
    bare = name.lower()
    return bare in statement.ctes and not _ends(bare, statement)


def removed(inputs: list[dict[str, Any]], statement: Statement) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the inputs that are data sets, and notes on the others and on those that cannot be decided."""
    kept, notes = [], []
    for each in inputs:
        name = each["name"]
        if is_phantom(name, statement):
            notes.append(REMOVED.format(name[:120]))
            continue
        if name.lower().rpartition(".")[2] in statement.ctes and name.lower() not in statement.tables.values():
            notes.append(KEPT.format(name[:120]))
        kept.append(each)
    return kept, notes


def _ends(bare: str, statement: Statement) -> bool:
    return any(table.rpartition(".")[2] == bare for table in statement.tables.values())
