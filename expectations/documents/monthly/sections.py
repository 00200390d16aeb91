"""What the monthly report says, section by section.

Lives here: figures → sentences and tables.
Add here: a sentence of a section.
Stays out: counting (``figures``), the fifth section (``impact``), attachments (``definitions``).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from expectations.documents import score_tables
from expectations.documents.content import Block, Row, Table, change, joined, points, rate, share
from expectations.documents.monthly import figures
from expectations.documents.monthly.definitions import attention_in_words
from expectations.documents.monthly.figures import Collected, Handling
from expectations.documents.monthly.period import Period
from expectations.documents.monthly.sent import Sent
from expectations.scoring import GroupScore, RuleScore, Score
from scheme.catalog import Catalog, Dimension, Severity
from scheme.chinese_dates import day
from scheme.workdays import count_between

_SEVERITIES = [s.value for s in Severity]


@dataclass(frozen=True)
class Month:
    """Everything that the report is made of; scores at the end of this month and of the one before."""

    period: Period
    catalog: Catalog
    parameters: dict[str, Any]
    collected: list[Collected]
    sent: list[Sent]
    score: GroupScore | None
    before: GroupScore | None

    @cached_property
    def groups(self) -> list[GroupScore]:
        """Departments with their scores, in the catalog's order."""
        return [g for g in self.score.parts if isinstance(g, GroupScore)] if self.score else []

    @cached_property
    def codes(self) -> list[str]:
        """Departments that have resources in use, in the catalog's order."""
        known = {c.entry.department for c in self.collected}
        return [d for d in self.catalog.departments if d in known]

    @cached_property
    def answering(self) -> list[str]:
        """Departments with resources in use or with orders, in the catalog's order; then those that left it."""
        known = {*self.codes, *(s.order.department for s in self.sent)}
        return [*(d for d in self.catalog.departments if d in known), *sorted(known - set(self.catalog.departments))]

    def short(self, code: str) -> str:
        """Return a department's short name."""
        found = self.catalog.departments.get(code)
        return found.short if found else code

    def group(self, code: str, score: GroupScore | None) -> GroupScore | None:
        """Return the score of a department in the district's."""
        found = [g for g in score.parts if isinstance(g, GroupScore) and g.code == code] if score else []
        return found[0] if found and found[0].parts else None

    def of(self, code: str) -> list[Sent]:
        """Return the notices sent to a department."""
        return [s for s in self.sent if s.order.department == code]

    @cached_property
    def attention(self) -> dict[str, list[str]]:
        """Department → why it needs attention, in the catalog's order."""
        found = {code: _why(self, code) for code in self.answering}
        return {code: why for code, why in found.items() if why}


def overall(month: Month) -> tuple[Block, ...]:
    """一、总体情况."""
    rows, of_month = month.collected, [b for c in month.collected for b in c.of_month]
    landed, timed = sum(c.last is not None for c in rows), [c for c in rows if c.is_timed]
    on_time = sum(not c.is_overdue for c in timed)
    said = (
        f"资源目录在用资源{len(rows)}项，截至{day(month.period.as_of)}已汇聚{landed}项，"
        f"汇聚率{rate(landed, len(rows))}。"
        f"本月汇聚{len(of_month)}批次，落地记录{sum(b.rows_landed for b in of_month):,}条，"
        f"隔离记录{sum(b.rows_quarantined for b in of_month):,}条。",
        f"定期更新的资源{len(timed)}项，未超过更新周期的{on_time}项，及时率{rate(on_time, len(timed))}。",
        _score_sentence(month),
    )
    rows_of_table = (
        ("本月", *score_tables.figures(month.score)), ("上月", *score_tables.figures(month.before)),
        ("环比", *score_tables.changes(month.score, month.before)),
    )  # fmt: skip
    table = Table("全区四性得分（百分制）", ("", *score_tables.HEADERS), rows_of_table, (1, 2, 3, 4, 5))
    return (Block(said, (table,)),)


def departments(month: Month) -> tuple[Block, ...]:
    """二、分部门情况: a table in the catalog's order, and who needs attention by the stated criteria."""
    headers = ("数源部门", "在用资源", "已汇聚", *score_tables.HEADERS, "环比")
    table = Table("各数源部门得分（按资源目录顺序排列）", headers, tuple(_department(month, c) for c in month.codes),
                  (1, 2, 3, 4, 5, 6, 7, 8))  # fmt: skip
    criteria = f"需重点关注的标准：{attention_in_words(month.parameters)}"
    named = tuple(f"{month.short(code)}：{'；'.join(why)}。" for code, why in month.attention.items())
    return (
        Block((), (table,)),
        Block((criteria, *(named or ("本月没有需重点关注的部门。",))), (), "（一）需重点关注"),
    )


def problems(month: Month) -> tuple[Block, ...]:
    """三、主要问题及典型案例."""
    failed = [(s, r) for g in month.groups for s in g.parts if isinstance(s, Score) for r in s.rules if _failed(r)]
    critical = sum(r.severity == Severity.critical for _, r in failed)
    most = month.parameters["main_problems"]
    main = sorted(failed, key=lambda f: (_SEVERITIES.index(f[1].severity), -_problems(f[1])))[:most]
    said = f"未通过规则{len(failed)}条，其中严重{critical}条。按严重程度和问题记录数列出前{len(main)}项。"
    table = Table("", ("资源", "数源部门", "问题", "维度", "严重程度", "问题记录", "占比"),
                  tuple(_problem(month, s, r) for s, r in main), (5, 6))  # fmt: skip
    first = Block((said,), (table,), "（一）主要问题") if failed else Block(("未发现问题。",), (), "（一）主要问题")
    cases = _cases(month)
    return first, Block(tuple(cases) or ("本月没有办结的整改事项。",), (), "（二）典型案例")


def orders(month: Month) -> tuple[Block, ...]:
    """四、整改通知办理情况."""
    total = figures.handling(month.sent, month.period)
    by_code = [(c, figures.handling(month.of(c), month.period)) for c in month.answering]
    rows = tuple((month.short(c), *_handled(h)) for c, h in by_code if h.sent or h.due)
    said = (
        f"本月发出整改通知{total.sent}件；应办{total.due}件，按期办结{total.in_time}件，逾期{total.late}件"
        f"（逾期办结{total.late_closed}件、逾期未办结{total.late_open}件），未到期{total.not_yet}件。"
        f"异议成立和撤销{total.dropped}件。"
    )
    if not rows:
        return (Block((said,)),)
    headers = ("数源部门", "本月发出", "应办", "按期办结", "逾期办结", "逾期未办结", "未到期", "按期办结率")
    table = Table("", headers, (*rows, ("合计", *_handled(total))), (1, 2, 3, 4, 5, 6, 7))
    return (Block((said,), (table,)),)


def next_steps(month: Month) -> tuple[Block, ...]:
    """六、下步工作: what follows from the figures."""
    late = figures.overdue_at(month.sent, month.period.as_of)
    running = [s for s in figures.still_open(month.sent) if s not in late]
    missing = [c.entry.name for c in month.collected if c.last is None]
    behind = [c.entry.name for c in month.collected if c.is_overdue]
    errors = sum(g.errors for g in month.groups)
    names = joined(dict.fromkeys(month.short(s.order.department) for s in late))
    attention = joined(month.short(c) for c in month.attention)
    said = [
        f"对逾期未办结的{len(late)}件整改事项（{names}）予以督办。" if late else "",
        f"跟踪未到期的{len(running)}件整改事项，重新汇聚后及时复核。" if running else "",
        f"协调汇聚尚未汇聚的资源：{joined(missing)}。" if missing else "",
        f"提请更新超过更新周期的资源：{joined(behind)}。" if behind else "",
        f"修正未能执行的检查规则{errors}条。" if errors else "",
        f"对需重点关注的部门（{attention}）开展上门指导。" if month.attention else "",
        "继续按更新周期开展质量检查，检查结果及时反馈数源部门。",
    ]
    return (Block(tuple(f"{n}．{s}" for n, s in enumerate((s for s in said if s), 1))),)


def _score_sentence(month: Month) -> str:
    if month.score is None:
        return "截至期末尚无质量检查结果。"
    before = month.before.total if month.before else None
    moved = "上月无检查结果" if before is None else f"环比{change(month.score.total, before)}"
    return f"全区综合得分{points(month.score.total)}，{moved}。"


def _department(month: Month, code: str) -> Row:
    now, before = month.group(code, month.score), month.group(code, month.before)
    own = [c for c in month.collected if c.entry.department == code]
    moved = change(now.total, before.total) if now and before else "—"
    landed = sum(c.last is not None for c in own)
    return (month.short(code), str(len(own)), str(landed), *score_tables.figures(now), moved)


def _why(month: Month, code: str) -> list[str]:
    limit, now = month.parameters["attention"], month.group(code, month.score)
    own = [c for c in month.collected if c.entry.department == code]
    late = len(figures.overdue_at(month.of(code), month.period.as_of))
    behind, missing = sum(c.is_overdue for c in own), sum(c.last is None for c in own)
    is_low = now is not None and now.total is not None and now.total < float(limit["total_below"])
    return [
        *([f"综合得分{points(now.total)}，低于{limit['total_below']}"] if is_low and now else []),
        *([f"逾期整改事项{late}件"] if late >= limit["overdue_orders"] else []),
        *([f"超过更新周期的资源{behind}项"] if behind >= limit["overdue_resources"] else []),
        *([f"尚未汇聚的资源{missing}项"] if missing >= limit["missing_resources"] else []),
    ]


def _failed(rule: RuleScore) -> bool:
    return rule.state == "failed"


def _problems(rule: RuleScore) -> int:
    return rule.assessed - rule.conforming


def _problem(month: Month, score: Score, rule: RuleScore) -> Row:
    return (
        score.name, month.short(score.department), rule.meaning, Dimension(rule.dimension).chinese,
        Severity(rule.severity).chinese, f"{_problems(rule):,}", share(_problems(rule), rule.assessed),
    )  # fmt: skip


def _cases(month: Month) -> list[str]:
    closed = [s for s in month.sent if s.state == "已办结" and month.period.holds(s.closed_on)]
    told = sorted(closed, key=lambda s: (-s.order.first_count, s.order.number))[: month.parameters["cases"]]
    return [_case(month, s) for s in told]


def _case(month: Month, sent: Sent) -> str:
    order = sent.order
    entry = month.catalog.entries.get(f"{order.department}.{order.resource}")
    name = entry.name if entry else order.resource
    days = count_between(sent.on, sent.closed_on) if sent.closed_on else 0
    found = f"问题记录{order.first_count:,}条" if order.first_count else "问题"
    return (
        f"“{name}”{order.meaning.rstrip('。')}（{order.number}）：批次{order.first_batch or '—'}检出{found}，"
        f"{month.short(order.department)}整改后重新汇聚，批次{sent.batch or '—'}复核通过，用时{days}个工作日。"
    )


def _handled(found: Handling) -> Row:
    counted = (found.sent, found.due, found.in_time, found.late_closed, found.late_open, found.not_yet)
    settled = found.due - found.not_yet
    return (*map(str, counted), rate(found.in_time, settled))
