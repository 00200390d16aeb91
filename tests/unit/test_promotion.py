"""What sets a batch aside: a rule that found it bad, never one that could not run or read what is not settled."""

from __future__ import annotations

from uuid import uuid4

import pytest

from expectations import evaluate as judging
from expectations import findings, judgements, workbench
from expectations.models import CheckRun
from expectations.rules import Rule, rules_of
from orchestration.pipeline.promotion import Promotion, _is_judged_bad, promote_resource
from registry import demo
from scheme.catalog import Catalog, CatalogEntry, Department
from scheme.names import staging_name
from scheme.protocols import RuleOutcome
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
    connection = connect()
    connection.execute(
        "CREATE TABLE t AS SELECT unnest($persons)::VARCHAR AS person, $batch AS _batch_id",
        {"persons": persons, "batch": batch},
    )
    connection.execute("ALTER TABLE t ADD COLUMN _row_number BIGINT; UPDATE t SET _row_number = rowid + 1")
    connection.execute("ALTER TABLE t ADD COLUMN _invalid_items VARCHAR[]; UPDATE t SET _invalid_items = []")
    name = staging_name(entry.department, entry.stem)
    found = versions.write(connection, name, "t", key=["_batch_id", "_row_number"], batches=[batch])
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


def promote(entry: CatalogEntry) -> Promotion:
    department = Department(code="test", name="测试局", short="测试局")
    return promote_resource(entry, Catalog(departments={"test": department}, entries={entry.id: entry}), uuid4())


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
