"""数据汇聚: a department hands in a delivery, its head signs it, both see what landed and what did not."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from config.settings import settings
from portal.access import account_of, refused, requires
from portal.uploads import DECLARED, store
from registry import handovers, states
from registry.accounts import of_department
from registry.models import Handover, Role
from registry.states import RefusedError
from scheme.catalog import CatalogEntry
from scheme.catalog_files import load_catalog
from warehouse import batches, inbox, quarantine
from warehouse.declaration import Declaration
from warehouse.refusal import DeliveryRefusedError

_NOT_YOURS = "您的账号无权办理该资源的数据汇聚。"


@requires("handover")
def index(request: HttpRequest) -> HttpResponse:
    """List the department's resources and its deliveries, newest first."""
    catalog, account = load_catalog(settings().catalog), account_of(request)
    handed = of_department(Handover.objects.order_by("-pk"), account)
    rows = [
        {
            "handover": h, "entry": catalog.entries.get(f"{h.department}.{h.resource}"),
            "department": catalog.departments[h.department].short,
            "acts": states.possible(states.HANDOVER, h.state, account), "outcome": _outcome(h),
        }
        for h in handed[:100]
    ]  # fmt: skip
    own = [e for e in catalog.entries.values() if e.department == account.department]
    return render(request, "portal/deliveries.html", {"rows": rows, "own": own, "may": account.role == Role.DATA_CLERK})


@requires("handover")
def new(request: HttpRequest, department: str, resource: str) -> HttpResponse:
    """First ask whether the delivery is 涉密, then take the file with its declared number of rows."""
    entry = load_catalog(settings().catalog).entries.get(f"{department}.{resource}")
    account = account_of(request)
    if entry is None or account.department != department or account.role != Role.DATA_CLERK:
        return refused(request, _NOT_YOURS, "数据汇聚", "请由数源部门的数据专员办理。")
    secrecy = request.GET.get("secrecy", "")
    if secrecy == "涉密":
        return _secret(request, entry)
    if request.method == "POST":
        return _take(request, entry)
    return render(request, "portal/delivery_new.html", {"entry": entry, "declared": secrecy == DECLARED})


@require_POST
@requires("handover")
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign, return or withdraw a delivery."""
    handover = Handover.objects.filter(pk=pk).first()
    entry = handover and load_catalog(settings().catalog).entries.get(f"{handover.department}.{handover.resource}")
    if not handover or not entry:
        return refused(request, "没有该汇聚批次。", "数据汇聚", "请返回数据汇聚页。", status=404)
    try:
        action, reason = request.POST.get("action", ""), request.POST.get("reason", "")
        done = handovers.act_on_handover(pk, action, entry, by=account_of(request), reason=reason)
        messages.success(request, f"已办理：{action}。当前状态：{done.state}。")
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    except DeliveryRefusedError as refusal:
        messages.error(request, f"{refusal.reason_zh}{refusal.next_step_zh}")
    return redirect("deliveries")


def _secret(request: HttpRequest, entry: CatalogEntry) -> HttpResponse:
    declared = Declaration(declared_secrecy="涉密", delivered_by=account_of(request).username)
    try:
        inbox.demand_not_secret(entry, declared, "portal")
    except DeliveryRefusedError as refusal:
        return refused(request, refusal.reason_zh, "适用范围", refusal.next_step_zh)
    raise AssertionError("a delivery declared 涉密 was not refused")


def _take(request: HttpRequest, entry: CatalogEntry) -> HttpResponse:
    uploaded, declared = request.FILES.get("file"), request.POST.get("rows", "").replace(",", "").strip()
    if uploaded is None or not declared.isdecimal() or len(declared) > 12:
        wanted = "请选择文件。" if uploaded is None else "请填写申报记录数（整数）。"
        messages.error(request, f"未提交：{wanted}")
        return render(request, "portal/delivery_new.html", {"entry": entry, "declared": True}, status=422)
    try:
        handovers.hand_in(
            entry, store(uploaded), str(uploaded.name)[-200:], int(declared), by=account_of(request),
            note=request.POST.get("note", "")[:300], mode=request.POST.get("mode", "full"),
        )  # fmt: skip
        messages.success(request, f"已提交“{entry.name}”，等待部门负责人签发。")
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    return redirect("deliveries")


def _outcome(handover: Handover) -> dict[str, Any]:
    """Return what became of a signed delivery: a batch, a refusal, or nothing yet."""
    if handover.state != "已交付":
        return {}
    batch = batches.find_by_hash(handover.department, handover.resource, handover.sha256)
    if batch:
        return {"batch": batch, "reasons": quarantine.reasons(batch), "aside": batches.set_aside().get(batch.batch_id)}
    said = [
        b for b in batches.refusals()
        if (b.department, b.resource, b.file_sha256) == (handover.department, handover.resource, handover.sha256)
    ]  # fmt: skip
    return {"refusal": said[-1]} if said else {"waits": True}
