"""How far back retention has pruned the log.

Lives here: the moment before which answers may lack events.
Add here: nothing but another thing an answer must know of prunings.
Stays out: pruning itself.
"""

from __future__ import annotations

from datetime import datetime

from lineage.models import Pruning, moment


def before() -> datetime | None:
    """Return the latest moment up to which events were pruned, None if none ever were."""
    found = Pruning.objects.order_by("-before_us").values_list("before_us", flat=True).first()
    return None if found is None else moment(found)
