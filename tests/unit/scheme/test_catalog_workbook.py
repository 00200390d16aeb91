"""The catalog template: out and back without loss, every mistake a sentence, hostile workbooks one line."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from scheme.catalog_files import load_catalog
from scheme.catalog_template import write
from scheme.catalog_workbook import read
from scheme.workbook_guard import NOT_XLSX, TOO_BIG, TOO_WIDE, WITH_FORMULA, WorkbookError

ROOT = Path(__file__).resolve().parents[3]
CATALOG = load_catalog(ROOT / "catalog")
HOMES = CATALOG.entry("minzheng.elderly_care_institutions")


def template(entry=HOMES) -> bytes:
    return write(entry, CATALOG.departments[entry.department if entry else "minzheng"])


def changed(*cells: tuple[str, str, object], entry=HOMES) -> bytes:
    """The template as a clerk saves it after changing some cells: (sheet, address, value)."""
    book, out = openpyxl.load_workbook(io.BytesIO(template(entry))), io.BytesIO()
    for sheet, address, value in cells:
        book[sheet][address] = value
    book.save(out)
    return out.getvalue()


def problems(content: bytes, base=HOMES, in_force: bool = True) -> list[str]:
    with pytest.raises(WorkbookError) as error:
        read(content, "minzheng", base, in_force=in_force)
    return error.value.problems


@pytest.mark.parametrize("entry", CATALOG.entries.values(), ids=lambda e: e.id)
def test_every_entry_comes_back_as_it_was(entry):
    assert read(template(entry), entry.department, entry, in_force=True) == entry
    assert read(changed(entry=entry), entry.department, entry, in_force=True) == entry  # saved by another program


def test_odd_values_come_back_too():
    odd = {
        "name": "=1+1", "description": " https://a.cn\n第二行 ", "standard": "007", "code_list": "not_a_register",
        "data_class": "older_class", "length": 1_000_000,
    }  # fmt: skip
    items = [HOMES.items[0].model_copy(update=odd), *HOMES.items[1:]]
    entry = HOMES.model_copy(update={"items": items, "abstract": "x" * 900})
    assert read(template(entry), "minzheng", entry, in_force=True) == entry


def test_what_the_template_cannot_say_stays_with_its_item():
    content = changed(("资源信息", "B7", "每季度"), ("信息项", "B7", "床位数"), ("信息项", "O7", "核定数"))
    after = read(content, "minzheng", HOMES, in_force=True)
    bed = after.item("bed_count")
    assert (after.update_cycle.value, bed.name, bed.description, bed.maximum) == ("quarterly", "床位数", "核定数", 5000)
    assert after.rules == HOMES.rules and after.delivery == HOMES.delivery and after.synthetic


def test_a_name_that_was_another_header_becomes_the_header():
    entry = CATALOG.entry("shichang.enterprise_registration")
    row = [i.code for i in entry.items].index("registered_capital_yuan") + 2
    after = read(changed(("信息项", f"B{row}", "注册资本"), entry=entry), "shichang", entry, in_force=True)
    assert after.item("registered_capital_yuan").labels == []


def test_the_cells_offer_the_allowed_values_and_hold_no_formula():
    book = openpyxl.load_workbook(io.BytesIO(template()))
    offers = {str(v.sqref): v.formula1 for v in book["信息项"].data_validations.dataValidation if v.type == "list"}
    assert {k[0] for k in offers} == {"C", "D", "G", "H", "I", "J", "M"}
    column = re.search(r"\$([A-Z]+)\$2:", offers["D2:D401"]).group(1)
    assert [c.value for c in book["可选值"][column]][:4] == ["数据类型", "字符型", "数值型", "整数型"]
    assert len([v for v in book["资源信息"].data_validations.dataValidation if v.type == "list"]) == 6
    assert not [c for s in book for r in s.iter_rows() for c in r if c.data_type == "f"]


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        (("资源信息", "B5", None), "工作表“资源信息”第5行B列“资源名称”未填写，请填写资源名称。"),
        (("资源信息", "B7", "随时"), "工作表“资源信息”第7行B列“更新周期”“随时”不在可选范围内，请从下拉列表中选择"),
        (("资源信息", "B4", "other"), "本工作簿的资源标识不是“elderly_care_institutions”，请下载该资源的模板填写。"),
        (("资源信息", "A6", "概述"), "工作表“资源信息”第6行A列“概述”不是模板中的项目，请删除该行。"),
        (("信息项", "E3", "一百"), "工作表“信息项”第3行E列“长度”“一百”应为1至100000的整数，请修改。"),
        (("信息项", "E3", 1.5), "“1.5”应为1至100000的整数"),
        (("信息项", "I3", 5), "工作表“信息项”第3行I列“级别”“5”应为1至4的整数，请修改。"),
        (("信息项", "D3", "文本"), "请从下拉列表中选择：字符型、数值型"),
        (("信息项", "G3", "√"), "“√”应为“是”或“否”"),
        (("信息项", "A9", "名称"), "工作表“信息项”第9行A列“信息项代码”应以小写字母开头"),
        (("信息项", "B3", "{{ x }}"), "请删除该符号"),
        (("信息项", "B3", "长" * 101), "超过100字，请精简。"),
        (("信息项", "B3", "机构代码"), "工作表“信息项”第3行“信息项名称”“机构代码”与第2行重复"),
        (("信息项", "A3", "institution_code"), "“信息项代码”“institution_code”与第2行重复"),
        (("信息项", "L3", "法人库"), "应写为“部门.资源标识.信息项代码”"),
        (("信息项", "L3", "seed.nothing.code"), "应写为“部门.资源标识.信息项代码”"),
        (("信息项", "M3", "无此表"), "不在可选范围内，请从下拉列表中选择：表中所列各项。"),
        (("信息项", "C3", "是"), "“主键”与现行目录不一致"),
        (("信息项", "F1", "精度"), "第1行F列“精度”不是模板中的列或重复，请删除该列。"),
    ],
)
def test_each_mistake_says_where_and_what_to_do(cell, words):
    assert any(words in p for p in problems(changed(cell))), problems(changed(cell))


def test_mistakes_come_together_up_to_twenty():
    few = problems(changed(("资源信息", "B5", None), ("信息项", "E3", "x"), ("信息项", "I4", "y")))
    assert len(few) == 3
    many = problems(changed(*[("信息项", f"{c}{r}", "x") for c in "EFI" for r in range(2, 15)]))
    assert len(many) == 20 and many[-1] == "另有20处问题，请先修改以上各处后重新上传。"


def test_an_item_that_a_rule_uses_stays():
    row = [i.code for i in HOMES.items].index("bed_count") + 2
    cells = [("信息项", f"{chr(65 + c)}{row}", None) for c in range(15)]
    assert "被质量规则" in problems(changed(*cells))[0]


def book(fill) -> bytes:
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out)
    fill(made.add_worksheet("资源信息"), made.add_worksheet("信息项"))
    made.close()
    return out.getvalue()


def swapped(pattern: bytes, by: bytes) -> bytes:
    """The template with its sheets' parts changed by hand."""
    out, source = io.BytesIO(), zipfile.ZipFile(io.BytesIO(template()))
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, re.sub(pattern, by, source.read(name), count=1))
    return out.getvalue()


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 100_000_000)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", NOT_XLSX),
        (b"<html>403</html>", NOT_XLSX),
        (b"PK\x03\x04 nothing", NOT_XLSX),
        (template()[:-200], NOT_XLSX),
        (bomb(), NOT_XLSX),
        (b"x" * (2 * 1024 * 1024 + 1), TOO_BIG),
        (book(lambda a, b: [b.write(0, c, "x") for c in range(2_000)]), TOO_WIDE),
        (book(lambda a, b: [b.write(r, 0, "x") for r in range(100_000)]), TOO_WIDE),
        (swapped(rb'<c r="B2"', b'<c r="XFD1048576"'), TOO_WIDE),
        (swapped(rb'<c r="B2"', b'<c s="1" r = "XFD1048576"'), TOO_WIDE),
        (swapped(rb'<c r="B2"', b"<c"), NOT_XLSX),
        (swapped(rb"^", b"\xff\xfe"), NOT_XLSX),
        (swapped(rb"(?s)</si>.*", b""), NOT_XLSX),
        (book(lambda a, b: b.write_formula(0, 0, "=1+1")), WITH_FORMULA),
        (changed(("信息项", "B3", "=1+1")), WITH_FORMULA),
    ],
)
def test_a_hostile_workbook_gets_one_line(content, line):
    assert problems(content) == [line]


def test_a_missing_sheet_gets_one_line():
    out = io.BytesIO()
    made = openpyxl.load_workbook(io.BytesIO(template()))
    made["信息项"].title = "Sheet1"
    made.save(out)
    assert problems(out.getvalue()) == ["缺少工作表“信息项”，请勿删除工作表或更改其名称。请下载模板重新填写后上传。"]
    assert problems(book(lambda a, b: None))[0].startswith("工作表“资源信息”缺少项目")


def test_an_empty_template_becomes_a_new_entry():
    values = [
        "subsidies",
        "高龄津贴",
        "本区高龄津贴。",
        "每月",
        "直接汇聚",
        "有条件共享",
        "不予开放",
        "有条件授权",
        "经同意",
    ]
    cells = [("资源信息", f"B{row}", value) for row, value in enumerate(values, 4)]
    cells += [
        ("信息项", f"{c}2", v) for c, v in zip("ABCDEG", ["number", "编号", "是", "字符型", 20, "是"], strict=True)
    ]
    cells += [("信息项", f"{c}3", v) for c, v in zip("ABDF", ["amount", "金额", "数值型", 2], strict=True)]
    entry = read(changed(*cells, entry=None), "minzheng", None)
    assert (entry.id, entry.key, entry.update_cycle.value) == ("minzheng.subsidies", ["number"], "monthly")
    assert [(i.code, i.type.value, i.length, i.scale, i.required) for i in entry.items] == [
        ("number", "C", 20, None, True), ("amount", "N", None, 2, False),
    ]  # fmt: skip
    no_key = [c for c in cells if c[1] != "C2"]
    assert "没有主键" in problems(changed(*no_key, entry=None), base=None, in_force=False)[0]
