"""The nodes of a picture: what stands in the box of a data set, or of many folded into one.

Lives here: titles, versions, stubs, sizes, columns of a box.
Add here: another fact in the box; it must cost nothing for a thousand of them.
Stays out: which data sets there are (``lineage.graph.picture``), facts read from the log (``lineage.graph.details``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from config import clock
from lineage.graph.folds import Group
from lineage.graph.picture_edges import Lines
from lineage.graph.places import Places
from lineage.graph.statements import latest
from lineage.graph.surroundings import Surroundings
from lineage.models import WHOLE, moment

WIDTH, HEIGHT = 232, 66
COLUMN_HEIGHT, HEAD = 24, 52
_COLUMNS = 40


class Nodes:
    """Makes the nodes of one picture; sizes in pixels at scale 1. ``pairs``: every line at these data sets."""

    def __init__(
        self, around: Surroundings, distances: dict[int, int], pairs: Iterable[tuple[int, int]], places: Places
    ) -> None:
        graph = self._graph = around.graph
        self._around, self._distances, self._places = around, distances, places
        self._titles, self._stated = graph.titles(distances), latest(graph, distances)
        self.ids = {n: graph.node(n) for n in distances}
        known = list(pairs)
        self._up = Counter(t for s, t in known if s not in distances)
        self._down = Counter(s for s, t in known if t not in distances)

    def plain(self, node: int) -> dict[str, Any]:
        """Return a data set by name, title, place and distance."""
        name = self._graph.name(node)
        place = self._places(self._graph.namespace(node), name)
        return {
            "id": self.ids[node], "name": name, "title": self._titles.get(node, ""), "zone": place.zone,
            "zone_title": place.zone_title, "provider": place.provider, "provider_title": place.provider_title,
            "grant": place.grant, "distance": self._distances.get(node, 0),
        }  # fmt: skip

    def dataset(self, node: int) -> dict[str, Any]:
        """Return the box of one data set."""
        stated = self._stated.get(node) if self._around.knows(node) else None
        told = stated if self._around.may_read_version(node) else None
        return self.plain(node) | {
            "_id": node, "kind": "dataset", "count": 1,
            "version": told.version[:12] if told else "", "rows": told.rows if told else None,
            "changed_at": moment(stated.event_us).astimezone(clock.SHANGHAI).isoformat() if stated else "",
            "more_up": self._up[node], "more_down": self._down[node], "height": HEIGHT,
        }  # fmt: skip

    def group(self, group: Group) -> dict[str, Any]:
        """Return the box of a fold."""
        plain = [self.plain(m) for m in group.members]
        zones = {p["zone"] for p in plain}
        zone = (plain[0]["zone"], plain[0]["zone_title"]) if len(zones) == 1 else ("mixed", "")
        return plain[0] | {
            "id": group.id, "name": "", "title": group.title, "kind": "fold", "count": len(group.members),
            "zone": zone[0], "zone_title": zone[1], "grant": "", "version": "", "rows": None, "changed_at": "",
            "is_start": False, "concerned": [], "height": HEIGHT,
            "more_up": sum(self._up[m] for m in group.members),
            "more_down": sum(self._down[m] for m in group.members),
        }  # fmt: skip

    def add_columns(self, boxes: list[dict[str, Any]], between: Lines, path: dict[int, set[str]]) -> None:
        """Put the columns that lines of the picture touch into the boxes; of a chosen column only its path."""
        touched: dict[int, set[str]] = {box["_id"]: set() for box in boxes}
        for (source, target), edges in between.items():
            for e in edges:
                touched.setdefault(source, set()).add(e.input_column)
                touched.setdefault(target, set()).add(e.column)
        for box in boxes:
            number = box["_id"]
            wanted = (path.get(number, set()) if path else touched[number]) - {WHOLE}
            known = {c.name: c.description for c in self._graph.columns(number)}
            named = [c for c in known if c in wanted] + sorted(wanted - set(known))
            box["columns"] = [{"name": c, "title": known.get(c, "")} for c in named[:_COLUMNS]]
            box["columns_more"] = len(set(known) | wanted) - len(box["columns"])
            lines = len(box["columns"]) + bool(box["columns_more"])
            box["height"] = HEAD + COLUMN_HEIGHT * lines if lines else HEIGHT
