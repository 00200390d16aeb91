"""附件: how each figure is defined, and which rules were checked.

Lives here: 指标口径 and 规则清单.
Add here: the definition of a new figure.
Stays out: computing it.
"""

from __future__ import annotations

from typing import Any

from expectations.documents.content import Listing, Table
from expectations.scoring import GroupScore, RuleScore, Score
from scheme.catalog import Dimension, Severity

_DEFINED = (
    ("汇聚率", "已汇聚资源数÷资源目录中在用的资源数。市级同步和外部样例不计入。"),
    ("及时率", "截至期末未超过更新周期的资源数÷已汇聚的定期更新资源数；更新周期末日为非工作日的，顺延至下一工作日。"),
    (
        "四性得分",
        "按GB/T 36344—2018，规则得分X＝A÷B，A为符合要求的记录数，B为检查的记录数；按规则、信息项、维度、资源、部门、"
        "全区逐级加权平均。规范性并入准确性，可访问性并入及时性。未能执行的规则不计入。",
    ),
    ("综合得分", "资源的综合得分为其四性得分的加权平均；部门、全区的综合得分为所属资源、部门综合得分的加权平均。"),
    ("环比", "本月末得分减上月末得分；本月未检查的资源沿用最近一次检查得分。"),
    (
        "应办",
        "整改期限在本月的已发出整改通知；异议成立、已撤销的不计入。问题复发重新办理的，按再次发出的整改通知另计。",
    ),
    ("按期办结", "应办中在整改期限内（含当日）复核通过的。"),
    ("逾期", "应办中超过整改期限办结的，以及截至期末超过整改期限仍未办结的；异议核实期间不计逾期。"),
    ("未到期", "应办中截至期末未办结，且整改期限未过或异议正在核实的。"),
)


def definitions(parameters: dict[str, Any]) -> Table:
    """Return how figures are defined."""
    return Table("指标口径", ("指标", "口径"), (*_DEFINED, ("需重点关注", attention_in_words(parameters))))


def attention_in_words(parameters: dict[str, Any]) -> str:
    """Return the criteria by which a department needs attention."""
    found = parameters["attention"]
    return (
        f"期末综合得分低于{found['total_below']}，或逾期整改事项不少于{found['overdue_orders']}件，或超过更新周期的资源"
        f"不少于{found['overdue_resources']}项，或尚未汇聚的资源不少于{found['missing_resources']}项。"
        f"依据：{parameters['legal_basis']}。"
    )


def rules(departments: list[GroupScore]) -> Table:
    """Return the rules that were checked in plain words, a row for each resource and dimension."""
    rows = []
    for score in _resources(departments):
        for dimension in Dimension:
            said = [_meaning(r) for r in score.rules if r.dimension == dimension]
            if said:
                rows.append((score.name, dimension.chinese, str(len(said)), "；".join(said)))
    note = "编号和严重程度见同名电子表格（XLSX）的“规则清单（逐条）”。标*的为严重。"
    return Table("规则清单", ("资源", "维度", "条数", "规则说明"), tuple(rows), (2,), note)


def every_rule(departments: list[GroupScore]) -> Listing:
    """Return the rules one by one, by department and resource in the catalog's order."""
    found = [
        (score.name, r.meaning, r.rule, Dimension(r.dimension).chinese, Severity(r.severity).chinese)
        for score in _resources(departments)
        for r in score.rules
    ]
    headers = ("资源", "规则说明", "规则", "维度", "严重程度")
    return Listing("规则清单（逐条）", headers, len(found), lambda: iter(found))


def _resources(departments: list[GroupScore]) -> list[Score]:
    return [s for group in departments for s in group.parts if isinstance(s, Score)]


def _meaning(rule: RuleScore) -> str:
    return f"{'*' if rule.severity == Severity.critical else ''}{rule.meaning}"
