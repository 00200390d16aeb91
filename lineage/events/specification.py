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
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from config.clock import SHANGHAI
from lineage.log.appending import Entry
from lineage.models import Event, microseconds

SCHEMAS = Path(__file__).parent.parent / "schemas"
OWN_FACETS = "suyuan_"
_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,6})?\d*(Z|[+-]\d\d:\d\d)?", re.ASCII)
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
_FORMATS = {"runId": "uuid", "producer": "uri", "schemaURL": "uri", "_producer": "uri", "_schemaURL": "uri"}
_ALWAYS = frozenset(_FORMATS) - {"runId"}  # have defaults in the classes, are required in the specification
_PLAIN: dict[Any, dict[str, Any]] = {
    str: {"type": "string"}, bool: {"type": "boolean"}, int: {"type": "integer"},
    float: {"type": "number"}, Any: {},
}  # fmt: skip
_EVENTS = {Event.Kind.RUN: "RunEvent", Event.Kind.JOB: "JobEvent", Event.Kind.DATASET: "DatasetEvent"}


class EventRefusedError(ValueError):
    """A body is not a valid OpenLineage event."""


def read(body: bytes) -> Entry:
    """Return what the log stores of an event.

    Raises:
        EventRefusedError: it is not JSON, or breaks the specification; says where and which rule.
    """
    event = _parse(body)
    kind = Event.Kind.DATASET if "dataset" in event else Event.Kind.JOB
    if "run" in event and "job" in event:
        kind = Event.Kind.RUN
    _hold(_validators()[kind], event, "")
    if kind == Event.Kind.DATASET and "job" in event:
        raise EventRefusedError("an event has either a dataset or a job, not both")
    for place, name, facet in _facets(event):
        if name.startswith(OWN_FACETS):
            _own_facet(place, name, facet)
    return Entry(body, kind, microseconds(read_time(event["eventTime"])), event["producer"], content=event)


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


def _parse(body: bytes) -> dict[str, Any]:
    try:
        event = json.loads(body.decode("utf-8"), parse_constant=_no_constant)
        if b"\\u" in body:
            _plain_text(json.dumps(event, ensure_ascii=False))
    except (ValueError, RecursionError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else type(error).__name__
        raise EventRefusedError(f"not a JSON text in UTF-8 ({reason})") from None
    if not isinstance(event, dict):
        raise EventRefusedError("not a JSON object")
    return event


def _no_constant(name: str) -> float:
    raise ValueError(name)  # NaN and Infinity are not JSON


def _plain_text(text: str) -> None:
    text.encode()  # a lone surrogate has no UTF-8
    if _NUL.search(text):
        raise ValueError("NUL")


def _facets(event: dict[str, Any]) -> Iterator[tuple[str, str, Any]]:
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
