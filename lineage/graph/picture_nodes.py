"""The nodes of a picture: what stands in the box of a data set, or of many folded into one.

Lives here: titles, versions, stubs, sizes, columns of a box.
Add here: another fact in the box; it must cost nothing for a thousand of them.
Stays out: which data sets there are (``lineage.graph.picture``), facts read from the log (``lineage.graph.details``).
"""

from __future__ import annotations

from typing import Any

from lineage.graph.folds import Group
from lineage.graph.places import Places
from lineage.graph.surroundings import Surroundings
from lineage.graph.view import Edge
from lineage.models import WHOLE, moment

WIDTH, HEIGHT = 232, 66
COLUMN_HEIGHT, HEAD = 24, 52
_COLUMNS = 40


class Nodes:
    """Makes the nodes of one picture; sizes in pixels at scale 1."""

    def __init__(self, around: Surroundings, shown: dict[int, int], places: Places) -> None:
        self._around, self._graph = around, around.graph
        self._shown, self._places = shown, places

    def plain(self, node: int) -> dict[str, Any]:
        """Return a data set by name, title, place and distance."""
        name = self._graph.name(node)
        place = self._places(self._graph.namespace(node), name)
        return {
            "id": self._graph.node(node), "name": name, "title": self._graph.title(node), "zone": place.zone,
            "zone_title": place.zone_title, "provider": place.provider, "provider_title": place.provider_title,
            "grant": place.grant, "distance": self._shown.get(node, 0),
        }  # fmt: skip

    def dataset(self, node: int) -> dict[str, Any]:
        """Return the box of one data set."""
        stated = self._graph.statement(node)
        more_up, more_down = self._more(node)
        return self.plain(node) | {
            "_id": node, "kind": "dataset", "count": 1,
            "version": stated.version[:12] if stated else "", "rows": stated.rows if stated else None,
            "changed_at": moment(stated.event_us).astimezone(self._graph.at.tzinfo).isoformat() if stated else "",
            "more_up": more_up, "more_down": more_down, "height": HEIGHT,
        }  # fmt: skip

    def group(self, group: Group, is_concerned: bool) -> dict[str, Any]:
        """Return the box of a fold."""
        more = [self._more(m) for m in group.members]
        first = self.plain(group.members[0])
        zones = {self.plain(m)["zone"] for m in group.members}
        return first | {
            "id": group.id, "name": "", "title": group.title, "kind": "fold", "count": len(group.members),
            "zone": first["zone"] if len(zones) == 1 else "mixed",
            "zone_title": first["zone_title"] if len(zones) == 1 else "", "grant": "",
            "version": "", "rows": None, "changed_at": "", "is_start": False, "is_concerned": is_concerned,
            "concerned": [], "more_up": sum(up for up, _ in more), "more_down": sum(down for _, down in more),
            "height": HEIGHT,
        }  # fmt: skip

    def with_columns(
        self, boxes: list[dict[str, Any]], between: dict[tuple[int, int], list[Edge]], path: dict[int, set[str]]
    ) -> None:
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
            box["columns_more"] = max(0, len(set(known) | wanted) - len(box["columns"]))
            lines = len(box["columns"]) + bool(box["columns_more"])
            box["height"] = HEAD + COLUMN_HEIGHT * lines if lines else HEIGHT

    def _more(self, node: int) -> tuple[int, int]:
        sides = (self._around.near(node, "up"), self._around.near(node, "down"))
        up, down = (sum(n not in self._shown for n in side) for side in sides)
        return up, down
