"""Each recognizer finds its identifier beside Han characters and leaves its known traps alone.

Numbers are published examples of standards, or carry births before 1900 or marks never issued.
"""

from __future__ import annotations

import pytest

from desensitization.recognizers.registry import engine

FOUND = [
    ("CN_RESIDENT_ID", "身份证11010519491231002X。"),
    ("CN_RESIDENT_ID", "号码 372796 19850615 0018 备查"),
    ("CN_RESIDENT_ID_SUSPECT", "证件110105194912310021"),
    ("CN_RESIDENT_ID_15", "旧证372796850615001号"),
    ("CN_USCC", "代码91110000600037341L，"),
    ("CN_MOBILE", "电话15412345678转告"),
    ("CN_MOBILE", "+86 154-1234-5678"),
    ("CN_MOBILE", "15412345678.0"),
    ("CN_LANDLINE", "座机0537-3412345"),
    ("CN_BANK_CARD", "卡号4111111111111111转账"),
    ("CN_TRAVEL_DOCUMENT", "护照号：E12345678"),
    ("CN_PLATE", "车牌鲁H12345停"),
    ("CN_PLATE", "鲁HD12345"),
    ("EMAIL", "邮箱zhang3@example.com谢谢"),
    ("IP_ADDRESS", "地址192.0.2.20访问"),
    ("MAC_ADDRESS", "设备00:1B:44:11:3A:B7在线"),
    ("CN_NAME", "联系人：王小明"),
    ("CN_ADDRESS", "兖州区建设路12号院3号楼"),
    ("CN_PROPERTY_CERTIFICATE", "鲁(2023)济宁市不动产权第0012345号"),
    ("CN_OFFICER_ID", "军字第1234567号"),
]
CLEAN = [
    "订单20260924138001380001",
    "t_0f3a9c5513812345678abcdef0123456",
    "2026年9月24日",
    "营收13812万元",
    "版本1.2.3",
    "编号123456789012345678901",
    "鼓楼街道",
    "村居代码370812003206",
    "户号3708980000000123",
    "20260924093000",
    "9781111111111111112222",
]


@pytest.mark.requirement("R078")
@pytest.mark.parametrize(("entity", "text"), FOUND)
def test_found(entity, text):
    assert entity in {r.entity_type for r in engine().analyze(text, language="zh")}


@pytest.mark.parametrize("text", CLEAN)
def test_traps_are_left_alone(text):
    assert engine().analyze(text, language="zh") == []
