"""Contents of events, many at once.

Lives here: bodies of the log by sequence, and the latest content of one facet for many data sets.
Add here: another thing to read from many events in few queries.
Stays out: all facets of one data set (``lineage.graph.view``), what may be shown (``lineage.marquez.reader``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from django.db.models import OuterRef, Q, Subquery

from lineage.events import facet_reading
from lineage.events.content import read_content
from lineage.marquez.reader import PRUNED, Reader
from lineage.models import PIPELINE, Dataset, Event, Mention

CHUNK = 500
_GROUPS: dict[str, str] = {Mention.Part.INPUT: "inputs", Mention.Part.OUTPUT: "outputs"}
Content = dict[str, Any]
Item = TypeVar("Item")


def chunks(some: Iterable[Item]) -> Iterator[list[Item]]:
    """Yield a few at a time: a query takes only so many."""
    items = list(some)
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]


def events(reader: Reader, sequences: Iterable[int]) -> dict[int, Content]:
    """Return sequence → content of these events; pruned ones are left out and said.

    Whoever reads everything gets what was sent; others what is heard of it, so nothing that others say of our data.
    """
    found: dict[int, Content] = {}
    for some in chunks(sorted(set(sequences))):
        for seq, body, via in Event.objects.filter(seq__in=some).values_list("seq", "body", "via"):
            content = read_content(bytes(body), PIPELINE if reader.who.reads_all else via, seq)
            if content is None:
                reader.lacks(PRUNED)
            else:
                found[seq] = content
    return found


def facets_at(content: Content, part: str, place: int) -> dict[str, Any]:
    """Return the facets an event brought of the data set in that place."""
    if part == Mention.Part.ITSELF:
        return facet_reading.all_facets(content["dataset"])
    named = content.get(_GROUPS[part]) or []
    return facet_reading.all_facets(named[place]) if place < len(named) else {}


def _brings(facet: str) -> Q:
    """Return the condition that a mention's list of facets, one a line, has this one."""
    alone, first = Q(facets=facet), Q(facets__startswith=f"{facet}\n")
    return alone | first | Q(facets__endswith=f"\n{facet}") | Q(facets__contains=f"\n{facet}\n")


def latest(reader: Reader, datasets: Iterable[int], facet: str) -> dict[int, dict[str, Any]]:
    """Return data set → latest content of one facet, of those that have it, in one query for a few hundred."""
    places: dict[int, tuple[int, str, int]] = {}
    newest = reader.mentions(dataset=OuterRef("id")).filter(_brings(facet)).order_by("-event_us", "-seq", "-id")
    for some in chunks(datasets):
        found = Dataset.objects.filter(id__in=some).annotate(mention=Subquery(newest.values("id")[:1]))
        mentions = [m for m in found.values_list("mention", flat=True) if m]
        for named, seq, part, place in Mention.objects.filter(id__in=mentions).values_list(
            "dataset_id", "seq", "part", "place"
        ):
            places[named] = (seq, part, place)
    bodies = events(reader, (seq for seq, _, _ in places.values()))
    read = {i: facets_at(bodies[seq], part, place) for i, (seq, part, place) in places.items() if seq in bodies}
    return {i: facet_reading.mapping(stated[facet]) for i, stated in read.items() if facet in stated}
