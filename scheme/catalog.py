"""Catalog entry: what one public data resource must look like（公共数据资源目录）.

Lives here: the pydantic form of ``catalog/departments.yml`` and ``catalog/<department>/<resource>.yml``.
Add here: metadata of the national compile guide（政务信息资源目录编制指南）, an item attribute.
Stays out: reading deliveries (``orchestration.ingest``), quality evaluation (``expectations``).
Grades: 1 open, 2 internal, 3 personal or business-sensitive, 4 sensitive personal information;
the resource's grade is its items' highest（GB/T 43697-2024 就高从严）.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, model_validator

from scheme.delivery import Delivery
from scheme.document import Code, FileName, Name, Strict
from scheme.rule_ids import is_generated


class UpdateCycle(StrEnum):
    """更新周期."""

    realtime = "realtime"
    daily = "daily"
    weekly = "weekly"
    monthly = "monthly"
    bimonthly = "bimonthly"
    quarterly = "quarterly"
    yearly = "yearly"
    irregular = "irregular"

    @property
    def chinese(self) -> str:
        """Chinese wording."""
        return {
            "realtime": "实时",
            "daily": "每日",
            "weekly": "每周",
            "monthly": "每月",
            "bimonthly": "每两月",
            "quarterly": "每季度",
            "yearly": "每年",
            "irregular": "不定期",
        }[self.value]


class ItemType(StrEnum):
    """数据类型 of the compile guide."""

    text = "C"
    decimal = "N"
    integer = "I"
    date = "D"
    datetime = "T"
    boolean = "L"

    @property
    def chinese(self) -> str:
        """Chinese wording."""
        return dict(C="字符型", N="数值型", I="整数型", D="日期型", T="日期时间型", L="布尔型")[self.value]


class Dimension(StrEnum):
    """The four quality dimensions（【数据治理】）."""

    completeness = "completeness"
    consistency = "consistency"
    accuracy = "accuracy"
    timeliness = "timeliness"

    @property
    def chinese(self) -> str:
        """Chinese wording."""
        return dict(completeness="完整性", consistency="一致性", accuracy="准确性", timeliness="及时性")[self.value]


class Severity(StrEnum):
    """严重 / 一般 / 提示; the values are Great Expectations' own words."""

    critical = "critical"
    warning = "warning"
    info = "info"

    @property
    def chinese(self) -> str:
        """Chinese wording."""
        return dict(critical="严重", warning="一般", info="提示")[self.value]


DATA_CLASSES = {
    "id": "身份鉴别信息", "base": "个人基本资料", "work": "教育工作信息", "asset": "个人财产信息",
    "health": "健康生理信息", "contact": "联系人信息", "loc": "个人位置信息",
}  # fmt: skip
"""Classes of personal items, GB/T 43697 annex B."""


class Item(Strict):
    """信息项."""

    code: Code = Field(description="column name once it is in a table")
    name: Name = Field(description="信息项名称; also the expected header of a delivery")
    labels: list[str] = Field(default=[], description="other headers under which it is delivered")
    type: ItemType = ItemType.text
    length: int | None = None
    scale: int | None = Field(default=None, description="decimal places of type N")
    required: bool = False
    optional: bool = Field(default=False, description="a layout of the register may lack this column")
    standard: str | None = Field(default=None, description="e.g. GB 11643-1999")
    code_list: Code | None = Field(default=None, description="seed table holding the allowed codes")
    references: str | None = Field(default=None, description="<department>.<resource>.<item> or seed.<table>.<column>")
    check: Literal["resident_id", "uscc"] | None = Field(default=None, description="check-digit rule")
    pattern: str | None = Field(default=None, description="full-match regular expression")
    minimum: float | None = None
    maximum: float | None = None
    normalize: list[Literal["fullwidth", "upper", "trim", "spaces", "id18"]] = ["fullwidth", "trim"]
    formats: list[str] = Field(default=[], description="strptime formats of D and T, tried in order")
    data_class: str | None = Field(default=None, description="类别, GB/T 43697 annex B: id, base, loc …")
    grade: int | None = Field(default=None, ge=1, le=4, description="级别; None = not yet graded")
    personal: bool = Field(default=False, description="个人信息")
    source_of: str | None = Field(
        default=None, description="数据元 of which this item is the district's one source（一数一源）, e.g. 法人名称"
    )
    copy_of: str | None = Field(
        default=None, description="<department>.<resource>.<item> that this item repeats of the same subject"
    )
    copied_by: Code | None = Field(default=None, description="item that holds the key of the copied register")
    free_text: bool = Field(default=False, description="备注等文本项: must hold no personal numbers")
    description: str = ""


class Rule(Strict):
    """A quality rule of its own (``failing`` or ``expectation``), or number and wording of a generated one (``names``).

    Generated rules are called ``<item>__required``, ``__check_digit``, ``__code``, ``__reference``,
    ``__length``, ``__pattern``, ``__range``, ``__type``, ``__unit_slip``, ``__personal_data``, ``key__unique`` and
    ``unique__<item>__<item>``.
    """

    rule: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_]{1,60}$")]
    item: Code | None = None
    dimension: Dimension
    severity: Severity
    meaning: str = Field(description="the sentence the department reads")
    failing: str | None = Field(
        default=None, description="SQL condition over the staging table that is true on a problem row"
    )
    names: str | None = Field(default=None, description="the generated rule that this one names")
    expectation: str | None = Field(
        default=None, description="a Great Expectations expectation, e.g. ExpectColumnValuesToBeBetween"
    )
    arguments: dict[str, Any] = Field(
        default={}, description="arguments of the expectation; its column is the item unless given"
    )
    tolerance: float | None = Field(
        default=None, description="share of problem rows up to which a critical rule still promotes"
    )

    @model_validator(mode="after")
    def _one_form(self) -> Rule:
        if sum(form is not None for form in (self.failing, self.names, self.expectation)) != 1:
            raise ValueError(f"rule {self.rule}: give exactly one of failing, names and expectation")
        if self.arguments and self.expectation is None:
            raise ValueError(f"rule {self.rule}: arguments belong to an expectation")
        return self


class CatalogEntry(Strict):
    """One resource of the catalog."""

    department: Code
    resource: Code
    name: FileName
    code: str = Field(description="资源代码, 分类码/顺序码")
    abstract: str
    update_cycle: UpdateCycle
    obtained_by: Literal["直接汇聚", "上级回流", "接口核验"] = "直接汇聚"
    secrecy: Literal["非涉密", "涉密"] = "非涉密"
    sharing: Literal["无条件共享", "有条件共享", "不予共享"]
    opening: Literal["无条件开放", "有条件开放", "不予开放"] = "不予开放"
    sharing_condition: str = Field(default="", max_length=300, description="共享条件; needed for 有条件共享")
    sharing_method: Literal["数据文件", "库表交换", "接口服务"] = "数据文件"
    opening_condition: str = Field(default="", max_length=300, description="开放条件; needed for 有条件开放")
    legal_basis: str = Field(default="", max_length=300, description="不予共享依据; needed for 不予共享")
    operation: Literal["可授权", "有条件授权", "不授权"]
    published_on: date | None = Field(default=None, description="发布日期 of this version")
    related: list[str] = Field(default=[], description="关联资源, <department>.<resource>")
    synthetic: bool = Field(default=False, description="演示数据 of no living person")
    version: int = Field(default=1, ge=1, description="schema version")
    state: Literal["在用", "停用"] = Field(default="在用", description="停用: nothing new is collected or authorized")
    entity: Code | None = Field(default=None, description="table stem; default: resource")
    key: list[Code] = Field(description="items that identify a row")
    unique: list[list[Code]] = Field(
        default=[], description="items that together occur once, besides the key; a row lacking one is not compared"
    )
    history: bool = Field(default=False, description="integrated with history over its full batches")
    delivery: Delivery = Delivery()
    items: list[Item] = Field(min_length=1)
    rules: list[Rule] = []

    @model_validator(mode="after")
    def _coherent(self) -> CatalogEntry:
        codes = [item.code for item in self.items]
        labels = [label for item in self.items for label in (item.name, *item.labels)]
        rules = [rule.rule.lower() for rule in self.rules]
        for what, words in (("item code", codes), ("header", labels), ("rule", rules)):
            twice = sorted({w for w in words if words.count(w) > 1})
            if twice:
                raise ValueError(f"{what} given twice: {', '.join(twice)}")
        taken = [r.rule for r in self.rules if r.rule != r.names and is_generated(r.rule, codes)]
        if taken:
            raise ValueError(
                f"rule {taken[0]}: this is the id of a generated rule; give another, with names if it is meant"
            )
        named = {"key": self.key, "unique": [code for items in self.unique for code in items]}
        if any(not items or sorted(items) == sorted(self.key) for items in self.unique):
            raise ValueError("unique: name items, and others than the key, which is unique already")
        if self.delivery.increments:
            named["delivery.increments.marker"] = [self.delivery.increments.marker]
        if self.delivery.origin and self.delivery.origin.checkpoint:
            named["delivery.origin.checkpoint"] = [self.delivery.origin.checkpoint]
        for what, words in named.items():
            missing = [w for w in words if w not in codes]
            if missing:
                raise ValueError(f"{what} names no item: {', '.join(missing)}")
        if self.history and self.delivery.increments:
            raise ValueError("history is made from full batches: give either history or delivery.increments")
        return self

    @property
    def id(self) -> str:
        """``<department>.<resource>``."""
        return f"{self.department}.{self.resource}"

    @property
    def stem(self) -> str:
        """Entity name in ``stg_<department>__<entity>``."""
        return self.entity or self.resource

    @property
    def grade(self) -> int | None:
        """Highest grade of the items, None while any item is ungraded."""
        grades = [item.grade for item in self.items]
        return None if None in grades else max(g for g in grades if g)

    def item(self, code: str) -> Item:
        """Return the item with this code.

        Raises:
            KeyError: no such item.
        """
        for each in self.items:
            if each.code == code:
                return each
        raise KeyError(f"{self.id} has no item {code}")


class Department(Strict):
    """数源部门, or another provider of data."""

    code: Code
    name: str
    short: str
    kind: Literal["政府部门", "国家机关", "公用企业", "市级同步", "外部样例"] = "政府部门"
    uscc: str = Field(default="", description="提供方代码（统一社会信用代码）, once it is known")
    note: str = ""

    @property
    def counts(self) -> bool:
        """Whether it enters the district's coverage and scores."""
        return self.kind not in ("市级同步", "外部样例")


class Catalog(Strict):
    """The whole catalog: departments and entries, validated together."""

    departments: dict[str, Department]
    entries: dict[str, CatalogEntry]

    def entry(self, resource_id: str) -> CatalogEntry:
        """Return an entry by ``<department>.<resource>``.

        Raises:
            KeyError: not in the catalog.
        """
        if resource_id not in self.entries:
            raise KeyError(f"{resource_id} is not in the catalog")
        return self.entries[resource_id]
