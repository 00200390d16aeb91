"""The data sets of each zone, as the first page of lineage lists them.

Lives here: how many there are in each zone, and the first of them.
Add here: another fact of a zone or data set that the first page shows.
Stays out: finding one (``lineage.graph.search``).
"""

from __future__ import annotations

from dataclasses import dataclass

from lineage.access import Viewer
from lineage.graph.places import OUTSIDE, Places
from lineage.graph.surroundings import Surroundings
from lineage.graph.view import view
from lineage.models import Dataset
from lineage.sight import is_ghost
from scheme.names import ZONE_TITLES

_FIRST = 60
_ORDER = {zone: place for place, zone in enumerate(ZONE_TITLES)}


@dataclass
class Zone:
    """One zone: its title, how many data sets, the first of them as (node, title, name)."""

    title: str
    count: int
    first: list[tuple[str, str, str]]

    @property
    def more(self) -> int:
        """How many are not listed."""
        return self.count - len(self.first)


def listing(who: Viewer) -> list[Zone]:
    """Return the zones a reader sees something of, in the order of the pipeline, foreign data sets last."""
    graph, places = view(), Places()
    around = Surroundings(graph, who)
    found: dict[tuple[int, str], Zone] = {}
    rows = Dataset.objects.order_by("name").values_list("pk", "namespace", "name", "title")
    for pk, namespace, name, title in rows.iterator():
        if pk >= len(graph.index.datasets) or not around.may_see(pk) or graph.gone_at(pk) is not None:
            continue
        if is_ghost(graph, pk):
            continue
        place = places(namespace, name)
        key = (_ORDER.get(place.zone, 9), OUTSIDE if place.zone == "foreign" else place.zone_title)
        zone = found.setdefault(key, Zone(key[1], 0, []))
        zone.count += 1
        if len(zone.first) < _FIRST:
            zone.first.append((graph.node(pk), title or name, name))
    return [found[key] for key in sorted(found)]
