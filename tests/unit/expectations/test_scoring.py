"""Scores against arithmetic done by hand: X = A/B, weighted means, what is not evaluated, and trends."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest

from config.clock import SHANGHAI
from config.settings import settings
from expectations import parameters
from expectations.models import CheckRun, Finding
from expectations.score import dataset_of, department_scores, district_score, resource_scores, score_of
from expectations.trend import department_trend, district_trend, trend, trends
from scheme.catalog_files import load_catalog
from scheme.protocols import RuleOutcome
from tests.unit.expectations.judging import entry


def outcome(rule, item, dimension, severity, assessed, wrong, state=None) -> RuleOutcome:
    state = state or ("failed" if wrong else "passed")
    return RuleOutcome(rule, "d", item, dimension, severity, rule, state, assessed, wrong)


OUTCOMES = [
    outcome("a", "amount_yuan", "accuracy", "critical", 300, 100),
    outcome("b", "amount_yuan", "accuracy", "info", 300, 0),
    outcome("c", "thing_id", "accuracy", "warning", 300, 150),
    outcome("d", None, "accuracy", "critical", 300, 3),
    outcome("e", "phone", "completeness", "warning", 300, 1),
    outcome("f", "phone", "completeness", "critical", 0, 0, "error"),
    outcome("g", None, "consistency", "warning", 0, 0, "error"),
]


@pytest.mark.requirement("R024")
def test_every_level_is_the_weighted_mean_of_what_stands_under_it():
    """Severities 3 : 2 : 1, key items 2 : others 1, dimensions alike; written out."""
    score = score_of(entry(), OUTCOMES)
    items = {(i.dimension, i.item): i.share for i in score.items}
    amount = (3 * Fraction(200, 300) + 1 * Fraction(300, 300)) / (3 + 1)  # 0.75
    key, record = Fraction(150, 300), Fraction(297, 300)
    assert items["accuracy", "amount_yuan"] == amount == Fraction(3, 4)
    assert items["accuracy", "thing_id"] == key and items["accuracy", None] == record
    accuracy = (1 * amount + 2 * key + 1 * record) / (1 + 2 + 1)
    assert score.share_in("accuracy") == accuracy == Fraction(685, 1000)
    assert score.accuracy == 68.5
    assert score.completeness == 99.6667  # 299/300 of the one rule that was evaluated
    assert score.total == 84.0833  # (0.685 + 299/300) / 2


def test_what_was_not_evaluated_counts_for_nothing_and_is_named():
    score = score_of(entry(), OUTCOMES)
    assert (score.consistency, score.timeliness) == (None, None)
    assert [r.rule for r in score.not_evaluated] == ["f", "g"] and score.errors == 2
    nothing = score_of(entry(), [OUTCOMES[-1]])
    assert nothing.total is None and nothing.share is None
    assert score_of(entry(), []).total is None


def test_an_empty_register_has_no_score_in_its_rows():
    score = score_of(entry(), [outcome("a", "phone", "accuracy", "warning", 0, 0)])
    assert score.accuracy is None and score.total is None


def test_weights_and_the_standards_six_characteristics_are_dated_parameters():
    held = parameters.scores(dt.date(2026, 9, 24))
    assert held["legal_basis"] and set(held["characteristics"].values()) == {
        "completeness", "consistency", "accuracy", "timeliness",
    }  # fmt: skip
    assert set(held["characteristics"]) == {"规范性", "完整性", "准确性", "一致性", "时效性", "可访问性"}
    with pytest.raises(parameters.NoParameterError):
        parameters.scores(dt.date(2025, 3, 3))


def test_another_mapping_moves_the_rules_of_a_characteristic(monkeypatch):
    """规范性 is mapped by the bureau: what follows from a data standard moves with it, a check digit does not."""
    from expectations.rules import rules_of

    held = parameters.scores(dt.date(2026, 9, 24))
    moved = {**held, "characteristics": {**held["characteristics"], "规范性": "consistency"}}
    monkeypatch.setattr(parameters, "scores", lambda day: moved)
    catalog = load_catalog(settings().catalog)
    dimensions = {r.rule: r.dimension for r in rules_of(catalog.entry("renshe.employer_insurance"))}
    assert dimensions["uscc__length"] == dimensions["due_yuan__type"] == "consistency"
    assert dimensions["uscc__check_digit"] == "accuracy"


def judged(resource: str, batch: str, at: str, share: tuple[int, int], basis: str = "b") -> None:
    """Record one judgement with one rule: A of B."""
    of = load_catalog(settings().catalog).entry(resource)
    run = CheckRun.objects.create(
        dataset=dataset_of(of), version=batch, basis=basis, rows=share[1], batch_id=batch,
        checked_at=dt.datetime.fromisoformat(at).replace(tzinfo=SHANGHAI),
    )  # fmt: skip
    Finding.objects.create(
        run=run, rule="r", item="", dimension="accuracy", severity="warning", meaning="r", state="failed",
        evaluated_count=share[1], unexpected_count=share[1] - share[0], expectation="", blocks=False,
    )  # fmt: skip


@pytest.fixture
def months(db):
    """Two resources of one department and one of another, through August and September 2026."""
    judged("minzheng.subsistence_allowance", "20260801T090000-a", "2026-08-01T10:00", (1, 10))
    judged("minzheng.subsistence_allowance", "20260801T090000-a", "2026-08-02T10:00", (5, 10), "later")
    judged("minzheng.elderly_care_institutions", "20260810T090000-b", "2026-08-31T23:30", (7, 10))
    judged("gongan.resident_population", "20260901T090000-c", "2026-09-01T00:10", (9, 10))
    judged("minzheng.subsistence_allowance", "20260905T090000-d", "2026-09-05T10:00", (2, 3))
    judged("waibu.ocean_vessels", "20260905T090000-e", "2026-09-05T10:00", (0, 3))


@pytest.mark.requirement("R024")
def test_departments_and_the_district_are_means_of_what_was_judged_last(months):
    catalog = load_catalog(settings().catalog)
    departments = {d.code: d for d in department_scores(catalog)}
    assert departments["minzheng"].total == 68.3333  # (2/3 + 7/10) / 2
    assert departments["gongan"].total == 90.0
    assert departments["shuiwu"].total is None and departments["shuiwu"].parts == ()
    assert district_score(catalog).total == 79.1667  # (41/60 + 9/10) / 2
    assert "waibu" not in departments and [s.total for s in resource_scores(catalog, "waibu")] == [0.0]


def test_departments_stand_in_the_catalogs_order_whatever_their_scores(months):
    catalog = load_catalog(settings().catalog)
    found = [d.code for d in department_scores(catalog)]
    assert found == [c for c in catalog.departments if c in found]


@pytest.mark.requirement("R024")
def test_a_trend_has_each_batch_as_it_was_judged_last_and_each_month_as_it_ended(months):
    catalog = load_catalog(settings().catalog)
    points = trend(catalog.entry("minzheng.subsistence_allowance"))
    assert [(p.period, p.score.total) for p in points] == [("20260801T090000-a", 50.0), ("20260905T090000-d", 66.6667)]
    assert [p.period for p in trend(catalog.entry("minzheng.subsistence_allowance"), dt.date(2026, 9, 1))] == [
        "20260905T090000-d"
    ]
    by_month = department_trend(catalog, "minzheng")
    assert [(p.period, p.score.total) for p in by_month] == [("2026-08", 60.0), ("2026-09", 68.3333)]
    assert [(p.period, p.score.total) for p in district_trend(catalog)] == [("2026-08", 60.0), ("2026-09", 79.1667)]
    assert [p.period for p in department_trend(catalog, "gongan")] == ["2026-09"]


@pytest.mark.parametrize("resources", [1, 19])
def test_scores_and_trends_are_one_query_however_many_resources(months, django_assert_num_queries, resources):
    catalog = load_catalog(settings().catalog)
    with django_assert_num_queries(1):
        trends(list(catalog.entries.values())[:resources])
    with django_assert_num_queries(1):
        resource_scores(catalog)
    with django_assert_num_queries(1):
        district_trend(catalog)
