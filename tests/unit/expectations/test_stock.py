"""The exported suite, opened by stock Great Expectations on pandas in a process without Suyuan: the same counts.

Check digits, for which Great Expectations has no words, are counted by python-stdnum there.
"""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from expectations import evaluate as judging
from expectations.suite import stock_json
from scheme.catalog import CatalogEntry
from scheme.names import staging_name
from warehouse import versions
from warehouse.engine import connect

SHARED = {"dimension": "accuracy", "severity": "info", "meaning": "检查"}
ENTRY = CatalogEntry.model_validate({
    "department": "test", "resource": "stock", "name": "测试", "code": "3/1", "abstract": "测试",
    "update_cycle": "monthly", "sharing": "无条件共享", "operation": "可授权", "key": ["person_id", "month"],
    "unique": [["serial"], ["unit", "door"]],
    "items": [
        {"code": "person_id", "name": "身份号码", "required": True, "length": 18, "check": "resident_id"},
        {"code": "month", "name": "月份", "required": True, "pattern": "20[0-9]{2}(0[1-9]|1[0-2])"},
        {"code": "uscc", "name": "统一社会信用代码", "check": "uscc"},
        {"code": "sex_code", "name": "性别", "code_list": "sex_code"},
        {"code": "amount", "name": "金额", "type": "N", "minimum": 0, "maximum": 100},
        {"code": "serial", "name": "流水号"}, {"code": "unit", "name": "单元"}, {"code": "door", "name": "门号"},
        {"code": "started_on", "name": "起", "type": "D"}, {"code": "ended_on", "name": "止", "type": "D"},
        {"code": "remark", "name": "备注", "length": 6},
    ],
    "rules": [r | SHARED for r in [
        {"rule": "sorted", "expectation": "ExpectColumnPairValuesAToBeGreaterThanB", "arguments": {
            "column_A": "ended_on", "column_B": "started_on", "or_equal": True,
            "ignore_row_if": "either_value_is_missing"}},
        {"rule": "odd_words", "item": "remark", "expectation": "ExpectColumnValuesToNotMatchRegex",
         "arguments": {"regex": "测试|待定"}},
        {"rule": "no_nine", "item": "sex_code", "expectation": "ExpectColumnValuesToNotBeInSet",
         "arguments": {"value_set": ["9"]}},
        {"rule": "mean", "item": "amount", "expectation": "ExpectColumnMeanToBeBetween",
         "arguments": {"max_value": 50}},
        {"rule": "rows", "expectation": "ExpectTableRowCountToBeBetween", "arguments": {"min_value": 300}},
        {"rule": "by_sql", "item": "amount", "failing": "amount = 7 and regexp_full_match(serial, 'S[0-9]{4}')"},
    ]],
})  # fmt: skip
STOCK = """
import json, sys
import pandas as pd
import great_expectations as gx
from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError
assert not any(m.split(".")[0] in ("expectations", "warehouse", "scheme") for m in sys.modules)
frame = pd.read_parquet("rows.parquet")

def right(number, kind):
    # the check digit alone: stdnum's ric.validate also knows which places existed
    if kind is uscc:
        return uscc.is_valid(number)
    return len(number) == 18 and number[:17].isdigit() and ric.calc_check_digit(number) == number[17]

flags = [("person_id__check_digit", "person_id", ric), ("uscc__check_digit", "uscc", uscc)]
for rule, column, kind in flags:
    frame["ok__" + rule] = [None if pd.isna(v) else right(v, kind) for v in frame[column]]
context = gx.get_context(mode="file", project_root_dir=".")
suite = context.suites.get("test__stock")
kept = [e for e in suite.expectations if type(e).__name__ != "UnexpectedRowsExpectation"]
kept += [gx.expectations.ExpectColumnValuesToBeInSet(column="ok__" + r, value_set=[True], meta={"rule": r})
         for r, *_ in flags]
batch = (context.data_sources.add_pandas("p").add_dataframe_asset("t").add_batch_definition_whole_dataframe("a")
         .get_batch({"dataframe": frame}))
context.variables.progress_bars = {"globally": False}
found = batch.validate(gx.ExpectationSuite(name="kept", expectations=[e.configuration for e in kept]))
answer = {}
for r in found.results:
    broke = r.exception_info or {}
    assert not broke.get("raised_exception") and not any(isinstance(v, dict) for v in broke.values()), broke
    answer[r.expectation_config.meta["rule"]] = [bool(r.success), r.result.get("unexpected_count")]
print(json.dumps({"answer": answer, "severity": {e.meta["rule"]: e.severity.value for e in suite.expectations},
                  "meta": suite.expectations[0].meta, "suite": suite.meta, "kinds": len(kept)}))
"""


def rows() -> pl.DataFrame:
    """Two hundred sound rows, then defects planted by row."""
    numbers = ["11010519491231002X", "440524188001010014"]
    frame = {
        "person_id": [numbers[i % 2] for i in range(200)],
        "month": [f"{2001 + i // 2 // 12}{i // 2 % 12 + 1:02}" for i in range(200)],
        "uscc": ["91110000600037341L"] * 200, "sex_code": ["1", "2"] * 100,
        "amount": [float(i % 50) for i in range(200)],
        "serial": [f"S{i:04}" for i in range(200)], "unit": [str(i // 10) for i in range(200)],
        "door": [str(i % 10) for i in range(200)], "started_on": [dt.date(2026, 1, 1)] * 200,
        "ended_on": [dt.date(2026, 2, 1)] * 200, "remark": ["好"] * 200,
    }  # fmt: skip
    for row, column, value in [
        (0, "person_id", None), (1, "person_id", None), (2, "person_id", "110105194912310021"),
        (3, "person_id", "11010519491231002"), (4, "month", "202613"), (5, "month", None), (6, "month", "2026011"),
        (7, "uscc", "91110000600037341A"), (8, "uscc", None), (9, "uscc", "短"), (10, "sex_code", "7"),
        (11, "sex_code", None), (12, "sex_code", "9"), (13, "amount", -1.0), (14, "amount", 5000.0),
        (15, "amount", None), (16, "serial", "S0017"), (18, "serial", None), (19, "serial", None),
        (20, "door", "1"), (30, "unit", None), (31, "unit", None), (32, "started_on", dt.date(2026, 3, 1)),
        (33, "started_on", None), (34, "ended_on", None), (35, "remark", "待定中"), (36, "remark", None),
        (37, "remark", "一二三四五六七"), (42, "month", "200211"),
    ]:  # fmt: skip
        frame[column][row] = value
    return pl.DataFrame(frame)


@pytest.fixture(scope="module")
def stock(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stock")
    rows().write_parquet(folder / "rows.parquet")
    (folder / "gx" / "expectations").mkdir(parents=True)
    (folder / "gx" / "expectations" / "test__stock.json").write_text(stock_json(ENTRY)[0], "utf-8")
    done = subprocess.run(
        [sys.executable, "-c", STOCK], cwd=folder, capture_output=True, text=True,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder), "GX_ANALYTICS_ENABLED": "False", "PYTHONPATH": ""},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SUYUAN_HOME", str(tmp_path_factory.mktemp("ours")))
        frame = rows().with_columns(
            pl.lit("b1").alias("_batch_id"), pl.Series("_row_number", range(1, 201)),
            pl.lit([], pl.List(pl.String)).alias("_invalid_items"),
        )  # fmt: skip
        connection = connect()
        connection.register("rows", frame.to_arrow())
        connection.execute("CREATE TABLE t AS SELECT * FROM rows")
        version = versions.write(
            connection, staging_name("test", "stock"), "t", key=["_batch_id", "_row_number"], batches=["b1"]
        )
        connection.close()
        return {o.rule: o for o in judging.evaluate(version, ENTRY, None)}  # type: ignore[arg-type]


PLANTED = {
    "person_id__required": 2, "person_id__check_digit": 2, "month__required": 1, "month__pattern": 2,
    "uscc__check_digit": 2, "sex_code__code": 1, "amount__range": 2, "unique__serial": 2, "unique__unit__door": 2,
    "sorted": 1, "odd_words": 1, "remark__length": 1, "no_nine": 1, "key__unique": 2, "by_sql": 4,
}  # fmt: skip


@pytest.mark.requirement("R022")
def test_what_was_planted_is_what_is_counted(ours):
    assert {r: o.unexpected_count for r, o in ours.items() if o.state == "failed" and r in PLANTED} == PLANTED


@pytest.mark.requirement("R022")
def test_stock_great_expectations_on_pandas_counts_the_same_rule_by_rule(ours, stock):
    compared = 0
    for rule, (success, count) in stock["answer"].items():
        assert ours[rule].state == ("passed" if success else "failed"), rule
        if count is not None:
            assert ours[rule].unexpected_count == count, rule
            compared += 1
    assert compared >= 15 and stock["kinds"] == len(stock["answer"]) >= 17


def test_severity_is_great_expectations_own_field_and_the_rest_is_meta(stock):
    assert stock["severity"]["person_id__required"] == "critical"
    assert stock["severity"]["by_sql"] == "info" and stock["severity"]["remark__length"] == "warning"
    assert stock["meta"] | {"meaning": ""} == {
        "rule": stock["meta"]["rule"], "dimension": stock["meta"]["dimension"], "meaning": "",
    }  # fmt: skip
    assert stock["suite"]["resource"] == "test.stock" and stock["suite"]["left_out"] == {}


@pytest.mark.requirement("R022")
def test_rules_in_sql_are_exported_as_sql_that_great_expectations_runs(ours, tmp_path):
    """Over the same rows on DuckDB, with what ``needs`` names: conditions with braces and with subqueries too."""
    import great_expectations as gx

    from expectations.dialect import lent
    from expectations.suite import stock_suite
    from expectations.workbench import macros

    connection = connect()
    connection.register("rows", rows().to_arrow())
    connection.execute("CREATE TABLE t AS SELECT *, []::VARCHAR[] AS _invalid_items FROM rows")
    connection.execute(macros())
    suite, _ = stock_suite(ENTRY)
    in_sql = [e for e in suite.expectations if type(e).__name__ == "UnexpectedRowsExpectation"]
    assert {n for e in in_sql for n in e.meta["needs"]} == {"is_resident_id", "is_uscc"}
    context = gx.get_context(mode="ephemeral")
    with lent(connection) as url:
        asset = context.data_sources.add_sql("s", connection_string=url).add_table_asset("t", table_name="t")
        batch = asset.add_batch_definition_whole_table("a").get_batch()
        for each in in_sql:
            found = batch.validate(each)
            assert found.result["observed_value"] == ours[each.meta["rule"]].unexpected_count
    connection.close()


def test_the_command_writes_the_suite_and_refuses_in_one_line(home, tmp_path):
    from cli.main import app

    target = tmp_path / "suite.json"
    done = CliRunner().invoke(app, ["quality", "suite", "gongan.resident_population", "-o", str(target)])
    written = json.loads(target.read_text("utf-8"))
    assert done.exit_code == 0 and f"{len(written['expectations'])} expectations" in done.output
    rules = {e["meta"]["rule"]: e for e in written["expectations"]}
    assert rules["Q02"]["type"] == "expect_column_values_to_be_unique"
    assert rules["sex_code__code"]["kwargs"]["value_set"] == ["0", "1", "2", "9"]
    assert rules["Q05"]["meta"]["needs"] == ["reference.division"]
    for resource, path in (("no.such", target), ("gongan.resident_population", tmp_path),
                           ("gongan.resident_population", tmp_path / "nowhere" / "x.json")):  # fmt: skip
        done = CliRunner().invoke(app, ["quality", "suite", resource, "-o", str(path)])
        assert done.exit_code == 2 and done.stderr.count("\n") == 1
    assert [p.name for p in tmp_path.iterdir() if p.name != "home"] == ["suite.json"] and not Path("/.tmp").exists()
