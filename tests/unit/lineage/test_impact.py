"""Many questions, one reading: of lineage and grants for a page or a run, none where nobody asks."""

from __future__ import annotations

import pytest

from expectations.orders.clock import tick
from lineage.graph import impact, paths
from lineage.graph.impact import Impacts, affected
from lineage.graph.view import view
from orchestration.pipeline import subsets
from portal import quality_effects
from registry import demo
from registry.models import Account, GrantRecord
from scheme.protocols import Affected
from tests.unit.portal.orders import DATASET, dispatched, lineage_of_subset

READINGS = {"view": 0, "grant": 0}


@pytest.fixture(autouse=True)
def prepared(home, db) -> None:
    demo.prepare_demo()
    lineage_of_subset()


@pytest.fixture
def readings(monkeypatch) -> dict[str, int]:
    """How often the graph was loaded and a grant's document was validated."""
    count = dict(READINGS)

    def counted(*arguments, **named):
        count["view"] += 1
        return view(*arguments, **named)

    monkeypatch.setattr(paths, "view", counted)
    validate = impact.Grant.model_validate

    def validated(*arguments, **named):
        count["grant"] += 1
        return validate(*arguments, **named)

    monkeypatch.setattr(impact.Grant, "model_validate", validated)
    return count


def overdue(monkeypatch, rules: int) -> None:
    for n in range(rules):
        dispatched(rule=f"Q0{n}", batch=f"b{n}")
    monkeypatch.setenv("SUYUAN_NOW", "2026-10-12T09:00:00")


def test_one_object_answers_as_single_questions_do(readings):
    asked = [(DATASET, "resident_id_number"), (DATASET, ""), (DATASET, "monthly_amount_yuan"), ("nowhere", "x")]
    single = [affected(*question) for question in asked]
    assert single[0] == [
        Affected("S2", "养老服务设施布局", "authorized.s2.auth_s2__allowance", "低保老年人", ("resident_token",),
                 ("养老服务设施布局季度报告",)),
    ]  # fmt: skip
    assert single[2:] == [[], []] and readings["view"] == 4
    readings.update(READINGS)
    many = Impacts()
    assert [many(*question) for question in asked * 3] == single * 3
    assert readings == {"view": 1, "grant": GrantRecord.objects.count()}
    many(DATASET).clear()
    assert many(DATASET) == single[1]


def test_whoever_asks_about_many_orders_reads_once(monkeypatch, readings):
    overdue(monkeypatch, 3)
    for asks in (
        subsets.blocked_grants, subsets.withdraw_inactive, quality_effects.stopped_grants,
        quality_effects.warned_products, lambda: tick(Impacts()),
    ):  # fmt: skip
        readings.update(READINGS)
        asks()
        assert readings["view"] == 1
    assert list(subsets.blocked_grants()) == ["S2"]


def test_the_sensor_reads_no_lineage_while_no_order_is_overdue(readings):
    dispatched()
    readings.update(READINGS)
    assert subsets.blocked_grants() == {} and quality_effects.stopped_grants() == {}
    assert readings == READINGS


def test_orders_signed_together_are_one_reading(monkeypatch, readings):
    from tests.unit.portal.orders import act, judged, post

    orders = [judged(rule=f"Q0{n}", batch=f"b{n}") for n in range(3)]
    for order in orders:
        act("bureau_handler", order, "拟发")
    readings.update(READINGS)
    post("bureau_approver", "/orders/act/", action="签发", number=[o.number for o in orders])
    assert readings["view"] == 1 and Account.objects.get(username="developer_s2").notices.count() == 3
