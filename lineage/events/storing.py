"""One transaction with the events of many producers, and what became of each.

Lives here: checking once more what only the transaction knows (keys in force, runs of others), storing, keeping
refusals apart, and finding the one event for which a transaction fails.
Add here: another check that needs the database as it is when the events are stored.
Stays out: the queue and its thread (``lineage.events.committing``).
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import isqrt

from django.db import DataError, Error, IntegrityError, connection, transaction

from lineage.events import keys
from lineage.events.authority import jobs_of_runs, may_write
from lineage.events.ingest import ingest_entries
from lineage.events.receiving import Item
from lineage.events.refused import Refused, Verdict, record
from lineage.models import ProducerKey

_log = logging.getLogger(__name__)
_UNREADABLE = "valid, but the catalog cannot read it"


@dataclass(frozen=True)
class Outcome:
    """What became of one event, and why if it was refused."""

    verdict: Verdict
    reason: str = ""


ACCEPTED = Outcome(Verdict.ACCEPTED)
REVOKED = Outcome(Verdict.REVOKED)
UNAVAILABLE = Outcome(Verdict.UNAVAILABLE)


def store(items: Sequence[Item]) -> list[Outcome]:
    """Store events in order and return what became of each; never raises.

    What is accepted is durable when this returns. If the transaction fails for what an event holds, fewer events at a
    time get one of their own, until only the guilty one is refused.
    """
    try:
        return _together(items)
    except Exception as error:
        if isinstance(error, Error) and not _lies_in_an_event(error):
            return _unavailable(items, error)
        if len(items) == 1:
            return [_unreadable(items[0], error)]
    fewer = isqrt(len(items))  # each failure costs the projection what it remembered: few of them, few transactions
    return [outcome for at in range(0, len(items), fewer) for outcome in store(items[at : at + fewer])]


def _lies_in_an_event(error: Error) -> bool:
    """Whether the database refused what was to be stored; if not, it cannot store anything now.

    SQLSTATE 22 and 23 are bad and conflicting data, 54 is more than the database holds (PostgreSQL, appendix A).
    """
    state = getattr(error.__cause__, "sqlstate", None) or ""
    return isinstance(error, DataError | IntegrityError) or state[:2] in ("22", "23", "54")


def _together(items: Sequence[Item]) -> list[Outcome]:
    with transaction.atomic():
        in_force = keys.in_force(item.via for item in items)
        checked = _against_runs(items, in_force)
        ingest_entries([i.entry for i in checked if i.entry is not None and i.via in in_force])
        record([Refused(i.body, i.reason, i.via) for i in checked if i.entry is None and i.via in in_force])
    return [Outcome(i.verdict, i.reason) if i.via in in_force else REVOKED for i in checked]


def _against_runs(items: Sequence[Item], in_force: Mapping[str, ProducerKey]) -> list[Item]:
    """Refuse events of a run that began under a job the key may not write to: a run belongs to who began it.

    It may have begun in this very transaction: each event that is taken tells the next ones whose its run is.
    """
    jobs = jobs_of_runs([i.run_id for i in items if i.run_id and i.entry is not None])
    checked = []
    for item in items:
        key = in_force.get(item.via)
        if item.run_id and item.entry is not None and key is not None:
            namespace = jobs.setdefault(item.run_id, item.entry.content["job"]["namespace"])
            if not may_write(key, namespace):
                reason = "run: this run is another producer's"
                item = replace(item, entry=None, verdict=Verdict.FORBIDDEN, reason=reason)
        checked.append(item)
    return checked


def _unreadable(item: Item, error: Exception) -> Outcome:
    """Keep apart an event that our own projection cannot take; the log of the process names it by its hash only."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place else ""
    sha256 = hashlib.sha256(item.body).hexdigest()
    _log.error("event %s of key %s cannot be projected: %s at %s", sha256, item.via, type(error).__name__, where)
    try:
        record([Refused(item.body, _UNREADABLE, item.via)])
    except Exception as failure:
        return _unavailable([item], failure)[0]
    return Outcome(Verdict.UNREADABLE, _UNREADABLE)


def _unavailable(items: Sequence[Item], error: Exception) -> list[Outcome]:
    _log.error("%d events could not be stored now: %s", len(items), type(error).__name__)
    if not connection.in_atomic_block:
        connection.close()
    return [UNAVAILABLE] * len(items)
