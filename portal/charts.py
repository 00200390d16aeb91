"""Trends as data of a chart; the page's table says the same.

Lives here: points of scores → labels and series, as the script ``chart.js`` draws them.
Add here: another chart's data.
Stays out: computing scores (``expectations.trend``), drawing (``static/portal/chart.js``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from expectations.trend import Point
from scheme.catalog import Dimension

SERIES = [*((d.chinese, d.value) for d in Dimension), ("综合", "total")]


def trend_chart(title: str, points: Sequence[Point]) -> dict[str, Any]:
    """Return title, labels (days of judgement; two of one day are told apart) and one series a dimension."""
    labels = [f"{p.on.year}年{p.on.month}月{p.on.day}日" for p in points]
    numbered = [f"{text}（{labels[: n + 1].count(text)}）" if labels.count(text) > 1 else text
                for n, text in enumerate(labels)]  # fmt: skip
    series = [{"name": name, "values": [getattr(p.score, field) for p in points]} for name, field in SERIES]
    return {"title": title, "labels": numbered, "series": series}
