"""How far back retention has pruned the log.

Lives here: the moment before which answers may lack events, and whether one answer may.
Stays out: pruning itself.

A pruning keeps what answers need as of its day and later, by the events known then and later. An answer as of an
earlier moment, or by the events known at an earlier time, may lack some, whichever of the two is earlier.
"""

from __future__ import annotations

from datetime import datetime

from lineage.models import Event, Pruning, moment


def before() -> datetime | None:
    """Return the latest moment up to which events were pruned, None if none ever were."""
    found = Pruning.objects.order_by("-before_us").values_list("before_us", flat=True).first()
    return None if found is None else moment(found)


def known_before(before_us: int) -> int:
    """Return the last sequence that was received before a moment (microseconds since 1970 UTC), 0 without one."""
    known = Event.objects.filter(received_us__lt=before_us).order_by("-seq").values_list("seq", flat=True)
    return known.first() or 0


def lost_from(at: datetime, known_seq: int) -> datetime | None:
    """Return the moment before which an answer may lack pruned events, None if it lacks none.

    Args:
        at: the moment the answer is as of.
        known_seq: the sequence up to which it knows the log.
    """
    acts = Pruning.objects.order_by("-before_us").values_list("before_us", "known_seq")
    for before_us, known in acts.iterator():
        if at < moment(before_us) or known_seq < (known_before(before_us) if known is None else known):
            return moment(before_us)
    return None
