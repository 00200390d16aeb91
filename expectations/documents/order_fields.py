"""Fields that more than one document of an order has.

Lives here: the words for resource, batch, problem, deadline, affected scenarios.
Add here: a field that a second document needs.
Stays out: which document has which (its module).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from config import clock
from expectations.delivery_rules import delivery_rules
from expectations.documents.as_dispatched import Stated
from expectations.documents.content import WEEKDAYS, Field, joined, lines, share
from expectations.models import Order
from registry.models import GrantRecord
from scheme.catalog import Catalog, CatalogEntry, Dimension, Severity
from scheme.chinese_dates import day
from scheme.grant import Grant
from scheme.names import authorized_name
from scheme.protocols import Affected
from scheme.workdays import Deadline, UnknownYearError, is_workday
from warehouse import batches

ORIGINS = {"check": "质量检查", "operation": "运营开发中发现", "objection": "公众数据异议"}


def department_name(order: Order, catalog: Catalog) -> str:
    """Return the full name of the order's department."""
    found = catalog.departments.get(order.department)
    return found.name if found else order.department


def entry_of(order: Order, catalog: Catalog) -> CatalogEntry | None:
    """Return the catalog entry of the order's resource, None if it left the catalog."""
    return catalog.entries.get(f"{order.department}.{order.resource}")


def subject(order: Order, catalog: Catalog) -> tuple[Field, Field]:
    """Return department and resource."""
    entry = entry_of(order, catalog)
    named = f"{entry.name}（资源代码：{entry.code}）" if entry else order.resource
    return Field("数源部门", (department_name(order, catalog),)), Field("资源名称及代码", (named,))


def delivered(order: Order, batch: str) -> Field:
    """Return the batch and when it was handed over."""
    found = next((b for b in batches.landed(order.department, order.resource) if b.batch_id == batch), None)
    at = found.received_at.astimezone(clock.SHANGHAI) if found else None
    said = f"{batch}，{day(at.date())}{at:%H:%M}交付" if at else batch or "尚未汇聚"
    return Field("批次、交付时间", (said,))


def problem(order: Order, stated: Stated, catalog: Catalog) -> Field:
    """Return what is wrong: rule, dimension, severity, problem rows among all."""
    entry = entry_of(order, catalog)
    item = next((i.name for i in entry.items if i.code == order.item), order.item) if entry else order.item
    rule = "人工提出，无对应规则" if order.rule.startswith("manual_") else f"规则{order.rule}"
    dimension, severity = Dimension(order.dimension).chinese, Severity(order.severity).chinese
    counted = (
        f"问题记录{stated.problems:,}条，检查记录{stated.total:,}条，占比{share(stated.problems, stated.total)}。"
        if stated.total and not is_of_delivery(order, catalog)
        else ""
    )
    again = f"该问题办结后复发，为第{order.reopened}次重新办理。" if order.reopened else ""
    on = f"信息项：{item}；" if item else ""
    kind = f"{rule}；{on}维度：{dimension}；严重程度：{severity}；来源：{_origin(order)}。"
    return Field("问题描述", lines(f"{order.meaning.rstrip('。')}。", kind, counted, again, order.note))


def is_of_delivery(order: Order, catalog: Catalog) -> bool:
    """Whether the order's rule judges the delivery as a whole, so that it has no problem rows."""
    entry = entry_of(order, catalog)
    return entry is not None and order.rule in {r.rule for r in delivery_rules(entry)}


def deadline(stated: Stated) -> Field:
    """Return the deadline and every counted day."""
    counted = stated.deadline
    count = len(counted.days)
    sent = f"（{day(stated.received)}送达）" if stated.received else "（以签发之日为准）"
    lead = f"自收到之日起{count}个工作日{sent}，即{by(counted)}。"
    doubt = "所涉年度的节假日安排尚未公布，期限暂定；公布后重新核定并另行告知。" if counted.is_provisional else ""
    return Field("整改期限", lines(lead, doubt, f"逐日列出：{days_in_words(counted)}。"))


def by(counted: Deadline) -> str:
    """Return 2026年10月9日前（含当日）."""
    return f"{day(counted.due)}前（含当日{'，暂定' if counted.is_provisional else ''}）"


def days_in_words(counted: Deadline) -> str:
    """Return every counted working day: 第1日，9月28日（星期一）；…."""
    return "；".join(
        f"第{n}日，{day(d)}（星期{WEEKDAYS[d.weekday()]}{_kind(d)}）" for n, d in enumerate(counted.days, 1)
    )


def affected(found: Sequence[Affected]) -> Field:
    """Return which scenarios and products use the data."""
    if not found:
        return Field("受影响的授权场景和产品", ("据血缘记录，暂无授权场景使用该数据。",))
    return Field("受影响的授权场景和产品", tuple(_use(a) for a in found))


def _use(use: Affected) -> str:
    titles = _titles(use)
    named = joined(titles.get(c, c) for c in use.columns)
    columns = f"，涉及数据项{named}" if use.columns else "，用于筛选或关联"
    return f"{use.scenario}（授权{use.grant}）：授权子集“{use.title}”{columns}；数据产品：{joined(use.products)}。"


def _titles(use: Affected) -> dict[str, str]:
    """Return column → its Chinese name in the grant."""
    record = GrantRecord.objects.filter(grant=use.grant).first()
    tables = Grant.model_validate(record.document).tables if record else []
    return {
        c.name: c.title for t in tables if str(authorized_name(use.grant, t.table)) == use.subset for c in t.columns
    }


def _origin(order: Order) -> str:
    return ORIGINS.get(order.origin) or str(order.origin)


def _kind(when: date) -> str:
    try:
        works = is_workday(when)
    except UnknownYearError:
        return "，暂按工作日计"
    return "，调休上班" if works and when.weekday() > 4 else ""
