"""The picture of an answer: data sets in layers, edges between them.

Lives here: where each box and each line goes, in tenths of a millimetre; typst draws it (``evidence.typ``).
Add here: another thing the picture shows of a node or edge.
Stays out: words and tables (``lineage.evidence.report``).

From left to right as data flows: a data set stands one column right of the last it is made of. A line that passes a
column gets a place of its own there, shared by all lines from the same data set, so that none runs behind a box.
Within a column boxes and passing lines are ordered by the mean place of their neighbours, four sweeps, so that few
lines cross.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from typing import Any

from lineage.graph.trace import Trace, TraceNode
from lineage.protection import State

LIMIT = 300
"""Data sets drawn at most: the nearest ones."""
WIDTH, HEIGHT, GAP_X, GAP_Y = 430, 155, 140, 40
KINDS: tuple[State, ...] = ("plain", "unknown", "unrecorded", "masked", "indirect")  # least protected first
Places = dict[str, tuple[int, int]]  # node → (column, row)


def drawing(answer: Trace, kinds: Mapping[tuple[str, str], State]) -> dict[str, Any]:
    """Return boxes and lines as whole numbers.

    Args:
        answer: what is drawn.
        kinds: (source, target) → how the columns go; a line without one has no recorded columns.
    """
    shown = {n.name: n for n in sorted(answer.nodes, key=lambda n: (n.distance, n.name))[:LIMIT]}
    edges = sorted({(e.source, e.target) for e in answer.edges if e.source in shown and e.target in shown})
    layers = _layers(list(shown), edges)
    steps = _steps(layers, edges, kinds)
    places = _ordered(layers, list(steps))
    sizes = Counter(column for column, _ in places.values())
    rows = max(sizes.values(), default=1)

    def corner(name: str) -> tuple[int, int]:
        column, row = places[name]
        return column * (WIDTH + GAP_X), round((row + (rows - sizes[column]) / 2) * (HEIGHT + GAP_Y))

    return {
        "width": (len(sizes) or 1) * (WIDTH + GAP_X) - GAP_X, "height": rows * (HEIGHT + GAP_Y) - GAP_Y,
        "box_width": WIDTH, "box_height": HEIGHT, "left_out": len(answer.nodes) - len(shown),
        "boxes": [_box(shown[name], answer.node, *corner(name)) for name in sorted(shown)],
        "lines": [_line(corner(a), corner(b), kind, b in shown) for (a, b), kind in sorted(steps.items())]
        + [_passing(corner(n), kind) for n, kind in _leaving(steps).items() if n not in shown],
    }  # fmt: skip


def _box(node: TraceNode, start: str, x: int, y: int) -> dict[str, Any]:
    zone, _, rest = node.name.partition(".")
    name = node.name.removeprefix("dataset:") if node.name.startswith("dataset:") else rest or zone
    return {
        "x": x, "y": y, "zone": node.zone, "name": name, "title": node.title[:40],
        "columns": "、".join(node.columns)[:80], "is_start": node.name == start,
    }  # fmt: skip


def _line(source: tuple[int, int], target: tuple[int, int], kind: str, has_head: bool) -> dict[str, Any]:
    return {
        "x1": source[0] + WIDTH, "y1": source[1] + HEIGHT // 2, "x2": target[0], "y2": target[1] + HEIGHT // 2,
        "kind": kind, "has_head": has_head,
    }  # fmt: skip


def _passing(corner: tuple[int, int], kind: str) -> dict[str, Any]:
    """A line straight through a column."""
    return _line((corner[0] - WIDTH, corner[1]), (corner[0] + WIDTH, corner[1]), kind, False)


def _steps(
    layers: dict[str, int], edges: list[tuple[str, str]], kinds: Mapping[tuple[str, str], State]
) -> dict[tuple[str, str], State]:
    """Cut edges into steps from column to column; places of passing lines are added to ``layers``."""
    found: dict[tuple[str, str], list[State]] = defaultdict(list)
    for source, target in edges:
        way = [source]
        for column in range(layers[source] + 1, layers[target]):
            layers.setdefault(f"{source}\n{column}", column)
            way.append(f"{source}\n{column}")
        for step in pairwise([*way, target]):
            found[step].append(kinds.get((source, target), "unrecorded"))
    return {step: _strongest(stated) for step, stated in found.items()}


def _leaving(steps: dict[tuple[str, str], State]) -> dict[str, State]:
    """Return each place with how lines that leave it are drawn."""
    found: dict[str, list[State]] = defaultdict(list)
    for (source, _), kind in sorted(steps.items()):
        found[source].append(kind)
    return {source: _strongest(kinds) for source, kinds in found.items()}


def _strongest(kinds: Iterable[State]) -> State:
    """Lines that share a way are drawn as the one that protects least."""
    return min(kinds, key=KINDS.index)


def _layers(names: list[str], edges: list[tuple[str, str]]) -> dict[str, int]:
    """Return the column of each node: the longest way from a beginning; of a circle, one edge goes back."""
    inputs: dict[str, list[str]] = defaultdict(list)
    for source, target in edges:
        inputs[target].append(source)
    layer: dict[str, int] = {}
    for name in names:
        _settle(name, inputs, layer)
    used = {column: i for i, column in enumerate(sorted(set(layer.values())))}
    return {name: used[column] for name, column in layer.items()}


def _settle(name: str, inputs: dict[str, list[str]], layer: dict[str, int]) -> None:
    """Depth first without recursion: chains may be long."""
    stack, open_nodes = [(name, iter(inputs[name]))], {name}
    while stack:
        here, rest = stack[-1]
        fresh = next((s for s in rest if s not in layer and s not in open_nodes), None)
        if fresh is not None:
            open_nodes.add(fresh)
            stack.append((fresh, iter(inputs[fresh])))
            continue
        layer.setdefault(here, max((layer[s] + 1 for s in inputs[here] if s in layer), default=0))
        open_nodes.discard(here)
        stack.pop()


def _ordered(layer: dict[str, int], edges: list[tuple[str, str]]) -> Places:
    columns: dict[int, list[str]] = defaultdict(list)
    for name in sorted(layer):
        columns[layer[name]].append(name)
    near: dict[str, list[str]] = defaultdict(list)
    for source, target in edges:
        near[source].append(target)
        near[target].append(source)
    for sweep in range(4):
        row = {name: i / len(names) for names in columns.values() for i, name in enumerate(names)}
        for column in sorted(columns, reverse=sweep % 2 == 1):
            columns[column].sort(key=_mean_of(near, row))
            row |= {name: i / len(columns[column]) for i, name in enumerate(columns[column])}
    return {name: (column, i) for column, names in columns.items() for i, name in enumerate(names)}


def _mean_of(near: dict[str, list[str]], row: dict[str, float]) -> Callable[[str], tuple[float, str]]:
    def mean(name: str) -> tuple[float, str]:
        places = [row[other] for other in near[name]]
        return (sum(places) / len(places) if places else row[name], name)

    return mean
