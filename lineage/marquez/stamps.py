"""Times and version identifiers as Marquez writes them.

Lives here: microseconds → ISO 8601, statements ↔ UUIDs, names → UUIDs.
Stays out: which time or version a document carries (the modules of the documents).

Marquez calls every written version by a UUID. Ours is made of the ids of the data set and of its statement (UUID
version 8, RFC 9562 §5.8), so it is the same after a rebuild and leads back to its statement without a search.
"""

from __future__ import annotations

import json
from uuid import UUID, uuid5

from lineage.models import moment

_NAMES = UUID("6f5b2c1e-8d0a-5a53-9b7e-2f4c0c9d7a11")  # our own namespace of name-based UUIDs
_LOW, _HIGH = (1 << 62) - 1, (1 << 48) - 1


def iso(micros: int | None) -> str | None:
    """Return microseconds since 1970 as ``2026-09-24T01:30:00.000000Z``, None for None."""
    return None if micros is None else moment(micros).isoformat(timespec="microseconds").replace("+00:00", "Z")


def version_id(dataset: int, statement: int) -> str:
    """Return the UUID of one written version; statement 0: nothing was ever written of it."""
    return str(UUID(int=(dataset & _HIGH) << 80 | 8 << 76 | 2 << 62 | statement & _LOW))


def statement_of(version: str) -> tuple[int, int] | None:
    """Return data set and statement of a ``version_id``, or None if the text is not one."""
    try:
        number = UUID(version).int
    except ValueError:
        return None
    found = number >> 80, number & _LOW
    return found if str(UUID(int=number)) == version_id(*found) else None


def name_id(*parts: object) -> str:
    """Return the UUID that stands for these names, always the same."""
    return str(uuid5(_NAMES, json.dumps(parts, ensure_ascii=False)))
