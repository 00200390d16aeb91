"""目录编制: versions on their way; the head submits, the bureau reviews."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from config.settings import settings
from portal.access import account_of, refused, requires
from portal.code_location import ask_reload
from portal.views.catalog_drafts import claim_token, is_clerk
from registry import catalog_versions, states
from registry.accounts import of_department
from registry.models import CatalogVersion, Role
from registry.states import RefusedError
from scheme.catalog import CatalogEntry
from scheme.catalog_diff import changes
from scheme.catalog_edits import claims
from scheme.catalog_files import load_catalog

OPEN = ("编制中", "退回修改")


@requires("catalog_edit")
def index(request: HttpRequest) -> HttpResponse:
    """List versions, newest first."""
    found, account = _visible(request).order_by("-pk")[:200], account_of(request)
    names = {e.id: e.name for e in load_catalog(settings().catalog).entries.values()}
    rows = [{"version": v, "name": names.get(f"{v.department}.{v.resource}", v.document["name"])} for v in found]
    may_start = bool(account.department) and account.role == Role.DATA_CLERK
    return render(request, "portal/catalog_versions.html", {"rows": rows, "may_start": may_start})


@requires("catalog_edit")
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a version changes, and the acts this account may do on it."""
    version = _visible(request).filter(pk=pk).first()
    if version is None:
        return refused(request, "没有该目录版本。", "数据目录", "请返回目录编制页。", status=404)
    entry, before = catalog_versions.entry_of(version), _before(version)
    may_edit = version.state in OPEN and is_clerk(request, version.department)
    conflicts = claims(entry, load_catalog(settings().catalog).entries) if version.state in (*OPEN, "待审核") else []
    context = {
        "version": version, "entry": entry, "changes": changes(before, entry), "is_new": before is None,
        "acts": states.possible(states.CATALOG, version.state, account_of(request)), "may_edit": may_edit,
        "problems": [c.chinese for c in conflicts],
        "token": claim_token(request, entry, is_new=False) if may_edit and conflicts else "",
    }  # fmt: skip
    return render(request, "portal/catalog_version.html", context)


@require_POST
@requires("catalog_edit")
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Submit, review, withdraw or restore a version."""
    if not _visible(request).filter(pk=pk).exists():
        return refused(request, "没有该目录版本。", "数据目录", "请返回目录编制页。", status=404)
    try:
        action, reason = request.POST.get("action", ""), request.POST.get("reason", "")
        done = catalog_versions.act_on_version(pk, action, by=account_of(request), reason=reason)
        if done.state in ("已发布", "已停用"):
            ask_reload()
        messages.success(request, f"已办理：{action}。当前状态：{done.state}。")
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    return redirect("catalog_version", pk=pk)


def _visible(request: HttpRequest) -> QuerySet[CatalogVersion]:
    return of_department(CatalogVersion.objects.all(), account_of(request))


def _before(version: CatalogVersion) -> CatalogEntry | None:
    """Return the version it replaces: an earlier published one, else the imported entry."""
    earlier = CatalogVersion.objects.filter(
        department=version.department, resource=version.resource, number__lt=version.number,
        state__in=("已发布", "已停用", "已替代"),
    ).order_by("-number").first()  # fmt: skip
    if earlier:
        return catalog_versions.entry_of(earlier)
    return catalog_versions.imported(version.department, version.resource)
