"""目录编制: a clerk changes an entry, the head submits it, the bureau reviews it."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from config.settings import settings
from portal import catalog_form
from portal.access import account_of, refused, requires
from portal.catalog_form import FormError
from portal.code_location import ask_reload
from registry import catalog_versions, states
from registry.models import CatalogVersion, Role
from registry.states import RefusedError
from scheme.catalog import CatalogEntry, ItemType
from scheme.catalog_diff import changes
from scheme.catalog_files import load_catalog


@requires("catalog_edit")
def edit(request: HttpRequest, department: str, resource: str) -> HttpResponse:
    """Show the entry as a form, or keep what was filled in as a draft."""
    entry = load_catalog(settings().catalog).entries.get(f"{department}.{resource}")
    account = account_of(request)
    if entry is None or account.department != department or account.role != Role.DATA_CLERK:
        return refused(request, "您的账号无权编制该资源的目录。", "数据目录", "请由数源部门的数据专员办理。")
    shown, problems = _drafted(entry), []
    if request.method == "POST":
        try:
            drafted = catalog_versions.draft(catalog_form.entry_from(request.POST, entry), by=account)
            messages.success(request, "已保存，等待部门负责人提交。")
            return redirect("catalog_version", pk=drafted.pk)
        except FormError as error:
            problems = error.problems
        except RefusedError as refusal:
            problems = [str(refusal)]
    context = {
        "entry": shown, "problems": problems, "choices": catalog_form.CHOICES, "types": list(ItemType),
        "new_rows": range(len(shown.items) + 1, len(shown.items) + 1 + catalog_form.EMPTY_ROWS),
    }  # fmt: skip
    return render(request, "portal/catalog_edit.html", context, status=422 if problems else 200)


@requires("catalog_edit")
def index(request: HttpRequest) -> HttpResponse:
    """List versions, newest first."""
    found = _visible(request).order_by("-pk")[:200]
    names = {e.id: e.name for e in load_catalog(settings().catalog).entries.values()}
    rows = [{"version": v, "name": names.get(f"{v.department}.{v.resource}", v.document["name"])} for v in found]
    return render(request, "portal/catalog_versions.html", {"rows": rows})


@requires("catalog_edit")
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a version changes, and the acts this account may do on it."""
    version = _visible(request).filter(pk=pk).first()
    if version is None:
        return refused(request, "没有该目录版本。", "数据目录", "请返回目录编制页。", status=404)
    context = {
        "version": version, "entry": catalog_versions.entry_of(version),
        "changes": changes(_before(version), catalog_versions.entry_of(version)),
        "acts": states.possible(states.CATALOG, version.state, account_of(request)),
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
    found = CatalogVersion.objects.all()
    department = account_of(request).department
    return found.filter(department=department) if department else found


def _drafted(entry: CatalogEntry) -> CatalogEntry:
    """Return the open draft of an entry, so that a clerk goes on where it stopped; else the entry."""
    found = CatalogVersion.objects.filter(
        department=entry.department, resource=entry.resource, state__in=("编制中", "退回修改")
    ).first()
    return catalog_versions.entry_of(found) if found else entry


def _before(version: CatalogVersion) -> CatalogEntry | None:
    """Return the version it replaces: an earlier published one, else the imported entry."""
    earlier = CatalogVersion.objects.filter(
        department=version.department, resource=version.resource, number__lt=version.number,
        state__in=("已发布", "已停用", "已替代"),
    ).order_by("-number").first()  # fmt: skip
    if earlier:
        return catalog_versions.entry_of(earlier)
    return catalog_versions.imported(version.department, version.resource)
