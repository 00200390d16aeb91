"""How scores moved: of a resource batch by batch, of departments and the district month by month.

Lives here: the points of a trend, all of one call in one query.
Add here: the trend of another group.
Stays out: drawing it (``portal``, reports), the arithmetic (``scoring``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from expectations import judgements
from expectations.score import dataset_of, district_of, grouped, score_of_judgement
from expectations.scoring import GroupScore, Score
from scheme.catalog import Catalog, CatalogEntry


@dataclass(frozen=True)
class Point:
    """One point. ``period``: a batch id, or a month as ``2026-09``; ``on``: day of the (last) judgement it rests on."""

    period: str
    on: date
    score: Score | GroupScore


def trends(entries: list[CatalogEntry], since: date | None = None) -> dict[str, list[Point]]:
    """Return resource → its score at each batch, oldest first: as the batch was judged last.

    Batches that were set aside have their point too. ``since``: only batches judged on that day or later.
    """
    by_dataset = {dataset_of(e): e for e in entries}
    found: dict[str, list[Point]] = {e.id: [] for e in entries}
    for judged in judgements.by_batch(list(by_dataset), since):
        entry = by_dataset[judged.dataset]
        point = Point(judged.batch_id, judged.checked_at.date(), score_of_judgement(entry, judged))
        found[entry.id].append(point)
    return found


def trend(entry: CatalogEntry, since: date | None = None) -> list[Point]:
    """Return the score of one resource at each batch, oldest first."""
    return trends([entry], since)[entry.id]


def department_trend(catalog: Catalog, department: str, since: date | None = None) -> list[Point]:
    """Return a department's score at the end of every month in which anything of the district was judged."""
    months = _months(catalog, since)
    return [Point(p, on, g) for p, on, groups in months for g in groups if g.code == department and g.parts]


def district_trend(catalog: Catalog, since: date | None = None) -> list[Point]:
    """Return the district's score at the end of every month in which anything was judged."""
    return [Point(p, on, district_of(groups)) for p, on, groups in _months(catalog, since)]


def _months(catalog: Catalog, since: date | None) -> Iterator[tuple[str, date, list[GroupScore]]]:
    """Yield (month, last day of judgement, departments); a resource not judged in a month stands as before."""
    entries = {dataset_of(e): e for e in catalog.entries.values() if catalog.departments[e.department].counts}
    known: dict[str, Score] = {}
    found = judgements.by_month(list(entries))
    for place, judged in enumerate(found):
        known[judged.dataset] = score_of_judgement(entries[judged.dataset], judged)
        if place + 1 == len(found) or found[place + 1].month != judged.month:
            on = judged.checked_at.date()
            if since is None or on >= since:
                yield f"{on:%Y-%m}", on, grouped(catalog, [known[d] for d in entries if d in known], on)
