"""目录编制 by Excel: a clerk downloads the template of an entry and uploads it filled in, as a draft."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from config.settings import settings
from portal import catalog_fields
from portal.access import account_of, requires
from portal.downloads import bytes_answer
from portal.views.catalog_drafts import base_of, is_clerk, kept, not_yours, present
from scheme.catalog import CatalogEntry
from scheme.catalog_files import load_catalog
from scheme.catalog_template import write
from scheme.catalog_workbook import read
from scheme.workbook_guard import MOST_BYTES, TOO_BIG, WorkbookError


@requires("catalog_edit")
def blank(request: HttpRequest) -> HttpResponse:
    """Hand out the empty template of a new entry."""
    department = account_of(request).department
    if not is_clerk(request, department):
        return not_yours(request)
    return bytes_answer(write(None, load_catalog(settings().catalog).departments[department]), "新增资源目录模板.xlsx")


@requires("catalog_edit")
def template(request: HttpRequest, department: str, resource: str) -> HttpResponse:
    """Hand out an entry as a template, as the clerk left it."""
    base = base_of(department, resource)
    if base is None or not is_clerk(request, department):
        return not_yours(request)
    content = write(present(base), load_catalog(settings().catalog).departments[department])
    return bytes_answer(content, f"{base.name}目录模板.xlsx")


@require_POST
@requires("catalog_edit")
def upload_new(request: HttpRequest) -> HttpResponse:
    """Keep a filled template as the draft of a new entry."""
    department = account_of(request).department
    if not is_clerk(request, department):
        return not_yours(request)
    return kept(request, None, lambda: read(_content(request), department, None), catalog_fields.fields_of(None))


@require_POST
@requires("catalog_edit")
def upload(request: HttpRequest, department: str, resource: str) -> HttpResponse:
    """Keep a filled template as a draft of its entry."""
    base = base_of(department, resource)
    if base is None or not is_clerk(request, department):
        return not_yours(request)
    now, in_force = present(base), base.id in load_catalog(settings().catalog).entries

    def filled() -> CatalogEntry:
        return read(_content(request), department, now, in_force=in_force)

    return kept(request, base, filled, catalog_fields.fields_of(now))


def _content(request: HttpRequest) -> bytes:
    uploaded = request.FILES.get("file")
    if uploaded is None or not request.POST.get("declared"):
        raise WorkbookError(["未收到文件。请选择填好的模板，并确认不含涉密内容。"])
    if (uploaded.size or 0) > MOST_BYTES:
        raise WorkbookError([TOO_BIG])
    return uploaded.read()
