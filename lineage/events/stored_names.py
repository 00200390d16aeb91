"""Names and versions that the graph keeps: each fits an index of the database.

Lives here: every text of an event that the projection stores in an indexed column, and the limit it is held to.
Add here: a name that the projection takes from another place of an event.
Stays out: the names of data sets and jobs as sent (``lineage.events.specification``), what the graph makes of them.

PostgreSQL refuses a row whose index entry is longer than 2,704 bytes, and with it the transaction. SQLite does not: the
limit holds on both, so that a log can move from one to the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lineage.events import facet_reading as facets
from lineage.events.explicit import explicit
from lineage.events.specification import LONGEST_NAME, EventRefusedError
from lineage.log.appending import Entry

_PARTS = 4  # texts of an event that one kept name may be put together of
Named = tuple[str, tuple[str, ...]]  # place, texts that are kept together


def hold(entry: Entry) -> None:
    """Hold the names in an event, as it is heard, to the longest that can be kept.

    Raises:
        EventRefusedError: a name or version is too long; says where.
    """
    if not _may_be_long(entry.body):
        return
    for place, texts in _named(entry.content):
        if sum(len(text.encode()) for text in texts) > LONGEST_NAME:
            raise EventRefusedError(f"{place}: a name or version is longer than {LONGEST_NAME:,} bytes")


def _may_be_long(body: bytes) -> bool:
    """Whether a text of the body is long at all: no text goes beyond the next quote that no backslash stands before."""
    plain, quote, most = body.replace(b'\\"', b"  "), -1, LONGEST_NAME // _PARTS
    while len(plain) - quote > most:
        quote = plain.rfind(b'"', quote + 1, quote + most + 2)  # from quote to quote in the longest steps allowed
        if quote < 0:
            return True
    return False


def _named(event: dict[str, Any]) -> Iterator[Named]:
    if "job" in event:
        yield "job", _pair(event["job"])
    if "dataset" in event:
        yield from _of_dataset("dataset", event["dataset"])
    for part in ("inputs", "outputs"):
        for i, each in enumerate(event.get(part) or ()):
            yield from _of_dataset(f"{part}/{i}", each)


def _of_dataset(place: str, dataset: dict[str, Any]) -> Iterator[Named]:
    stated = facets.all_facets(dataset)
    yield place, _pair(dataset)
    yield f"{place}/facets/version", (facets.version(stated),)
    for name, _, _ in facets.schema_fields(stated) or ():
        yield f"{place}/facets/schema", (name,)
    said, (_, previous) = explicit(stated), facets.lifecycle(stated)
    yield from _of_edges(f"{place}/facets/columnLineage", facets.field_edges(stated) or [])
    yield from _of_edges(f"{place}/facets/lineage", said.edges if said else [])
    for source in said.sources if said else ():
        yield f"{place}/facets/lineage", source
    if previous is not None:
        yield f"{place}/facets/lifecycleStateChange", previous


def _of_edges(place: str, edges: list[facets.FieldEdge]) -> Iterator[Named]:
    for edge in edges:
        yield place, (edge.column,)
        yield place, (edge.namespace, edge.name)
        yield place, (edge.field,)


def _pair(named: dict[str, Any]) -> tuple[str, str]:
    return named["namespace"], named["name"]
