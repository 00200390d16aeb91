"""Reading a body as JSON, strictly: what two readers could understand differently is refused.

Lives here: the limits of a body as text: size, nesting, encoding, numbers, keys that stand twice, NUL.
Add here: another rule of I-JSON (RFC 7493) or a limit of what stores events.
Stays out: what an event must look like (``lineage.events.specification``).

Refusals name the rule, never what was found.
"""

from __future__ import annotations

import json
import re
from typing import Any

import orjson

from config.settings import SMALLEST_EVENT_LIMIT, settings

DEEPEST = 254  # levels that orjson writes; a reader that recurses survives them
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")  # PostgreSQL's text cannot hold it
_APART = (b" :", b"\n:", b"\t:", b"\r:")
_HIDDEN = re.compile(rb"\\u00(?:22|3[aA])")  # a quote or a colon that the text itself does not show


class TextRefusedError(ValueError):
    """A body is JSON, but too large, too deep or not understood alike by every reader."""


class NotJsonTextError(TextRefusedError):
    """A body is not JSON, or not in UTF-8, or holds text that no database stores."""


def parse(body: bytes) -> Any:
    """Return the JSON value of a body.

    Raises:
        NotJsonTextError, TextRefusedError: it breaks a rule; says which.
    """
    if len(body) > SMALLEST_EVENT_LIMIT and len(body) > settings().lineage_event_limit:  # asked for large ones only
        raise TextRefusedError("longer than SUYUAN_LINEAGE_EVENT_LIMIT allows")
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise NotJsonTextError(f"not a JSON text in UTF-8 ({_reason(error)})") from None
    if b"\\u0000" in body and _NUL.search(body):
        raise NotJsonTextError("not a JSON text in UTF-8 (NUL)")
    if body.count(b'":') != _again(value).count(b'":') or any(each in body for each in _APART) or _hides(body):
        _hold_unique(body)
    return value


def _again(value: Any) -> bytes:
    """Return a value as text: a key that stood twice stands there once.

    Raises:
        TextRefusedError: it is nested too deeply.
    """
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError:
        raise TextRefusedError(f"nested too deeply (more than {DEEPEST} levels)") from None


def _hides(body: bytes) -> bool:
    """Whether a text holds a quote or colon in an escape: written again it counts as one more end of a key."""
    return b"\\u00" in body and _HIDDEN.search(body) is not None


def _reason(error: orjson.JSONDecodeError) -> str:
    """Return which rule was broken and at which character; the parser's own words may quote the text."""
    words = error.msg.lower()
    known = {"depth": "nested too deeply", "infinity": "a number too large", "utf-8": "not UTF-8",
             "surrogate": "a lone surrogate"}  # fmt: skip
    return next((rule for word, rule in known.items() if word in words), f"character {error.pos:,}")


def _hold_unique(body: bytes) -> None:
    """Look closely: a colon after a quote may also stand inside a text."""
    json.loads(body, object_pairs_hook=_once, parse_int=float)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise TextRefusedError("a key stands twice in one object")
    return found
