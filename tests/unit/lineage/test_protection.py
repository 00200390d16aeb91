"""One rule of what is protected, in every combination of paths, and the same on the picture."""

from __future__ import annotations

from itertools import combinations_with_replacement, product

import pytest

from lineage import protection
from lineage.graph.picture_edges import STATES, state
from lineage.graph.view import Edge
from lineage.models import WHOLE

WAYS = [
    Edge(column, 1, "x", kind, "", masking, "")
    for column, kind, masking in product(("x", WHOLE), ("DIRECT", "INDIRECT"), (True, False, None))
]
SETS = [edges for size in range(4) for edges in combinations_with_replacement(WAYS, size)]


def told(edges: tuple[Edge, ...]) -> str:
    """The rule read aloud: one path at a time, the worst of them counts."""
    worst, order = "", ["masked", "unknown", "plain"]
    for edge in edges:
        if edge.type == "INDIRECT" or edge.column == WHOLE:
            continue
        here = {True: "masked", None: "unknown", False: "plain"}[edge.masking]
        worst = here if not worst or order.index(here) > order.index(worst) else worst
    return worst or ("indirect" if edges else "unrecorded")


def test_the_worst_of_all_direct_paths_counts():
    assert len(SETS) > 400
    assert {edges: protection.state(edges) for edges in SETS} == {edges: told(edges) for edges in SETS}
    expected = {"masked": True, "unknown": None}
    assert all(protection.is_protected(e) is expected.get(told(e), False) for e in SETS)


def test_a_line_of_the_picture_says_the_same():
    assert all(state(edges)["state"] == protection.state(edges) for edges in SETS)


@pytest.mark.parametrize(
    ("maskings", "title"),
    [((True, False), "部分脱敏 1/2"), ((True, None, False), "部分脱敏 1/3"), ((None, None), STATES["unknown"]),
     ((True, None), STATES["unknown"]), ((True, True), STATES["masked"]), ((False, None), STATES["plain"])],
)  # fmt: skip
def test_what_is_not_known_is_never_called_partly_masked(maskings, title):
    edges = [Edge("x", 1, "x", "DIRECT", "", masking, "") for masking in maskings]
    assert state(edges)["state_title"] == title
