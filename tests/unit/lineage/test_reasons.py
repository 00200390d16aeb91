"""Every reason of incompleteness that the code gives has its Chinese: the code itself is read."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from lineage.answers.reasons import all_in_chinese, in_chinese

ROOT = Path(__file__).resolve().parents[3]
GIVEN_BY = {
    "lineage/graph/trace.py": {"cuts"}, "lineage/graph/gaps.py": {"dataset_gaps", "column_gaps"},
    "lineage/answers/deliveries.py": {"left_out"},
}  # fmt: skip


def reasons() -> list[str]:
    """The sentences of these functions, with a name where a part is computed."""
    found = []
    for path, names in GIVEN_BY.items():
        tree = ast.parse((ROOT / path).read_text("utf-8"))
        functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name in names]
        assert {f.name for f in functions} == names
        joined = [n for f in functions for n in ast.walk(f) if isinstance(n, ast.JoinedStr)]
        texts = ["".join(str(p.value) if isinstance(p, ast.Constant) else "7" for p in j.values) for j in joined]
        found += [t for t in texts if " " in t]
    return found


@pytest.mark.parametrize("reason", reasons())
def test_each_reason_is_said_in_chinese(reason):
    said = in_chinese(reason)
    assert re.search("[一-鿿]", said) and not re.search("[a-z]{3}", said), reason


def test_a_name_with_a_space_is_kept_whole():
    assert in_chinese("dataset:s3://b:my file.csv has no recorded source") == "dataset:s3://b:my file.csv 没有登记来源"
    assert in_chinese("something new") == "something new"


def test_only_reasons_of_a_document_are_translated():
    given = {"standing": {"incomplete_because": ["a has no recorded source"], "purpose": "a has no recorded source"}}
    told = all_in_chinese({"found": given, "node": "a has no recorded source"})
    assert told["found"]["standing"]["incomplete_because"] == ["a 没有登记来源"]
    assert told["node"] == told["found"]["standing"]["purpose"] == "a has no recorded source"
