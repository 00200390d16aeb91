"""Counts of a version's columns against plain Python; never a value."""

from __future__ import annotations

from dataclasses import fields

from expectations.metrics import column_counts
from scheme.protocols import ColumnCount
from tests.unit.expectations.judging import entry, land, rows, write


def test_counts_equal_plain_python_and_hold_no_value(home):
    of, cells = entry(), rows()
    cells["phone"][:3] = [None] * 3
    cells["sex_code"][:2] = [None, "9"]
    found = column_counts(write(of, cells, land(of)), of)
    assert found["phone"] == ColumnCount(values=197, empty=3)
    assert found["sex_code"] == ColumnCount(values=199, empty=1, distinct=3)
    assert found["thing_id"] == ColumnCount(values=200, empty=0)
    assert {f.name for f in fields(ColumnCount)} == {"values", "empty", "distinct"}


def test_an_empty_version_has_counts_of_nothing(home):
    of = entry()
    found = column_counts(write(of, {k: v[:0] for k, v in rows().items()}, land(of)), of)
    assert found["sex_code"] == ColumnCount(values=0, empty=0, distinct=0)
