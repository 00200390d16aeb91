"""Growing arrays and adjacency over them.

Lives here: columns of numbers that grow at the end; ``Adjacency``, node → positions of its edges, and ``Timeline``, the
latest row of each key. Both keep a sorted base and a small rest, so that new rows are seen at once without sorting all
again.
Add here: another way to find rows by number that stays fast while rows are added.
Stays out: what the numbers mean (``lineage.graph.index``).
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from typing import Any

import numpy as np

Ints = np.ndarray[Any, np.dtype[np.int64]]
_REST = 50_000


class Table:
    """Rows of whole numbers, one array a column; rows are added at the end only."""

    def __init__(self, *names: str) -> None:
        self.names, self.size = names, 0
        self._columns = {n: np.empty(1024, np.int64) for n in names}

    def extend(self, rows: Iterable[tuple[int, ...]]) -> None:
        """Add rows with one value for each name."""
        block = np.array(list(rows), np.int64).reshape(-1, len(self.names))
        end = self.size + len(block)
        for i, name in enumerate(self.names):
            column = self._columns[name]
            if end > len(column):
                column = np.concatenate([column, np.empty(max(end, 2 * len(column)) - len(column), np.int64)])
                self._columns[name] = column
            column[self.size : end] = block[:, i]
        self.size = end

    def __getitem__(self, name: str) -> Ints:
        """Return a column up to the last row."""
        return self._columns[name][: self.size]

    def frozen(self) -> Table:
        """Return the rows there are now; rows added later are not seen in it."""
        made = copy(self)
        made._columns = {name: column[: self.size] for name, column in self._columns.items()}
        return made


class Adjacency:
    """Node → positions of edges whose ``key`` column is that node."""

    def __init__(self, table: Table, key: str) -> None:
        self._table, self._key = table, key
        self._base = self._rest = _Sorted(np.empty(0, np.int64), 0)

    def refresh(self) -> None:
        """Take in the rows added since; sorts all again only when many came."""
        keys = self._table[self._key]
        end = self._base.end
        if len(keys) - end > max(_REST, end // 4):
            self._base, end = _Sorted(keys, 0), len(keys)
        self._rest = _Sorted(keys[end:], end)

    def frozen(self) -> Adjacency:
        """Return it as of the last refresh; a later one is not seen in it."""
        return copy(self)

    def of(self, nodes: Ints) -> Ints:
        """Return the positions of all edges of these nodes."""
        found = self._base.of(nodes)
        return found if not self._rest.size else np.concatenate([found, self._rest.of(nodes)])


class Timeline:
    """Rows by key, then by the columns of ``order``: which of some rows is the last of each key."""

    def __init__(self, table: Table, keys: tuple[str, str], order: tuple[str, str]) -> None:
        self._table, self._keys, self._columns = table, keys, order
        self._end, self._order = 0, np.empty(0, np.int64)
        self._sorted_keys = self._order

    def refresh(self) -> None:
        """Take in the rows added since."""
        if self._table.size - self._end > max(_REST, self._end // 4):
            self._order, self._end = self._sorted(np.arange(self._table.size)), self._table.size
            self._sorted_keys = self._key(self._order)

    def frozen(self, table: Table) -> Timeline:
        """Return it as of the last refresh, over a frozen table."""
        made = copy(self)
        made._table = table
        return made

    def latest(self, chosen: np.ndarray) -> Ints:
        """Return the position of the last chosen row of each key; ``chosen``: bool for each row."""
        here = chosen[self._order]
        base, keys = self._order[here], self._sorted_keys[here]
        last = _ends(keys)
        base, keys = base[last], keys[last]
        rest = self._sorted(self._end + np.flatnonzero(chosen[self._end :]))
        rest = rest[_ends(self._key(rest))]
        return self._joined(base, keys, rest) if len(rest) else base

    def _joined(self, base: Ints, keys: Ints, rest: Ints) -> Ints:
        fresh = self._key(rest)
        place = np.minimum(np.searchsorted(keys, fresh), max(len(keys) - 1, 0))
        known = keys[place] == fresh if len(keys) else np.zeros(len(rest), bool)
        at, by = (self._table[name] for name in self._columns)
        old, new = base[place[known]], rest[known]
        is_later = (at[new] > at[old]) | ((at[new] == at[old]) & (by[new] > by[old]))
        base[place[known]] = np.where(is_later, new, old)
        return np.concatenate([base, rest[~known]])

    def _sorted(self, rows: Ints) -> Ints:
        at, by = (self._table[name][rows] for name in self._columns)
        return rows[np.lexsort((by, at, self._key(rows)))]

    def _key(self, rows: Ints) -> Ints:
        first, second = (self._table[name][rows] for name in self._keys)
        return (first << 32) | second


def _ends(keys: Ints) -> Ints:
    """Return the position of the last of each stretch of equal keys."""
    return np.flatnonzero(np.append(keys[1:] != keys[:-1], True)) if len(keys) else keys


class _Sorted:
    def __init__(self, keys: Ints, offset: int) -> None:
        self.size, self.end = len(keys), offset + len(keys)
        self._order = np.argsort(keys, kind="stable") + offset
        counts = np.bincount(keys) if len(keys) else np.zeros(0, np.int64)
        self._starts = np.concatenate([[0], np.cumsum(counts)])

    def of(self, nodes: Ints) -> Ints:
        """Return the positions of the edges of these nodes, each node's in the order they were added."""
        nodes = nodes[nodes < len(self._starts) - 1]
        starts = self._starts[nodes]
        counts = self._starts[nodes + 1] - starts
        total = int(counts.sum())
        if not total:
            return np.empty(0, np.int64)
        within = np.arange(total) - np.repeat(np.cumsum(counts) - counts, counts)
        return self._order[np.repeat(starts, counts) + within]
