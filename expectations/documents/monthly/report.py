"""数据质量月报: sections one to six.

Lives here: gathering them and the document.
Add here: a section.
Stays out: counting (``figures``), wording of one section (``sections``).
"""

from __future__ import annotations

from expectations import parameters
from expectations.documents.content import Document, Section, bureau, is_demo
from expectations.documents.monthly import definitions, figures, impact, sections
from expectations.documents.monthly.period import Period, period
from expectations.documents.monthly.sections import Month
from expectations.documents.monthly.sent import sent_by
from expectations.models import Order
from expectations.scoring import GroupScore
from expectations.trend import Point, district_trend
from scheme.catalog import Catalog
from scheme.chinese_dates import day
from scheme.protocols import Impact

KIND = "数据质量月报"


def monthly_report(month: str, catalog: Catalog, impact_of: Impact) -> Document:
    """Return the district's report of a month（``2026-09``）, as of its last day or of today.

    Raises:
        MonthError: not a month, or one that has not begun.
    """
    found = _gather(period(month), catalog)
    still_open = [s.order for s in figures.still_open(found.sent)]
    return Document(
        kind=KIND, title=f"全区公共数据质量月报（{found.period.chinese}）", number="", about=f"report:{month}",
        sender=bureau(), is_demo=is_demo(catalog), subtitles=(f"（截至{day(found.period.as_of)}）",),
        sections=(
            Section("一、总体情况", sections.overall(found)), Section("二、分部门情况", sections.departments(found)),
            Section("三、主要问题及典型案例", sections.problems(found)),
            Section("四、整改通知办理情况", sections.orders(found)),
            Section("五、对授权场景和产品的影响", impact.blocks(still_open, found.period, impact_of)),
            Section("六、下步工作", sections.next_steps(found)),
        ),
        attachments=(definitions.definitions(found.parameters), definitions.rules(found.groups)),
        listings=(definitions.every_rule(found.groups),),
    )  # fmt: skip


def _gather(month: Period, catalog: Catalog) -> Month:
    history = district_trend(catalog)
    return Month(
        month, catalog, parameters.monthly(month.as_of), figures.collection(catalog, month),
        sent_by(Order.objects.filter(dispatched_on__isnull=False).order_by("pk"), month.as_of),
        _score_at(history, month.month), _score_at(history, month.before),
    )  # fmt: skip


def _score_at(history: list[Point], month: str) -> GroupScore | None:
    """Return the district's score at the end of a month: of that month or the last one before it."""
    found = [p.score for p in history if p.period <= month and isinstance(p.score, GroupScore)]
    return found[-1] if found else None
