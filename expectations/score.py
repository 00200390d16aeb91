"""Scores in the four dimensions（完整性、一致性、准确性、及时性）.

Lives here: the share of conforming evaluations per dimension, X = A/B（GB/T 36344-2018）, in percent.
Stays out: outcomes (``findings``), ranking (departments are never ranked).
"""

from __future__ import annotations

from dataclasses import dataclass

from expectations.findings import latest
from scheme.catalog import Catalog, CatalogEntry, Dimension
from scheme.names import staging_name
from scheme.protocols import RuleOutcome


@dataclass(frozen=True)
class Score:
    """Scores of one resource, 0–100 with two decimals; None: nothing was evaluated in that dimension."""

    resource: str
    name: str
    department: str
    completeness: float | None
    consistency: float | None
    accuracy: float | None
    timeliness: float | None
    errors: int

    @property
    def total(self) -> float | None:
        """Mean of the evaluated dimensions."""
        known = [d for d in (self.completeness, self.consistency, self.accuracy, self.timeliness) if d is not None]
        return round(sum(known) / len(known), 2) if known else None


def scores(catalog: Catalog) -> list[Score]:
    """Return the scores of every judged resource that counts for the district."""
    found = []
    for entry in catalog.entries.values():
        if catalog.departments[entry.department].counts:
            _, outcomes = latest(str(staging_name(entry.department, entry.stem)))
            if outcomes:
                found.append(score_of(entry, outcomes))
    return found


def score_of(entry: CatalogEntry, outcomes: list[RuleOutcome]) -> Score:
    """Return the score of one resource; a rule that could not be evaluated counts for nothing."""
    shares = {d.value: _share([o for o in outcomes if o.dimension == d.value]) for d in Dimension}
    errors = sum(o.state == "error" for o in outcomes)
    return Score(entry.id, entry.name, entry.department, errors=errors, **shares)


def _share(outcomes: list[RuleOutcome]) -> float | None:
    evaluated = sum(o.evaluated_count for o in outcomes if o.state != "error")
    unexpected = sum(o.unexpected_count for o in outcomes if o.state != "error")
    return round(100 * (evaluated - unexpected) / evaluated, 2) if evaluated else None
