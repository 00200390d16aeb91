"""The injected clock: every deadline can be tested, every printed demo date reproduced.

Lives here: the current moment, in Asia/Shanghai. ``SUYUAN_NOW`` fixes it (demo clock).
Add here: nothing but the time.
Stays out: working-day arithmetic (``scheme.working_days``).
"""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from config.settings import settings

SHANGHAI = ZoneInfo("Asia/Shanghai")


class ClockError(ValueError):
    """SUYUAN_NOW cannot be read as a moment: the clock is in doubt, so nothing is decided."""


def now() -> datetime:
    """Return the current moment with time zone Asia/Shanghai.

    Raises:
        ClockError: SUYUAN_NOW is set and is not ISO 8601.
    """
    fixed = settings().now
    if not fixed:
        return datetime.now(SHANGHAI)
    try:
        moment = datetime.fromisoformat(fixed)
    except ValueError as error:
        raise ClockError(f"SUYUAN_NOW is not an ISO 8601 date or time: {fixed!r}") from error
    return moment.astimezone(SHANGHAI) if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


def today() -> date:
    """Return today's date in Asia/Shanghai."""
    return now().date()
