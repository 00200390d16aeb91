"""The fields of the catalog template: how each is called, shown in a cell, and read from one.

Lives here: attributes of a resource (one a row) and of an item (one a column), in Chinese.
Add here: a field that the template can say.
Stays out: workbooks (``scheme.catalog_workbook``).
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any, Literal

from scheme.catalog import DATA_CLASSES, CatalogEntry, Item, ItemType, UpdateCycle
from scheme.code_lists import code_lists

Kind = Literal["text", "code", "number", "flag", "choice", "place"]
YES, NO = "是", "否"
_CODE = re.compile(r"[a-z][a-z0-9_]{0,40}")
_PLACE = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
_TEMPLATE = re.compile(r"\{[{%#]")


class CellError(ValueError):
    """A cell cannot be read; the sentence goes on after its place: what is wrong, what to do."""


@dataclass(frozen=True)
class Field:
    """One field; ``choices``: value → Chinese, ``empty``: what an empty cell stands for."""

    name: str
    title: str
    kind: Kind = "text"
    needed: bool = False
    most: int = 500
    least: int = 1
    choices: tuple[tuple[str, str], ...] = ()
    hint: str = ""
    empty: str | None = None

    def show(self, value: Any) -> str | int:
        """Return what the cell says."""
        if self.kind == "flag":
            return YES if value else NO
        if value is None:
            return ""
        if self.kind == "number":
            return int(value)
        return dict(self.choices).get(str(value), str(value))

    def read(self, text: str) -> Any:
        """Return the value that a cell's text stands for.

        Raises:
            CellError: it stands for none.
        """
        if not text and self.needed:
            raise CellError(f"未填写，请填写{self.title}。")
        if self.kind == "flag":
            return self._flag(text)
        if not text:
            return self.empty
        if self.kind == "number":
            return self._number(text)
        return self._choice(text) if self.kind == "choice" else self._text(text)

    def _flag(self, text: str) -> bool:
        if text not in (YES, NO, ""):
            raise CellError(f"“{text[:20]}”应为“{YES}”或“{NO}”，请从下拉列表中选择。")
        return text == YES

    def _number(self, text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,7}", text) or not self.least <= int(text) <= self.most:
            raise CellError(f"“{text[:20]}”应为{self.least}至{self.most}的整数，请修改。")
        return int(text)

    def _choice(self, text: str) -> str:
        for value, chinese in self.choices:
            if text in (value, chinese):
                return value
        few = "、".join(c for _, c in self.choices) if len(self.choices) <= 8 else "表中所列各项"
        raise CellError(f"“{text[:20]}”不在可选范围内，请从下拉列表中选择：{few}。")

    def _text(self, text: str) -> str:
        if len(text) > self.most:
            raise CellError(f"超过{self.most}字，请精简。")
        if _TEMPLATE.search(text):
            raise CellError("含有连写的“{{”“{%”或“{#”，请删除该符号。")
        if self.kind == "code" and (not _CODE.fullmatch(text) or "__" in text):
            raise CellError("应以小写字母开头，只含小写字母、数字和单个下划线，不超过41个字符，请修改。")
        if self.kind == "place" and not _is_place(text):
            raise CellError("应写为“部门.资源标识.信息项代码”，请对照资源目录修改。")
        return text


def _is_place(text: str) -> bool:
    if text.startswith("seed."):
        _, table, column = (*text.split("."), "", "")[:3]
        return text.count(".") == 2 and table in code_lists() and column == "code"
    return bool(_PLACE.fullmatch(text))


def cell_text(cell: Any) -> str:
    """Return a cell as a person reads it."""
    match cell:
        case None:
            return ""
        case bool():
            return YES if cell else NO
        case float() if cell.is_integer() and abs(cell) < 10**15:
            return str(int(cell))
        case dt.datetime() if cell.time() == dt.time():
            return cell.date().isoformat()
        case _:
            return str(cell).strip()


def value_of(entry: CatalogEntry | None, item: Item, field: Field) -> Any:
    """Return what an item of an entry has in a field."""
    return bool(entry and item.code in entry.key) if field is KEY else getattr(item, field.name)


def _same(*words: str) -> tuple[tuple[str, str], ...]:
    return tuple((w, w) for w in words)


RESOURCE_FIELDS = (
    Field("resource", "资源标识", "code", needed=True, hint="小写字母、数字和单个下划线；发布后不可更改"),
    Field("name", "资源名称", needed=True, most=100),
    Field("abstract", "摘要", needed=True),
    Field("update_cycle", "更新周期", "choice", needed=True, choices=tuple((c.value, c.chinese) for c in UpdateCycle)),
    Field("obtained_by", "获取方式", "choice", needed=True, choices=_same("直接汇聚", "上级回流", "接口核验")),
    Field("sharing", "共享属性", "choice", needed=True, choices=_same("无条件共享", "有条件共享", "不予共享")),
    Field("opening", "开放属性", "choice", needed=True, choices=_same("无条件开放", "有条件开放", "不予开放")),
    Field("operation", "授权运营属性", "choice", needed=True, choices=_same("可授权", "有条件授权", "不授权")),
    Field("sharing_condition", "共享条件", most=300, hint="有条件共享的填写", empty=""),
    Field("sharing_method", "共享方式", "choice", choices=_same("数据文件", "库表交换", "接口服务"), empty="数据文件"),
    Field("opening_condition", "开放条件", most=300, hint="有条件开放的填写", empty=""),
    Field("legal_basis", "不予共享依据", most=300, hint="不予共享的填写法律、行政法规或政策依据", empty=""),
)
KEY = Field("key", "主键", "flag", hint="能够唯一确定一条记录的信息项填“是”")
ITEM_FIELDS = (
    Field("code", "信息项代码", "code", needed=True, hint="小写字母、数字和单个下划线"),
    Field("name", "信息项名称", needed=True, most=100, hint="与交付文件的表头一致"),
    KEY,
    Field("type", "数据类型", "choice", needed=True, choices=tuple((t.value, t.chinese) for t in ItemType)),
    Field("length", "长度", "number", most=100_000),
    Field("scale", "小数位", "number", least=0, most=10, hint="仅数值型填写"),
    Field("required", "必填", "flag"),
    Field("data_class", "类别", "choice", choices=tuple(DATA_CLASSES.items()), hint="个人信息填写"),
    Field("grade", "级别", "number", most=4, hint="1公开、2内部、3个人或商业敏感、4敏感个人信息"),
    Field("personal", "个人信息", "flag"),
    Field("source_of", "数源", most=100, hint="本项为全区唯一来源的数据元名称；不是数源的留空"),
    Field("references", "引用信息项", "place", most=200, hint="部门.资源标识.信息项代码"),
    Field("code_list", "引用代码表", "choice", choices=tuple((c, f"{t}（{c}）") for c, t in code_lists().items())),
    Field("standard", "标准", most=100, hint="例如GB 11643-1999"),
    Field("description", "说明", empty=""),
)
