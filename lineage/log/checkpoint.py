"""Signed checkpoints of the log's head.

Lives here: writing and reading them, one file each under SUYUAN_HOME/lineage/checkpoints. A chain alone does not
show that its tail was cut off; a checkpoint beyond the head does. Publish them outside to anchor them.
Stays out: walking the chain (``lineage.log.verify``).
"""

from __future__ import annotations

from pathlib import Path

from config import clock
from lineage.log.appending import Head, head
from scheme.signing import SignedDocument, sign, verify
from warehouse import atomic, paths


def folder() -> Path:
    """Where checkpoints lie."""
    return paths.home() / "lineage" / "checkpoints"


def write() -> Path | None:
    """Sign the present head and keep it; an empty log or the same head again writes nothing."""
    last = head()
    path = folder() / f"{last.seq:012d}.json"
    if last.seq == 0 or path.exists():
        return None
    document = {"seq": last.seq, "chain_hash": last.chain_hash, "at": clock.now().isoformat()}
    atomic.write_bytes(path, sign(document, "bureau").model_dump_json().encode())
    return path


def read_all() -> list[Head]:
    """Return all checkpoints, oldest first.

    Raises:
        SignatureRefusedError: one was changed or is signed by another key.
    """
    found = []
    for path in sorted(folder().glob("[0-9]*.json")):
        document = verify(SignedDocument.model_validate_json(path.read_bytes()), "bureau")
        found.append(Head(int(document["seq"]), str(document["chain_hash"])))
    return found
