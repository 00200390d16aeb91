"""What is wrong with the registers, on purpose, with its truth.

Lives here: planting defects and personal data in a register of text cells, each recorded as
(resource, row_number, item, kind, rule). ``rule`` is the quality rule that must find it, or empty.
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
        rows = self._pick(share, where)
        if len(rows):
            new = pl.Series(item, change(self.frame[item].gather(rows)), dtype=pl.String, strict=False)
            self.frame = self.frame.with_columns(self.frame[item].scatter(rows, new).alias(item))
            self.truth.add(self.resource, rows, item, kind, rule)
        return self

    def repeat_key(self, item: str, kind: str, rule: str, pairs: int) -> Planter:
        """Give one row the key of another, ``pairs`` times; both rows are wrong."""
        rows = self._pick(2 * pairs / max(1, len(self.frame)), None)[: 2 * pairs]
        half = len(rows) // 2
        if half:
            source = self.frame[item].gather(rows[:half])
            self.frame = self.frame.with_columns(self.frame[item].scatter(rows[half : 2 * half], source))
            self.truth.add(self.resource, rows[: 2 * half], item, kind, rule)
        return self

    def note(self, item: str, kind: str, rule: str, where: pl.Expr) -> Planter:
        """Record rows that are wrong through other registers, e.g. a dead person still 在册."""
        rows = np.flatnonzero(self.frame.select(where.fill_null(False)).to_series().to_numpy())
        self.free[rows] = False
        self.truth.add(self.resource, rows, item, kind, rule)
        return self

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
