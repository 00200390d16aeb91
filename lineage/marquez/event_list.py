"""Events of the log as a list.

Lives here: a page of events by the time they tell, newest or oldest first, and how many there are.
Add here: another way to page or order them.
Stays out: the log itself (``lineage.log``).

Whoever does not see everything gets the events that name something known by more than its name, without what is hidden
in them.
Source: MarquezProject/marquez, OpenLineageResource; web/src/store/requests/events.ts.
"""

from __future__ import annotations

from typing import Any

from lineage.events import facet_reading
from lineage.marquez.contents import Content, chunks, events
from lineage.marquez.reader import CUT_BY_ACCESS, Reader
from lineage.models import Event, microseconds

Document = dict[str, Any]
_GROUPS = ("facets", "inputFacets", "outputFacets")


def page(
    reader: Reader, *, after: Any, before: Any, limit: int, offset: int, newest_first: bool
) -> tuple[list[Document], int]:
    """Return events with ``after`` ≤ time < ``before`` (None: open), and how many there are."""
    reader.tells_history()
    rows = Event.objects.filter(seq__lte=reader.view.seq)
    if reader.is_past:
        rows = rows.filter(event_us__lte=reader.at_us)
    if after is not None:
        rows = rows.filter(event_us__gte=microseconds(after))
    if before is not None:
        rows = rows.filter(event_us__lt=microseconds(before))
    order = ("-event_us", "-seq") if newest_first else ("event_us", "seq")
    if reader.mask is None:
        sequences = list(rows.order_by(*order).values_list("seq", flat=True)[offset : offset + limit])
        total = rows.count()
    else:
        sequences, total = _seen(reader, rows, newest_first, limit, offset)
    contents = events(reader, sequences)
    return [shown(reader, contents[seq]) for seq in sequences if seq in contents], total


def naming_known(reader: Reader) -> set[int]:
    """Return the sequences of the events that name something known by more than its name; the others are left out."""
    reader.lacks(CUT_BY_ACCESS)
    named: set[int] = set()
    for some in chunks(reader.known.nonzero()[0].tolist() if reader.known is not None else []):
        named |= set(reader.mentions(dataset__in=some).values_list("seq", flat=True))
    return named


def _seen(reader: Reader, rows: Any, newest_first: bool, limit: int, offset: int) -> tuple[list[int], int]:
    """Return the sequences of a page of the events that name something known."""
    named = naming_known(reader)
    found = [pair for some in chunks(named) for pair in rows.filter(seq__in=some).values_list("event_us", "seq")]
    found.sort(reverse=newest_first)
    return [seq for _, seq in found[offset : offset + limit]], len(found)


def shown(reader: Reader, content: Content) -> Document:
    """Return an event as Marquez lists it, without what the caller may not see."""
    job, run = (facet_reading.mapping(content.get(part)) for part in ("job", "run"))
    found = {
        "eventType": content.get("eventType") or "OTHER",
        "eventTime": content.get("eventTime"),
        "producer": content.get("producer"),
        "schemaURL": content.get("schemaURL"),
        "run": {**run, "facets": reader.run_facets(facet_reading.mapping(run.get("facets")))} if run else None,
        "job": {**job, "facets": reader.job_facets(facet_reading.mapping(job.get("facets")))} if job else None,
        "inputs": _named(reader, content.get("inputs")),
        "outputs": _named(reader, content.get("outputs")),
    }
    if "dataset" in content:
        found["dataset"] = next(iter(_named(reader, [content["dataset"]])), None)
    return found


def _named(reader: Reader, stated: Any) -> list[Document]:
    found = []
    for each in facet_reading.sequence(stated):
        known = reader.view.index.ids.get((each["namespace"], each["name"]))
        if reader.who.reads_all:
            facets = {group: facet_reading.mapping(each[group]) for group in _GROUPS if group in each}
            found.append({"namespace": each["namespace"], "name": each["name"], "facets": {}, **facets})
        elif known is not None and reader.may_see(known):
            facets = {
                group: reader.dataset_facets(facet_reading.mapping(each.get(group)), known)
                for group in _GROUPS
                if group in each
            }
            found.append({"namespace": each["namespace"], "name": each["name"], "facets": {}, **facets})
    return found
