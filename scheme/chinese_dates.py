"""Days and months as an office writes them.

Lives here: 2026年10月9日, 2026年10月. Add here: another written form of a date.
Stays out: working days (``workdays``), which date is meant.
"""

from __future__ import annotations

from datetime import date


def day(when: date) -> str:
    """Return 2026年10月9日."""
    return f"{month(when)}{when.day}日"


def month(when: date) -> str:
    """Return 2026年10月."""
    return f"{when.year}年{when.month}月"
