"""数据异议, the public's side: hand one in, keep the receipt, ask how it stands. No login.

A robot that fills every field is turned away by a field no person sees; beyond that the day's limits of
``expectations.orders.objections`` hold, of one client address and of all. Number and code are asked for by POST, so
that no log keeps a code.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from config.settings import settings
from expectations.models import Objection
from expectations.orders import objections
from registry.states import RefusedError
from scheme.catalog import CatalogEntry
from scheme.catalog_files import load_catalog

LIMITS = {"name": ("姓名或名称", 50), "contact": ("联系方式", 100), "content": ("异议内容", 1000)}
_RECEIPT = "objection_receipt"


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Take an objection; what was refused comes back as it was filled in."""
    catalog = load_catalog(settings().catalog)
    open_entries = _open_entries()
    context = {
        "choice": list(open_entries.values()), "limits": {n: most for n, (_, most) in LIMITS.items()},
        "departments": {d.code: d.short for d in catalog.departments.values()},
    }  # fmt: skip
    if request.method != "POST":
        return render(request, "portal/objection_form.html", context)
    given = {name: request.POST.get(name, "").replace("\r\n", "\n").strip() for name in (*LIMITS, "resource")}
    try:
        _demand_human(request)
        _demand_short(given)
        found = objections.receive(
            name=given["name"], contact=given["contact"], content=given["content"],
            entry=open_entries.get(given["resource"]), address=request.META.get("REMOTE_ADDR", ""),
        )  # fmt: skip
    except RefusedError as refusal:
        messages.error(request, str(refusal))
        return render(request, "portal/objection_form.html", context | {"given": given}, status=422)
    request.session[_RECEIPT] = found.pk
    return redirect("objection_receipt")


@never_cache
def receipt(request: HttpRequest) -> HttpResponse:
    """Show number and code to the browser that handed the objection in."""
    found = Objection.objects.filter(pk=request.session.get(_RECEIPT)).first()
    if found is None:
        return redirect("objection")
    return render(request, "portal/objection_receipt.html", {"objection": found, "name": _name_of(found)})


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def query(request: HttpRequest) -> HttpResponse:
    """Answer number and code with state and reply; one sentence whatever does not fit."""
    if request.method != "POST":
        return render(request, "portal/objection_query.html")
    number, code = request.POST.get("number", "")[:20], request.POST.get("code", "")[:20]
    found = objections.look_up(number, code)
    if found is None:
        context = {
            "number": number, "said": f"编号与查询码不符，或该编号今日查错已达{objections.MOST_WRONG_CODES}次。"
            "请核对回执；仍查不到的，请联系区大数据主管部门。",
        }  # fmt: skip
        return render(request, "portal/objection_query.html", context, status=404)
    return render(request, "portal/objection_query.html", {"objection": found, "name": _name_of(found)})


def _open_entries() -> dict[str, CatalogEntry]:
    """Resources that are open to the public, by id: others are not named to it."""
    catalog = load_catalog(settings().catalog)
    return {
        e.id: e
        for e in catalog.entries.values()
        if e.state == "在用" and e.opening != "不予开放" and catalog.departments[e.department].counts
    }


def _name_of(found: Objection) -> str:
    """The resource the person chose or may know of; one that is not open keeps its name."""
    entry = _open_entries().get(f"{found.department}.{found.resource}")
    return entry.name if entry else ""


def _demand_human(request: HttpRequest) -> None:
    if request.POST.get("website"):
        raise RefusedError("未提交：请不要填写“请勿填写”一栏，再提交一次。")


def _demand_short(given: dict[str, str]) -> None:
    for name, (title, most) in LIMITS.items():
        if len(given[name]) > most:
            raise RefusedError(f"未提交：{title}不超过{most}字。")
