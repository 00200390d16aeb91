"""Walking the whole log once, fast: which events are not what the chain says.

Lives here: the pass over every row: digest of the body, link, chain hash, and the Merkle tree up to each checkpoint.
Add here: another thing that must be looked at on every row; it costs its time a hundred thousand times a second.
Stays out: saying what is wrong with a suspect (``lineage.log.diagnosis``), checkpoints (``lineage.log.checkpoint``).

A break does not end the walk: the next event is held against the hash that stands in the broken one. Memory does not
grow with the log.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from lineage.log import reading
from lineage.log.appending import chain_hash
from lineage.log.merkle import CompactRange
from lineage.triggers import GENESIS

CAP = 50
Progress = Callable[[int, int], None]  # events walked, events in all


@dataclass(frozen=True)
class Mark:
    """The log at a sequence that a checkpoint names: its chain hash and tree hash as found."""

    chain_hash: str
    root: str


@dataclass
class Walk:
    """What one pass found. Of suspects and gaps the first ``CAP`` are kept; ``broken`` counts all."""

    events: int = 0
    broken: int = 0
    first_broken: int | None = None
    suspects: list[int] = field(default_factory=list)
    strangers: list[Any] = field(default_factory=list)
    missing: list[tuple[int, int]] = field(default_factory=list)
    emptied: list[list[int]] = field(default_factory=list)
    marks: dict[int, Mark] = field(default_factory=dict)
    unread_after: int | None = None


class Walker:
    """Takes the rows in order."""

    def __init__(self, wanted: Collection[int]) -> None:
        self.found = Walk()
        self._seq = 0
        self._previous: str | None = GENESIS
        self._tree = CompactRange()
        self._wanted = sorted(wanted, reverse=True)

    def take(self, rows: list[tuple[Any, ...]]) -> None:
        """Look at a chunk of rows."""
        leaves: list[bytes] = []
        for row in rows:
            if row[0] != self._seq + 1 and not self._jump(row[0]):
                continue
            self._seq = row[0]
            if (row[7] != self._previous and self._previous is not None) or not _is_whole(row):
                self._suspect(self._seq)
            if not row[9]:
                self._empty(self._seq)
            self._previous = row[8]
            leaves.append(_leaf(row[8]))
            if self._wanted and self._wanted[-1] <= self._seq:
                leaves = self._mark(leaves, row[8])
        self._tree.extend(leaves)
        self.found.events += len(rows)

    def _jump(self, seq: Any) -> bool:
        """Note what is missing before a row; False: it has no place in the log at all."""
        self._note(self._seq + 1)
        if not isinstance(seq, int) or seq <= self._seq:
            self.found.strangers = [*self.found.strangers, seq][:CAP]
            return False
        self.found.missing = [*self.found.missing, (self._seq + 1, seq - 1)][:CAP]
        self._previous = None  # what the row follows is not there to compare with
        return True

    def _suspect(self, seq: int) -> None:
        self._note(seq)
        if len(self.found.suspects) < CAP:
            self.found.suspects.append(seq)

    def _note(self, seq: int) -> None:
        self.found.broken += 1
        if self.found.first_broken is None:
            self.found.first_broken = seq

    def _empty(self, seq: int) -> None:
        if self.found.emptied and self.found.emptied[-1][1] == seq - 1:
            self.found.emptied[-1][1] = seq
        else:
            self.found.emptied.append([seq, seq])

    def _mark(self, leaves: list[bytes], chain: str) -> list[bytes]:
        self._tree.extend(leaves)
        while self._wanted and self._wanted[-1] <= self._seq:
            wanted = self._wanted.pop()
            if wanted == self._seq:
                self.found.marks[wanted] = Mark(chain, self._tree.root().hex())
        return []


def walk(until: int, wanted: Collection[int] = (), progress: Progress | None = None) -> Walk:
    """Walk the log up to a sequence.

    Args:
        until: the last sequence to look at.
        wanted: sequences whose chain hash and tree hash are asked for.
        progress: told after each chunk.
    """
    from django.db import DatabaseError

    walker = Walker(wanted)
    try:
        for chunk in reading.rows(until):
            walker.take(chunk)
            if progress:
                progress(walker.found.events, until)
    except DatabaseError:
        walker.found.unread_after = walker._seq
    return walker.found


def _is_whole(row: tuple[Any, ...]) -> bool:
    """Whether body and chain hash are what the row itself says."""
    seq, received_us, event_us, kind, producer, via, digest, prev_hash, chain, body = row
    try:
        if body and sha256(body).hexdigest() != digest:
            return False
        return chain_hash(prev_hash, seq, received_us, event_us, kind, digest, producer, via) == chain
    except (TypeError, UnicodeEncodeError):  # text or a number where bytes belong, bytes that are no text
        return False


def _leaf(chain: Any) -> bytes:
    try:
        return bytes.fromhex(chain)
    except (TypeError, ValueError):
        return b""  # such an event is a suspect already
