"""Cells of problem rows: what stays to be read when they are masked."""

from __future__ import annotations

import polars as pl
import pytest

from expectations.problem_values import cells
from tests.unit.expectations.judging import entry, land
from warehouse.batches import Batch

ITEMS = [
    {"code": "thing_id", "name": "编号", "required": True, "grade": 1},
    {"code": "person_name", "name": "姓名", "grade": 3, "personal": True},
    {"code": "sex_code", "name": "性别", "code_list": "sex_code", "grade": 3},
    {"code": "cause_code", "name": "死因", "code_list": "sex_code"},  # not graded yet
    {"code": "plain_code", "name": "类别", "code_list": "sex_code", "grade": 1},
]  # fmt: skip
ROWS = {
    "thing_id": ["T1", "T2", "T3"], "person_name": ["张三丰", "张", None], "sex_code": ["1", "2", ""],
    "cause_code": ["I21.9", "", None], "plain_code": ["1", "12", None],
}  # fmt: skip


def landed(of) -> Batch:
    batch = land(of).model_copy(update={"columns": list(ROWS)})
    (batch.folder / "batch.json").write_text(batch.model_dump_json())
    pl.DataFrame(ROWS).with_columns(pl.int_range(1, pl.len() + 1).alias("_row_number")).write_parquet(batch.data)
    return batch


@pytest.mark.parametrize(
    ("masked", "expected"),
    [
        (True, [["T1", "张＊＊", "＊", "＊＊＊＊＊", "1"], ["T2", "＊", "＊", "", "12"], ["T3", None, "", None, None]]),
        (False, [["T1", "张三丰", "1", "I21.9", "1"], ["T2", "张", "2", "", "12"], ["T3", None, "", None, None]]),
    ],
)
def test_a_cell_of_one_character_and_a_code_say_nothing_when_they_are_masked(home, masked, expected):
    of = entry(items=ITEMS)
    batch = landed(of)
    found = cells(of, [(batch.batch_id, n) for n in (1, 2, 3)], of.items, masked=masked)
    assert [row.cells for row in found] == expected
