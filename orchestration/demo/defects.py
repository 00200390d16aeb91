"""What is wrong with the registers, on purpose, with its truth.

Lives here: planting defects and personal data in a register of text cells, each recorded as
(resource, row_number, item, kind, rule). ``rule`` is the quality rule that must find it, or empty; row number 0 is the
batch as a whole.
Add here: another kind of defect of the demo's registers.
Stays out: judging (``expectations``, ``desensitization``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

Change = Callable[[pl.Series], "pl.Series | Sequence[str | None]"]


@dataclass
class Truth:
    """Every planted cell, as one table a register."""

    planted: list[pl.DataFrame] = field(default_factory=list)

    def add(self, resource: str, rows: np.ndarray, item: str, kind: str, rule: str) -> None:
        """Record rows (0-based) of one kind."""
        self.planted.append(
            pl.DataFrame({"row_number": rows + 1}).with_columns(
                resource=pl.lit(resource), item=pl.lit(item), kind=pl.lit(kind), rule=pl.lit(rule)
            )
        )

    def add_whole(self, resource: str, item: str, kind: str, rule: str) -> None:
        """Record a fault of the batch as a whole, as row 0."""
        self.add(resource, np.array([-1]), item, kind, rule)

    def table(self) -> pl.DataFrame:
        """Return all of them."""
        columns = ["resource", "row_number", "item", "kind", "rule"]
        return pl.concat([p.select(columns) for p in self.planted]) if self.planted else pl.DataFrame()


class Planter:
    """Plants into one register; no row is changed twice, so that each defect stays alone."""

    def __init__(self, resource: str, frame: pl.DataFrame, truth: Truth, seed: int) -> None:
        self.resource, self.frame, self.truth = resource, frame, truth
        self.rng = np.random.default_rng([seed, 99, *resource.encode()])
        self.free = np.ones(len(frame), dtype=bool)

    def plant(
        self, item: str, kind: str, rule: str, share: float, change: Change, where: pl.Expr | None = None
    ) -> Planter:
        """Change one item in a share of the (matching) rows, at least one."""
        rows = self._changed(item, share, change, where)
        if len(rows):
            self.truth.add(self.resource, rows, item, kind, rule)
        return self

    def shift(
        self, item: str, kind: str, rule: str, share: float, change: Change, where: pl.Expr | None = None
    ) -> Planter:
        """Change one item in so many rows that the batch as a whole is wrong, though none of them is by itself."""
        if len(self._changed(item, share, change, where)):
            self.truth.add_whole(self.resource, item, kind, rule)
        return self

    def repeat_key(
        self, item: str, kind: str, rule: str, pairs: int, *,
        also: Sequence[str] = (), target: pl.Expr | None = None, source: pl.Expr | None = None,
    ) -> Planter:  # fmt: skip
        """Give one row the key of another, ``pairs`` times, with other items of it; both rows are wrong."""
        share = pairs / max(1, len(self.frame))
        to, of = self._pick(share, target)[:pairs], self._pick(share, source)[:pairs]
        half = min(len(to), len(of))
        if half:
            for each in (item, *also):
                self.frame = self.frame.with_columns(
                    self.frame[each].scatter(to[:half], self.frame[each].gather(of[:half]))
                )
            self.truth.add(self.resource, np.sort(np.r_[to[:half], of[:half]]), item, kind, rule)
        return self

    def swap(
        self, first: str, second: str, kind: str, rule: str, share: float, where: pl.Expr | None = None
    ) -> Planter:
        """Exchange two items of a row."""
        rows = self._pick(share, where)
        if len(rows):
            one, other = self.frame[first], self.frame[second]
            self.frame = self.frame.with_columns(
                one.scatter(rows, other.gather(rows)).alias(first), other.scatter(rows, one.gather(rows)).alias(second)
            )
            self.truth.add(self.resource, rows, first, kind, rule)
        return self

    def run(
        self, item: str, kind: str, rule: str, of: str, length: int, share: float, change: Change,
        where: pl.Expr | None = None,
    ) -> Planter:  # fmt: skip
        """Give ``length`` rows of one ``of`` that follow each other one value; the rule finds the last of them.

        ``change`` receives the values of the first rows, ``where`` is judged there.
        """
        starts = self._starts(of, length, where)
        count = min(len(starts), max(1, round(len(self.frame) * share)))
        starts = np.sort(self.rng.choice(starts, count, replace=False)) if count else starts
        if len(starts):
            rows = (starts[:, None] + np.arange(length)).ravel()
            new = pl.Series(item, change(self.frame[item].gather(starts)), dtype=pl.String, strict=False)
            repeated = new.gather(np.repeat(np.arange(len(starts)), length))
            self.frame = self.frame.with_columns(self.frame[item].scatter(rows, repeated).alias(item))
            self.free[rows] = False
            self.truth.add(self.resource, starts + length - 1, item, kind, rule)
        return self

    def note(self, item: str, kind: str, rule: str, where: pl.Expr) -> Planter:
        """Record rows that are wrong through other registers, e.g. a dead person still 在册."""
        rows = np.flatnonzero(self.frame.select(where.fill_null(False)).to_series().to_numpy())
        self.free[rows] = False
        self.truth.add(self.resource, rows, item, kind, rule)
        return self

    def _changed(self, item: str, share: float, change: Change, where: pl.Expr | None) -> np.ndarray:
        rows = self._pick(share, where)
        if len(rows):
            new = pl.Series(item, change(self.frame[item].gather(rows)), dtype=pl.String, strict=False)
            self.frame = self.frame.with_columns(self.frame[item].scatter(rows, new).alias(item))
        return rows

    def _starts(self, of: str, length: int, where: pl.Expr | None) -> np.ndarray:
        """Return every ``length``-th row from which ``length`` rows are free and of the same ``of``."""
        starts = np.arange(0, len(self.frame) - length + 1, length)
        owner = self.frame[of].fill_null("").to_numpy()
        fits = self.free[starts[:, None] + np.arange(length)].all(axis=1) & (
            owner[starts] == owner[starts + length - 1]
        )
        if where is not None:
            fits &= self.frame.select(where.fill_null(False)).to_series().to_numpy()[starts]
        return starts[fits]

    def _pick(self, share: float, where: pl.Expr | None) -> np.ndarray:
        allowed = self.free.copy()
        if where is not None:
            allowed &= self.frame.select(where.fill_null(False)).to_series().to_numpy()
        candidates = np.flatnonzero(allowed)
        count = min(len(candidates), max(1, round(len(self.frame) * share)))
        rows = np.sort(self.rng.choice(candidates, count, replace=False)) if count else candidates[:0]
        self.free[rows] = False
        return rows


def wrong_check(values: pl.Series) -> pl.Series:
    """Return numbers whose last character is another one."""
    last = values.str.slice(-1)
    other = pl.select(pl.when(last == "1").then(pl.lit("2")).otherwise(pl.lit("1"))).to_series()
    return values.str.head(-1) + other


def old_number(values: pl.Series) -> pl.Series:
    """Return the 15-digit form: century and check digit left out."""
    return values.str.slice(0, 6) + values.str.slice(8, 9)


def full_width(values: pl.Series) -> pl.Series:
    """Return digits as full-width characters."""
    digits = "0123456789"
    return values.str.replace_many(list(digits), [chr(0xFF10 + int(d)) for d in digits])


def constant(value: str | None) -> Change:
    """Return a change that gives every picked cell this value."""
    return lambda values: [value] * len(values)
