"""Which statements held at a moment, as known at a sequence of the log: both times of the graph.

Lives here: per (data set, job) the latest statement by then; data sets dropped or renamed by then.
Add here: another kind of change that begins or ends what holds.
Stays out: the arrays (``lineage.graph.index``), walking (``lineage.graph.walks``).

A data set that is gone is no answer to "what is there", but stays a source of what was made of it: its own edges hold
as long as something that is there depends on it, and no longer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lineage.graph.arrays import Ints
from lineage.graph.index import CHANGES, Index
from lineage.models import Statement

_DROP, _RENAME, _RETRACT = (
    CHANGES[c] for c in (Statement.Change.DROP, Statement.Change.RENAME, Statement.Change.RETRACT)
)
_NEVER = np.iinfo(np.int64).min


@dataclass(frozen=True)
class Validity:
    """``derivations``: bool by id, in force; ``gone``: by data set id, event time of its end, or the least number;
    ``stated``: positions of the statements in force."""

    derivations: np.ndarray
    gone: Ints
    stated: Ints

    def in_force(self, derivations: Ints) -> np.ndarray:
        """Return a bool for each of these ids; one the index learned after this was made does not hold in it."""
        known = derivations < len(self.derivations)
        return known & self.derivations[np.where(known, derivations, 0)]


def validity(index: Index, at_us: int, known_seq: int) -> Validity:
    """Return what held at ``at_us`` (microseconds since 1970 UTC) by the events up to ``known_seq``."""
    s = index.statements
    chosen = (s["event_us"] <= at_us) & (s["seq"] <= known_seq) & ~_retracted(index, known_seq)
    stated = index.timeline.latest(chosen & (s["derivation"] > 0))
    stated = _without_old_names(index, stated)
    ends = _latest_of(index, np.flatnonzero(chosen & (s["change"] == _DROP)))
    gone = np.full(len(index.datasets), _NEVER, np.int64)
    if len(ends.datasets):
        stated = _still_needed(index, stated, ends)
        made = _latest_of(index, np.flatnonzero(chosen & (s["change"] != _DROP)))
        over = ends.datasets[~made.reaches(ends)]
        gone[over] = ends.event_us[over]
    derivations = np.zeros(index.derivations.size, bool)
    derivations[s["derivation"][stated]] = True
    return Validity(derivations, gone, stated)


def _retracted(index: Index, known_seq: int) -> np.ndarray:
    """Return a bool for each statement: taken back since, or itself a taking back."""
    s = index.statements
    back = np.flatnonzero((s["change"] == _RETRACT) & (s["seq"] <= known_seq))
    if not len(back):
        return s["change"] == _RETRACT
    last = np.full(int(s["run"].max()) + 1, _NEVER, np.int64)
    np.maximum.at(last, s["run"][back], s["seq"][back])
    last[0] = _NEVER  # statements without a run
    return last[s["run"]] >= s["seq"]


@dataclass(frozen=True)
class _Latest:
    """Of each data set the latest of some statements, by event time, then by sequence; ``datasets``: those with one."""

    datasets: Ints
    event_us: Ints
    seq: Ints

    def reaches(self, other: _Latest) -> np.ndarray:
        """Return for each of the other's data sets whether this is at least as late: to make is after to end."""
        us, seq = self.event_us[other.datasets], self.seq[other.datasets]
        until, by = other.event_us[other.datasets], other.seq[other.datasets]
        return (us > until) | ((us == until) & (seq >= by))


def _latest_of(index: Index, rows: Ints) -> _Latest:
    s = index.statements
    of, us, seq = s["dataset"][rows], s["event_us"][rows], s["seq"][rows]
    latest, by = np.full(len(index.datasets), _NEVER, np.int64), np.full(len(index.datasets), _NEVER, np.int64)
    np.maximum.at(latest, of, us)
    last = us == latest[of]
    np.maximum.at(by, of[last], seq[last])
    return _Latest(np.unique(of), latest, by)


def _without_old_names(index: Index, stated: Ints) -> Ints:
    """A renaming says how a data set came to be only until something makes it under its new name."""
    s = index.statements
    renamed = s["change"][stated] == _RENAME
    if not renamed.any():
        return stated
    made = _latest_of(index, stated[~renamed]).event_us
    return stated[~(renamed & (made[s["dataset"][stated]] > s["event_us"][stated]))]


def _still_needed(index: Index, stated: Ints, ends: _Latest) -> Ints:
    """Leave out statements about data sets that are gone, unless something that is there was made of them."""
    s = index.statements
    of, us, seq = s["dataset"][stated], s["event_us"][stated], s["seq"][stated]
    is_open = (us > ends.event_us[of]) | ((us == ends.event_us[of]) & (seq >= ends.seq[of]))
    if is_open.all():
        return stated
    kept, closed = stated[is_open], stated[~is_open]
    while len(closed):
        in_force = np.zeros(index.derivations.size, bool)
        in_force[s["derivation"][kept]] = True
        edges = index.dataset_edges
        read = np.zeros(len(index.datasets), bool)
        read[edges["input"][in_force[edges["derivation"]]]] = True
        needed = read[s["dataset"][closed]]
        if not needed.any():
            break
        kept, closed = np.concatenate([kept, closed[needed]]), closed[~needed]
    return kept
