"""Rules on a delivery as a whole: late, fewer than declared, empty. Days off are the State Council's."""

from __future__ import annotations

import datetime as dt

import pytest

from expectations import evaluate as judging
from expectations import findings
from expectations.delivery_rules import delivery_rules
from tests.unit.expectations.judging import entry, land, rows, write
from warehouse.coverage import ledger


def judged(of, batch, cells=None):
    version = write(of, cells or rows(), batch)
    return {o.rule: o for o in judging.evaluate(version, of, None)}


@pytest.mark.requirement("R018")
@pytest.mark.parametrize(
    ("cycle", "received", "now", "state", "severity"),
    [
        # daily, received on Thursday 24 September 2026; 25–27 September are 中秋, so the cycle ends on Monday 28th
        ("daily", dt.date(2026, 9, 24), "2026-09-28", "passed", "warning"),
        ("daily", dt.date(2026, 9, 24), "2026-09-29", "failed", "critical"),  # two cycles end on the 28th too
        # weekly, received on 24 September: 1 October is 国庆 (1–7), so it ends on Thursday the 8th, as two cycles do
        ("weekly", dt.date(2026, 9, 24), "2026-10-08", "passed", "warning"),
        ("weekly", dt.date(2026, 9, 24), "2026-10-09", "failed", "critical"),
        # monthly, received on 10 August: the cycle ends on 10 September, two on Saturday 10 October, a make-up workday
        ("monthly", dt.date(2026, 8, 10), "2026-09-10", "passed", "warning"),
        ("monthly", dt.date(2026, 8, 10), "2026-09-11", "failed", "warning"),
        ("monthly", dt.date(2026, 8, 10), "2026-10-10", "failed", "warning"),
        ("monthly", dt.date(2026, 8, 10), "2026-10-11", "failed", "critical"),
    ],
)
def test_a_delivery_is_late_when_the_update_cycle_ended_in_working_days(
    home, monkeypatch, cycle, received, now, state, severity
):
    of = entry(update_cycle=cycle)
    batch = land(of, on=received)
    monkeypatch.setenv("SUYUAN_NOW", f"{now}T18:00:00")
    found = judged(of, batch)["Q25"]
    assert (found.state, found.severity, found.dimension) == (state, severity, "timeliness")
    assert not found.blocks  # readers would only be left with older rows
    late = [r.state for r in ledger(_catalog(of), dt.date.fromisoformat(now))]
    assert late == ["超期" if state == "failed" else "按期"]


def _catalog(of):
    from scheme.catalog import Catalog, Department

    return Catalog(departments={"minzheng": Department(code="minzheng", name="民政局", short="民政局")},
                   entries={of.id: of})  # fmt: skip


@pytest.mark.parametrize("changes", [{"update_cycle": "irregular"}, {"state": "停用"}])
def test_without_a_cycle_nothing_is_late(home, monkeypatch, changes):
    of = entry(**changes)
    batch = land(of)
    monkeypatch.setenv("SUYUAN_NOW", "2026-12-30T09:00:00")
    assert "Q25" not in judged(of, batch)


def test_a_due_day_in_a_year_without_notice_is_an_error_and_no_finding(home, monkeypatch):
    of = entry()
    batch = land(of, on=dt.date(2030, 1, 10))
    monkeypatch.setenv("SUYUAN_NOW", "2030-02-12T09:00:00")
    found = judged(of, batch)["Q25"]
    assert found.state == "error" and "2030" in found.error and not found.blocks


@pytest.mark.requirement("R017")
@pytest.mark.parametrize(
    ("declared", "landed", "quarantined", "state"),
    [(200, 198, 2, "passed"), (352, 351, 0, "failed"), (199, 200, 0, "failed")],
)
def test_declared_rows_are_reconciled_with_landed_and_quarantined_ones(home, declared, landed, quarantined, state):
    of = entry()
    found = judged(of, land(of, declared=declared, landed=landed, quarantined=quarantined))["Q26"]
    assert (found.state, found.severity, found.blocks) == (state, "critical", False)


@pytest.mark.requirement("R017")
@pytest.mark.django_db
def test_of_batches_that_came_together_each_is_reconciled(home):
    """A row too few in one and a row too many in the next do not make good each other; judged again it stays so."""
    of = entry()
    first = land(of, on=dt.date(2026, 9, 1), declared=200)
    version = write(of, rows(), first)
    findings.record(version, judging.evaluate(version, of, None), "b")
    few = land(of, on=dt.date(2026, 9, 2), declared=11, landed=10)
    right = land(of, on=dt.date(2026, 9, 3), declared=10, landed=10)
    together = version.model_copy(update={"batches": [b.batch_id for b in (first, few, right)]})
    for basis in ("b1", "b2"):
        outcomes = judging.evaluate(together, of, None)
        assert {o.rule: o.state for o in outcomes}["Q26"] == "failed"
        findings.record(together, outcomes, basis)
    after = land(of, on=dt.date(2026, 9, 4), declared=5, landed=5)
    later = together.model_copy(update={"batches": [*together.batches, after.batch_id]})
    assert {o.rule: o.state for o in judging.evaluate(later, of, None)}["Q26"] == "passed"


def test_without_a_declaration_there_is_nothing_to_reconcile(home):
    of = entry()
    assert "Q26" not in judged(of, land(of, declared=None))


def test_an_empty_last_batch_of_a_register_with_history_does_not_pass(home):
    """The rows of the batches before do not hide it."""
    of = entry(history=True)
    first, second = land(of, on=dt.date(2026, 8, 24)), land(of)
    version = write(of, rows(), first).model_copy(
        update={"batches": [first.batch_id, second.batch_id], "is_history": True}
    )
    found = {o.rule: o for o in judging.evaluate(version, of, None)}["not_empty"]
    assert found.state == "failed" and found.blocks


def test_every_rule_that_may_be_judged_is_known_beforehand(home):
    of = entry()
    known = judging.rule_names(of)
    assert set(judged(of, land(of, declared=200))) <= set(known)
    assert {r.rule for r in delivery_rules(of)} <= set(known)
    assert known["phone__null_drift"] == "联系电话为空的记录占比较上一批次上升超过5个百分点"
    assert known["volume_drift"] == "记录数较上一批次增减超过30%"


def test_a_day_that_changes_nothing_judges_nothing_again_and_one_that_does_does(home, monkeypatch):
    """Monthly, received on 10 August 2026: late from 11 September, late twice from 11 October."""
    of = entry()
    version = write(of, rows(), land(of, on=dt.date(2026, 8, 10)))

    def on(day: str, described=of) -> str:
        monkeypatch.setenv("SUYUAN_NOW", f"{day}T18:00:00")
        return judging.basis(version, described)

    assert on("2026-08-10") == on("2026-09-10")
    assert on("2026-09-11") == on("2026-10-10") != on("2026-09-10")
    assert on("2026-10-11") == on("2026-12-30") not in (on("2026-09-10"), on("2026-10-10"))
    assert on("2026-09-11", entry(update_cycle="quarterly")) != on("2026-09-11")
    assert on("2026-09-11", entry(state="停用")) != on("2026-09-11")
    today = entry(rules=[{"rule": "future", "dimension": "accuracy", "severity": "warning", "meaning": "晚于当前",
                          "failing": "amount_yuan > extract(year from current_date)"}])  # fmt: skip
    assert on("2026-08-11", today) != on("2026-08-12", today)


def test_a_base_is_not_judged_again_because_a_day_has_passed(home, monkeypatch):
    of = entry()
    version = write(of, rows(), land(of)).model_copy(update={"key": ["thing_id"]})
    monkeypatch.setenv("SUYUAN_NOW", "2026-09-24T09:00:00")
    before = judging.basis(version, None)
    monkeypatch.setenv("SUYUAN_NOW", "2026-09-25T09:00:00")
    assert judging.basis(version, None) == before
    assert judging.basis(version.model_copy(update={"key": ["phone"]}), None) != before


def test_a_version_that_is_current_again_is_judged_with_the_delivery_that_came_since(home, monkeypatch):
    """Late for a month; then a delivery comes that is set aside: the resource is not late any more."""
    of = entry()
    version = write(of, rows(), land(of, on=dt.date(2026, 8, 10)))
    monkeypatch.setenv("SUYUAN_NOW", "2026-10-09T09:00:00")
    late = judging.basis(version, of)
    assert {o.rule: o.state for o in judging.evaluate(version, of, None)}["Q25"] == "failed"
    land(of, on=dt.date(2026, 10, 9))
    assert judging.basis(version, of) != late
    assert {o.rule: o.state for o in judging.evaluate(version, of, None)}["Q25"] == "passed"


@pytest.mark.parametrize("name", ["promotion", "drift"])
def test_another_parameter_is_another_basis(home, monkeypatch, name):
    of = entry()
    version = write(of, rows(), land(of))
    before, real = judging.basis(version, of), getattr(judging, name)
    monkeypatch.setattr(judging, name, lambda day: real(day) | {"legal_basis": "another"})
    assert judging.basis(version, of) != before
