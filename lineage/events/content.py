"""The content of an accepted event.

Lives here: body → JSON document, as the graph reads it.
Add here: what a producer's event needs before it is read.
Stays out: whether a body may be accepted (``lineage.events.specification``).
"""

from __future__ import annotations

import json
from typing import Any


def read_content(body: bytes) -> dict[str, Any] | None:
    """Return the document of a body; None if the body was pruned."""
    return json.loads(body) if body else None
