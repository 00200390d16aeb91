"""An item that a rule, or a list of items that together occur once, uses is not taken out without a word."""

from __future__ import annotations

from scheme.catalog import CatalogEntry
from scheme.catalog_edits import rules_left_alone

ENTRY = CatalogEntry.model_validate({
    "department": "test", "resource": "things", "name": "测试", "code": "3/1", "abstract": "测试",
    "update_cycle": "monthly", "sharing": "无条件共享", "operation": "可授权", "key": ["a"], "unique": [["b", "c"]],
    "items": [{"code": c, "name": f"项{c}"} for c in "abcdef"],
    "rules": [{"rule": "R1", "expectation": "ExpectColumnPairValuesToBeEqual",
               "arguments": {"column_A": "d", "column_B": "e"},
               "dimension": "accuracy", "severity": "info", "meaning": "不等"}],
})  # fmt: skip


def test_each_use_is_said():
    assert rules_left_alone(ENTRY, set("abcde")) == []
    said = rules_left_alone(ENTRY, set("acdf"))
    assert len(said) == 2 and "“项b”用于组合唯一" in said[0] and "“项e”被质量规则R1使用" in said[1]
