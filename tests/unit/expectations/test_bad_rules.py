"""A rule that cannot be judged is an error with one clear line, and every other rule is judged all the same."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from config.settings import settings
from expectations import evaluate as judging
from expectations import findings, workbench
from expectations.delivery_rules import delivery_rules
from expectations.problem_rows import problem_counts, problem_page, problem_rows
from expectations.rules import Rule, rules_of
from scheme.catalog import CatalogEntry
from scheme.catalog import Rule as CatalogRule
from scheme.catalog_files import load_catalog
from scheme.names import integrated_name, staging_name
from scheme.rule_ids import is_generated
from warehouse import paths, versions
from warehouse.engine import connect

SHARED = {"dimension": "accuracy", "severity": "warning", "meaning": "检查"}
ROWS = {
    "thing_id": ["1", "2", "2", None, None, "3"],
    "part": ["a", "b", "b", "c", None, None],
    "amount": [1, -1, 5, None, 7, 8],
    "secret": ["张三13800138000"] * 6,
}


def entry(rules: list[dict[str, Any]] | None = None, **changes: Any) -> CatalogEntry:
    document = {
        "department": "test", "resource": "things", "name": "测试", "code": "3/1", "abstract": "测试",
        "update_cycle": "monthly", "sharing": "无条件共享", "operation": "可授权", "key": ["thing_id"],
        "items": [
            {"code": "thing_id", "name": "编号", "required": True}, {"code": "part", "name": "部位"},
            {"code": "amount", "name": "数量", "type": "I", "minimum": 0}, {"code": "secret", "name": "内情"},
        ],
        "rules": [r | SHARED for r in rules or []],
    }  # fmt: skip
    return CatalogEntry.model_validate(document | changes)


def written(rows: dict[str, Any], batch: str = "b1") -> versions.Version:
    types = {c: pl.Int64 if c == "amount" else pl.String for c in rows}
    frame = pl.DataFrame(rows, schema_overrides=types, strict=False)
    height = frame.height
    frame = frame.with_columns(
        pl.lit(batch).alias("_batch_id"), pl.Series("_row_number", range(1, height + 1), pl.Int64),
        pl.Series("_invalid_items", [[]] * height, pl.List(pl.String)),
    )  # fmt: skip
    connection = connect()
    connection.register("rows", frame.to_arrow())
    connection.execute("CREATE TABLE t AS SELECT * FROM rows")
    found = versions.write(
        connection, staging_name("test", "things"), "t", key=["_batch_id", "_row_number"], batches=[batch]
    )
    connection.close()
    return found


def judged(version: versions.Version, described: CatalogEntry) -> dict[str, Any]:
    return {o.rule: o for o in judging.evaluate(version, described, None)}


BAD = [
    ({"expectation": "ExpectNothing"}, "no expectation that a rule may name"),
    ({"expectation": "ExpectColumnValuesToBeBetween", "item": "amount"}, "min_value, max_value or both"),
    ({"expectation": "ExpectColumnValuesToBeBetween", "item": "amount", "arguments": {"least": 1}}, "takes no least"),
    ({"expectation": "ExpectColumnValuesToBeInSet", "item": "part"}, "lacks value_set"),
    (
        {"expectation": "ExpectColumnValuesToBeInSet", "item": "part", "arguments": {"value_set": [1]}},
        "no value of part",
    ),
    ({"expectation": "ExpectColumnValuesToNotBeNull", "arguments": {"column": "nobody"}}, "no item nobody"),
    ({"expectation": "ExpectColumnValuesToNotBeNull", "arguments": {"column": ["part"]}}, "no item"),
    ({"expectation": "ExpectTableRowCountToEqual", "arguments": {"value": "many"}}, "ExpectTableRowCountToEqual"),
    ({"expectation": "ExpectColumnMeanToBeBetween", "item": "amount", "arguments": {"min_value": "x"}}, "MeanToBeBetw"),
    ({"names": "nobody__required"}, "no generated rule nobody__required"),
    ({"failing": "no_such_column = 1"}, "no_such_column"),
    ({"failing": "amount ="}, "syntax error"),
    ({"failing": "true) from this; drop table judged; select (true"}, "more than one statement"),
    ({"failing": "amount"}, "type BIGINT, not a yes or no"),
    ({"failing": "count(*) > 1"}, "GROUP BY"),
    ({"failing": "unnest([true, false])"}, "more or fewer rows"),
    ({"failing": "cast(secret as integer) = 1"}, "fails on a row"),
    ({"failing": "amount in (select amount from current.stg_test__nothing)"}, "no version of stg_test__nothing"),
    ({"failing": "part in (select code from reference.no_such_list)"}, "no_such_list"),
    ({"failing": "this is no sql"}, "syntax error"),
    ({"failing": "regexp_matches(part, '(?=a)')"}, "(?="),
    ({"failing": "part = (select content from read_text('/etc/hostname'))"}, "Permission Error"),
    ({"failing": "exists (from glob('/etc/*'))"}, "Permission Error"),
    ({"failing": "exists (from read_csv('/etc/passwd', header = false))"}, "Permission Error"),
    ({"failing": "exists (from '/etc/passwd.csv')"}, "Permission Error"),
]


@pytest.mark.requirement("R022")
@pytest.mark.parametrize(("form", "words"), BAD, ids=[str(i) for i in range(len(BAD))])
def test_each_is_an_error_with_a_reason_and_stops_no_other(home, form, words):
    outcomes = judged(written(ROWS), entry([{"rule": "bad"} | form, {"rule": "odd", "failing": "amount % 2 = 1"}]))
    bad = outcomes["bad"]
    assert (bad.state, bad.evaluated_count, bad.unexpected_count, bad.blocks) == ("error", 0, 0, False)
    assert words in bad.error and "\n" not in bad.error and len(bad.error) <= 200
    assert "张三" not in bad.error and "13800138000" not in bad.error
    assert (outcomes["odd"].state, outcomes["odd"].unexpected_count) == ("failed", 3)
    assert outcomes["thing_id__required"].unexpected_count == 2


def test_all_bad_rules_together_leave_the_good_ones_judged(home):
    rules = [{"rule": f"bad{i}"} | form for i, (form, _) in enumerate(BAD)]
    outcomes = judged(written(ROWS), entry([*rules, {"rule": "odd", "failing": "amount % 2 = 1"}]))
    assert {outcomes[f"bad{i}"].state for i in range(len(BAD))} == {"error"}
    assert outcomes["odd"].unexpected_count == 3 and outcomes["amount__range"].unexpected_count == 1


@pytest.mark.requirement("R022")
@pytest.mark.django_db
def test_pass_fail_and_error_are_three_outcomes(home):
    """A rule error blocks only as a rule error; it is listed for nobody."""
    described = entry([{"rule": "bad", "failing": "nobody = 1"}, {"rule": "odd", "failing": "amount % 2 = 1"}])
    version = written(ROWS)
    outcomes = judging.evaluate(version, described, None)  # type: ignore[arg-type]
    findings.record(version, outcomes, judging.basis(version, described))
    states = {o.rule: o.state for o in findings.of_version(version)}
    assert (states["amount__type"], states["odd"], states["bad"]) == ("passed", "failed", "error")
    assert set(problem_counts(version, described)) == {
        "thing_id__required", "key__unique", "amount__range", "odd",
    }  # fmt: skip


def test_a_critical_rule_that_could_not_run_blocks_as_an_error(home):
    critical = {"rule": "bad", "failing": "nobody = 1"}
    described = entry([critical])
    described = described.model_copy(update={"rules": [described.rules[0].model_copy(update={"severity": "critical"})]})
    described = CatalogEntry.model_validate(described.model_dump(mode="json"))
    found = judged(written(ROWS), described)["bad"]
    assert (found.state, found.blocks) == ("error", True)


def test_keys_with_nulls_and_duplicates(home):
    """Rows 2 and 3 have one key; rows 4 and 5 have none, which is that they have none and no duplicate."""
    outcomes = judged(written(ROWS), entry(unique=[["part", "amount"], ["part"]]))
    assert outcomes["key__unique"].unexpected_count == 2
    assert outcomes["thing_id__required"].unexpected_count == 2
    assert outcomes["unique__part"].unexpected_count == 2
    assert outcomes["unique__part__amount"].state == "passed"


def test_items_that_together_occur_once(home):
    rows = ROWS | {"amount": [1, 5, 5, None, None, 8], "part": ["a", "b", "b", "c", "c", None]}
    outcomes = judged(written(rows), entry(unique=[["part", "amount"]]))
    found = outcomes["unique__part__amount"]
    assert (found.state, found.unexpected_count, found.meaning) == ("failed", 2, "部位、数量重复")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"unique": [["nobody"]]}, "unique names no item"),
        ({"unique": [[]]}, "name items"),
        ({"unique": [["thing_id"]]}, "the key"),
        ({"rules": [{"rule": "r"} | SHARED]}, "exactly one of"),
        ({"rules": [{"rule": "r", "failing": "true", "expectation": "ExpectX"} | SHARED]}, "exactly one of"),
        ({"rules": [{"rule": "r", "failing": "true", "arguments": {"a": 1}} | SHARED]}, "arguments belong"),
        ({"rules": [{"rule": "r", "failing": "true"} | SHARED, {"rule": "R", "failing": "true"} | SHARED]}, "twice"),
        ({"rules": [{"rule": "Part__personal_data", "failing": "true"} | SHARED]}, "id of a generated rule"),
        ({"rules": [{"rule": "amount__RANGE", "names": "amount__type"} | SHARED]}, "id of a generated rule"),
        ({"rules": [{"rule": "q25", "failing": "true"} | SHARED]}, "id of a generated rule"),
        ({"rules": [{"rule": "Not_Empty", "failing": "true"} | SHARED]}, "id of a generated rule"),
        ({"rules": [{"rule": "part__null_drift", "failing": "true"} | SHARED]}, "id of a generated rule"),
        ({"rules": [{"rule": "unique__part", "failing": "true"} | SHARED]}, "id of a generated rule"),
    ],
)
def test_a_catalog_entry_that_says_it_badly_is_refused(changes, words):
    with pytest.raises(ValueError, match=words):
        entry(**changes)


def test_every_generated_id_is_known_as_one(home):
    """Over the whole catalog: else an own rule could take an id that the scheme does not know of."""
    generated = 0
    for described in load_catalog(settings().catalog).entries.values():
        plain = described.model_copy(update={"rules": []})
        ids = [r.rule for r in [*rules_of(plain), *delivery_rules(plain)]]
        assert [i for i in ids if not is_generated(i, [item.code for item in plain.items])] == []
        generated += len(ids)
    assert generated > 500


def test_a_generated_rule_is_replaced_by_naming_it(home):
    own = {"rule": "amount__range", "names": "amount__range"} | SHARED
    assert judged(written(ROWS), entry([own]))["amount__range"].meaning == "检查"


@pytest.mark.parametrize(
    ("failing", "tables", "seeds", "reads_previous"),
    [
        ("exists (select 1 from this t, previous p where t.part = p.part)", set(), set(), True),
        ('part in (select part from "previous")', set(), set(), True),
        ("part in (from PREVIOUS select part)", set(), set(), True),
        ('part in (select part from "current"."stg_test__parts")', {"stg_test__parts"}, set(), False),
        ("part in (select part from Current . STG_test__parts p, reference.sex_code)", {"stg_test__parts"},
         {"sex_code"}, False),
        ("part = 'select 1 from previous, current.stg_x'", set(), set(), False),
        ("part in (select code from reference.sex_code) and and", set(), {"sex_code"}, False),
    ],
)  # fmt: skip
def test_the_tables_a_condition_reads_are_those_of_its_parse_tree(failing, tables, seeds, reads_previous):
    rule = Rule("r", None, "accuracy", "warning", "m", failing)
    assert (rule.tables, rule.seeds, rule.reads_previous) == (tables, seeds, reads_previous)


def test_a_quoted_seed_is_opened_and_a_rule_on_the_batch_before_waits_for_one(home):
    rules = [
        {"rule": "sex", "failing": 'part not in (select code from "reference"."sex_code" where code is not null)'},
        {"rule": "before", "failing": "exists (select 1 from this t, previous p where t.part = p.part)"},
    ]
    outcomes = judged(written(ROWS), entry(rules))
    assert outcomes["sex"].unexpected_count == 4 and "before" not in outcomes


def test_an_empty_register(home):
    rules = [
        {"rule": "mean", "expectation": "ExpectColumnMeanToBeBetween", "item": "amount", "arguments": {"min_value": 1}},
        {"rule": "count", "expectation": "ExpectTableRowCountToBeBetween", "arguments": {"min_value": 1}},
        {"rule": "odd", "failing": "amount % 2 = 1"},
    ]
    outcomes = judged(written({k: [] for k in ROWS}), entry(rules))
    assert (outcomes["not_empty"].state, outcomes["not_empty"].blocks) == ("failed", True)
    assert (outcomes["count"].state, outcomes["count"].evaluated_count) == ("failed", 1)
    assert set(outcomes) == {"not_empty", "count"}  # no other rule was put to anything


@pytest.mark.django_db
def test_an_empty_base_is_recorded_as_empty_and_nothing_else(home):
    """A home in which nothing was delivered yet: the bases have no rows, and no key to be judged."""
    connection = connect()
    connection.execute("CREATE TABLE t (person_id VARCHAR, name VARCHAR)")
    version = versions.write(connection, integrated_name("persons"), "t", key=["person_id"])
    connection.close()
    outcomes = judging.evaluate_integrated(version, "persons")
    findings.record(version, outcomes, judging.basis(version, None))
    (found,) = findings.of_version(version)
    assert (found.rule, found.state, found.evaluated_count, found.unexpected_count) == ("not_empty", "failed", 1, 1)
    assert findings.verdict(version).reasons == ["not_empty 本批次没有任何记录：1／1 条"]


def full(**changes: Any) -> CatalogEntry:
    """An item of each kind of generated rule on a value."""
    items = [
        {"code": "thing_id", "name": "编号", "required": True},
        {"code": "part", "name": "部位", "length": 1, "pattern": "[a-z]", "code_list": "sex_code", "check": "uscc",
         "free_text": True, "references": "seed.sex_code.code"},
        {"code": "amount", "name": "数量", "type": "I", "minimum": 0}, {"code": "secret", "name": "内情"},
    ]  # fmt: skip
    return entry(items=items, **changes)


@pytest.mark.requirement("R024")
def test_a_rule_on_a_value_is_put_to_the_rows_that_have_one(home):
    """Of six rows two have no part; the rule on missing values is put to all of them, the key's to four."""
    own = {"rule": "own", "item": "part", "failing": "part < 'b'"}
    outcomes = judged(written(ROWS), full(rules=[own | SHARED], unique=[["part"]]))
    kinds = ("length", "pattern", "code", "check_digit", "personal_data", "reference")
    assert {outcomes[f"part__{k}"].evaluated_count for k in kinds} == {4}
    assert outcomes["own"].evaluated_count == outcomes["unique__part"].evaluated_count == 4
    assert (outcomes["part__length"].state, outcomes["part__code"].unexpected_count) == ("passed", 4)
    assert outcomes["thing_id__required"].evaluated_count == 6
    assert outcomes["key__unique"].evaluated_count == 4
    assert outcomes["amount__range"].evaluated_count == outcomes["amount__type"].evaluated_count == 5


def test_where_no_row_has_a_value_no_rule_on_values_says_anything(home):
    rows = ROWS | {"part": [None] * 6, "amount": [None] * 6}
    mean = {"rule": "mean", "expectation": "ExpectColumnMeanToBeBetween", "item": "amount",
            "arguments": {"min_value": 1}}  # fmt: skip
    own = {"rule": "own", "item": "part", "failing": "part < 'b'"}
    outcomes = judged(written(rows), full(rules=[r | SHARED for r in (mean, own)], unique=[["part"]]))
    assert set(outcomes) == {"thing_id__required", "key__unique", "not_empty"}


@pytest.mark.parametrize(("tolerance", "blocks"), [(0.4, True), (0.5, False)])
def test_the_share_that_blocks_is_of_the_rows_the_rule_was_put_to(home, tolerance, blocks):
    """Two of four: a half, though a third of all six rows."""
    own = SHARED | {"rule": "own", "item": "part", "severity": "critical", "tolerance": tolerance}
    described = entry().model_copy(update={"rules": [CatalogRule.model_validate(own | {"failing": "part = 'b'"})]})
    found = judged(written(ROWS), described)["own"]
    assert (found.evaluated_count, found.unexpected_count, found.blocks) == (4, 2, blocks)


@pytest.mark.django_db
def test_a_count_of_nothing_is_recorded_as_none(home, monkeypatch):
    """Great Expectations leaves the count out over a table without rows; what is recorded is a number."""
    real = judging.validate
    unknown = {"element_count": 3, "unexpected_count": None}
    monkeypatch.setattr(judging, "validate", lambda *a: {r: d | {"result": unknown} for r, d in real(*a).items()})
    version, described = written(ROWS), entry()
    findings.record(version, judging.evaluate(version, described, None), "b")  # type: ignore[arg-type]
    found = findings.of_version(version)
    assert found and {o.unexpected_count for o in found if o.state != "error"} == {0}


def test_two_hundred_columns(home):
    """Every second item has one row missing: a hundred rules fail with one row each."""
    codes = [f"c{i}" for i in range(200)]
    items = [{"code": c, "name": c, "required": True, "length": 3} for c in codes]
    rows = {c: ["abc", None if i % 2 else "abc", "abc"] for i, c in enumerate(codes)}
    described = entry(items=items, key=["c0"])
    outcomes = judged(written(rows | {"amount": [1, 1, 1]}), described)
    failed = {o.rule: o.unexpected_count for o in outcomes.values() if o.state == "failed"}
    assert failed == {f"c{i}__required": 1 for i in range(1, 200, 2)} | {"key__unique": 3}
    assert len(outcomes) == 200 * 2 + 1 + 1  # the key; not empty (nothing was delivered, so nothing can be late)


def test_a_column_that_the_table_lacks(home):
    rows = {k: v for k, v in ROWS.items() if k != "part"}
    described = entry([{"rule": "parts", "expectation": "ExpectColumnValuesToNotBeNull", "item": "part"}])
    outcomes = judged(written(rows), described)
    assert (outcomes["parts"].state, outcomes["parts"].error) == ("error", "the table has no column part")
    assert outcomes["amount__range"].unexpected_count == 1


@pytest.mark.django_db
def test_problem_rows_are_kept_paged_and_listed_again(home):
    rows = {
        "thing_id": [str(i) for i in range(1000)], "part": [None] * 1000, "amount": [-1] * 1000, "secret": [""] * 1000,
    }  # fmt: skip
    described, version = entry([{"rule": "few", "failing": "amount < 0 and _row_number > 990"}]), written(rows)
    basis = judging.basis(version, described)
    findings.record(version, judging.evaluate(version, described, None), basis)  # type: ignore[arg-type]
    kept = paths.problem_rows(version.name, version.version, basis)
    assert kept.exists()
    assert problem_counts(version, described) == {"amount__range": 1000, "few": 10}
    assert problem_page(version, described, "few", 3, 8) == [("b1", 999), ("b1", 1000)]
    assert problem_page(version, described, "amount__range", 2, 500) == [("b1", 501), ("b1", 502)]
    assert problem_page(version, described, "nobody", 10) == []
    assert problem_rows(version, described).num_rows == 1010
    before = problem_rows(version, described).to_pylist()
    kept.unlink()
    assert problem_rows(version, described).to_pylist() == before and kept.exists()
    assert problem_rows(version, described, "few").num_rows == 10


@pytest.mark.django_db
def test_a_version_that_was_never_judged_has_no_problem_rows(home):
    assert problem_counts(written(ROWS), entry()) == {}


@pytest.mark.django_db
def test_reading_a_page_scans_nothing_again(home, monkeypatch):
    described, version = entry([{"rule": "odd", "failing": "amount % 2 = 1"}]), written(ROWS)
    findings.record(
        version, judging.evaluate(version, described, None), judging.basis(version, described)  # type: ignore[arg-type]
    )  # fmt: skip
    monkeypatch.setattr(workbench, "prepare", lambda *_, **__: pytest.fail("the version was scanned again"))
    version.path.unlink()
    assert problem_page(version, described, "odd", 10) == [("b1", 1), ("b1", 3), ("b1", 5)]


def test_only_the_latest_judgement_of_a_version_keeps_its_rows(home):
    version = written(ROWS)
    for rules in ([{"rule": "a", "failing": "amount = 5"}], [{"rule": "b", "failing": "amount = 7"}]):
        judging.evaluate(version, entry(rules), None)  # type: ignore[arg-type]
    folder = paths.problem_rows(version.name, version.version, "x").parent
    assert [p.stem for p in folder.iterdir()] == [judging.basis(version, entry(rules))]
    assert "b" in pl.read_parquet(next(folder.iterdir()))["rule"].to_list()


@pytest.mark.requirement("R022")
def test_without_great_expectations_answer_there_is_no_verdict(home, monkeypatch):
    monkeypatch.setattr(judging, "validate", lambda *_: {})
    outcomes = judged(written(ROWS), entry())
    assert {o.state for o in outcomes.values()} == {"error"}


@pytest.mark.requirement("R022")
def test_with_great_expectations_answers_turned_round_the_outcomes_and_the_list_turn_round(home, monkeypatch):
    real, version, described = judging.validate, written(ROWS), entry()
    before = judged(version, described)
    monkeypatch.setattr(
        judging, "validate", lambda *a: {r: d | {"success": not d["success"]} for r, d in real(*a).items()}
    )
    after = judged(version, described)
    turned = {"passed": "failed", "failed": "passed"}
    assert {r: o.state for r, o in after.items()} == {r: turned[o.state] for r, o in before.items()}
    kept = paths.problem_rows(version.name, version.version, judging.basis(version, described))
    assert pl.read_parquet(kept).height == 0  # what failed before is passed now, and no row fails what passed


def test_a_list_that_is_not_what_great_expectations_counted_is_an_error(home, monkeypatch):
    real = judging.validate

    def one_more(*arguments):
        found = real(*arguments)
        if "amount__range" in found:
            found["amount__range"]["result"]["unexpected_count"] += 1
        return found

    version, described = written(ROWS), entry()
    monkeypatch.setattr(judging, "validate", one_more)
    found = judged(version, described)
    assert (
        found["amount__range"].state == "error"
        and "counted 2 rows, the condition lists 1" in found["amount__range"].error
    )
    kept = paths.problem_rows(version.name, version.version, judging.basis(version, described))
    assert set(pl.read_parquet(kept)["rule"]) == {"thing_id__required", "key__unique"}
