"""What an event must look like: the OpenLineage core schema 2-0-2 and Suyuan's own facets.

Lives here: the core JSON Schema, derived from the classes of openlineage-python (which are generated
from the specification), and the reading of one event body against it.
Add here: another rule the specification states about an event.
Stays out: storing (``lineage.log``), building events (``lineage.events.emit``, ``lineage.events.facets``).

Refusals name the place in the event and the rule, never the value found there.
"""

from __future__ import annotations

import enum
import json
import re
import types
import typing
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from config.clock import SHANGHAI
from lineage.log.appending import Entry
from lineage.models import PIPELINE, Event, microseconds

SCHEMAS = Path(__file__).parent.parent / "schemas"
OWN_FACETS = "suyuan_"
_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,6})?\d*(Z|[+-]\d\d:\d\d)?", re.ASCII)
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_ODD = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")  # NUL or half a character may be written so
_FORMATS = {"runId": "uuid", "producer": "uri", "schemaURL": "uri", "_producer": "uri", "_schemaURL": "uri"}
_ALWAYS = frozenset(_FORMATS) - {"runId"}  # have defaults in the classes, are required in the specification
_PLAIN: dict[Any, dict[str, Any]] = {
    str: {"type": "string"}, bool: {"type": "boolean"}, int: {"type": "integer"},
    float: {"type": "number"}, Any: {},
}  # fmt: skip
_EVENTS = {Event.Kind.RUN: "RunEvent", Event.Kind.JOB: "JobEvent", Event.Kind.DATASET: "DatasetEvent"}


class EventRefusedError(ValueError):
    """A body is not a valid OpenLineage event."""

    def __init__(self, reason: str) -> None:
        super().__init__(_CONTROL.sub("", reason)[:300])  # a facet's name stands in it


class NotJsonError(EventRefusedError):
    """A body is not even JSON."""


def read(body: bytes, via: str = PIPELINE) -> Entry:
    """Return what the log stores of an event; ``via``: key id of the producer that sent it.

    Raises:
        EventRefusedError: it is not JSON, or breaks the specification; says where and which rule.
    """
    return check(body, parse(body), via)


def check(body: bytes, event: dict[str, Any], via: str = PIPELINE) -> Entry:
    """Return what the log stores of an event that is parsed already.

    Raises:
        EventRefusedError: it breaks the specification; says where and which rule.
    """
    kind = Event.Kind.DATASET if "dataset" in event else Event.Kind.JOB
    if "run" in event and "job" in event:
        kind = Event.Kind.RUN
    _hold(_validators()[kind], event, "")
    if kind == Event.Kind.DATASET and "job" in event:
        raise EventRefusedError("an event has either a dataset or a job, not both")
    for place, name, facet in facets_of(event):
        if name.startswith(OWN_FACETS):
            _own_facet(place, name, facet)
    return Entry(body, kind, microseconds(read_time(event["eventTime"])), event["producer"], via, event)


def read_time(text: str) -> datetime:
    """Return an eventTime; nanoseconds are cut, a missing zone is the district's (Asia/Shanghai).

    Raises:
        EventRefusedError: not an RFC 3339 date and time.
    """
    found = _TIME.fullmatch(text.upper())
    try:
        if not found:
            raise ValueError
        moment = datetime.fromisoformat("".join(part or "" for part in found.groups()))
    except ValueError:
        raise EventRefusedError("eventTime is not an RFC 3339 date and time") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


def core_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a run, job or dataset event."""
    from openlineage.client.generated import base

    defs: dict[str, Any] = {}
    for kind in _EVENTS.values():
        _define(getattr(base, kind), defs, dict(vars(base)))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$defs": defs}


@cache
def _validators() -> dict[str, Any]:
    from jsonschema_rs import Draft202012Validator

    schema = core_schema()
    return {
        kind: Draft202012Validator({**schema, "$ref": f"#/$defs/{name}"}, validate_formats=True)
        for kind, name in _EVENTS.items()
    }


@cache
def _own_validator(name: str) -> Any:
    from jsonschema_rs import Draft202012Validator

    path = SCHEMAS / f"{name}.json"
    if not path.is_file():
        return None
    return Draft202012Validator(json.loads(path.read_text()), validate_formats=True)


def _own_facet(place: str, name: str, facet: Any) -> None:
    validator = _own_validator(name) if name.replace("_", "").isalnum() else None
    if validator is None:
        raise EventRefusedError(f"{place}: no facet of Suyuan has this name")
    _hold(validator, facet, place)


def _hold(validator: Any, instance: Any, place: str) -> None:
    for error in validator.iter_errors(instance):
        where = "/".join([place, *(str(p) for p in error.instance_path)]).strip("/") or "the event"
        missing = f" {error.kind.property}" if error.kind.name == "required" else ""
        raise EventRefusedError(f"{where[:200]}: breaks the rule {error.kind.name}{missing}")


def parse(body: bytes) -> dict[str, Any]:
    """Return the JSON object of a body.

    Raises:
        NotJsonError: it is not UTF-8 or not JSON, or holds text that no database stores.
        EventRefusedError: it is JSON, but not an object.
    """
    try:
        return as_object(body, orjson.loads(body))
    except orjson.JSONDecodeError:
        pass  # read again by Python's own reader, which takes all that JSON allows and says what is wrong
    try:
        event = json.loads(body.decode("utf-8"), parse_constant=no_constant)
    except (ValueError, RecursionError) as error:
        raise _not_json(error) from None
    return as_object(body, event)


def as_object(body: bytes, event: Any) -> dict[str, Any]:
    """Return what a body was parsed to, if it is an object whose text can be stored.

    Raises:
        NotJsonError, EventRefusedError: as ``parse``.
    """
    if _ODD.search(body):
        try:
            _plain_text(json.dumps(event, ensure_ascii=False))
        except (ValueError, RecursionError) as error:
            raise _not_json(error) from None
    if not isinstance(event, dict):
        raise EventRefusedError("not a JSON object")
    return event


def _not_json(error: Exception) -> NotJsonError:
    reason = "nested too deeply" if isinstance(error, RecursionError) else type(error).__name__
    return NotJsonError(f"not a JSON text in UTF-8 ({reason})")


def no_constant(name: str) -> float:
    """Refuse NaN and Infinity, which Python reads and JSON has not."""
    raise ValueError(name)


def _plain_text(text: str) -> None:
    text.encode()  # a lone surrogate has no UTF-8
    if _NUL.search(text):
        raise ValueError("NUL")


def facets_of(event: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """Yield (place, name, content) of every facet of a valid event."""
    holders = [(key, event.get(key)) for key in ("run", "job", "dataset")]
    for key in ("inputs", "outputs"):
        holders += [(f"{key}/{i}", each) for i, each in enumerate(event.get(key, []))]
    for place, holder in holders:
        for group in ("facets", "inputFacets", "outputFacets"):
            for name, facet in (holder or {}).get(group, {}).items():
                yield f"{place}/{group}/{name}", name, facet


def _define(cls: type, defs: dict[str, Any], module: dict[str, Any]) -> dict[str, Any]:
    import attr

    name = cls.__name__
    if name not in defs:
        defs[name] = {}
        hints = typing.get_type_hints(cls, module)
        properties = {f.name: _property(f.name, hints[f.name], defs, module) for f in attr.fields(cls)}
        required = [f.name for f in attr.fields(cls) if f.default is attr.NOTHING or f.name in _ALWAYS]
        defs[name] = {"type": "object", "properties": properties, "required": required}
    return {"$ref": f"#/$defs/{name}"}


def _property(name: str, hint: Any, defs: dict[str, Any], module: dict[str, Any]) -> dict[str, Any]:
    found = _typed(hint, defs, module)
    return {**found, "format": _FORMATS[name]} if name in _FORMATS else found


def _typed(hint: Any, defs: dict[str, Any], module: dict[str, Any]) -> dict[str, Any]:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):  # X | None: may be absent, not null
        return _typed(next(a for a in arguments if a is not types.NoneType), defs, module)
    if origin is list:
        return {"type": "array", "items": _typed(arguments[0], defs, module)}
    if origin is dict:
        return {"type": "object", "additionalProperties": _typed(arguments[1], defs, module)}
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return {"type": "string", "enum": [member.value for member in hint]}
    return _PLAIN[hint] if hint in _PLAIN else _define(hint, defs, module)
