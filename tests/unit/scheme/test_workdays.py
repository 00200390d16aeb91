"""Working days against the published notices (holiday-cn's copies of them) and against dates counted by hand."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from scheme import workdays


@pytest.mark.requirement("R018")
def test_five_working_days_over_mid_autumn_and_national_day():
    found = workdays.after(dt.date(2026, 9, 24), 5)
    assert found.due == dt.date(2026, 10, 9) and not found.is_provisional
    assert [d.isoformat()[5:] for d in found.days] == ["09-28", "09-29", "09-30", "10-08", "10-09"]


def test_a_make_up_saturday_counts():
    assert workdays.is_workday(dt.date(2026, 10, 10))
    assert workdays.after(dt.date(2026, 10, 9), 1).due == dt.date(2026, 10, 10)
    assert workdays.first_from(dt.date(2026, 10, 3)).due == dt.date(2026, 10, 8)


def test_an_unknown_year_is_an_error_and_a_deadline_into_it_is_provisional():
    with pytest.raises(workdays.UnknownYearError, match="2035"):
        workdays.is_workday(dt.date(2035, 1, 4))
    assert workdays.after(dt.date(2035, 1, 4), 2).is_provisional


def test_a_year_is_known_once_its_notice_is_stated_and_other_days_follow_the_week(monkeypatch):
    off, worked = dt.date(2035, 1, 1), dt.date(2035, 1, 6)  # a Monday off, a Saturday worked for it
    rows = [{"year": 2035}, {"day": off, "is_workday": False}, {"day": worked, "is_workday": True}]
    monkeypatch.setattr(workdays, "_table", lambda: rows)
    found = workdays.after(dt.date(2034, 12, 31), 6)
    assert [d.day for d in found.days] == [2, 3, 4, 5, 6, 8] and not found.is_provisional
    assert workdays.after(dt.date(2036, 1, 2), 1).is_provisional


@pytest.mark.parametrize("year", range(2019, 2027))
def test_every_day_of_the_notices(deliveries, year):
    notice = json.loads((deliveries / "national_holidays" / f"{year}.json").read_text("utf-8"))
    for day in notice["days"]:
        date = dt.date.fromisoformat(day["date"])
        if date.year == year:
            assert workdays.is_workday(date) is not day["isOffDay"], f"{date} {day['name']}"
