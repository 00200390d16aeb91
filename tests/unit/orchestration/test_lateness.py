"""What nobody delivers is judged when it becomes late, and not again on each day after."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

import pytest

from expectations.models import CheckRun, Order
from orchestration.pipeline.lateness import judge_late
from registry import demo
from scheme.catalog import Catalog, Department
from tests.unit.expectations.judging import entry, land, rows, write


@pytest.mark.requirement("R018")
@pytest.mark.django_db
def test_a_late_resource_is_judged_when_it_is_late_and_when_it_is_late_twice(home, monkeypatch):
    """Monthly, received on 10 August 2026: late from 11 September, late twice from 11 October."""
    demo.prepare_demo()
    of = entry()
    catalog = Catalog(
        departments={"minzheng": Department(code="minzheng", name="民政局", short="民政局")}, entries={of.id: of}
    )
    write(of, rows(), land(of, on=dt.date(2026, 8, 10)))
    seen = {}
    for day in ("2026-09-10", "2026-09-11", "2026-09-12", "2026-10-10", "2026-10-11", "2026-10-12"):
        monkeypatch.setenv("SUYUAN_NOW", f"{day}T08:30:00")
        judged, failed = judge_late(catalog, uuid4())
        assert failed == []
        seen[day] = (judged, Order.objects.filter(rule="Q25").values_list("severity", flat=True).first())
    assert seen == {
        "2026-09-10": ([], None),
        "2026-09-11": ([of.id], "warning"),
        "2026-09-12": ([], "warning"),
        "2026-10-10": ([], "warning"),
        "2026-10-11": ([of.id], "critical"),
        "2026-10-12": ([], "critical"),
    }
    assert CheckRun.objects.count() == 2
