"""Under which home an event was understood.

Lives here: keeping the SUYUAN_HOME that DuckDB names of an event were held against, and finding it again.
Add here: nothing else; what an event means depends on its body, its key and this.
Stays out: which files are ours (``lineage.foreign.own_files``).

Rights are checked on what an event meant when it came. A graph made anew elsewhere, or after the home has moved, gives
it the same meaning: an event that was foreign then never gets our names.
"""

from __future__ import annotations

from collections.abc import Iterable

from lineage.models import EventHome


def record(homes: Iterable[tuple[int, str]]) -> None:
    """Keep (sequence, home) of events whose names were held against a home; others have none. In their transaction."""
    rows = [EventHome(seq=seq, home=home) for seq, home in homes if home]
    if rows:
        EventHome.objects.bulk_create(rows)


def home_of(seq: int) -> str:
    """Return the home that the names of an event were held against, or nothing."""
    return EventHome.objects.filter(seq=seq).values_list("home", flat=True).first() or ""
