"""The content of an accepted event.

Lives here: body → JSON document, as the graph reads it: corrected, if the producer is not Suyuan.
Add here: what a producer's event needs before it is read.
Stays out: whether a body may be accepted (``lineage.events.specification``).
"""

from __future__ import annotations

import json
from typing import Any

import orjson

from lineage.foreign import correct


def read_content(body: bytes) -> dict[str, Any] | None:
    """Return the corrected document of a body; None if the body was pruned.

    orjson reads several times as fast, but not every document that JSON allows (lone surrogates).
    """
    if not body:
        return None
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        document = json.loads(body)
    return correct(document).event
