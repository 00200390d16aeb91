"""Which facets, and what of them, is told to those who may not read everything: an allow-list, all else is hidden.

Lives here: ``DATASET``, ``JOB`` and ``RUN``: facet → the members told of it; cutting a facet down to them.
Add here: a facet or member that can hold neither SQL text nor a value of the data, whoever produced it.
Stays out: which account reads everything (``lineage.access``), what a facet means (``lineage.events.facet_reading``).

Facets are free text of whoever sent them: a plan, a message or a least value may stand anywhere in them. What is told
of a data set that is not ours is therefore counts, names and verdicts only.
"""

from __future__ import annotations

import re
from typing import Any

Facets = dict[str, Any]
EVERY = "*"  # as a member: each, whatever its name
_WORD = re.compile(r"[A-Za-z_.]{1,100}")  # a name of a rule; a text with digits or signs may hold a value
_HEAD = ("_producer", "_schemaURL", "_deleted")


def text(value: Any) -> Any:
    """Keep a text."""
    return value if isinstance(value, str) else None


def number(value: Any) -> Any:
    """Keep a count."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def verdict(value: Any) -> Any:
    """Keep yes or no."""
    return value if isinstance(value, bool) else None


def word(value: Any) -> Any:
    """Keep a text that is one plain word."""
    return value if isinstance(value, str) and _WORD.fullmatch(value) else None


def flat(value: Any) -> Any:
    """Keep texts, counts and verdicts: the facts of our own facets."""
    return value if isinstance(value, str | int | float | bool) else None


_COLUMN: dict[str, Any] = {"name": text, "type": text, "description": text}
_STEP = {"type": word, "subtype": word, "masking": verdict}
_SOURCE = {"namespace": text, "name": text, "field": text, "transformations": [_STEP]}
_COUNTS = {"count": number, "nullCount": number, "distinctCount": number}
NAMED: dict[str, Any] = {
    "schema": {"fields": [{**_COLUMN, "fields": [_COLUMN]}]},
    "documentation": {"description": text, "contentType": text},
}
"""Of a data set that is seen by name only."""
DATASET: dict[str, Any] = {
    **NAMED,
    "version": {"datasetVersion": text},
    "outputStatistics": {"rowCount": number, "size": number, "fileCount": number},
    "ownership": {"owners": [{"name": text, "type": text}]},
    "lifecycleStateChange": {"lifecycleStateChange": word},
    "dataQualityAssertions": {
        "assertions": [{"assertion": word, "success": verdict, "column": text, "severity": word}]
    },
    "dataQualityMetrics": {"rowCount": number, "bytes": number, "fileCount": number, "columnMetrics": {EVERY: _COUNTS}},
}
COLUMN_LINEAGE: dict[str, Any] = {
    "columnLineage": {"fields": {EVERY: {"inputFields": [_SOURCE]}}, "dataset": [_SOURCE]},
}
"""Names other data sets: told to whom none is hidden."""
OWN: dict[str, Any] = {
    "dataQualityAssertions": {"assertions": [{
        "assertion": text, "success": verdict, "column": text, "severity": text, "name": text, "description": text,
        "expected": text, "actual": text,
    }]},
    "suyuan_grant": {EVERY: flat},
    "suyuan_promotion": {EVERY: flat},
    "suyuan_not_evaluated": {"rules": [{"rule": text}]},
}  # fmt: skip
"""Of our own data sets also: our pipeline states counts there, never values."""
DELIVERY: dict[str, Any] = {"suyuan_delivery": {EVERY: flat}}
JOB: dict[str, Any] = {
    "jobType": {"processingType": word, "integration": word, "jobType": word},
    "documentation": {"description": text, "contentType": text},
    "ownership": {"owners": [{"name": text, "type": text}]},
}
RUN: dict[str, Any] = {
    "nominalTime": {"nominalStartTime": text, "nominalEndTime": text},
    "processing_engine": {"name": text, "version": text},
}


def cut(facets: Facets, shapes: dict[str, Any]) -> Facets:
    """Return the facets that have a shape, each with the members of its shape only."""
    return {
        name: {k: v for k, v in facet.items() if k in _HEAD} | _kept(facet, shapes[name])
        for name, facet in facets.items()
        if name in shapes and isinstance(facet, dict)
    }


def _kept(value: Any, shape: Any) -> Any:
    """Return what of a value has a shape: a mapping of members, a list of one shape, or a function for a leaf."""
    if isinstance(shape, dict):
        return _members(value, shape) if isinstance(value, dict) else {}
    if isinstance(shape, list):
        return [_kept(each, shape[0]) for each in value if isinstance(each, dict)] if isinstance(value, list) else []
    return shape(value)


def _members(value: Facets, shape: dict[str, Any]) -> Facets:
    of = {name: shape.get(name, shape.get(EVERY)) for name in value if not name.startswith("_")}
    kept = {name: _kept(value[name], each) for name, each in of.items() if each is not None}
    return {name: each for name, each in kept.items() if each is not None}
