"""工作记录: a department's clerk enters what was done, its head signs, the bureau reads."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from config.settings import settings
from portal.access import account_of, refused, requires
from registry import duties
from registry.accounts import of_department, own_or_all
from registry.models import Account, DutyRecord, Role
from registry.states import RefusedError
from scheme.catalog import Catalog
from scheme.catalog_files import load_catalog


@requires("duties")
def index(request: HttpRequest) -> HttpResponse:
    """List records, newest first, by resource and kind if given; offer the form to a clerk."""
    catalog, account = load_catalog(settings().catalog), account_of(request)
    wanted, kind = request.GET.get("resource", ""), request.GET.get("kind", "")
    page = Paginator(_wanted(account, wanted, kind), 50).get_page(request.GET.get("page"))
    mine = set(own_or_all(account, list(catalog.departments)))
    context = {
        "page": page, "rows": [_row(r, catalog, account) for r in page], "kinds": duties.KINDS,
        "wanted": wanted, "kind": kind, "resources": [e for e in catalog.entries.values() if e.department in mine],
        "departments": {d.code: d.short for d in catalog.departments.values()},
        "may": account.role == Role.DATA_CLERK,
    }  # fmt: skip
    return render(request, "portal/duties.html", context)


@require_POST
@requires("duties")
def enter(request: HttpRequest) -> HttpResponse:
    """Take one record."""
    entry = load_catalog(settings().catalog).entries.get(request.POST.get("resource", ""))
    if entry is None:
        return refused(request, "目录中没有该资源。", "数据目录", "请返回工作记录重新选择。", status=404)
    try:
        done = duties.enter(
            entry, request.POST.get("kind", ""), request.POST.get("content", ""),
            by=account_of(request), evidence=request.POST.get("evidence", ""),
        )  # fmt: skip
        messages.success(request, f"已登记“{entry.name}”的{done.kind}记录，等待部门负责人签发。")
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    return redirect("duties")


@require_POST
@requires("duties")
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign, return or withdraw one record."""
    if not _visible(account_of(request)).filter(pk=pk).exists():
        return refused(request, "没有该工作记录。", "数据治理", "请返回工作记录页。", status=404)
    try:
        action, reason = request.POST.get("action", ""), request.POST.get("reason", "")[:300]
        done = duties.act_on_duty(pk, action, by=account_of(request), reason=reason)
        messages.success(request, f"已办理：{action}。当前状态：{done.state}。")
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    return redirect("duties")


def _visible(account: Account) -> QuerySet[DutyRecord]:
    return of_department(DutyRecord.objects.order_by("-pk"), account)


def _wanted(account: Account, wanted: str, kind: str) -> QuerySet[DutyRecord]:
    found = _visible(account)
    if wanted:
        department, _, resource = wanted.partition(".")
        found = found.filter(department=department, resource=resource)
    return found.filter(kind=kind) if kind else found


def _row(record: DutyRecord, catalog: Catalog, account: Account) -> dict[str, object]:
    entry = catalog.entries.get(f"{record.department}.{record.resource}")
    department = catalog.departments.get(record.department)
    return {
        "record": record, "name": entry.name if entry else record.resource,
        "department": department.short if department else record.department,
        "acts": duties.possible(record, account),
    }  # fmt: skip
