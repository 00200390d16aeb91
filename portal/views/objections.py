"""数据异议, the bureau's side: the list, one objection, taking it up with an order, refusing it, answering it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from config import clock
from config.settings import settings
from expectations.models import Objection
from expectations.orders import objections, reading, states
from expectations.orders.raising import raisable
from portal.access import account_of, refused, requires
from portal.problem_form import offered, problem_of
from registry import audit
from registry.models import Role
from registry.states import RefusedError, possible
from scheme.catalog_files import load_catalog
from scheme.workdays import count_between

STATES = ("待受理", "办理中", "已答复", "不予受理")
_NOT_THERE = ("没有该数据异议。", "数据治理", "请返回数据异议列表。")
_LONGEST_REPLY = 1000


@requires("objections")
def index(request: HttpRequest) -> HttpResponse:
    """List objections, newest first; no name, no contact."""
    state = request.GET.get("state", "")
    found = Objection.objects.select_related("order")
    page = Paginator(found.filter(state=state) if state in STATES else found, 50).get_page(request.GET.get("page"))
    context = {
        "page": page, "rows": [_row(o) for o in page], "states": STATES, "state": state if state in STATES else "",
        "query": urlencode({"state": state}) if state in STATES else "",
    }  # fmt: skip
    return render(request, "portal/objections.html", context)


@requires("objections")
def show(request: HttpRequest, number: str) -> HttpResponse:
    """Show one objection with the acts this account may do."""
    found = _find(number)
    return _page(request, found) if found else refused(request, *_NOT_THERE, status=404)


@never_cache
@require_POST
@requires("objections")
def contact(request: HttpRequest, number: str) -> HttpResponse:
    """Show who objects to a handler; each look is in the audit chain before it is answered."""
    found, account = _find(number), account_of(request)
    if found is None:
        return refused(request, *_NOT_THERE, status=404)
    if account.role != Role.BUREAU_HANDLER:
        return refused(request, "异议人的姓名和联系方式仅限承办人查看。", "安全制度", "请由承办人办理。")
    audit.append(account, "查看异议人联系方式", f"objection:{number}")
    return _page(request, found, shows_contact=True)


@require_POST
@requires("objections")
def accept(request: HttpRequest, number: str) -> HttpResponse:
    """Take an objection up together with the order by which its department checks it."""
    found, catalog, account = _find(number), load_catalog(settings().catalog), account_of(request)
    entry = next((e for e in raisable(account, catalog) if e.id == request.POST.get("resource")), None)
    if found is None:
        return refused(request, *_NOT_THERE, status=404)
    try:
        if entry is None:
            raise RefusedError("未受理：请先选择异议所指的资源。")
        done = objections.accept(number, entry, by=account, **problem_of(request.POST.dict()))
        messages.success(request, f"已受理，并提出整改单 {done.order.number}，请拟发。" if done.order else "已受理。")
    except RefusedError as refusal:
        messages.error(request, str(refusal))
        return _page(request, found, filled=request.POST.dict(), status=422)
    return redirect("objection_page", number)


@require_POST
@requires("objections")
def answer(request: HttpRequest, number: str) -> HttpResponse:
    """Answer an objection, or refuse to take it up."""
    found = _find(number)
    if found is None:
        return refused(request, *_NOT_THERE, status=404)
    reply = request.POST.get("reply", "").replace("\r\n", "\n").strip()
    try:
        if len(reply) > _LONGEST_REPLY:
            raise RefusedError(f"未办理：内容不超过{_LONGEST_REPLY}字。")
        action = request.POST.get("action", "")
        done = objections.answer(number, action, reply, by=account_of(request))
        messages.success(request, f"已办理：{action}。当前状态：{done.state}。")
    except RefusedError as refusal:
        messages.error(request, str(refusal))
        return _page(request, found, filled={"reply": reply}, status=422)
    return redirect("objection_page", number)


def _find(number: str) -> Objection | None:
    return Objection.objects.select_related("order").filter(number=number).first()


def _page(
    request: HttpRequest, found: Objection, *, shows_contact: bool = False, filled: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    catalog, account, filled = load_catalog(settings().catalog), account_of(request), filled or {}
    can = possible(states.OBJECTION, found.state, account)
    choice = raisable(account, catalog) if "受理" in can else []
    wanted = filled.get("resource") or request.GET.get("resource") or f"{found.department}.{found.resource}"
    entry = next((e for e in choice if e.id == wanted), None)
    context = _row(found) | {
        "acts": [a for a in can if a != "受理"], "may_accept": "受理" in can, "choice": choice,
        "departments": {d.code: d.short for d in catalog.departments.values()}, "reply": filled.get("reply", ""),
        "is_handler": account.role == Role.BUREAU_HANDLER, "shows_contact": shows_contact,
        "order_status": reading.status(found.order) if found.order else "",
    }  # fmt: skip
    return render(request, "portal/objection.html", context | (offered(entry, filled) if entry else {}), status=status)


def _row(found: Objection) -> dict[str, Any]:
    catalog, today = load_catalog(settings().catalog), clock.today()
    entry = catalog.entries.get(f"{found.department}.{found.resource}")
    runs, due = found.state in ("待受理", "办理中"), found.reply_due
    left = count_between(today, due) if due >= today else -count_between(due, today)
    return {
        "objection": found, "name": entry.name if entry else "", "left": left if runs else None,
        "late": runs and due < today,
    }  # fmt: skip
