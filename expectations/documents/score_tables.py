"""Tables of scores that both reports have.

Lives here: scores in the four dimensions as rows of text, to four decimals of a percent.
Add here: another table of scores that a second report needs.
Stays out: computing them (``expectations.score``, ``expectations.trend``). Nobody is ranked.
"""

from __future__ import annotations

from expectations.documents.content import Row, change, points
from expectations.scoring import FourDimensions
from scheme.catalog import Dimension

HEADERS: Row = (*(d.chinese for d in Dimension), "综合")


def figures(score: FourDimensions | None) -> Row:
    """Return the four dimensions and the total."""
    return tuple(points(p) for p in _percents(score))


def changes(now: FourDimensions | None, before: FourDimensions | None) -> Row:
    """Return how the four dimensions and the total moved."""
    return tuple(change(a, b) for a, b in zip(_percents(now), _percents(before), strict=True))


def _percents(score: FourDimensions | None) -> list[float | None]:
    if score is None:
        return [None] * len(HEADERS)
    return [score.completeness, score.consistency, score.accuracy, score.timeliness, score.total]
