"""The month a report speaks of.

Lives here: reading ``2026-09``, its days, and the day as of which it is counted.
Add here: another period.
Stays out: what is counted.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

from config import clock
from scheme import chinese_dates


class MonthError(ValueError):
    """No month a report can be made of; ``chinese`` says it to a person of the portal."""

    def __init__(self, english: str, chinese: str) -> None:
        super().__init__(english)
        self.chinese = chinese


@dataclass(frozen=True)
class Period:
    """One month; ``as_of``: its last day, or today while it is running."""

    first: date
    as_of: date

    @property
    def month(self) -> str:
        """As ``2026-09``."""
        return f"{self.first:%Y-%m}"

    @property
    def chinese(self) -> str:
        """As 2026年9月."""
        return chinese_dates.month(self.first)

    @property
    def last(self) -> date:
        """Its last day."""
        return _last(self.first)

    @property
    def before(self) -> str:
        """The month before, as ``2026-08``."""
        year, month = divmod(self.first.year * 12 + self.first.month - 2, 12)
        return f"{year}-{month + 1:02d}"

    def holds(self, day: date | None) -> bool:
        """Whether a day lies in the month."""
        return day is not None and self.first <= day <= self.last


def period(month: str) -> Period:
    """Return the month written as ``2026-09``.

    Raises:
        MonthError: not a month, or one that has not begun.
    """
    found = re.fullmatch(r"(20\d\d)-(0[1-9]|1[0-2])", month)
    if not found:
        raise MonthError(f"{month[:20]!r} is no month: write it as 2026-09", "月份应写作2026-09。")
    first, today = date(int(found[1]), int(found[2]), 1), clock.today()
    if first > today:
        raise MonthError(f"{month} has not begun yet", "该月尚未开始，不能编制月报。")
    return Period(first, min(_last(first), today))


def _last(first: date) -> date:
    return first.replace(day=calendar.monthrange(first.year, first.month)[1])
