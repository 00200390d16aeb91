"""Great Expectations finds what was planted: nothing less, and nothing else of those kinds."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from expectations import evaluate as judging
from expectations import findings
from expectations.problem_rows import problem_rows
from scheme.catalog import CatalogEntry
from scheme.names import staging_name
from warehouse import versions
from warehouse.engine import connect

ROWS = {
    "person_id": ["11010519491231002X", "440524188001010014", "11010519491231002X", "110105194912310021", None],
    "score": [1, 2, 3, 400, 5],
    "note": ["好", "电话13800138000", None, "编号123", "x" * 30],
    "_invalid_items": [[], [], ["score"], [], []],
    "_batch_id": ["b1"] * 5,
    "_row_number": [1, 2, 3, 4, 5],
    "_delivered_at": [dt.datetime(2026, 9, 24)] * 5,
}


def entry(**changes) -> CatalogEntry:
    document = {
        "department": "test", "resource": "things", "name": "测试", "code": "3/1", "abstract": "测试",
        "update_cycle": "monthly", "sharing": "无条件共享", "operation": "可授权", "key": ["person_id"],
        "items": [
            {"code": "person_id", "name": "身份号码", "required": True, "check": "resident_id"},
            {"code": "score", "name": "得分", "type": "I", "minimum": 0, "maximum": 100},
            {"code": "note", "name": "备注", "length": 20, "free_text": True},
        ],
        "rules": [
            {"rule": "broken", "dimension": "accuracy", "severity": "critical", "meaning": "坏",
             "failing": "no_such_column = 1"},
            {"rule": "odd", "dimension": "accuracy", "severity": "info", "meaning": "奇数", "failing": "score % 2 = 1"},
        ],
    }  # fmt: skip
    return CatalogEntry.model_validate(document | changes)


@pytest.fixture
def version(home):
    connection = connect()
    connection.register("rows", pl.DataFrame(ROWS).to_arrow())
    connection.execute("CREATE TABLE t AS SELECT * FROM rows")
    found = versions.write(
        connection, staging_name("test", "things"), "t", key=["_batch_id", "_row_number"], batches=["b1"]
    )
    connection.close()
    return found


@pytest.mark.requirement("R022")
def test_every_planted_problem_is_found_with_its_count(version):
    outcomes = {o.rule: o for o in judging.evaluate(version, entry(), None)}
    counts = {r: o.unexpected_count for r, o in outcomes.items() if o.state == "failed"}
    assert counts == {
        "person_id__required": 1,  # row 5
        "person_id__check_digit": 1,  # row 4: the last digit of the standard's example changed
        "key__unique": 2,  # rows 1 and 3
        "score__type": 1,
        "score__range": 1,
        "note__length": 1,
        "note__personal_data": 1,
        "odd": 3,
    }
    assert outcomes["broken"].state == "error" and outcomes["broken"].blocks
    assert outcomes["not_empty"].state == "passed"
    assert outcomes["person_id__required"].expectation == "expect_column_values_to_not_be_null"


@pytest.mark.django_db
def test_problem_rows_are_listed_by_reference_for_failed_rules(version):
    basis = judging.basis(version, entry())
    findings.record(version, judging.evaluate(version, entry(), None), basis)
    listed = problem_rows(version, entry()).to_pylist()
    found = {(r["rule"], r["_row_number"]) for r in listed}
    assert found == {
        ("person_id__required", 5), ("person_id__check_digit", 4), ("key__unique", 1), ("key__unique", 3),
        ("score__type", 3), ("score__range", 4), ("note__length", 5), ("note__personal_data", 2),
        ("odd", 1), ("odd", 3), ("odd", 5),
    }  # fmt: skip
    assert all(r["_batch_id"] == "b1" for r in listed)


@pytest.mark.django_db
def test_the_verdict_is_great_expectations_own(version, monkeypatch):
    """With its results turned round, the verdict turns round: it is no label."""
    sound = entry(rules=[])
    real = judging.validate

    def all_good(*arguments):
        return {rule: {**r, "success": True} for rule, r in real(*arguments).items()}

    basis = judging.basis(version, sound)
    findings.record(version, judging.evaluate(version, sound, None), basis)
    assert not findings.verdict(version, basis).promotable
    monkeypatch.setattr(judging, "validate", all_good)
    findings.record(version, judging.evaluate(version, sound, None), "other basis")
    assert findings.verdict(version, "other basis").promotable


@pytest.mark.django_db
def test_without_a_recorded_judgement_nothing_is_promotable(version):
    verdict = findings.verdict(version)
    assert not verdict.promotable and verdict.next_step


@pytest.mark.parametrize(
    ("macro", "value", "expected"),
    [
        ("is_resident_id", "11010519491231002X", True),  # GB 11643-1999, examples of the standard
        ("is_resident_id", "440524188001010014", True),
        ("is_resident_id", "11010519491331002X", False),
        ("is_resident_id", "110105491231002", False),
        ("is_uscc", "91110000600037341L", True),  # published by its holder
        ("is_uscc", "91110000600037341A", False),
        ("is_uscc", "9111000060003734", False),
        ("is_bank_card", "4111111111111111", True),  # test numbers that card schemes publish
        ("is_bank_card", "6304000000000000000", True),
        ("is_bank_card", "4111111111111112", False),
        ("is_bank_card", "411111111111", False),
        ("holds_personal_number", "联系13800138000。", True),
        ("holds_personal_number", "订单20260924138001380001", False),
        ("holds_personal_number", "证件11010519491231002X", True),
    ],
)
def test_check_digits_against_published_numbers(macro, value, expected):
    from expectations.workbench import macros

    connection = connect()
    connection.execute(macros())
    assert connection.execute(f"SELECT {macro}(?)", [value]).fetchone()[0] is expected


def test_an_empty_version_does_not_pass(home):
    connection = connect()
    connection.register("rows", pl.DataFrame(ROWS).head(0).to_arrow())
    connection.execute("CREATE TABLE t AS SELECT * FROM rows")
    empty = versions.write(connection, staging_name("test", "things"), "t", key=[], batches=[])
    outcomes = {o.rule: o for o in judging.evaluate(empty, entry(rules=[]), None)}
    assert outcomes["not_empty"].state == "failed" and outcomes["not_empty"].blocks
