"""Where nodes stand: layers follow the lines, nothing overlaps, few lines cross, rings and loops do no harm."""

from __future__ import annotations

import random
from itertools import combinations

import pytest

from lineage.graph.layout import GAP_DOWN, layered

WIDTH, HEIGHT = 232.0, 66.0


def crossings(places: list[tuple[float, float]], edges: list[tuple[int, int]]) -> int:
    """Pairs of lines between the same two layers that cross, counted one by one."""
    count = 0
    for (a, b), (c, d) in combinations(edges, 2):
        if places[a][0] == places[c][0] and places[b][0] == places[d][0]:
            count += (places[a][1] - places[c][1]) * (places[b][1] - places[d][1]) < 0
    return count


def overlapping(places: list[tuple[float, float]], heights: list[float]) -> list[tuple[int, int]]:
    return [
        (i, j)
        for i, j in combinations(range(len(places)), 2)
        if abs(places[i][0] - places[j][0]) < WIDTH
        and abs(places[i][1] - places[j][1]) < (heights[i] + heights[j]) / 2 - 0.5
    ]


@pytest.mark.parametrize("seed", range(5))
def test_every_line_leads_to_the_right_and_no_box_lies_on_another(seed):
    chosen = random.Random(seed)
    edges = [(chosen.randrange(n), n) for n in range(1, 120)] + [
        tuple(sorted(chosen.sample(range(120), 2))) for _ in range(40)
    ]
    heights = [chosen.choice([66.0, 100.0, 300.0]) for _ in range(120)]
    places = layered(heights, edges, WIDTH)
    assert all(places[s][0] < places[t][0] for s, t in edges)
    assert overlapping(places, heights) == []


def test_two_chains_that_need_not_cross_do_not():
    edges = [(0, 3), (1, 2), (2, 5), (3, 4)]
    assert crossings(layered([HEIGHT] * 6, edges, WIDTH), edges) == 0


def test_a_chain_is_level():
    places = layered([HEIGHT] * 4, [(0, 1), (1, 2), (2, 3)], WIDTH)
    assert len({y for _, y in places}) == 1 and [x for x, _ in places] == sorted(x for x, _ in places)


def test_a_ring_a_loop_and_a_double_line_are_placed_all_the_same():
    places = layered([HEIGHT] * 4, [(0, 1), (1, 2), (2, 0), (3, 3), (0, 1)], WIDTH)
    assert len(places) == 4 and overlapping(places, [HEIGHT] * 4) == []


def test_a_layer_of_many_takes_several_columns_not_one_endless_one():
    places = layered([HEIGHT] * 401, [(0, n) for n in range(1, 401)], WIDTH)
    tall = max(y for _, y in places) - min(y for _, y in places)
    assert overlapping(places, [HEIGHT] * 401) == [] and tall < 400 * (HEIGHT + GAP_DOWN) / 4


def test_layers_given_by_the_caller_are_kept_and_nothing_is_nothing():
    places = layered([HEIGHT] * 3, [(0, 1), (2, 0)], WIDTH, [-2, 0, -1])
    assert places[0][0] < places[2][0] < places[1][0]
    assert layered([], [], WIDTH) == []
