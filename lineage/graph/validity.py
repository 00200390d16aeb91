"""Which statements held at a moment, as known at a sequence of the log: both times of the graph.

Lives here: per (data set, job) the latest statement by then; data sets dropped or renamed by then.
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

_DROP, _RENAME = CHANGES[Statement.Change.DROP], CHANGES[Statement.Change.RENAME]
_NEVER = np.iinfo(np.int64).min


@dataclass(frozen=True)
class Validity:
    """``derivations``: bool by id, in force; ``gone``: by data set id, event time of its end, or the least number;
    ``stated``: positions of the statements in force."""

    derivations: np.ndarray
    gone: Ints
    stated: Ints


def validity(index: Index, at_us: int, known_seq: int) -> Validity:
    """Return what held at ``at_us`` (microseconds since 1970 UTC) by the events up to ``known_seq``."""
    s = index.statements
    chosen = (s["event_us"] <= at_us) & (s["seq"] <= known_seq)
    stated = index.timeline.latest(chosen & (s["derivation"] > 0))
    stated = _without_old_names(index, stated)
    ends = _latest_of(index, np.flatnonzero(chosen & (s["change"] == _DROP)))
    made = ends
    if (ends > _NEVER).any():
        stated = _still_needed(index, stated, ends)
        made = _latest_of(index, np.flatnonzero(chosen & (s["change"] != _DROP)))
    derivations = np.zeros(index.derivations.size, bool)
    derivations[s["derivation"][stated]] = True
    return Validity(derivations, np.where(made > ends, _NEVER, ends), stated)


def _latest_of(index: Index, rows: Ints) -> Ints:
    """Return for each data set the latest event time of these statements, the least number without one."""
    found = np.full(len(index.datasets), _NEVER, np.int64)
    np.maximum.at(found, index.statements["dataset"][rows], index.statements["event_us"][rows])
    return found


def _without_old_names(index: Index, stated: Ints) -> Ints:
    """A renaming says how a data set came to be only until something makes it under its new name."""
    s = index.statements
    renamed = s["change"][stated] == _RENAME
    if not renamed.any():
        return stated
    made = _latest_of(index, stated[~renamed])
    return stated[~(renamed & (made[s["dataset"][stated]] > s["event_us"][stated]))]


def _still_needed(index: Index, stated: Ints, ends: Ints) -> Ints:
    """Leave out statements about data sets that are gone, unless something that is there was made of them."""
    s = index.statements
    is_open = s["event_us"][stated] > ends[s["dataset"][stated]]
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
