"""目录编制, the clerk's part: a new entry or a change of one, as a form; a refused claim turned into a reference."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from config.settings import settings
from portal import catalog_fields, catalog_form
from portal.access import account_of, refused, requires
from portal.catalog_form import FormError
from registry import catalog_versions
from registry.models import Role
from registry.states import RefusedError, SourceConflictError
from scheme.catalog import CatalogEntry, ItemType
from scheme.catalog_edits import as_references
from scheme.catalog_files import load_catalog
from scheme.workbook_guard import WorkbookError

_DAY = 24 * 3600


@requires("catalog_edit")
def new(request: HttpRequest) -> HttpResponse:
    """Show an empty form, or keep what was filled in as the draft of a new entry."""
    department = account_of(request).department
    if not is_clerk(request, department):
        return not_yours(request)
    if request.method != "POST":
        return form_page(request, None, catalog_fields.fields_of(None))
    return kept(request, None, lambda: catalog_form.new_entry_from(request.POST, department), request.POST)


@requires("catalog_edit")
def edit(request: HttpRequest, department: str, resource: str) -> HttpResponse:
    """Show the entry as a form, or keep what was filled in as a draft."""
    base = base_of(department, resource)
    if base is None or not is_clerk(request, department):
        return not_yours(request)
    if request.method != "POST":
        return form_page(request, base, catalog_fields.fields_of(present(base)))
    return kept(request, base, lambda: catalog_form.entry_from(request.POST, present(base)), request.POST)


@require_POST
@requires("catalog_edit")
def to_references(request: HttpRequest) -> HttpResponse:
    """改为引用: keep an entry that was refused, its second claims turned into references."""
    account = account_of(request)
    try:
        signed = signing.loads(request.POST.get("entry", ""), salt=_salt(account.username), max_age=_DAY)
    except signing.BadSignature:
        return refused(request, "该页面已过期。", "数据目录", "请重新填写后保存。", status=409)
    entry, is_new = CatalogEntry.model_validate(signed["entry"]), bool(signed["new"])
    if not is_clerk(request, entry.department):
        return not_yours(request)
    entry = as_references(entry, load_catalog(settings().catalog).entries)
    base = None if is_new else base_of(entry.department, entry.resource)
    return kept(request, base, lambda: entry, catalog_fields.fields_of(entry))


def kept(
    request: HttpRequest, base: CatalogEntry | None, filled: Callable[[], CatalogEntry], fields: Mapping[str, str]
) -> HttpResponse:
    """Keep what was filled in as a draft; else show the form as it was filled in, with every problem."""
    token = ""
    try:
        drafted = catalog_versions.draft(filled(), by=account_of(request), is_new=base is None)
        messages.success(request, f"已保存（资源代码：{drafted.document['code']}），等待部门负责人提交。")
        return redirect("catalog_version", pk=drafted.pk)
    except (FormError, WorkbookError) as error:
        problems = error.problems
    except SourceConflictError as conflict:
        problems, token = [str(conflict)], claim_token(request, conflict.entry, is_new=base is None)
        fields = catalog_fields.fields_of(conflict.entry)
    except RefusedError as refusal:
        problems = [str(refusal)]
    return form_page(request, base, fields, problems, token)


def form_page(
    request: HttpRequest, base: CatalogEntry | None, fields: Mapping[str, str], problems: list[str] | None = None,
    token: str = "",
) -> HttpResponse:  # fmt: skip
    """Return the form of an entry; ``token``: what 改为引用 would keep."""
    catalog = load_catalog(settings().catalog)
    known = {i.code for i in base.items} if base else set[str]()
    context = {
        "entry": base, "fields": fields, "problems": problems or [], "token": token,
        "choices": catalog_fields.CHOICES, "classes": catalog_fields.CLASSES, "types": list(ItemType),
        "rows": catalog_fields.rows_of(fields, known, base is None),
        "with_key": base is None or base.id not in catalog.entries,
    }  # fmt: skip
    return render(request, "portal/catalog_edit.html", context, status=422 if problems else 200)


def base_of(department: str, resource: str) -> CatalogEntry | None:
    """Return the entry in force, or the draft of one that is not in force yet."""
    in_force = load_catalog(settings().catalog).entries.get(f"{department}.{resource}")
    return in_force or catalog_versions.open_draft(department, resource)


def present(base: CatalogEntry) -> CatalogEntry:
    """Return the entry as a clerk left it: the open draft, else what is in force."""
    return catalog_versions.open_draft(base.department, base.resource) or base


def is_clerk(request: HttpRequest, department: str) -> bool:
    """Whether the account is a clerk of the department."""
    account = account_of(request)
    return bool(department) and account.department == department and account.role == Role.DATA_CLERK


def not_yours(request: HttpRequest) -> HttpResponse:
    """Refuse."""
    return refused(request, "您的账号无权编制该资源的目录。", "数据目录", "请由数源部门的数据专员办理。")


def claim_token(request: HttpRequest, entry: CatalogEntry, *, is_new: bool) -> str:
    """Return an entry sealed for this account, for the button 改为引用."""
    document = entry.model_dump(mode="json", exclude_defaults=True)
    return signing.dumps({"entry": document, "new": is_new}, salt=_salt(account_of(request).username), compress=True)


def _salt(username: str) -> str:
    return f"catalog-claim:{username}"
