"""CPU of judging one register with all failing rows ÷ CPU of one hand-written scan that only counts.

Lives here: ``measure``, a register of N rows × 15 items with planted defects, and 40 rules of every kind. The other
side is one statement for the rules that look at one row and one group-by for each of the three uniqueness rules,
over the same file, with the same conditions written out. Great Expectations alone is measured too: the same
expectations over the same rows, its own failing rows asked for (it gives 20 a rule). Importing it is not counted.
Stays out: pass or fail.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from expectations import evaluate as judging
from expectations import suite, workbench
from expectations.dialect import lent
from expectations.rules import Rule, rules_of
from scheme.catalog import CatalogEntry
from scheme.names import staging_name
from warehouse import versions
from warehouse.engine import connect
from warehouse.versions import Version

_TIMES = 3
_ITEMS = [
    {"code": "person_id", "name": "公民身份号码", "length": 18, "required": True, "check": "resident_id"},
    {"code": "person_name", "name": "姓名", "length": 50, "required": True},
    {"code": "sex_code", "name": "性别", "length": 1, "required": True, "code_list": "sex_code"},
    {"code": "birth_date", "name": "出生日期", "type": "D", "required": True},
    {"code": "village_code", "name": "村居代码", "length": 12, "references": "seed.division.code"},
    {"code": "address", "name": "地址", "length": 200, "required": True, "free_text": True},
    {"code": "phone", "name": "电话", "length": 11, "pattern": "1[3-9][0-9]{9}"},
    {"code": "status", "name": "状态", "required": True},
    {"code": "uscc", "name": "统一社会信用代码", "required": True, "check": "uscc"},
    {"code": "amount_yuan", "name": "金额", "type": "N", "required": True, "minimum": 0, "maximum": 100_000},
    {"code": "people", "name": "人数", "type": "I", "minimum": 1, "maximum": 20},
    {"code": "start_on", "name": "起始日期", "type": "D"},
    {"code": "end_on", "name": "终止日期", "type": "D"},
    {"code": "account_no", "name": "户号", "length": 10, "required": True, "pattern": "[0-9]{10}"},
    {"code": "remark", "name": "备注", "length": 20, "free_text": True},
]
_RULES = [
    {"rule": "status_list", "item": "status", "expectation": "ExpectColumnValuesToBeInSet",
     "arguments": {"value_set": ["在册", "迁出", "注销"]}},
    {"rule": "recent", "item": "birth_date", "expectation": "ExpectColumnValuesToBeBetween",
     "arguments": {"max_value": "2024-01-01"}},
    {"rule": "order", "item": "end_on", "failing": "end_on < start_on"},
    {"rule": "birth_in_id", "item": "birth_date",
     "failing": "length(person_id) = 18 and strftime(birth_date, '%Y%m%d') <> substr(person_id, 7, 8)"},
    {"rule": "short_address", "item": "address", "failing": "address is null or length(address) < 6"},
]  # fmt: skip


@dataclass(frozen=True)
class _Cost:
    cpu: float
    wall: float


def measure(rows: int = 1_000_000) -> str:
    """Judge a register of ``rows`` rows, also without the check digits, most of the hand-written scan's work."""
    import great_expectations  # noqa: F401  its import is no part of the figure

    plain = [{k: v for k, v in item.items() if k != "check"} for item in _ITEMS]
    more = [{"rule": f"{c}_shape", "item": c, "failing": f"length({c}) <> 18"} for c in ("person_id", "uscc")]
    return _measure(rows, "", _ITEMS, _RULES) + "\n" + _measure(rows, " (no check digits)", plain, [*_RULES, *more])


def _measure(rows: int, what: str, items: list[dict[str, Any]], own: list[dict[str, Any]]) -> str:
    entry, version = _register(rows, items, own)
    rules = rules_of(entry)
    judging.evaluate(version, entry, None)  # type: ignore[arg-type]
    hand = _least(lambda: _by_hand(version, rules))
    ours = _least(lambda: judging.evaluate(version, entry, None))  # type: ignore[arg-type]
    alone = _least(lambda: _great_expectations_alone(version, rules), 1)
    failing = sum(o.state == "failed" for o in judging.evaluate(version, entry, None))  # type: ignore[arg-type]
    return (
        f"rules{what}: {rows:,} rows x {len(items)} items, {len(rules)} rules and the delivery's, {failing} fail: with "
        f"all failing rows {ours.cpu:.2f} CPU s ({ours.wall:.2f} s), one hand-written scan {hand.cpu:.2f} "
        f"({hand.wall:.2f} s): ratio {ours.cpu / hand.cpu:.2f}\n"
        f"rules{what}: Great Expectations alone, COMPLETE, 20 failing rows a rule: {alone.cpu:.2f} CPU s, "
        f"ratio {alone.cpu / hand.cpu:.2f}"
    )


def _least(work: Callable[[], object], times: int = _TIMES) -> _Cost:
    costs = []
    for _ in range(times):
        cpu, wall = _cpu(), time.perf_counter()
        work()
        costs.append(_Cost(_cpu() - cpu, time.perf_counter() - wall))
    return min(costs, key=lambda c: c.cpu)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _by_hand(version: Version, rules: list[Rule]) -> None:
    connection = connect()
    connection.execute(workbench.macros())
    workbench.build(connection, version, {}, True, rules)
    unique = [r for r in rules if "unique" in r.rule]
    counts = ", ".join(f"count(*) FILTER (WHERE {r.failing})" for r in rules if r not in unique)
    connection.execute(f"SELECT count(*), {counts} FROM this").fetchall()
    for rule in unique:
        names = ", ".join(rule.columns)
        present = " AND ".join(f"{c} IS NOT NULL" for c in rule.columns)
        connection.execute(
            f"SELECT sum(n) FROM (SELECT count(*) AS n FROM this WHERE {present} GROUP BY {names} HAVING n > 1)"
        ).fetchall()
    connection.close()


def _great_expectations_alone(version: Version, rules: list[Rule]) -> None:
    """The same expectations over a table of the same rows; what it has no words for is a column of the table."""
    import great_expectations as gx

    connection = connect()
    connection.execute(workbench.macros())
    workbench.build(connection, version, {}, True, rules)
    flags = ", ".join(f'NOT coalesce({r.failing}, false) AS "ok__{r.rule}"' for r in rules if not r.is_native)
    connection.execute(f"CREATE TABLE seen AS SELECT * EXCLUDE (_invalid_items), {flags} FROM this")
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    with lent(connection) as url:
        asset = context.data_sources.add_sql("alone", connection_string=url).add_table_asset("seen", table_name="seen")
        batch = asset.add_batch_definition_whole_table("all").get_batch()
        expectations = gx.ExpectationSuite(name="alone", expectations=[suite.judging(r) for r in rules])
        batch.validate(expectations, result_format={
            "result_format": "COMPLETE", "unexpected_index_column_names": ["_batch_id", "_row_number"],
        })  # fmt: skip
    connection.close()


def _register(rows: int, items: list[dict[str, Any]], own: list[dict[str, Any]]) -> tuple[CatalogEntry, Version]:
    shared = {"dimension": "accuracy", "severity": "warning", "meaning": "检查"}
    entry = CatalogEntry.model_validate({
        "department": "test", "resource": "bench", "name": "测试", "code": "3/1", "abstract": "测试",
        "update_cycle": "monthly", "sharing": "无条件共享", "operation": "可授权", "key": ["person_id"],
        "unique": [["account_no"], ["village_code", "person_name", "birth_date"]],
        "items": items, "rules": [r | shared for r in own],
    })  # fmt: skip
    connection = connect()
    connection.register("made", _frame(rows, _codes("division")).to_arrow())
    connection.execute("CREATE TABLE made_table AS SELECT * FROM made")
    found = versions.write(
        connection, staging_name("test", "bench"), "made_table", key=["_batch_id", "_row_number"], batches=["b1"]
    )
    connection.close()
    return entry, found


def _codes(seed: str) -> list[str]:
    return pl.read_csv(workbench.SEEDS / f"{seed}.csv", infer_schema=False)["code"].to_list()


def _frame(rows: int, villages: list[str]) -> pl.DataFrame:
    """Sound rows first, then 0.2 to 0.5 % of each kind of defect."""
    random = np.random.default_rng(4)
    born = np.datetime64("1945-01-01") + random.integers(0, 28_000, rows).astype("timedelta64[D]")
    frame = pl.DataFrame({
        "person_id": _resident_ids(born, random.integers(1, 1000, rows)),
        "person_name": _drawn(random, rows, "王李张刘陈杨黄赵周吴", "伟芳娜敏静丽强磊", "军洋勇艳杰涛明超"),
        "sex_code": random.integers(1, 3, rows).astype(str), "birth_date": born,
        "village_code": np.array(villages)[random.integers(0, len(villages), rows)],
        "address": np.char.add("兖州区鼓楼街道第", random.integers(1, 999, rows).astype(str)),
        "phone": np.char.add("1", random.integers(3_000_000_000, 9_999_999_999, rows).astype(str)),
        "status": np.array(["在册", "迁出", "注销"])[random.integers(0, 3, rows)],
        "uscc": _credit_codes(random, rows), "amount_yuan": np.round(random.random(rows) * 5_000, 2),
        "people": random.integers(1, 9, rows),
        "start_on": np.datetime64("2020-01-01") + random.integers(0, 1500, rows).astype("timedelta64[D]"),
        "end_on": np.datetime64("2024-06-01") + random.integers(0, 800, rows).astype("timedelta64[D]"),
        "account_no": np.char.zfill(np.arange(rows).astype(str), 10),
        "remark": np.array(["无", "已核实", "待补充材料", "资料齐全"])[random.integers(0, 4, rows)],
    })  # fmt: skip
    for column, value, share in [
        ("person_id", None, 0.003), ("person_id", "370882194912310021", 0.002), ("sex_code", "7", 0.005),
        ("village_code", "999999999999", 0.004), ("remark", "电话13800138000", 0.002), ("phone", "12", 0.005),
        ("uscc", "91110000600037341A", 0.004), ("amount_yuan", -3.0, 0.003), ("address", "短", 0.003),
        ("account_no", "0000000001", 0.003), ("person_name", None, 0.004), ("status", "不明", 0.002),
    ]:  # fmt: skip
        wrong = pl.Series(random.random(rows) < share)
        frame = frame.with_columns(pl.when(wrong).then(pl.lit(value)).otherwise(pl.col(column)).alias(column))
    return frame.with_columns(
        pl.lit([], pl.List(pl.String)).alias("_invalid_items"), pl.lit("b1").alias("_batch_id"),
        pl.Series("_row_number", np.arange(1, rows + 1)),
    )  # fmt: skip


def _drawn(random: np.random.Generator, rows: int, *alphabets: str) -> np.ndarray:
    parts = [np.array(list(a))[random.integers(0, len(a), rows)] for a in alphabets]
    text = parts[0]
    for part in parts[1:]:
        text = np.char.add(text, part)
    return text


def _resident_ids(born: np.ndarray, sequence: np.ndarray) -> np.ndarray:
    """GB 11643-1999."""
    day = np.char.replace(np.datetime_as_string(born), "-", "")
    body = np.char.add(np.char.add("370882", day), np.char.zfill(sequence.astype(str), 3))
    digits = body.astype("U17").view("U1").reshape(len(body), 17).astype(int)
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    return np.char.add(body, np.array(list("10X98765432"))[digits @ weights % 11])


def _credit_codes(random: np.random.Generator, rows: int) -> np.ndarray:
    """GB 32100-2015."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    place = random.integers(0, 31, (rows, 17))
    place[:, :8] = [9, 1, 3, 7, 0, 8, 8, 2]
    check = (31 - place @ [pow(3, i, 31) for i in range(17)] % 31) % 31
    letters = np.array(list(alphabet))[np.column_stack([place, check])]
    return np.ascontiguousarray(letters).view("U18").reshape(rows)
