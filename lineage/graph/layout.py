"""Where the nodes of a picture stand: layers from left to right, few crossings, in well under a second for thousands.

Lives here: layers by longest path, order by barycentre, heights by isotonic regression（Sugiyama, Tagawa and Toda 1981;
the pool-adjacent-violators algorithm for the last step）.
Add here: another rule of placing.
Stays out: which nodes there are (``lineage.graph.picture``), drawing them (``portal``).

All lengths are pixels of the picture at scale 1; a position is the middle of a node.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence

import numpy as np

GAP_ACROSS = 90.0
GAP_DOWN = 26.0
_SWEEPS = 8
_ASPECT = 1.8  # how much wider than high a picture of many nodes may be

Edges = Sequence[tuple[int, int]]


def layered(
    heights: Sequence[float], edges: Edges, width: float, ranks: list[int] | None = None
) -> list[tuple[float, float]]:
    """Return (x, y) of every node; ``edges`` are pairs of places in ``heights``, loops and rings allowed.

    ``ranks``: the layer of every node, where the caller knows better than the longest path.
    """
    count = len(heights)
    if not count:
        return []
    edges = sorted({(s, t) for s, t in edges if s != t})
    layers = _ordered(ranks or _ranks(count, edges), edges)
    most = _rows(layers, heights, width)
    places = np.zeros((count, 2))
    left = 0.0
    for layer in layers:
        for start in range(0, len(layer), most):
            column = layer[start : start + most]
            places[column, 0] = left
            places[column, 1] = _stacked(column, heights)
            left += width + (GAP_ACROSS if start + most >= len(layer) else GAP_DOWN)
    _straighten(places, [layer for layer in layers if len(layer) <= most], heights, edges)
    return [(round(float(x), 1), round(float(y), 1)) for x, y in places]


def _ranks(count: int, edges: Edges) -> list[int]:
    """Longest path from the left; a ring is entered where fewest of its edges are still open."""
    out: dict[int, list[int]] = defaultdict(list)
    waiting = [0] * count
    for source, target in edges:
        out[source].append(target)
        waiting[target] += 1
    rank, done = [0] * count, [False] * count
    ready = deque(i for i in range(count) if not waiting[i])
    left = count
    while left:
        if not ready:
            ready.append(min((i for i in range(count) if not done[i]), key=waiting.__getitem__))
        here = ready.popleft()
        done[here] = True
        left -= 1
        for other in out[here]:
            if not done[other]:
                rank[other] = max(rank[other], rank[here] + 1)
                waiting[other] -= 1
                if not waiting[other]:
                    ready.append(other)
    return _pulled(rank, out, edges)


def _pulled(rank: list[int], out: dict[int, list[int]], edges: Edges) -> list[int]:
    """Bring what has no inputs next to the nearest thing made of it."""
    fed = {target for _, target in edges}
    for node, others in out.items():
        nearest = min((rank[o] for o in others), default=0)
        if node not in fed and nearest > rank[node]:
            rank[node] = nearest - 1
    return rank


def _ordered(rank: list[int], edges: Edges) -> list[np.ndarray]:
    """Return the layers, each in an order with few crossings."""
    ranks = np.asarray(rank)
    layers = [np.flatnonzero(ranks == r) for r in np.unique(ranks)]
    place = np.zeros(len(rank))
    for layer in layers:
        place[layer] = _centred(len(layer))
    for sweep in range(_SWEEPS):
        near = _neighbours(len(rank), edges, into=sweep % 2 == 0)
        for n in range(len(layers)) if sweep % 2 == 0 else reversed(range(len(layers))):
            wanted = _means(layers[n], near, place)
            layers[n] = layers[n][np.lexsort((layers[n], place[layers[n]], wanted))]
            place[layers[n]] = _centred(len(layers[n]))
    return layers


def _neighbours(count: int, edges: Edges, *, into: bool) -> list[list[int]]:
    found: list[list[int]] = [[] for _ in range(count)]
    for source, target in edges:
        if into:
            found[target].append(source)
        else:
            found[source].append(target)
    return found


def _means(layer: np.ndarray, near: list[list[int]], place: np.ndarray) -> np.ndarray:
    return np.array([place[near[i]].mean() if near[i] else place[i] for i in layer])


def _centred(count: int) -> np.ndarray:
    return np.arange(count) - (count - 1) / 2


def _rows(layers: list[np.ndarray], heights: Sequence[float], width: float) -> int:
    """Return how many nodes may stand above each other before a layer takes a second column."""
    most = max(len(layer) for layer in layers)
    step = float(np.mean(np.asarray(heights))) + GAP_DOWN
    rows = 14
    while rows < most:
        columns = sum(-(-len(layer) // rows) for layer in layers)
        if columns * (width + GAP_DOWN) <= _ASPECT * rows * step:
            return rows
        rows += max(1, rows // 8)
    return most


def _stacked(column: np.ndarray, heights: Sequence[float]) -> np.ndarray:
    """Return heights of middles, one above the other, around 0."""
    tall = np.asarray(heights)[column]
    ends = np.cumsum(tall + GAP_DOWN)
    return ends - tall / 2 - GAP_DOWN - (ends[-1] - GAP_DOWN) / 2


def _straighten(places: np.ndarray, layers: list[np.ndarray], heights: Sequence[float], edges: Edges) -> None:
    """Move each layer's nodes as near to their neighbours' heights as their order and size allow."""
    near = [[*a, *b] for a, b in zip(*(_neighbours(len(places), edges, into=i) for i in (True, False)), strict=True)]
    for turn in range(4):
        for layer in layers if turn % 2 == 0 else reversed(layers):
            wanted = _means(layer, near, places[:, 1])
            offsets = _stacked(layer, heights)
            places[layer, 1] = _isotonic(wanted - offsets) + offsets


def _isotonic(values: np.ndarray) -> np.ndarray:
    """Return the nearest never falling sequence, by least squares."""
    blocks: list[tuple[float, int]] = []
    for value in values:
        mean, size = float(value), 1
        while blocks and blocks[-1][0] > mean:
            before, many = blocks.pop()
            mean, size = (before * many + mean * size) / (many + size), many + size
        blocks.append((mean, size))
    return np.repeat([mean for mean, _ in blocks], [size for _, size in blocks])
