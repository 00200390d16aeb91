"""Scores by GB/T 36344-2018, X = A/B: rule → item → dimension → resource → department → district.

Lives here: pure functions over outcomes. A is the number of assessed elements that meet the rule, B of those assessed;
every level above is the weighted mean of what stands under it (weights: ``parameters/scores.yml``).
Add here: another level.
Stays out: reading outcomes (``judgements``), whose score is asked for (``score``). Nobody is ranked.

Shares are exact fractions, rounded once, when shown, to four decimals of a percent (GB/T 8170-2008: half to even).
A rule that could not be evaluated counts for nothing; a level under which nothing was evaluated is None, never 100.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from scheme.catalog import CatalogEntry, Dimension
from scheme.protocols import RuleOutcome

DECIMALS = 4
RECORD = "记录整体"
"""Name of what rules of no single item speak of: the record or the delivery."""
Share = Fraction | None


def percent(share: Share) -> float | None:
    """Return a share in percent with four decimals."""
    return None if share is None else float(round(100 * share, DECIMALS))


def mean(parts: Iterable[tuple[Share, Fraction]]) -> Share:
    """Return the weighted mean of (share, weight); what is None drops out; None if nothing is left."""
    known = [(s, w) for s, w in parts if s is not None]
    total = sum((w for _, w in known), Fraction(0))
    return sum((s * w for s, w in known), Fraction(0)) / total if total else None


@dataclass(frozen=True)
class RuleScore:
    """One rule: ``conforming`` is A, ``assessed`` is B, both in rows (of a rule on the delivery: 1)."""

    rule: str
    item: str | None
    dimension: str
    severity: str
    meaning: str
    state: Literal["passed", "failed", "error"]
    conforming: int
    assessed: int
    weight: Fraction

    @property
    def is_evaluated(self) -> bool:
        """Whether it counts."""
        return self.state != "error" and self.assessed > 0

    @property
    def share(self) -> Share:
        """X = A/B."""
        return Fraction(self.conforming, self.assessed) if self.is_evaluated else None

    @property
    def percent(self) -> float | None:
        """X in percent."""
        return percent(self.share)


@dataclass(frozen=True)
class ItemScore:
    """One item in one dimension; ``item`` None: the record or the delivery as a whole."""

    item: str | None
    name: str
    dimension: str
    rules: tuple[RuleScore, ...]
    weight: Fraction

    @property
    def share(self) -> Share:
        """Mean of its rules by severity."""
        return mean((r.share, r.weight) for r in self.rules)

    @property
    def percent(self) -> float | None:
        """The share in percent."""
        return percent(self.share)


@dataclass(frozen=True)
class DimensionScore:
    """One dimension of a resource."""

    dimension: str
    items: tuple[ItemScore, ...]
    weight: Fraction

    @property
    def share(self) -> Share:
        """Mean of its items."""
        return mean((i.share, i.weight) for i in self.items)

    @property
    def percent(self) -> float | None:
        """The share in percent."""
        return percent(self.share)


class FourDimensions(ABC):
    """What a resource, a department and the district have in common: percents with four decimals, or None."""

    @property
    @abstractmethod
    def share(self) -> Share:
        """The share over all dimensions."""

    @abstractmethod
    def share_in(self, dimension: str) -> Share:
        """The share in one dimension."""

    @property
    def completeness(self) -> float | None:
        """完整性."""
        return percent(self.share_in(Dimension.completeness))

    @property
    def consistency(self) -> float | None:
        """一致性."""
        return percent(self.share_in(Dimension.consistency))

    @property
    def accuracy(self) -> float | None:
        """准确性."""
        return percent(self.share_in(Dimension.accuracy))

    @property
    def timeliness(self) -> float | None:
        """及时性."""
        return percent(self.share_in(Dimension.timeliness))

    @property
    def total(self) -> float | None:
        """综合."""
        return percent(self.share)


@dataclass(frozen=True)
class Score(FourDimensions):
    """One resource (``<department>.<resource>``) with everything its score is made of."""

    resource: str
    name: str
    department: str
    dimensions: tuple[DimensionScore, ...]
    weight: Fraction

    @property
    def share(self) -> Share:
        """Mean of its dimensions."""
        return mean((d.share, d.weight) for d in self.dimensions)

    def share_in(self, dimension: str) -> Share:
        """The share in one dimension."""
        return next((d.share for d in self.dimensions if d.dimension == dimension), None)

    @property
    def items(self) -> list[ItemScore]:
        """Items, dimension by dimension."""
        return [i for d in self.dimensions for i in d.items]

    @property
    def rules(self) -> list[RuleScore]:
        """Rules, item by item."""
        return [r for i in self.items for r in i.rules]

    @property
    def not_evaluated(self) -> list[RuleScore]:
        """Rules that could not be evaluated: an engineer's matter, nothing against the department."""
        return [r for r in self.rules if r.state == "error"]

    @property
    def errors(self) -> int:
        """How many could not be evaluated."""
        return len(self.not_evaluated)


@dataclass(frozen=True)
class GroupScore(FourDimensions):
    """A department over its resources, or the district over its departments; ``parts`` in the catalog's order."""

    level: Literal["department", "district"]
    code: str
    name: str
    parts: tuple[Score | GroupScore, ...]
    weight: Fraction

    @property
    def share(self) -> Share:
        """Mean of its parts."""
        return mean((p.share, p.weight) for p in self.parts)

    def share_in(self, dimension: str) -> Share:
        """Mean of its parts in one dimension; the four need not average to the total."""
        return mean((p.share_in(dimension), p.weight) for p in self.parts)

    @property
    def errors(self) -> int:
        """How many rules could not be evaluated."""
        return sum(p.errors for p in self.parts)


def resource_score(entry: CatalogEntry, outcomes: Iterable[RuleOutcome], weights: dict[str, Any]) -> Score:
    """Return the score of one resource; ``weights`` are the parameters of the day it was judged."""
    rules = [_rule(o, weights) for o in outcomes]
    dimensions = tuple(
        DimensionScore(d.value, _items(entry, [r for r in rules if r.dimension == d.value], d.value, weights),
                       Fraction(weights["dimensions"][d.value]))
        for d in Dimension
    )  # fmt: skip
    return Score(entry.id, entry.name, entry.department, dimensions, weight_of(weights["resources"], entry.id))


def weight_of(table: dict[str, str], code: str) -> Fraction:
    """Return the weight stated for a code, or the default."""
    return Fraction(table.get(code, table["default"]))


def _rule(outcome: RuleOutcome, weights: dict[str, Any]) -> RuleScore:
    return RuleScore(
        outcome.rule, outcome.item, outcome.dimension, outcome.severity, outcome.meaning, outcome.state,
        outcome.evaluated_count - outcome.unexpected_count, outcome.evaluated_count,
        Fraction(weights["severities"][outcome.severity]),
    )  # fmt: skip


def _items(
    entry: CatalogEntry, rules: list[RuleScore], dimension: str, weights: dict[str, Any]
) -> tuple[ItemScore, ...]:
    names = {i.code: i.name for i in entry.items}
    found: dict[str | None, list[RuleScore]] = {code: [] for code in [*names, None]}
    for rule in rules:
        found.setdefault(rule.item, []).append(rule)
    return tuple(
        ItemScore(code, names.get(code or "", code or RECORD), dimension, tuple(of), _weight(code, entry, weights))
        for code, of in found.items()
        if of
    )


def _weight(item: str | None, entry: CatalogEntry, weights: dict[str, Any]) -> Fraction:
    kind = "record" if item is None else "key" if item in entry.key else "other"
    return Fraction(weights["items"][kind])
