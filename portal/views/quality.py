"""数据质量: departments an account may see, and one department's page and report."""

from __future__ import annotations

import tempfile
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from config import clock
from config.settings import settings
from expectations.corrections import NothingToCorrectError, write_corrections
from expectations.report import department_quality, write_report
from portal.access import account_of, refused, requires
from portal.downloads import file_answer
from registry import audit
from registry.accounts import departments_of
from scheme.catalog import Catalog, Dimension, Severity
from scheme.catalog_files import load_catalog


@requires("quality")
def index(request: HttpRequest) -> HttpResponse:
    """List the departments with the counts of problems; departments are not ranked."""
    catalog = load_catalog(settings().catalog)
    rows = []
    for code in departments_of(account_of(request), _departments(catalog)):
        found = department_quality(code, catalog)
        rows.append(
            {
                "department": catalog.departments[code],
                "resources": len(found),
                "landed": sum(r.batch is not None for r in found),
                "critical": sum(o.severity == "critical" for r in found for o in r.failed),
                "failed": sum(len(r.failed) for r in found),
                "scores": [(r.entry.name, r.score.total) for r in found if r.score],
            }
        )
    return render(request, "portal/quality.html", {"rows": rows})


@requires("quality")
def department(request: HttpRequest, code: str) -> HttpResponse:
    """Show one department's quality, rule by rule."""
    catalog = load_catalog(settings().catalog)
    if code not in departments_of(account_of(request), _departments(catalog)):
        return refused(request, "您的账号无权查看该部门的数据质量。", "数据治理", "请查看本部门的数据质量。")
    context = {
        "department": catalog.departments[code],
        "resources": department_quality(code, catalog),
        "dimension": {d.value: d.chinese for d in Dimension},
        "severity": {s.value: s.chinese for s in Severity},
    }
    return render(request, "portal/department.html", context)


@requires("quality")
def report(request: HttpRequest, code: str) -> HttpResponseBase:
    """Download one department's report."""
    catalog = load_catalog(settings().catalog)
    if code not in departments_of(account_of(request), _departments(catalog)):
        return refused(request, "您的账号无权下载该部门的报告。", "数据治理", "请下载本部门的报告。")
    with tempfile.TemporaryDirectory() as folder:
        path = write_report(code, Path(folder), catalog)
        return file_answer(path, as_attachment=True)


@requires("handover")
def corrections(request: HttpRequest, code: str, resource: str) -> HttpResponseBase:
    """Download the failing rows of the last delivery as a workbook; only the department itself: it holds raw data."""
    entry = load_catalog(settings().catalog).entries.get(f"{code}.{resource}")
    account = account_of(request)
    if entry is None or account.department != code:
        return refused(request, "整改工作簿含原始记录，仅限数源部门本部门下载。", "数据治理", "请由数源部门办理。")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{entry.name}整改工作簿_{clock.today():%Y%m%d}.xlsx"
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
