"""数据去向: which grants, subsets and products use a department's resources, as a page and as a file.

Lives here: the choice of a department, its page, the file with the same rows.
Add here: another column of both.
Stays out: which grants and products those are (``lineage.graph.destinations``), 去向 of one data set
(``portal.views.provenance``).
"""

from __future__ import annotations

from datetime import date, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from config import clock
from config.settings import settings
from lineage.graph.destinations import Destination, ProductUse, destinations
from portal.access import account_of, refused, requires
from portal.tables import table_file
from registry import audit
from registry.accounts import own_or_all
from registry.models import Account
from scheme import chinese_dates
from scheme.catalog import Catalog
from scheme.catalog_files import load_catalog

HEADERS = [
    "资源名称", "资源代码", "使用方式", "授权编号", "应用场景", "用途类别", "二级开发主体", "授权状态", "当前是否供数",
    "授权期限", "用途", "授权子集", "授权数据项及形式", "子集最近发布", "数据产品",
]  # fmt: skip
_NOT_YOURS = ("您的账号无权查看该部门的数据去向。", "数据治理", "请查看本部门的数据去向。")


@requires("destinations")
def index(request: HttpRequest) -> HttpResponse:
    """Lead a department to its own page; let the bureau and the auditor choose one."""
    catalog = load_catalog(settings().catalog)
    choice = _readable(account_of(request), catalog)
    if account_of(request).department and choice:
        return redirect("department_destinations", choice[0])
    return render(request, "portal/destinations_choice.html", {"choice": [catalog.departments[d] for d in choice]})


@requires("destinations")
def show(request: HttpRequest, department: str) -> HttpResponse:
    """Show where one department's resources go."""
    catalog = load_catalog(settings().catalog)
    choice = _readable(account_of(request), catalog)
    if department not in choice:
        return refused(request, *_NOT_YOURS)
    found = destinations(department, catalog, clock.today())
    context = {
        "department": catalog.departments[department], "choice": [catalog.departments[d] for d in choice],
        "used": [d for d in found if d.grant], "unused": [d.entry for d in found if not d.grant],
    }  # fmt: skip
    return render(request, "portal/destinations.html", context)


@requires("destinations")
def file(request: HttpRequest, department: str, kind: str) -> HttpResponse:
    """Hand the same rows out as a file."""
    catalog = load_catalog(settings().catalog)
    if department not in _readable(account_of(request), catalog):
        return refused(request, *_NOT_YOURS)
    if kind not in ("csv", "xlsx"):
        return refused(request, "没有这种格式。", "数据治理", "请下载 CSV 或 XLSX。", status=404)
    rows = [cells(d) for d in destinations(department, catalog, clock.today())]
    audit.append(account_of(request), "下载数据去向", f"department:{department}", {"file": kind, "rows": len(rows)})
    return table_file(kind, f"{catalog.departments[department].short}数据去向", HEADERS, rows)


def cells(row: Destination) -> list[str]:
    """Return one row of the file."""
    if row.grant is None or row.table is None:
        return [row.entry.name, row.entry.code, "尚无授权使用", *[""] * (len(HEADERS) - 3)]
    grant, scenario = row.grant, row.grant.scenario
    return [
        row.entry.name, row.entry.code, row.how, grant.grant, scenario.name, scenario.use_class, grant.developer.name,
        row.state, f"否：{'；'.join(row.why_not)}" if row.why_not else "是",
        f"{_day(grant.valid_from)}至{_day(grant.valid_to)}", row.table.purpose, f"{row.table.title}（{row.subset}）",
        "；".join(row.columns) or "不提供数据项", _moment(row.published_at) or "尚未发布",
        "；".join(_product(p) for p in row.products) or "无",
    ]  # fmt: skip


def _readable(account: Account, catalog: Catalog) -> list[str]:
    with_entries = {e.department for e in catalog.entries.values()}
    return own_or_all(account, [d for d in catalog.departments if d in with_entries])


def _product(product: ProductUse) -> str:
    state = f"，{product.state}" if product.state else ""
    return f"{product.name}（{product.form}{state}，{_moment(product.built_at) or '尚未制作'}）"


def _day(day: date) -> str:
    return chinese_dates.day(day)


def _moment(at: datetime | None) -> str:
    return f"{_day(at.date())} {at:%H:%M}" if at else ""
