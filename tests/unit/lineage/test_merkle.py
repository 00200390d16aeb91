"""The Merkle tree against the published vectors of certificate transparency and the definition in RFC 6962."""

from __future__ import annotations

import hashlib

import pytest

from lineage.log import merkle
from lineage.log.merkle import CompactRange, ProofRefusedError

# The eight leaves and roots that certificate transparency's own tests publish.
LEAVES = [
    bytes.fromhex(each)
    for each in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
# Published audit paths: leaf (from 0), tree size, path.
PATHS = [
    (0, 1, []),
    (
        0, 8,
        ["96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
         "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
         "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"],
    ),
    (
        5, 8,
        ["bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
         "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
         "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"],
    ),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
]  # fmt: skip


def defined(leaves: list[bytes]) -> bytes:
    """The tree hash word for word as RFC 6962 section 2.1 defines it."""
    n = len(leaves)
    if n == 0:
        return hashlib.sha256(b"").digest()
    if n == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = max(2**i for i in range(n) if 2**i < n)
    return hashlib.sha256(b"\x01" + defined(leaves[:k]) + defined(leaves[k:])).digest()


@pytest.mark.parametrize("size", range(1, 9))
def test_published_roots(size):
    assert merkle.root(LEAVES[:size]).hex() == ROOTS[size - 1]


@pytest.mark.parametrize(("index", "size", "path"), PATHS)
def test_published_audit_paths(index, size, path):
    assert [p.hex() for p in merkle.inclusion_paths(LEAVES, size, [index])[index]] == path


def test_every_size_up_to_seventy_by_the_definition():
    leaves = [hashlib.sha256(str(i).encode()).digest() for i in range(70)]
    tree = CompactRange()
    assert tree.root() == defined([])
    for size in range(1, 71):
        tree.extend([leaves[size - 1]])
        assert tree.root() == defined(leaves[:size]) == CompactRange(size, tree.peaks).root()
        paths = merkle.inclusion_paths(leaves, size, range(size))
        for index, path in paths.items():
            merkle.demand_included(leaves[index], index, size, path, tree.root())


def test_a_wrong_proof_is_refused():
    leaves = [bytes([i]) for i in range(11)]
    top, path = merkle.root(leaves), merkle.inclusion_paths(leaves, 11, [6])[6]
    for index, size, leaf, steps in [
        (5, 11, leaves[6], path), (6, 11, leaves[5], path), (6, 11, leaves[6], path[:-1]),
        (6, 11, leaves[6], [*path, path[0]]), (6, 11, leaves[6], path[::-1]), (11, 11, leaves[6], path),
        (-1, 11, leaves[6], path), (6, 6, leaves[6], path),
    ]:  # fmt: skip
        with pytest.raises(ProofRefusedError):
            merkle.demand_included(leaf, index, size, steps, top)
    with pytest.raises(ValueError, match="no leaf"):
        merkle.inclusion_paths(leaves, 11, [11])
    with pytest.raises(ValueError, match="complete subtrees"):
        CompactRange(3, [top])
