"""一数一源争议: the bureau reads who claims what twice, and decides whose it is; both departments read it too."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from config.settings import settings
from portal.access import account_of, refused, requires
from registry import source_conflicts, states
from registry.accounts import ALL_DEPARTMENTS
from registry.models import SourceConflict
from registry.states import RefusedError
from scheme.catalog import Catalog
from scheme.catalog_coherence import item_at
from scheme.catalog_files import load_catalog


@requires("catalog_edit")
def index(request: HttpRequest) -> HttpResponse:
    """List conflicts, open ones first; a department sees those it is a side of."""
    catalog, account = load_catalog(settings().catalog), account_of(request)
    found = SourceConflict.objects.order_by("decided_at", "-pk")
    if account.role not in ALL_DEPARTMENTS:
        own = f"{account.department}."
        found = found.filter(Q(first__startswith=own) | Q(second__startswith=own))
    rows = [
        {
            "conflict": c, "first": _named(catalog, c.first), "second": _named(catalog, c.second),
            "kept": _named(catalog, c.kept) if c.kept else "",
            "may": states.possible(states.SOURCE_CONFLICT, c.state, account),
        }
        for c in sorted(found[:200], key=lambda c: c.state != "待裁定")
    ]  # fmt: skip
    return render(request, "portal/source_conflicts.html", {"rows": rows})


@require_POST
@requires("catalog_edit")
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Record which side keeps the claim."""
    if not SourceConflict.objects.filter(pk=pk).exists():
        return refused(request, "没有该项争议。", "数据汇聚", "请返回一数一源争议页。", status=404)
    kept, note = request.POST.get("kept", ""), request.POST.get("note", "")
    try:
        done = source_conflicts.decide(pk, kept, by=account_of(request), note=note)
        messages.success(request, f"已裁定数据元“{done.element}”的数源，请另一方改为引用。")
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    return redirect("source_conflicts")


def _named(catalog: Catalog, place: str) -> str:
    """Return ``部门“资源”的“信息项”`` as far as the catalog in force knows it."""
    target, _, code = place.rpartition(".")
    department = catalog.departments.get(place.partition(".")[0])
    item, entry = item_at(catalog.entries, place), catalog.entries.get(target)
    where = f"“{entry.name}”的“{item.name if item else code}”" if entry else f"“{target}”的“{code}”"
    return f"{department.short if department else ''}{where}"
