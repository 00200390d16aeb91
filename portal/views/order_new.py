"""提出数据质量问题: by the primary operator, a developer or the bureau's handler who met it（R025）."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from config.settings import settings
from expectations.orders.raising import raisable, raise_order
from portal.access import account_of, refused, requires
from portal.problem_form import evidence_of, offered, problem_of
from registry.states import RefusedError
from scheme.catalog import CatalogEntry
from scheme.catalog_files import load_catalog


@requires("raise_order")
def new(request: HttpRequest) -> HttpResponse:
    """First choose a resource, then say what is wrong with it."""
    catalog = load_catalog(settings().catalog)
    choice, wanted = raisable(account_of(request), catalog), request.GET.get("resource", "")
    entry = next((e for e in choice if e.id == wanted), None)
    if wanted and entry is None:
        return refused(request, "该资源不在您所用的授权数据之内。", "数据治理", "请返回选择授权内的资源。", status=404)
    if entry is not None and request.method == "POST":
        return _take(request, entry)
    context = {"choice": choice, "departments": {d.code: d.short for d in catalog.departments.values()}}
    return render(request, "portal/order_new.html", context | (offered(entry, {}) if entry else {}))


def _take(request: HttpRequest, entry: CatalogEntry) -> HttpResponse:
    given = request.POST.dict()
    try:
        order = raise_order(
            entry,
            by=account_of(request),
            note=evidence_of(given, entry),
            **problem_of(given),
        )
    except RefusedError as refusal:
        messages.error(request, str(refusal))
        return render(request, "portal/order_new.html", offered(entry, given), status=422)
    messages.success(request, f"已提出 {order.number}，等待区大数据主管部门发出整改通知单。")
    return redirect("order", order.number)
