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


@pytest.mark.parametrize("year", range(2019, 2027))
def test_every_day_of_the_notices(deliveries, year):
    notice = json.loads((deliveries / "national_holidays" / f"{year}.json").read_text("utf-8"))
    for day in notice["days"]:
        date = dt.date.fromisoformat(day["date"])
        if date.year == year:
            assert workdays.is_workday(date) is not day["isOffDay"], f"{date} {day['name']}"
