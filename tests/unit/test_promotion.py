"""What sets a batch aside: a rule that found it bad, never one that could not run or read what is not settled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from uuid import uuid4

import pytest

from expectations import evaluate as judging
from expectations import findings, judgements, workbench
from expectations.models import CheckRun, Order
from expectations.problem_rows import problem_page
from expectations.rules import Rule, rules_of
from orchestration.pipeline import arrivals
from orchestration.pipeline.promotion import Promotion, _is_judged_bad, promote_resource
from registry import demo
from scheme.catalog import Catalog, CatalogEntry, Department
from scheme.names import staging_name
from scheme.protocols import RuleOutcome
from tests.unit.expectations.judging import land
from warehouse import batches, versions
from warehouse.engine import connect
from warehouse.versions import Version


def register(resource: str, **changes) -> CatalogEntry:
    document = {
        "department": "test", "resource": resource, "name": "测试", "code": "3/1", "abstract": "测试",
        "update_cycle": "monthly", "sharing": "无条件共享", "operation": "可授权", "key": ["person"],
        "items": [{"code": "person", "name": "人员"}],
    }  # fmt: skip
    return CatalogEntry.model_validate(document | changes)


LIVING = register("living")
PAID = register(
    "paid",
    rules=[
        {"rule": "P1", "dimension": "consistency", "severity": "critical", "meaning": "查无此人",
         "failing": "person not in (select person from current.stg_test__living)"}
    ],
)  # fmt: skip


def write(entry: CatalogEntry, persons: list[str | None], batch: str) -> Version:
    return write_all(entry, {batch: persons})


def write_all(entry: CatalogEntry, delivered: Mapping[str, Sequence[str | None]]) -> Version:
    """Write the version that staging would make of several batches."""
    connection = connect()
    connection.execute(
        "CREATE TABLE t (person VARCHAR, _batch_id VARCHAR, _row_number BIGINT, _invalid_items VARCHAR[])"
    )
    for batch, persons in delivered.items():
        connection.executemany("INSERT INTO t VALUES (?, ?, ?, [])", [[p, batch, n] for n, p in enumerate(persons, 1)])
    name = staging_name(entry.department, entry.stem)
    found = versions.write(
        connection, name, "t", key=["_batch_id", "_row_number"], batches=list(delivered), is_history=entry.history
    )
    connection.close()
    return found


def outcome(state: str, blocks: bool, rule: str = "r") -> RuleOutcome:
    return RuleOutcome(rule, "d", None, "accuracy", "critical", "坏", state, blocks=blocks)


@pytest.mark.parametrize(
    ("state", "blocks", "expected"),
    [("failed", True, True), ("failed", False, False), ("error", True, False), ("passed", False, False)],
)
def test_an_error_of_a_rule_says_nothing_of_the_batch(home, state, blocks, expected):
    assert _is_judged_bad([outcome("passed", False), outcome(state, blocks)], LIVING) is expected


@pytest.mark.django_db
def test_what_another_department_delivered_wrong_is_not_read(home):
    good = write(LIVING, ["A", "B"], "b1")
    versions.promote([good])
    bad = write(LIVING, [None, None], "b2")
    rule = next(r for r in rules_of(PAID) if r.rule == "P1")
    assert workbench.judged_with([rule]) == {"stg_test__living": bad}  # not judged yet: problems show at once
    assert not workbench.is_settled(rule)
    assert not _is_judged_bad([outcome("failed", True, "P1")], PAID)  # but nobody's batch falls for it
    outcomes = judging.evaluate(bad, LIVING, None)  # type: ignore[arg-type]
    findings.record(bad, [*outcomes, outcome("failed", True, "key_empty")], judging.basis(bad, LIVING))
    assert workbench.judged_with([rule]) == {"stg_test__living": good}
    assert workbench.is_settled(rule) and _is_judged_bad([outcome("failed", True, "P1")], PAID)
    paid = write(PAID, ["A", "B"], "c1")
    assert {o.rule: o.state for o in judging.evaluate(paid, PAID, None)}["P1"] == "passed"  # type: ignore[arg-type]


def test_a_rule_that_reads_no_other_register_is_settled(home):
    assert workbench.is_settled(Rule("r", None, "accuracy", "critical", "坏", "person is null"))


KEYED = register("keyed", items=[{"code": "person", "name": "人员", "required": True}])


def catalog_of(entry: CatalogEntry) -> Catalog:
    department = Department(code="test", name="测试局", short="测试局")
    return Catalog(departments={"test": department}, entries={entry.id: entry})


def promote(entry: CatalogEntry) -> Promotion:
    return promote_resource(entry, catalog_of(entry), uuid4())


@pytest.mark.django_db
def test_the_judgement_that_is_read_is_that_of_the_version_that_is_current(home):
    """A good batch, a bad one that is set aside, and staging is back at the good one: its score is the present one."""
    demo.prepare_demo()
    good = write(KEYED, ["A", "B"], "b1")
    assert promote(KEYED).is_promoted
    write(KEYED, [None, "C"], "b2")
    assert not promote(KEYED).is_promoted and list(batches.set_aside()) == ["b2"]
    name = str(staging_name("test", "keyed"))
    assert (judgements.last([name])[name].batch_id, findings.latest(name)[0].batch_id) == ("b2", "b2")
    write(KEYED, ["A", "B"], "b1")
    assert promote(KEYED).is_promoted
    now = judgements.last([name])[name]
    assert (now.batch_id, now.version, findings.latest(name)[0].batch_id) == ("b1", good.version, "b1")
    assert {o.state for o in now.outcomes} == {"passed"} == {o.state for o in findings.of_version(good)}
    before = CheckRun.objects.count()
    promote(KEYED)
    assert CheckRun.objects.count() == before == 3
    assert [j.batch_id for j in judgements.by_batch([name])] == ["b1", "b2"]


DATED = register("dated", history=True, items=[{"code": "person", "name": "人员", "required": True}])
NAME = str(staging_name("test", "dated"))


@pytest.mark.requirement("R022")
@pytest.mark.django_db
def test_a_bad_batch_that_came_together_with_a_good_one_is_found_and_set_aside(home):
    demo.prepare_demo()
    write_all(DATED, {"b1": [None, "A"], "b2": ["A", "B"]})
    found = promote(DATED)
    assert not found.is_promoted and list(batches.set_aside()) == ["b1"]
    assert [j.batch_id for j in judgements.by_batch([NAME])] == ["b1"]
    write_all(DATED, {"b2": ["A", "B"]})
    assert promote(DATED).is_promoted and list(batches.set_aside()) == ["b1"]


@pytest.mark.django_db
def test_a_good_batch_that_came_with_a_bad_one_waits_for_a_run_and_for_no_other(home):
    demo.prepare_demo()
    bad, good = (land(DATED, on=dt.date(2026, 9, day)).batch_id for day in (23, 24))
    write_all(DATED, {bad: [None, "A"], good: ["A", "B"]})
    catalog = catalog_of(DATED)
    assert arrivals.deliveries(catalog) == [] == arrivals.left_behind(catalog)
    promote(DATED)
    assert arrivals.left_behind(catalog) == [DATED.id]
    assert arrivals.deliveries(catalog) == [f"{DATED.id}/without {bad}"]
    write_all(DATED, {good: ["A", "B"]})
    promote(DATED)
    assert arrivals.deliveries(catalog) == [] == arrivals.left_behind(catalog)


@pytest.mark.requirement("R024")
@pytest.mark.django_db
def test_each_batch_that_came_together_has_a_judgement_and_problem_rows_of_its_own(home):
    """One row of a hundred without a person in the first, two in the second: below what blocks."""
    demo.prepare_demo()
    persons = [f"P{n}" for n in range(100)]
    version = write_all(DATED, {"b1": [None, *persons[1:]], "b2": [None, None, *persons[2:]]})
    assert promote(DATED).is_promoted
    found = {j.batch_id: {o.rule: o.unexpected_count for o in j.outcomes} for j in judgements.by_batch([NAME])}
    assert {b: counts["person__required"] for b, counts in found.items()} == {"b1": 1, "b2": 2}
    rows = {b: problem_page(version.up_to(b), DATED, "person__required", 9) for b in ("b1", "b2")}
    assert rows == {"b1": [("b1", 1)], "b2": [("b2", 1), ("b2", 2)]}
    order = Order.objects.get(rule="person__required")
    assert (order.first_batch, order.last_batch, order.first_count, order.problem_count) == ("b1", "b2", 1, 2)
    before = CheckRun.objects.count()
    promote(DATED)
    assert CheckRun.objects.count() == before == 2
    write_all(DATED, {"b1": [None, *persons[1:]], "b2": [None, None, *persons[2:]], "b3": persons})
    promote(DATED)
    assert CheckRun.objects.count() == 3  # what readers see already is not judged again


@pytest.mark.django_db
def test_of_increments_that_came_together_those_that_hold_the_problem_rows_are_set_aside(home):
    demo.prepare_demo()
    whole = [f"P{n}" for n in range(20)]
    write_all(KEYED, {"b1": whole})
    assert promote(KEYED).is_promoted
    write_all(KEYED, {"b1": whole, "b2": [None, None, "Q1"], "b3": ["Q2"]})
    assert not promote(KEYED).is_promoted and list(batches.set_aside()) == ["b2"]
    write_all(KEYED, {"b1": whole, "b3": ["Q2"]})
    assert promote(KEYED).is_promoted
