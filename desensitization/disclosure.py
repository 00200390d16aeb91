"""Small cells of published tables: suppressed, with what would give them away.

Lives here: primary suppression of counts under a minimum, complementary suppression so that no suppressed cell
follows from its row or column total, and rounding of what remains.
Add here: dominance (n,k) and p% for magnitudes.
Stays out: which tables a product has (``dataplane``).
Source: Hundepool et al., Statistical Disclosure Control (2012), ch. 4; ACRO 1.0 defaults.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Suppressed:
    """A two-way table fit for publication: rounded counts, −1 where suppressed; margins are last."""

    cells: np.ndarray
    hidden: np.ndarray
    primary: int
    complementary: int


def suppress(counts: np.ndarray, *, minimum: int, rounding: int) -> Suppressed:
    """Protect a two-way table of counts; margins are added here, from the true counts.

    ``counts``: shape (rows, columns), whole numbers of units. A count of 0 is published: nobody is in it.
    """
    full = _with_margins(counts.astype(np.int64))
    hidden = (full > 0) & (full < minimum)
    primary = int(hidden.sum())
    _complement(full, hidden)
    rounded = (full + rounding // 2) // rounding * rounding
    return Suppressed(np.where(hidden, -1, rounded), hidden, primary, int(hidden.sum()) - primary)


def _with_margins(counts: np.ndarray) -> np.ndarray:
    rows = np.vstack([counts, counts.sum(axis=0)])
    return np.hstack([rows, rows.sum(axis=1, keepdims=True)])


def _complement(full: np.ndarray, hidden: np.ndarray) -> None:
    """Hide the smallest other count of every line with exactly one hidden cell, until there is none."""
    changed = True
    while changed:
        changed = False
        for values, mask in [(full, hidden), (full.T, hidden.T)]:
            for line, hides in zip(values, mask, strict=True):
                if hides.sum() != 1:
                    continue
                others = np.flatnonzero(~hides & (line > 0))
                if not len(others):
                    others = np.flatnonzero(~hides)
                hides[others[np.argmin(line[others])]] = True
                changed = True
