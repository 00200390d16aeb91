"""The content of an accepted event.

Lives here: body → JSON document, as the graph reads it.
Add here: what a producer's event needs before it is read.
Stays out: whether a body may be accepted (``lineage.events.specification``).
"""

from __future__ import annotations

import json
from typing import Any

import orjson

from lineage.events.explicit import spread


def read_content(body: bytes) -> dict[str, Any] | None:
    """Return the document of a body; None if the body was pruned.

    orjson reads several times as fast, but not every document that JSON allows (lone surrogates).
    """
    if not body:
        return None
    try:
        return prepared(orjson.loads(body))
    except orjson.JSONDecodeError:
        return prepared(json.loads(body))


def prepared(document: dict[str, Any]) -> dict[str, Any]:
    """Return an event as the graph reads it: explicit lineage stands at the outputs it speaks of."""
    return spread(document)
