"""Times and version identifiers as Marquez writes them.

Lives here: microseconds → ISO 8601, versions ↔ UUIDs, names → UUIDs.
Add here: another identifier that must stay the same when the graph is made anew.
Stays out: which time or version a document carries (the modules of the documents).

Marquez calls every written version by a UUID. Ours is made of the name of the data set and the sequence of the event
that stated it (UUID version 8, RFC 9562 §5.8): it stays the same when the graph is made anew or old events are pruned,
and leads back to its statement.
"""

from __future__ import annotations

import hashlib
import json
from uuid import UUID, uuid5

from lineage.models import moment

_NAMES = UUID("6f5b2c1e-8d0a-5a53-9b7e-2f4c0c9d7a11")  # our own namespace of name-based UUIDs
_LOW = (1 << 62) - 1


def iso(micros: int | None) -> str | None:
    """Return microseconds since 1970 as ``2026-09-24T01:30:00.000000Z``, None for None."""
    return None if micros is None else moment(micros).isoformat(timespec="microseconds").replace("+00:00", "Z")


def version_id(namespace: str, name: str, seq: int) -> str:
    """Return the UUID of the version an event stated; sequence 0: nothing was ever written of the data set."""
    named = int.from_bytes(hashlib.sha256(f"{namespace}\0{name}".encode()).digest()[:6])
    return str(UUID(int=named << 80 | 8 << 76 | 2 << 62 | seq & _LOW))


def sequence_of(version: str, namespace: str, name: str) -> int | None:
    """Return the sequence in a ``version_id`` of this data set, or None if the text is not one."""
    try:
        seq = UUID(version).int & _LOW
    except ValueError:
        return None
    return seq if str(UUID(version)) == version_id(namespace, name, seq) else None


def name_id(*parts: object) -> str:
    """Return the UUID that stands for these names, always the same."""
    return str(uuid5(_NAMES, json.dumps(parts, ensure_ascii=False)))
