"""Trends as data of a chart; the page's table says the same.

Lives here: points of scores → labels and series, as the script ``chart.js`` draws them.
Add here: another chart's data.
Stays out: computing scores (``expectations.trend``), drawing (``static/portal/chart.js``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from expectations.trend import Point
from scheme import chinese_dates
from scheme.catalog import Dimension

SERIES = [*((d.chinese, d.value) for d in Dimension), ("综合", "total")]


def trend_chart(title: str, points: Sequence[Point]) -> dict[str, Any]:
    """Return title, labels (day of the batch, or the month; two alike are told apart) and one series a dimension."""
    labels = [_label(p) for p in points]
    numbered = [f"{text}（{labels[: n + 1].count(text)}）" if labels.count(text) > 1 else text
                for n, text in enumerate(labels)]  # fmt: skip
    series = [{"name": name, "values": [getattr(p.score, field) for p in points]} for name, field in SERIES]
    return {"title": title, "labels": numbered, "series": series}


def _label(point: Point) -> str:
    """A batch id begins with the day it was received; any other period is a month."""
    digits = point.period.replace("-", "")
    if not digits[:6].isdigit():
        return chinese_dates.day(point.on)
    month = f"{int(digits[:4])}年{int(digits[4:6])}月"
    return f"{month}{int(digits[6:8])}日" if digits[6:8].isdigit() else month
