"""Facets as events stated them, read from the log.

Lives here: from the mentions of a data set to the latest content of each facet.
Add here: another way to choose among several statements of one facet.
Stays out: what a facet means (``lineage.events.facet_reading``).

A pruned event has no content any more: its facets are passed over.
"""

from __future__ import annotations

from typing import Any

from lineage.events import facet_reading
from lineage.events.content import read_content
from lineage.models import Event, Mention

_FIELDS = ("seq", "part", "place", "facets")
_GROUPS: dict[str, str] = {Mention.Part.INPUT: "inputs", Mention.Part.OUTPUT: "outputs"}


class StatedFacets:
    """The facets of one data set; ``mentions``: its mentions that count."""

    def __init__(self, mentions: Any) -> None:
        self._mentions = mentions
        self._bodies: dict[int, dict[str, Any] | None] = {}

    def contents(self, *wanted: str) -> dict[str, dict[str, Any]]:
        """Return facet name → latest content, of those wanted or of all."""
        found: dict[str, dict[str, Any]] = {}
        for seq, part, place, names in self._mentions.order_by("-event_us", "-seq", "-id").values_list(*_FIELDS):
            new = [n for n in names.split("\n") if n not in found and (not wanted or n in wanted)]
            stated = self._stated(seq, part, place) if new else {}
            found |= {n: stated[n] for n in new if n in stated}
            if wanted and len(found) == len(wanted):
                break
        return {name: facet_reading.mapping(found[name]) for name in sorted(found)}

    def _stated(self, seq: int, part: str, place: int) -> dict[str, Any]:
        if seq not in self._bodies:
            body = Event.objects.values_list("body", flat=True).get(seq=seq)
            self._bodies[seq] = read_content(bytes(body), seq=seq)
        content = self._bodies[seq]
        if content is None:
            return {}
        named = content["dataset"] if part == Mention.Part.ITSELF else content[_GROUPS[part]][place]
        return facet_reading.all_facets(named)
