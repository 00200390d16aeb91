"""The picture of a data set's surroundings, as the portal draws it and as its table says it.

Lives here: ``Wanted`` (what a reader asked to see) → nodes with places, lines, what was folded, what is missing.
Add here: another thing the reader may ask for; it also gets a place in the address of the page.
Stays out: drawing (``portal``), full walks with their facts (``lineage.graph.trace``), the drawer of one data set
(``lineage.graph.details``).

Over ``FOLD_ABOVE`` data sets are folded, unless the reader wants them all; over ``DRAWN`` always.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lineage.access import Viewer, system
from lineage.graph.folds import FOLDS, groups
from lineage.graph.gaps import is_gap
from lineage.graph.layout import layered
from lineage.graph.moments import moments
from lineage.graph.picture_edges import column_edges, column_path, state, with_columns
from lineage.graph.picture_nodes import WIDTH, Nodes
from lineage.graph.places import Places
from lineage.graph.surroundings import LIMIT, Side, Surroundings
from lineage.graph.trace import UnknownNodeError
from lineage.graph.view import Edge, view
from lineage.log import pruned

FOLD_ABOVE = 300
DRAWN = 2_000
WITH_COLUMNS = 150
_NAMED = 20
_TIMED = 500  # data sets whose changes make up the moments to choose from


@dataclass(frozen=True)
class Wanted:
    """What to show: hops each way, nodes opened one hop further, folding, moment, column, columns, impact."""

    start: str
    hops_up: int = 1
    hops_down: int = 1
    up: tuple[str, ...] = ()
    down: tuple[str, ...] = ()
    fold: str = ""
    opened: tuple[str, ...] = ()
    at: datetime | None = None
    column: str | None = None
    with_columns: bool = False
    impact: bool = False


def picture(wanted: Wanted, who: Viewer | None = None) -> dict[str, Any]:
    """Return the picture as JSON-ready data; ``who`` None: the system itself, which sees everything.

    Raises:
        UnknownNodeError: no such data set or column by then, or hidden from this reader.
    """
    return _Picture(wanted, who or system()).document()


class _Picture:
    """One picture under way."""

    def __init__(self, wanted: Wanted, who: Viewer) -> None:
        self.wanted, self.who = wanted, who
        self.graph = view(wanted.at)
        self.around = Surroundings(self.graph, who)
        self.start = self.around.start(wanted.start)
        self.affected = self.around.affected(self.start, wanted.column) if wanted.impact else {}
        self.distances = self._distances()
        pairs = self.around.lines(self.distances)
        self.between = with_columns(self.graph, [p for p in pairs if p[0] in self.distances and p[1] in self.distances])
        self.path = column_path(self.start, wanted.column, self.between) if wanted.column else {}
        self._check_column()
        self.places = Places()
        self.make = Nodes(self.around, self.distances, pairs, self.places)
        self.fold, self.folded_because = self._fold()
        self.groups = groups(self.graph, self.distances, self.fold, wanted.opened, self.places) if self.fold else []
        if self.folded_because and len(self.distances) - sum(len(g.members) - 1 for g in self.groups) > FOLD_ABOVE:
            self.fold = "zone"
            self.groups = groups(self.graph, self.distances, self.fold, wanted.opened, self.places)
        self.with_columns = wanted.with_columns and len(self.distances) <= WITH_COLUMNS

    def document(self) -> dict[str, Any]:
        """Return everything the page and the table need."""
        nodes, edges = self._nodes(), self._edges()
        _place(nodes, edges, is_by_distance=self.fold == "layer")
        reasons = self._reasons()
        return {
            "start": self.graph.node(self.start),
            "as_of": self.graph.at.isoformat(), "as_of_seq": self.graph.seq,
            "is_complete": not reasons, "incomplete_because": reasons,
            "fold": self.fold, "folded_because": self.folded_because, "with_columns": self.with_columns,
            "column": self.wanted.column,
            "datasets": len(self.distances), "not_shown": sum(n["more_up"] + n["more_down"] for n in nodes),
            "nodes": nodes, "edges": edges, "impact": self._impact(), "moments": self._moments(),
        }  # fmt: skip

    def _distances(self) -> dict[int, int]:
        """Return data set → steps from the start, upstream below zero."""
        if self.wanted.impact:
            found = self.around.reach(self.start, "down", LIMIT)
            return {n: far for n, far in found.items() if n == self.start or n in self.affected}
        up = self.around.reach(self.start, "up", self.wanted.hops_up)
        found = self.around.reach(self.start, "down", self.wanted.hops_down)
        found |= {node: -far for node, far in up.items() if node not in found}
        opened: list[tuple[Side, int, tuple[str, ...]]] = [("up", -1, self.wanted.up), ("down", 1, self.wanted.down)]
        for side, step, names in opened:
            for name in names:
                node = self.graph.find(name)
                if node in found and len(found) < LIMIT:
                    far = found[node] + step
                    found = dict.fromkeys(self.around.near([node], side), far or step) | found
        return found

    def _check_column(self) -> None:
        column = self.wanted.column
        if not column or len(self.path) > 1 or len(self.path[self.start]) > 1:
            return
        named = {c.name for c in self.graph.columns(self.start)}
        if column not in named and self.graph.column(self.start, column) is None:
            raise UnknownNodeError(f"{self.wanted.start[:120]} has no column {column[:60]}")

    def _fold(self) -> tuple[str, str]:
        count, fold = len(self.distances), self.wanted.fold
        if fold in FOLDS:
            return fold, ""
        if count > (DRAWN if fold == "none" else FOLD_ABOVE):
            most = DRAWN if fold == "none" else FOLD_ABOVE
            return "layer", f"数据集共 {count} 个，超过 {most} 个，已自动折叠"
        return "", ""

    def _nodes(self) -> list[dict[str, Any]]:
        inside = {m for g in self.groups for m in g.members}
        shown = [self.make.dataset(n) for n in sorted(self.distances) if n not in inside]
        if self.with_columns:
            self.make.add_columns(shown, self.between, self.path)
        for node in shown:
            number = node.pop("_id")
            node |= {"more_up": 0, "more_down": 0} if self.wanted.impact else {}
            node["is_start"] = number == self.start
            node["concerned"] = sorted(self.path.get(number, self.affected.get(number, ())))
            node["is_concerned"] = number in self.path or (self.wanted.impact and number in self.affected)
        concerned = set(self.path) | (set(self.affected) if self.wanted.impact else set())
        folded = [self.make.group(g) | {"is_concerned": not concerned.isdisjoint(g.members)} for g in self.groups]
        return shown + folded

    def _edges(self) -> list[dict[str, Any]]:
        stands_for = {m: g.id for g in self.groups for m in g.members}
        joined: dict[tuple[str, str], list[list[Edge]]] = {}
        for (source, target), edges in self.between.items():
            ends = tuple(stands_for.get(n) or self.make.ids[n] for n in (source, target))
            if ends[0] != ends[1]:
                joined.setdefault((ends[0], ends[1]), []).append(edges)
        found = []
        for (source, target), parts in joined.items():
            edges = [e for part in parts for e in part]
            line = {"source": source, "target": target, "lines": len(parts), **state(edges)}
            if self.with_columns:
                line["columns"] = column_edges(edges, with_text=self.who.sees_sql)
            found.append(line)
        return found

    def _impact(self) -> dict[str, Any] | None:
        if not self.wanted.impact:
            return None
        hit = [n for n in self.affected if self.places(self.graph.namespace(n), self.graph.name(n)).grant]
        named = sorted((self.make.plain(n) | {"columns": sorted(self.affected[n])} for n in hit), key=lambda n: n["id"])
        zones = Counter(n["zone"] for n in named)
        return {"datasets": len(self.affected), "subsets": zones["authorized"], "products": zones["product"],
                "list": named}  # fmt: skip

    def _moments(self) -> list[dict[str, Any]]:
        known = filter(self.around.knows, self.distances)
        nearest = sorted(known, key=lambda n: (abs(self.distances[n]), n))[:_TIMED]
        return [{"at": m.at.isoformat(), "datasets": m.datasets} for m in moments(nearest)]

    def _reasons(self) -> list[str]:
        reasons = []
        if self.around.cut:
            reasons.append(f"另有 {len(self.around.cut)} 个数据集不在您的查看范围内")
        if self.around.is_full or len(self.distances) >= LIMIT:
            reasons.append(f"数据集超过 {LIMIT} 个，到此为止")
        before = pruned.before()
        if before and self.graph.at < before:
            reasons.append(f"{before:%Y-%m-%d %H:%M} 之前的血缘记录内容已按留存期限清理，更早的结果可能不全")
        ends = [n for n, far in self.distances.items() if far <= 0 and not self.wanted.impact and is_gap(self.graph, n)]
        titles = self.graph.titles(ends)
        named = [titles.get(n) or self.graph.name(n) for n in sorted(ends)]
        reasons += [f"“{name}”没有登记来源" for name in named[:_NAMED]]
        return reasons + ([f"另有 {len(named) - _NAMED} 个数据集没有登记来源"] if len(named) > _NAMED else [])


def _place(nodes: list[dict[str, Any]], edges: list[dict[str, Any]], *, is_by_distance: bool) -> None:
    number = {n["id"]: i for i, n in enumerate(nodes)}
    ranks = [n["distance"] for n in nodes] if is_by_distance else None
    pairs = [(number[e["source"]], number[e["target"]]) for e in edges]
    for node, (x, y) in zip(nodes, layered([n["height"] for n in nodes], pairs, WIDTH, ranks), strict=True):
        node["x"], node["y"], node["width"] = x, y, WIDTH
