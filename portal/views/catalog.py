"""资源目录: the list, and one entry with its items."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from config.settings import settings
from portal.access import account_of, refused, requires
from registry.models import Role
from scheme.catalog_files import load_catalog
from scheme.names import staging_name
from warehouse import batches, versions


@requires("catalog")
def index(request: HttpRequest) -> HttpResponse:
    """List the resources, by text if one is given."""
    catalog = load_catalog(settings().catalog)
    wanted = request.GET.get("q", "").strip()
    rows = [
        {
            "entry": e,
            "department": catalog.departments[e.department],
            "batches": len(batches.landed(e.department, e.resource)),
        }
        for e in catalog.entries.values()
        if wanted in f"{e.id} {e.name} {catalog.departments[e.department].name} " + " ".join(i.name for i in e.items)
    ]
    return render(request, "portal/catalog.html", {"rows": rows, "wanted": wanted})


@requires("catalog")
def entry(request: HttpRequest, department: str, resource: str) -> HttpResponse:
    """Show one resource: metadata, items, the last batches."""
    catalog = load_catalog(settings().catalog)
    found = catalog.entries.get(f"{department}.{resource}")
    if found is None:
        return refused(request, "目录中没有该资源。", "数据目录", "请返回资源目录重新选择。", status=404)
    name = staging_name(found.department, found.stem)
    context = {
        "entry": found,
        "department": catalog.departments[found.department],
        "batches": batches.landed(found.department, found.resource)[::-1][:10],
        "aside": batches.set_aside(),
        "current": versions.promoted(name),
        "dataset": str(name),
        "may_edit": account_of(request).role == Role.DATA_CLERK and account_of(request).department == department,
    }
    return render(request, "portal/entry.html", context)
