"""The drawn graph of a report: every box in its own place, no line behind a box."""

from __future__ import annotations

from itertools import pairwise

from lineage.evidence.drawing import HEIGHT, WIDTH, drawing
from lineage.graph.trace import Trace, TraceEdge, TraceNode
from tests.unit.lineage.events import START


def test_a_picture_of_many_puts_every_box_in_its_own_place_and_lines_go_right():
    names = [f"platform.a.t{i:03}" for i in range(120)]
    edges = [TraceEdge(names[i // 3], "*", names[i], "*", "", "", None) for i in range(1, 120)]
    edges.append(TraceEdge(names[119], "*", names[0], "*", "", "", None))  # a circle
    nodes = [TraceNode(n, "", "一体化平台", i, "", None, []) for i, n in enumerate(names)]
    found = drawing(Trace(names[0], None, "downstream", START, 1, True, [], nodes, edges), {})
    corners = {(b["x"], b["y"]) for b in found["boxes"]}
    assert len(corners) == 120
    by_column: dict[int, list[int]] = {}
    for x, y in corners:
        by_column.setdefault(x, []).append(y)
    for ys in by_column.values():
        assert all(b - a >= HEIGHT for a, b in zip(sorted(ys), sorted(ys)[1:], strict=False))
    assert max(x for x, _ in corners) + WIDTH == found["width"]
    assert sum(line["has_head"] for line in found["lines"]) >= 119
    assert sum(line["x2"] > line["x1"] for line in found["lines"]) >= 119


def test_a_line_over_several_columns_runs_behind_no_box():
    names = [f"platform.a.t{i}" for i in range(7)]
    edges = [TraceEdge(a, "*", b, "*", "", "", None) for a, b in pairwise(names)]
    edges += [
        TraceEdge(names[0], "*", names[6], "*", "", "", None),
        TraceEdge(names[1], "*", names[4], "*", "", "", None),
    ]
    nodes = [TraceNode(n, "", "一体化平台", i, "", None, []) for i, n in enumerate(names)]
    found = drawing(
        Trace(names[0], None, "downstream", START, 1, True, [], nodes, edges), {(names[0], names[6]): "masked"}
    )
    for line in found["lines"]:
        for box in found["boxes"]:
            straight = line["y1"] == line["y2"] and line["x1"] < box["x"] + WIDTH and box["x"] < line["x2"]
            assert not (straight and box["y"] <= line["y1"] <= box["y"] + HEIGHT)
        assert line["x2"] - line["x1"] <= WIDTH + 2 * 140
    assert {line["kind"] for line in found["lines"]} == {"plain", "masked"}
