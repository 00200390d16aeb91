"""Which expectations Great Expectations answers rightly on DuckDB, and what a catalog rule gets that names them.

Every count was made by hand from ``TABLE``. ``alone``: Great Expectations through our dialect; an int is the number
of unexpected rows, a bool the success of an expectation about the table, ``REFUSED`` that it raises. ``rule``: the
same named by a catalog rule; an int is the number of problem rows listed (0: passed), a bool the state of a rule about
the table, ``REFUSED`` a rule error. No answer may be silently wrong: where Great Expectations on SQL passes over what
it finds on pandas, or compares 1 with "1", ``alone`` says so and the rule is right or refused.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest

from expectations import evaluate as judging
from expectations.dialect import lent
from scheme.catalog import CatalogEntry
from scheme.names import staging_name
from warehouse import paths, versions
from warehouse.engine import connect

D, REFUSED = dt.date, "refused"
TABLE = {
    "id": ["a1", "a2", "a2", "a4", None, "a6"],
    "code": ["1", "2", "9", "1", "2", None],
    "n": [1, 2, 3, 4, None, 100],
    "m": [1, 3, 3, None, None, 5],
    "x": [0.5, 1.5, -2.0, 1e6, None, 3.0],
    "name": ["张三", "李四丰", "王五（已迁出）", "", None, "abc"],
    "d": [D(2026, 1, 1), D(2026, 2, 1), D(1899, 1, 1), None, D(2030, 1, 1), D(2026, 3, 1)],
    "t": [dt.datetime(2026, 1, 1, 10), *(dt.datetime(2026, 1, day) for day in (2, 3, 4, 5, 6))],
    "ok": [True, True, False, True, None, True],
    "a": [1, 1, 2, 2, 3, None], "b": [1, 2, 2, 2, None, None], "c": [1, 3, 2, 5, 6, None],
    "_batch_id": ["b1"] * 6, "_row_number": [1, 2, 3, 4, 5, 6], "_invalid_items": [[]] * 6,
}  # fmt: skip
TYPES = {"n": "I", "m": "I", "x": "N", "d": "D", "t": "T", "ok": "L", "a": "I", "b": "I", "c": "I"}
CASES: list[tuple[str, dict[str, Any], int | bool | str, int | bool | str]] = [
    ("ExpectColumnValuesToNotBeNull", {"column": "id"}, 1, 1),
    ("ExpectColumnValuesToBeNull", {"column": "id"}, 5, 5),
    ("ExpectColumnValuesToBeInSet", {"column": "code", "value_set": ["1", "2"]}, 1, 1),
    ("ExpectColumnValuesToBeInSet", {"column": "code", "value_set": ["1", "2"], "mostly": 0.8}, 1, 0),
    ("ExpectColumnValuesToBeInSet", {"column": "n", "value_set": [1, 2, 3]}, 2, 2),
    ("ExpectColumnValuesToBeInSet", {"column": "code", "value_set": [1, 2]}, 1, REFUSED),
    ("ExpectColumnValuesToBeInSet", {"column": "n", "value_set": ["1", "2"]}, 3, REFUSED),
    ("ExpectColumnValuesToBeInSet", {"column": "d", "value_set": ["2026-01-01"]}, 4, 4),
    ("ExpectColumnValuesToBeInSet", {"column": "d", "value_set": [D(2026, 1, 1)]}, 4, 4),
    ("ExpectColumnValuesToBeInSet", {"column": "ok", "value_set": [True]}, 1, 1),
    ("ExpectColumnValuesToBeInSet", {"column": "code", "value_set": []}, 5, REFUSED),
    ("ExpectColumnValuesToBeInSet", {"column": "code", "value_set": ["1", None]}, 3, REFUSED),
    ("ExpectColumnValuesToNotBeInSet", {"column": "code", "value_set": ["9"]}, 1, 1),
    ("ExpectColumnValuesToBeBetween", {"column": "n", "min_value": 1, "max_value": 10}, 1, 1),
    ("ExpectColumnValuesToBeBetween",
     {"column": "n", "min_value": 1, "max_value": 100, "strict_min": True, "strict_max": True}, 2, 2),
    ("ExpectColumnValuesToBeBetween", {"column": "x", "min_value": 0}, 1, 1),
    ("ExpectColumnValuesToBeBetween", {"column": "d", "min_value": "1900-01-01", "max_value": "2026-12-31"}, 2, 2),
    ("ExpectColumnValuesToBeBetween", {"column": "t", "max_value": "2026-01-03"}, 3, 3),
    ("ExpectColumnValuesToBeBetween", {"column": "t", "max_value": dt.datetime(2026, 1, 3)}, 3, 3),
    ("ExpectColumnValuesToBeBetween", {"column": "code", "min_value": 1}, REFUSED, REFUSED),
    ("ExpectColumnValueLengthsToBeBetween", {"column": "name", "min_value": 1, "max_value": 3}, 2, 2),
    ("ExpectColumnValueLengthsToEqual", {"column": "name", "value": 3}, 3, 3),
    ("ExpectColumnValueLengthsToEqual", {"column": "n", "value": 1}, REFUSED, REFUSED),
    ("ExpectColumnValuesToMatchRegex", {"column": "id", "regex": "^a[1-3]$"}, REFUSED, 2),
    ("ExpectColumnValuesToMatchRegex", {"column": "id", "regex": "[46]"}, REFUSED, 3),  # anywhere, as on pandas
    ("ExpectColumnValuesToMatchRegex", {"column": "id", "regex": "^a(?=1)"}, REFUSED, REFUSED),  # RE2 looks not ahead
    ("ExpectColumnValuesToMatchRegex", {"column": "id", "regex": "a["}, REFUSED, REFUSED),
    ("ExpectColumnValuesToNotMatchRegex", {"column": "id", "regex": "^a2$"}, REFUSED, 2),
    ("ExpectColumnValuesToMatchRegexList", {"column": "id", "regex_list": ["^a1", "^a2"]}, REFUSED, 2),
    ("ExpectColumnValuesToMatchRegexList",
     {"column": "id", "regex_list": ["^a", "2$"], "match_on": "all"}, REFUSED, 3),
    ("ExpectColumnValuesToNotMatchRegexList", {"column": "id", "regex_list": ["^a1", "^a2"]}, REFUSED, 3),
    ("ExpectColumnValuesToMatchLikePattern", {"column": "id", "like_pattern": "a2%"}, REFUSED, 3),
    ("ExpectColumnValuesToNotMatchLikePattern", {"column": "id", "like_pattern": "a2%"}, REFUSED, 2),
    ("ExpectColumnValuesToMatchLikePatternList", {"column": "id", "like_pattern_list": ["a1%", "a2%"]}, REFUSED, 2),
    ("ExpectColumnValuesToNotMatchLikePatternList", {"column": "id", "like_pattern_list": ["a1%"]}, REFUSED, 1),
    ("ExpectColumnValuesToBeUnique", {"column": "id"}, 2, 2),
    ("ExpectCompoundColumnsToBeUnique", {"column_list": ["a", "b"]}, 2, 2),
    ("ExpectCompoundColumnsToBeUnique",
     {"column_list": ["a", "b"], "ignore_row_if": "any_value_is_missing"}, 2, 2),
    ("ExpectCompoundColumnsToBeUnique", {"column_list": ["a", "b"], "ignore_row_if": "never"}, 2, REFUSED),
    ("ExpectSelectColumnValuesToBeUniqueWithinRecord", {"column_list": ["a", "b", "c"]}, 3, 3),
    ("ExpectMulticolumnValuesToBeEqual", {"column_list": ["a", "b"]}, 2, 2),
    ("ExpectMulticolumnSumToEqual",
     {"column_list": ["a", "b"], "sum_total": 4, "ignore_row_if": "any_value_is_missing"}, 2, 2),
    ("ExpectMulticolumnSumToEqual", {"column_list": ["a", "b"], "sum_total": 4}, 2, 3),  # row 5 has no sum
    ("ExpectColumnPairValuesToBeEqual", {"column_A": "n", "column_B": "m"}, 3, 3),
    ("ExpectColumnPairValuesToBeEqual",
     {"column_A": "n", "column_B": "m", "ignore_row_if": "either_value_is_missing"}, 2, 2),
    ("ExpectColumnPairValuesAToBeGreaterThanB",
     {"column_A": "n", "column_B": "m", "or_equal": True, "ignore_row_if": "either_value_is_missing"}, 1, 1),
    ("ExpectColumnPairValuesAToBeGreaterThanB", {"column_A": "n", "column_B": "m"}, 3, 4),  # row 4 has no m
    ("ExpectColumnPairValuesAToBeGreaterThanB", {"column_A": "n", "column_B": "code"}, REFUSED, REFUSED),
    ("ExpectColumnPairValuesToBeInSet",
     {"column_A": "n", "column_B": "m", "value_pairs_set": [[1, 1], [2, 3]]}, 3, 3),
    ("ExpectColumnPairValuesToBeInSet",
     {"column_A": "n", "column_B": "m", "value_pairs_set": [[1, 1], [2, 3], [4, 9]]}, 2, 3),  # row 4 has no m
    ("ExpectTableRowCountToBeBetween", {"min_value": 6, "max_value": 6}, True, True),
    ("ExpectTableRowCountToEqual", {"value": 7}, False, False),
    ("ExpectColumnMinToBeBetween", {"column": "n", "min_value": 1, "max_value": 1}, True, True),
    ("ExpectColumnMaxToBeBetween", {"column": "n", "max_value": 99}, False, False),
    ("ExpectColumnMeanToBeBetween", {"column": "n", "min_value": 22, "max_value": 22}, True, True),
    ("ExpectColumnMeanToBeBetween", {"column": "name", "min_value": 22}, REFUSED, REFUSED),
    ("ExpectColumnMedianToBeBetween", {"column": "n", "min_value": 3, "max_value": 3}, True, True),
    ("ExpectColumnStdevToBeBetween", {"column": "n", "min_value": 43.6, "max_value": 43.7}, True, True),
    ("ExpectColumnSumToBeBetween", {"column": "n", "min_value": 110, "max_value": 110}, True, True),
    ("ExpectColumnQuantileValuesToBeBetween",
     {"column": "n", "quantile_ranges": {"quantiles": [0.5], "value_ranges": [[3, 3]]}}, True, True),
    ("ExpectColumnUniqueValueCountToBeBetween", {"column": "id", "min_value": 4, "max_value": 4}, True, True),
    ("ExpectColumnProportionOfUniqueValuesToBeBetween",
     {"column": "id", "min_value": 0.8, "max_value": 0.8}, True, True),
    ("ExpectColumnProportionOfNonNullValuesToBeBetween",
     {"column": "id", "min_value": 0.83, "max_value": 0.84}, True, True),
    ("ExpectColumnMostCommonValueToBeInSet", {"column": "id", "value_set": ["a2"]}, True, True),
    ("ExpectColumnDistinctValuesToBeInSet", {"column": "code", "value_set": ["1", "2"]}, False, False),
    ("ExpectColumnDistinctValuesToContainSet", {"column": "code", "value_set": ["1", "9"]}, True, True),
    ("ExpectColumnDistinctValuesToEqualSet", {"column": "code", "value_set": ["1", "2", "9"]}, True, True),
    # answered, but no catalog rule may name them: the columns are ours, the rows cannot be listed
    ("ExpectTableColumnCountToEqual", {"value": 15}, True, REFUSED),
    ("ExpectColumnToExist", {"column": "nobody"}, False, REFUSED),
    ("ExpectColumnValueZScoresToBeLessThan", {"column": "n", "threshold": 1, "double_sided": True}, 1, REFUSED),
    ("ExpectColumnValuesToBeOfType", {"column": "n", "type_": "BIGINT"}, False, REFUSED),  # says Integer
    ("UnexpectedRowsExpectation", {"unexpected_rows_query": "SELECT * FROM {batch} WHERE n > 3"}, False, REFUSED),
    # not answered on DuckDB
    ("ExpectColumnValuesToBeIncreasing", {"column": "n"}, REFUSED, REFUSED),
    ("ExpectColumnValuesToBeDecreasing", {"column": "n"}, REFUSED, REFUSED),
    ("ExpectColumnValuesToMatchStrftimeFormat", {"column": "id", "strftime_format": "%Y"}, REFUSED, REFUSED),
    ("ExpectColumnValuesToBeDateutilParseable", {"column": "id"}, REFUSED, REFUSED),
    ("ExpectColumnValuesToBeJsonParseable", {"column": "id"}, REFUSED, REFUSED),
    ("UnexpectedRowsExpectation", {"unexpected_rows_query": "SELECT * FROM {batch} WHERE no > 3"}, REFUSED, REFUSED),
    ("ExpectColumnValuesToNotBeNull", {"column": "nobody"}, REFUSED, REFUSED),
]  # fmt: skip
IDS = [f"{i}-{kind}" for i, (kind, *_) in enumerate(CASES)]


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """Great Expectations' own answer to every case, each in a run of its own."""
    import great_expectations as gx
    import great_expectations.expectations as gxe

    from expectations.verdicts import raised

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SUYUAN_HOME", str(tmp_path_factory.mktemp("alone")))
        connection = connect()
        connection.register("rows", pl.DataFrame(TABLE).to_arrow())
        connection.execute("CREATE TABLE t AS SELECT * FROM rows")
        found = []
        for kind, arguments, *_ in CASES:
            context = gx.get_context(mode="ephemeral")
            context.variables.progress_bars = {"globally": False}
            with lent(connection) as url:
                asset = context.data_sources.add_sql("alone", connection_string=url).add_table_asset(
                    "t", table_name="t"
                )
                batch = asset.add_batch_definition_whole_table("all").get_batch()
                result = batch.validate(getattr(gxe, kind)(**arguments), result_format="BASIC")
            refused = raised({"exception": result.exception_info})
            by_row = "element_count" in result.result
            answer = result.result["unexpected_count"] if by_row else bool(result.success)
            found.append(REFUSED if refused else answer)
        connection.close()
    return found


@pytest.fixture(scope="module")
def as_rules(tmp_path_factory):
    """Case number → (outcome, rows listed) of a catalog rule that names it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SUYUAN_HOME", str(tmp_path_factory.mktemp("rules")))
        entry = _entry()
        connection = connect()
        connection.register("rows", pl.DataFrame(TABLE).to_arrow())
        connection.execute("CREATE TABLE t AS SELECT * FROM rows")
        version = versions.write(
            connection, staging_name("test", "cases"), "t", key=["_batch_id", "_row_number"], batches=["b1"]
        )
        connection.close()
        outcomes = {o.rule: o for o in judging.evaluate(version, entry, None)}
        kept = paths.problem_rows(version.name, version.version, judging.basis(version, entry))
        return outcomes, pl.read_parquet(kept)["rule"].to_list()


def _entry() -> CatalogEntry:
    shared = {"dimension": "accuracy", "severity": "warning", "meaning": "检查"}
    return CatalogEntry.model_validate({
        "department": "test", "resource": "cases", "name": "测试", "code": "3/1", "abstract": "测试",
        "update_cycle": "monthly", "sharing": "无条件共享", "operation": "可授权", "key": ["c"],
        "items": [{"code": c, "name": c, "type": TYPES.get(c, "C")} for c in TABLE if not c.startswith("_")],
        "rules": [
            {"rule": f"case{i}", "expectation": kind, "arguments": arguments} | shared
            for i, (kind, arguments, *_) in enumerate(CASES)
        ],
    })  # fmt: skip


@pytest.mark.requirement("R022")
@pytest.mark.parametrize("number", range(len(CASES)), ids=IDS)
def test_great_expectations_alone_on_duckdb(alone, number):
    assert alone[number] == CASES[number][2] and type(alone[number]) is type(CASES[number][2])


@pytest.mark.requirement("R022")
@pytest.mark.parametrize("number", range(len(CASES)), ids=IDS)
def test_the_same_named_by_a_catalog_rule(as_rules, number):
    outcomes, listed = as_rules
    outcome, wanted = outcomes[f"case{number}"], CASES[number][3]
    rows = listed.count(f"case{number}")
    if wanted == REFUSED:
        assert (outcome.state, rows) == ("error", 0)
        assert outcome.error and "\n" not in outcome.error and len(outcome.error) <= 200
    elif isinstance(wanted, bool):
        assert (outcome.state, rows) == ("passed" if wanted else "failed", 0)
    elif wanted:
        assert (outcome.state, outcome.unexpected_count, rows) == ("failed", wanted, wanted)
    else:
        assert (outcome.state, rows) == ("passed", 0)


def test_an_expectation_may_also_be_named_in_small_letters():
    from expectations.conditions import compiled

    name = "expect_column_pair_values_a_to_be_greater_than_b"
    found = compiled(name, {"column_A": "n", "column_B": "m"}, _entry())
    assert found.type == "ExpectColumnPairValuesAToBeGreaterThanB"
