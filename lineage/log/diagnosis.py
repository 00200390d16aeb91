"""What is wrong with an event that does not fit: which field, if it can be told.

Lives here: telling a changed body from a changed header, a moved event from a replaced one.
Add here: another guess that can be proved by the chain's formula.
Stays out: finding suspects (``lineage.log.walking``).

The old chain hash still stands in the row or in its successor. A field is named when putting its likely value back
gives that hash: nothing is named that was not proved so.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

from lineage.events.specification import EventRefusedError, read
from lineage.log import reading
from lineage.log.appending import chain_hash
from lineage.log.problem import Problem
from lineage.log.reading import Row
from lineage.models import PIPELINE, ProducerKey
from lineage.triggers import GENESIS

_BITS = 63
_FOREIGN = "it follows another event than the one before it: events here were swapped, replaced or added"
_HEADER = "its header was changed (time received, sender, or more than one field)"


def diagnose(seq: int, suspects: list[int]) -> list[Problem]:
    """Return what is wrong with one suspect; ``suspects``: sequences it may have changed places with."""
    row = reading.row(seq)
    if row is None:
        return []
    found = _content(row)
    if found and found.field == "sha256":
        row = row._replace(sha256=sha256(reading.as_bytes(row.body)).hexdigest())
    return [p for p in (found, _place(row, suspects) or _link(row) or _header(row)) if p]


def _content(row: Row) -> Problem | None:
    actual = sha256(reading.as_bytes(row.body)).hexdigest()
    if not row.body or actual == row.sha256:
        return None
    if _formula(row._replace(sha256=actual)) == row.chain_hash:
        return Problem("its recorded sha256 was changed", row.seq, "sha256")
    return Problem("its content was changed", row.seq, "body")


def _place(row: Row, suspects: list[int]) -> Problem | None:
    """Tell an event that stands under another's sequence."""
    if _formula(row) == row.chain_hash:
        return None
    near = {s + step for s in (*suspects, row.seq) for step in (-1, 0, 1)} - {row.seq}
    near |= {row.seq ^ (1 << bit) for bit in range(_BITS)}
    was = next((s for s in sorted(near) if _formula(row._replace(seq=s)) == row.chain_hash), None)
    return Problem(f"it was event {was}: its place in the log was changed", row.seq, "seq") if was else None


def _link(row: Row) -> Problem | None:
    """Tell an event that does not follow the one before it; what is wrong there is said there."""
    before = reading.row(row.seq - 1)
    last = before.chain_hash if before else GENESIS if row.seq == 1 else row.prev_hash
    if row.prev_hash == last:
        return None
    if _formula(row._replace(prev_hash=last)) == row.chain_hash:
        return Problem("its link to the event before was changed", row.seq, "prev_hash")
    if before and row.prev_hash == _formula(before) and _formula(row) == row.chain_hash:
        return None
    return Problem(_FOREIGN, row.seq)


def _header(row: Row) -> Problem | None:
    own = _formula(row)
    if own == row.chain_hash:
        return None
    after = reading.row(row.seq + 1)
    if after and own and after.prev_hash == own:
        return Problem("its chain hash was changed", row.seq, "chain_hash")
    for field, guess in _guesses(row):
        if _formula(guess) == row.chain_hash:
            return Problem(f"the chain breaks here: its {field} was changed", row.seq, field)
    return Problem(f"the chain breaks here: {_HEADER}", row.seq)


def _guesses(row: Row) -> Iterator[tuple[str, Row]]:
    """Yield what single fields may have been: what the body says, a known sender, a time one bit away."""
    try:
        said = read(reading.as_bytes(row.body))
    except EventRefusedError:
        pass
    else:
        yield "event_us", row._replace(event_us=said.event_us)
        yield "kind", row._replace(kind=str(said.kind))
        yield "producer", row._replace(producer=said.producer)
    for via in (PIPELINE, *ProducerKey.objects.values_list("key_id", flat=True)):
        yield "via", row._replace(via=via)
    for field in ("received_us", "event_us"):
        if isinstance(getattr(row, field), int):
            yield from ((field, row._replace(**{field: getattr(row, field) ^ (1 << bit)})) for bit in range(_BITS))


def _formula(row: Row) -> str | None:
    try:
        return chain_hash(
            row.prev_hash, row.seq, row.received_us, row.event_us, row.kind, row.sha256, row.producer, row.via
        )
    except UnicodeEncodeError:
        return None
