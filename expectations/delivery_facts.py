"""Facts of one delivery that are no row's: how many rows came, how many were declared, whether the next is overdue.

Lives here: gathering them into the one-row table ``delivery``. A fact that does not apply is left out; one that
cannot be known is an error.
Add here: another fact about a delivery as a whole.
Stays out: rules over the facts (``delivery_rules``), changes between batches (``drift``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from config import clock
from expectations import drift
from scheme.catalog import CatalogEntry
from warehouse import batches
from warehouse.batches import Batch
from warehouse.coverage import ENDED, due_after
from warehouse.versions import Version

ROWS, DECLARED, ARRIVED, OVERDUE = "row_count", "rows_declared", "rows_arrived", "days_overdue"


@dataclass
class Facts:
    """``values``: column of ``delivery`` → number; ``errors``: fact → why it cannot be known."""

    values: dict[str, float] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    is_overdue_twice: bool = False


def gather(connection: Any, version: Version, entry: CatalogEntry | None) -> Facts:
    """Create ``delivery`` from the views ``this`` and ``previous``; return what stands in it.

    Row counts in rows, ``days_overdue`` in calendar days after the due date; the measures of ``drift`` by rule.
    """
    facts = Facts({ROWS: connection.execute("SELECT count(*) FROM this").fetchone()[0]})
    if entry:
        landed = batches.landed(entry.department, entry.resource)
        new = _not_judged_before(version)
        _declared(facts, [b for b in landed if b.batch_id in new])
        if landed:
            _on_time(facts, landed[-1], entry, clock.today())
        _changes(facts, connection, version, entry)
    cells = ", ".join(f'{value!r}::{_type(value)} AS "{name}"' for name, value in facts.values.items())
    connection.execute(f"CREATE TABLE delivery AS SELECT {cells}")
    return facts


def rests_on(entry: CatalogEntry, today: date) -> list[str]:
    """Return what the facts of a delivery rest on beside its rows; it is the same on two days that tell no difference.

    The last delivery, the update cycle, the state, and whether it is on time, late, late twice, or not known to be.
    """
    landed = batches.landed(entry.department, entry.resource)
    facts = Facts()
    if landed:
        _on_time(facts, landed[-1], entry, today)
    is_late = facts.values.get(OVERDUE, 0) > 0
    late = [str(is_late), str(facts.is_overdue_twice), str(OVERDUE in facts.values), *facts.errors.values()]
    return [landed[-1].batch_id if landed else "", entry.update_cycle.value, entry.state, *late]


def _not_judged_before(version: Version) -> list[str]:
    """Return the batches that came since the judgement before; with history one is judged at a time."""
    if version.is_history or len(version.batches) < 2:
        return version.batches[-1:]
    from expectations.judgements import batches_judged

    judged = batches_judged(version.dataset)
    before = [place for place, batch in enumerate(version.batches[:-1]) if batch in judged]
    return version.batches[before[-1] + 1 :] if before else version.batches


def _declared(facts: Facts, new: list[Batch]) -> None:
    """The figures of the last batch that declared any; of one that does not add up, if there is one among the new."""
    declared = [(b.rows_declared, b.rows_landed + b.rows_quarantined) for b in new if b.rows_declared is not None]
    if declared:
        shown = next(((said, came) for said, came in declared if said != came), declared[-1])
        facts.values |= dict(zip((DECLARED, ARRIVED), shown, strict=True))


def _on_time(facts: Facts, last: Batch, entry: CatalogEntry, today: date) -> None:
    """The cycle ends as in the coverage ledger: after the last delivery, moved to the next working day."""
    last_on = last.received_at.date()
    due, twice = (due_after(last_on, entry.update_cycle, n) for n in (1, 2))
    if due is None or twice is None or entry.state == ENDED:
        return
    overdue = max(0, (today - due.due).days)
    if overdue and due.is_provisional:
        facts.errors[OVERDUE] = f"no notice of working days is known for {due.due.year}"
        return
    facts.values[OVERDUE] = overdue
    facts.is_overdue_twice = today > twice.due and not twice.is_provisional


def _changes(facts: Facts, connection: Any, version: Version, entry: CatalogEntry) -> None:
    today = clock.today()
    try:
        facts.values |= drift.measure(connection, version, entry, today)
    except Exception as error:  # the rows before do not fit this table: nothing is said of the batch
        why = f"{type(error).__name__}: the previous batch cannot be compared"
        facts.errors |= {r.rule: why for r in drift.drift_rules(entry, today)}


def _type(value: float) -> str:
    return "BIGINT" if isinstance(value, int) else "DOUBLE"
