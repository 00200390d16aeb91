"""Working days of the People's Republic of China, with make-up workdays（调休）.

Lives here: counting in working days, and saying when a year is not known yet.
Add here: days of a year whose notice came after the calendar package (``workdays.yml``, with the notice).
Stays out: which deadline counts how many days (dated parameters of the rooms).

Source: the yearly notices of the State Council's General Office, by the package chinesecalendar; a year it does not
know is an error, never a guess from weekdays.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

import yaml


class UnknownYearError(LookupError):
    """No notice for this year is known: the date can only be provisional."""


@dataclass(frozen=True)
class Deadline:
    """The last day of a period of working days. ``days``: each counted day; ``is_provisional``: a year is unknown."""

    due: date
    days: tuple[date, ...]
    is_provisional: bool = False


def is_workday(day: date) -> bool:
    """Return whether offices work on a day.

    Raises:
        UnknownYearError: neither the package nor the table knows the year.
    """
    stated = _stated().get(day)
    if stated is not None:
        return stated
    if day.year in _years():
        return day.weekday() < 5
    import chinese_calendar

    try:
        return chinese_calendar.is_workday(day)
    except NotImplementedError:
        raise UnknownYearError(f"no notice of working days is known for {day.year}") from None


def after(start: date, count: int) -> Deadline:
    """Return the deadline ``count`` working days after ``start``; the day after ``start`` is the first counted.

    Days of an unknown year count as plain weekdays, and the deadline says that it is provisional.
    """
    day, days, is_provisional = start, [], False
    while len(days) < count:
        day += timedelta(days=1)
        try:
            works = is_workday(day)
        except UnknownYearError:
            works, is_provisional = day.weekday() < 5, True
        if works:
            days.append(day)
    return Deadline(day, tuple(days), is_provisional)


def count_between(start: date, end: date) -> int:
    """Return the number of working days after ``start`` up to and with ``end``; 0 if it is not later.

    Days of an unknown year count as plain weekdays.
    """
    return sum(_works(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))


def _works(day: date) -> bool:
    try:
        return is_workday(day)
    except UnknownYearError:
        return day.weekday() < 5


def first_from(day: date) -> Deadline:
    """Return the first working day on or after a day."""
    return after(day - timedelta(days=1), 1)


def _stated() -> dict[date, bool]:
    return {row["day"]: row["is_workday"] for row in _table() if "day" in row}


def _years() -> set[int]:
    return {row["year"] for row in _table() if "year" in row}


@cache
def _table() -> list[dict[str, Any]]:
    return yaml.safe_load(files("scheme").joinpath("workdays.yml").read_text("utf-8")) or []
