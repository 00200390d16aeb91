"""部门间不一致清单: where departments' copies differ from the declared source, by row reference, never by value."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from config.settings import settings
from portal.access import account_of, refused, requires
from registry.accounts import departments_of
from scheme.catalog_files import load_catalog
from warehouse import conflicts

_LISTED = 200


@requires("quality")
def index(request: HttpRequest) -> HttpResponse:
    """List differing items; a department sees those in which it is the source or has the copy."""
    return render(request, "portal/conflicts.html", {"rows": _visible(request)})


@requires("quality")
def show(request: HttpRequest, department: str, resource: str, item: str) -> HttpResponse:
    """List the differing rows of one item."""
    wanted = (f"{department}.{resource}", item)
    found = next(
        (r for r in _visible(request) if (r["differing"].copy_resource, r["differing"].copy_item) == wanted), None
    )
    if found is None:
        return refused(request, "没有可查看的不一致记录。", "数据汇聚", "请返回部门间不一致清单。", status=404)
    return render(request, "portal/conflict.html", {"row": found, "pairs": conflicts.rows(*wanted, _LISTED)})


def _visible(request: HttpRequest) -> list[dict[str, object]]:
    catalog = load_catalog(settings().catalog)
    mine = set(departments_of(account_of(request), list(catalog.departments)))
    found = []
    for each in conflicts.differing():
        source, copy = catalog.entries.get(each.source_resource), catalog.entries.get(each.copy_resource)
        if source and copy and {source.department, copy.department} & mine:
            found.append(
                {
                    "wanted": (each.copy_resource, each.copy_item), "differing": each,
                    "source": source, "copy": copy, "item": copy.item(each.copy_item).name,
                    "source_department": catalog.departments[source.department].short,
                    "copy_department": catalog.departments[copy.department].short,
                }
            )  # fmt: skip
    return found
