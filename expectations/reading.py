"""Which tables a condition reads.

Lives here: their names, from the parse tree (DuckDB's dialect), so that commas, quotes and spaces do not hide one.
Add here: nothing that judges: a text that does not parse is a rule error when it is bound (``workbench``).
Stays out: opening the tables (``workbench``).
"""

from __future__ import annotations

import re
from functools import cache

_BY_WORDS = re.compile(r"\b(?:(current|reference)\.|(?:from|join)\s+(?=previous\b))(\w+)", re.IGNORECASE)
_DAY = re.compile(r"\b(?:get_)?current_\w+|\b(?:transaction_timestamp|now|today|age)\s*\(", re.IGNORECASE)


def asks_the_day(condition: str) -> bool:
    """Whether a condition calls one of the engine's functions of the present moment."""
    return bool(_DAY.search(condition))


@cache
def tables(condition: str) -> frozenset[tuple[str, str]]:
    """Return (schema, table) of everything a condition reads, in small letters; schema empty where none is given.

    Of a text that does not parse: what looks like a table.
    """
    import sqlglot
    from sqlglot.errors import SqlglotError
    from sqlglot.expressions import Table

    try:
        trees = sqlglot.parse(f"SELECT ({condition}\n) FROM this", read="duckdb")
    except (SqlglotError, RecursionError):
        return frozenset((schema.lower(), name.lower()) for schema, name in _BY_WORDS.findall(condition))
    named = [t for tree in trees if tree for t in tree.find_all(Table)]
    return frozenset((t.db.lower(), t.name.lower()) for t in named)
