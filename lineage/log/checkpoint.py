"""Signed checkpoints of the log's head.

Lives here: writing and reading them, one file each under SUYUAN_HOME/lineage/checkpoints and in every folder of
SUYUAN_ANCHORS. A chain alone does not show that its tail was cut off or made anew; a checkpoint elsewhere does.
Add here: another fact of the head that is signed.
Stays out: walking the chain (``lineage.log.walking``), the tree (``lineage.log.merkle``), folders elsewhere
(``lineage.log.anchors``).

A checkpoint signs {seq, chain_hash, at, tree_root, tree}: ``tree_root`` is the tree hash of RFC 6962 over the chain
hashes of events 1 to seq (32 bytes each), ``tree`` the complete subtrees it is made of, so that the next checkpoint
reads only the events since. Older ones have neither and stay valid.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from config import clock
from config.keys import KeyFileError
from lineage.log import anchors, reading
from lineage.log.merkle import CompactRange
from lineage.triggers import GENESIS
from scheme.signing import SignatureRefusedError, SignedDocument, sign, verify
from warehouse import atomic, paths


class CheckpointRefusedError(RuntimeError):
    """A checkpoint cannot be trusted, or the log does not go on from it: nothing is signed."""


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint whose signature holds."""

    seq: int
    chain_hash: str
    at: str
    path: Path
    signed: SignedDocument
    tree_root: str | None = None
    tree: tuple[str, ...] | None = None


def folder() -> Path:
    """Where checkpoints lie."""
    return paths.home() / "lineage" / "checkpoints"


def write() -> Path | None:
    """Sign the present head, keep it and export it; an empty log or the same head again writes nothing new.

    Raises:
        CheckpointRefusedError: the last checkpoint is not trusted, or the log does not go on from it.
        AnchorError: a folder of SUYUAN_ANCHORS is not there or cannot be written; the local one is kept.
    """
    path = _write_local()
    anchors.export(files(folder()))
    return path


def latest() -> Checkpoint | None:
    """Return the last local checkpoint, or None.

    Raises:
        CheckpointRefusedError: it cannot be trusted.
    """
    found = files(folder())
    return read(found[-1]) if found else None


def files(place: Path) -> list[Path]:
    """Return the checkpoint files of a folder, oldest first."""
    return sorted(place.glob("[0-9]*.json"))


def read(path: Path) -> Checkpoint:
    """Return a checkpoint.

    Raises:
        CheckpointRefusedError: it is no checkpoint, was changed, or is signed by another key.
    """
    try:
        signed = SignedDocument.model_validate_json(path.read_bytes())
        return _checkpoint(path, signed, verify(signed, "bureau"))
    except (SignatureRefusedError, KeyFileError) as error:
        raise CheckpointRefusedError(f"checkpoint {path.name} cannot be trusted: {error}") from None
    except (ValidationError, KeyError, TypeError, ValueError):
        raise CheckpointRefusedError(f"checkpoint {path.name} cannot be trusted: it is no signed checkpoint") from None


def _checkpoint(path: Path, signed: SignedDocument, document: dict[str, Any]) -> Checkpoint:
    root, tree = document.get("tree_root"), document.get("tree")
    found = Checkpoint(
        int(document["seq"]), str(document["chain_hash"]), str(document["at"]), path, signed,
        root if isinstance(root, str) else None, tuple(map(str, tree)) if isinstance(tree, list) else None,
    )  # fmt: skip
    if path.name != _name(found.seq):
        raise CheckpointRefusedError(f"checkpoint {path.name} cannot be trusted: it is of event {found.seq}")
    return found


def _write_local() -> Path | None:
    last = latest()
    until = reading.last_seq()
    if until == 0 or (last and last.seq == until and last.tree_root):
        _demand_reached(last, until)
        return None
    tree, head = _grown(last, until)
    document = {
        "seq": tree.size, "chain_hash": head, "at": clock.now().isoformat(), "tree_root": tree.root().hex(),
        "tree": [p.hex() for p in tree.peaks],
    }  # fmt: skip
    path = folder() / _name(tree.size)
    atomic.write_bytes(path, sign(document, "bureau").model_dump_json().encode())
    return path


def _grown(last: Checkpoint | None, until: int) -> tuple[CompactRange, str]:
    """Return the tree and chain hash of the head, from the last checkpoint on."""
    _demand_reached(last, until)
    tree, head = CompactRange(), GENESIS
    if last and last.tree is not None:
        tree = CompactRange(last.seq, [bytes.fromhex(p) for p in last.tree])
        head = last.chain_hash
        _demand_fits(last)
    for link in _linked(tree.size, head, until):
        tree.extend([bytes.fromhex(link)])
        head = link
        if last and tree.size == last.seq and head != last.chain_hash:
            raise _unfit(last)
    return tree, head


def _linked(after: int, head: str, until: int) -> Iterator[str]:
    """Yield the chain hashes behind a sequence, as long as each follows the one before."""
    for chunk in reading.hashes(until, after):
        for seq, before, chain in chunk:
            after += 1
            if seq != after or before != head:
                raise CheckpointRefusedError(f"the log does not hold together at event {after}: run lineage verify")
            head = chain
            yield chain


def _demand_reached(last: Checkpoint | None, until: int) -> None:
    if last and last.seq > until:
        raise _unfit(last)


def _demand_fits(last: Checkpoint) -> None:
    found = next(reading.hashes(last.seq, last.seq - 1), [])
    if not found or found[0][2] != last.chain_hash:
        raise _unfit(last)


def _unfit(last: Checkpoint) -> CheckpointRefusedError:
    return CheckpointRefusedError(f"the log does not fit its checkpoint {last.seq}: run lineage verify")


def _name(seq: int) -> str:
    return f"{seq:012d}.json"
