"""The content of an accepted event.

Lives here: body → JSON document, as the graph reads it.
Add here: what a producer's event needs before it is read.
Stays out: whether a body may be accepted (``lineage.events.specification``).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson

from lineage.events.explicit import spread
from lineage.events.stored_names import hold
from lineage.foreign import Corrected, correct, may_need
from lineage.foreign.homes import home_of
from lineage.foreign.own_files import current_home
from lineage.log.appending import Entry
from lineage.models import PIPELINE
from scheme.names import is_own_namespace


def read_content(body: bytes, via: str = PIPELINE, seq: int | None = None) -> dict[str, Any] | None:
    """Return the document of a body that a producer's key ``via`` sent; None if the body was pruned.

    ``seq``: its sequence in the log, so that DuckDB files are ours that were when it came (one query, if it names
    one); without it those that are now, as for an event that is not in the log yet.
    """
    if not body:
        return None
    return _prepared(as_sent(body), body, via, current_home if seq is None else lambda: home_of(seq)).event


def as_sent(body: bytes) -> dict[str, Any]:
    """Return the document of a body, word for word.

    orjson reads several times as fast, but not every document that JSON allows (lone surrogates).
    """
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return json.loads(body)


def _prepared(document: dict[str, Any], body: bytes, via: str, home: Callable[[], str]) -> Corrected:
    """Return an event as the graph reads it: under canonical names, explicit lineage at the outputs it speaks of.

    Of our data sets, others may say that they read them; what they say of them beside that is not heard: the title
    and the columns of a data set come from who makes it.
    """
    said = spread(document)
    heard = correct(said, home) if may_need(body) else Corrected(said)
    return replace(heard, event=_named_only(heard.event)) if via else heard


def heard(entry: Entry) -> Entry:
    """Return a checked event with its content as the graph reads it.

    Raises:
        EventRefusedError: a name in it is too long to be kept; says where.
    """
    corrected = _prepared(entry.content, entry.body, entry.via, current_home)
    found = replace(entry, content=corrected.event, home=corrected.home)
    hold(found)
    return found


def _named_only(document: dict[str, Any]) -> dict[str, Any]:
    inputs = document.get("inputs")
    if not inputs or not any(is_own_namespace(i["namespace"]) for i in inputs):
        return document
    bare = [{k: i[k] for k in ("namespace", "name")} if is_own_namespace(i["namespace"]) else i for i in inputs]
    return {**document, "inputs": bare}
