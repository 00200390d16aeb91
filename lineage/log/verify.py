"""Checking that the log is whole and unchanged.

Lives here: walking the chain, comparing it with the signed checkpoints.
Add here: another proof about the log.
Stays out: mending (there is none).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from pydantic import ValidationError

from config.keys import KeyFileError
from lineage.log import checkpoint
from lineage.log.appending import chain_hash
from lineage.models import Event
from lineage.triggers import GENESIS
from scheme.signing import SignatureRefusedError


@dataclass(frozen=True)
class Verification:
    """What was checked and what is wrong; no problem, no doubt."""

    events: int
    checkpoints: int
    problems: list[str]

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


def verify() -> Verification:
    """Walk the whole log."""
    problems: list[str] = []
    previous, count, hashes = GENESIS, 0, {}
    for event in Event.objects.order_by("seq").iterator(2000):
        count += 1
        if event.seq != count:
            problems.append(f"event {count} is missing")
            break
        body = event.body.encode() if isinstance(event.body, str) else bytes(event.body)
        if hashlib.sha256(body).hexdigest() != event.sha256:
            problems.append(f"event {count}: its content was changed")
        expected = chain_hash(
            previous,
            event.seq,
            event.received_us,
            event.event_us,
            event.kind,
            event.sha256,
            event.producer,
            event.via,
        )
        if event.prev_hash != previous or event.chain_hash != expected:
            problems.append(f"event {count}: the chain breaks here")
            break
        previous = event.chain_hash
        hashes[count] = previous
    return Verification(count, *_checkpoints(hashes, problems))


def _checkpoints(hashes: dict[int, str], problems: list[str]) -> tuple[int, list[str]]:
    try:
        marks = checkpoint.read_all()
    except (SignatureRefusedError, KeyFileError, ValidationError) as error:
        return 0, [*problems, f"a checkpoint cannot be trusted: {str(error).splitlines()[0]}"]
    for mark in marks:
        if mark.seq not in hashes:
            problems.append(f"the log ends before checkpoint {mark.seq}: events were cut off")
        elif hashes[mark.seq] != mark.chain_hash:
            problems.append(f"checkpoint {mark.seq} does not fit the log")
    return len(marks), problems
