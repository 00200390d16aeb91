"""The Merkle tree over the log: one short proof that an event is in it.

Lives here: tree hash and inclusion proofs of RFC 6962 section 2 (RFC 9162 section 2.1), and the compact range by which
a tree grows without being read again.
Add here: another proof of these RFCs, once somebody holds a tree without the log. Whoever has the log walks it: every
checkpoint's tree hash is found on the way (``lineage.log.walking``), which is all that a consistency proof would say.
Stays out: what a leaf is (``lineage.log.checkpoint``: the chain hash of an event), signatures.

A leaf and a node are hashed with different prefixes, so neither passes for the other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence

EMPTY = hashlib.sha256().digest()


class ProofRefusedError(ValueError):
    """A proof does not lead to the root."""


def leaf_hash(leaf: bytes) -> bytes:
    """Return the hash of a tree of one leaf."""
    return hashlib.sha256(b"\0" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node over its two subtrees."""
    return hashlib.sha256(b"\1" + left + right).digest()


class CompactRange:
    """A tree of ``size`` leaves as the hashes of its complete subtrees, greatest first: at most log2(size) + 1."""

    def __init__(self, size: int = 0, peaks: Sequence[bytes] = ()) -> None:
        if len(peaks) != size.bit_count():
            raise ValueError(f"a tree of {size} leaves has {size.bit_count()} complete subtrees, not {len(peaks)}")
        self.size = size
        self.peaks = list(peaks)

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Add leaves at the right."""
        sha256, peaks, size = hashlib.sha256, self.peaks, self.size
        for leaf in leaves:
            node, joined = sha256(b"\0" + leaf).digest(), size
            while joined & 1:
                node = sha256(b"\1" + peaks.pop() + node).digest()
                joined >>= 1
            peaks.append(node)
            size += 1
        self.size = size

    def root(self) -> bytes:
        """Return the tree hash of the leaves so far."""
        if not self.peaks:
            return EMPTY
        found = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            found = node_hash(peak, found)
        return found


def root(leaves: Iterable[bytes]) -> bytes:
    """Return the tree hash of leaves."""
    tree = CompactRange()
    tree.extend(leaves)
    return tree.root()


def inclusion_paths(leaves: Iterable[bytes], size: int, indexes: Iterable[int]) -> dict[int, list[bytes]]:
    """Return the audit path of each leaf asked for, reading the first ``size`` leaves once.

    Args:
        leaves: at least ``size`` of them, in order.
        size: leaves of the tree.
        indexes: places of leaves, from 0.
    """
    wanted = sorted(set(indexes))
    if wanted and not 0 <= wanted[0] <= wanted[-1] < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {wanted[-1]}")
    paths: dict[int, list[bytes]] = {index: [] for index in wanted}
    if wanted:
        _walk(iter(leaves), 0, size, wanted, paths)
    return paths


def demand_included(leaf: bytes, index: int, size: int, path: Sequence[bytes], expected: bytes) -> None:
    """Check an inclusion proof（RFC 9162, 2.1.3.2）.

    Raises:
        ProofRefusedError: it does not lead from the leaf to the root.
    """
    if not 0 <= index < size:
        raise ProofRefusedError(f"leaf {index} is not in a tree of {size}")
    node, place, last = leaf_hash(leaf), index, size - 1
    for sibling in path:
        if last == 0:
            raise ProofRefusedError("the path is too long")
        if place & 1 or place == last:
            node = node_hash(sibling, node)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        place, last = place >> 1, last >> 1
    if last != 0 or node != expected:
        raise ProofRefusedError(f"the path of leaf {index} does not lead to the root")


def _walk(leaves: Iterator[bytes], start: int, end: int, wanted: list[int], paths: dict[int, list[bytes]]) -> bytes:
    """Return the hash of the leaves from ``start`` to before ``end``; each path asked for gains its sibling here."""
    if not wanted:
        tree = CompactRange()
        tree.extend(next(leaves) for _ in range(end - start))
        return tree.root()
    if end - start == 1:
        return leaf_hash(next(leaves))
    middle = start + _half(end - start)
    left = _walk(leaves, start, middle, [i for i in wanted if i < middle], paths)
    right = _walk(leaves, middle, end, [i for i in wanted if i >= middle], paths)
    for index in wanted:
        paths[index].append(right if index < middle else left)
    return node_hash(left, right)


def _half(size: int) -> int:
    """Return the greatest power of two below a size of at least 2."""
    return 1 << ((size - 1).bit_length() - 1)
