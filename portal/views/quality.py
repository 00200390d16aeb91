"""数据质量: scores of the district and its departments with their trends; one department's page."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from config import clock
from config.settings import settings
from expectations.corrections import NothingToCorrectError, write_corrections
from expectations.documents.files import as_file_name
from expectations.models import Order
from expectations.orders.reading import days_left, late, visible
from expectations.orders.states import CLOSED, OPEN
from expectations.report import ResourceQuality, department_quality
from expectations.rules import rules_of
from expectations.score import department_scores, district_of
from expectations.scoring import GroupScore
from expectations.trend import Point, department_trend, district_trend, trends
from portal.access import account_of, refused, requires
from portal.charts import trend_chart
from portal.downloads import file_answer
from portal.views.documents import months
from registry import audit
from registry.accounts import departments_of
from registry.models import Account
from scheme.catalog import Catalog, Dimension, Severity
from scheme.catalog_files import load_catalog
from scheme.names import staging_name


@requires("quality")
def index(request: HttpRequest) -> HttpResponse:
    """List the departments with the counts of problems; departments are not ranked."""
    catalog = load_catalog(settings().catalog)
    allowed = departments_of(account_of(request), _departments(catalog))
    scores = department_scores(catalog)
    rows = [_department_row(s, catalog) for s in scores if s.code in allowed]
    sees_all = len(allowed) > 1
    points = district_trend(catalog) if sees_all else []
    context = {
        "rows": rows, "district": district_of(scores) if sees_all else None, "points": points,
        "chart": trend_chart("全区数据质量得分", points), "months": months() if sees_all else [],
    }  # fmt: skip
    return render(request, "portal/quality.html", context)


def _department_row(score: GroupScore, catalog: Catalog) -> dict[str, Any]:
    found = department_quality(score.code, catalog)
    orders = Order.objects.filter(department=score.code, state__in=OPEN).exclude(state__in=["待发出", "待签发"])
    return {
        "department": catalog.departments[score.code], "score": score, "resources": len(found),
        "landed": sum(r.batch is not None for r in found),
        "critical": sum(o.severity == "critical" for r in found for o in r.failed),
        "failed": sum(len(r.failed) for r in found), "orders": orders.count(),
        "overdue": late(orders, clock.today()).count(),
    }  # fmt: skip


@requires("quality")
def department(request: HttpRequest, code: str) -> HttpResponse:
    """Show one department's quality, rule by rule."""
    catalog = load_catalog(settings().catalog)
    if code not in departments_of(account_of(request), _departments(catalog)):
        return refused(request, "您的账号无权查看该部门的数据质量。", "数据治理", "请查看本部门的数据质量。")
    found = department_quality(code, catalog)
    points = trends([r.entry for r in found])
    monthly = department_trend(catalog, code)
    context = {
        "department": catalog.departments[code],
        "monthly": monthly,
        "chart": trend_chart(f"{catalog.departments[code].short}数据质量得分", monthly),
        "score": next((s for s in department_scores(catalog) if s.code == code), None),
        "resources": [_resource(r, points[r.entry.id], account_of(request)) for r in found],
        "dimension": {d.value: d.chinese for d in Dimension},
        "severity": {s.value: s.chinese for s in Severity},
    }
    return render(request, "portal/department.html", context)


def _resource(found: ResourceQuality, points: list[Point], account: Account) -> dict[str, Any]:
    """A resource with its trend, and of each failed rule the order that this account may see."""
    dataset = str(staging_name(found.entry.department, found.entry.stem))
    shown = {o.rule: o for o in visible(account).filter(dataset=dataset).exclude(state__in=CLOSED)}
    listable = {r.rule for r in rules_of(found.entry) if r.failing}
    return {
        "found": found, "points": points[-12:],
        "chart": trend_chart(f"{found.entry.name}得分", points[-12:]),
        "failed": [
            {"outcome": o, "order": shown.get(o.rule), "listable": o.rule in listable,
             "left": days_left(shown[o.rule], clock.today()) if o.rule in shown else None}
            for o in found.failed
        ],
    }  # fmt: skip


@requires("handover")
def corrections(request: HttpRequest, code: str, resource: str) -> HttpResponseBase:
    """Download the failing rows of the last delivery as a workbook; only the department itself: it holds raw data."""
    entry = load_catalog(settings().catalog).entries.get(f"{code}.{resource}")
    account = account_of(request)
    if entry is None or account.department != code:
        return refused(request, "整改工作簿含原始记录，仅限数源部门本部门下载。", "数据治理", "请由数源部门办理。")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / as_file_name(f"{entry.name}整改工作簿_{clock.today():%Y%m%d}", "xlsx")
        try:
            made = write_corrections(entry, path)
        except NothingToCorrectError:
            return refused(
                request, "最近一次汇聚没有问题记录，无需整改。", "数据治理", "请返回数据质量页。", status=404
            )
        audit.append(account, "下载整改工作簿", f"resource:{entry.id}", {"rows": made.rows})
        return file_answer(path, as_attachment=True)


def _departments(catalog: Catalog) -> list[str]:
    with_entries = {e.department for e in catalog.entries.values()}
    return [d for d in catalog.departments if d in with_entries and catalog.departments[d].counts]
