"""授权意见: a public utility reads exactly what a grant asks of its data, and consents, declines or withdraws."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from config.settings import settings
from portal.access import account_of, refused, requires
from portal.code_location import ask_reload
from registry import consents
from registry.accounts import of_department
from registry.consent_acts import act_on_consent, possible
from registry.models import Account, UtilityConsent
from registry.states import RefusedError
from scheme.catalog import Catalog
from scheme.catalog_files import load_catalog
from scheme.grant import Grant
from scheme.grant_uses import PROVIDES, Use, utility_uses
from scheme.granted_forms import form_in_words


@requires("consents")
def index(request: HttpRequest) -> HttpResponse:
    """List requests, open ones first; the enterprise its own, the bureau and the auditor all."""
    catalog, account = load_catalog(settings().catalog), account_of(request)
    found = sorted(_visible(account), key=lambda c: (c.state != "待同意" or not consents.is_current(c), -c.pk))
    rows = [_row(c, catalog, account) for c in found[:100]]
    return render(request, "portal/consents.html", {"rows": rows})


@require_POST
@requires("consents")
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Do one act; a refusal is shown as it is worded."""
    consent = _visible(account_of(request)).filter(pk=pk).first()
    if consent is None:
        return refused(request, "没有该项征求意见。", "其他数据", "请返回授权意见页。", status=404)
    try:
        action, note = request.POST.get("action", ""), request.POST.get("note", "")[:300]
        done = act_on_consent(pk, action, by=account_of(request), note=note)
        if action == "撤回同意":
            ask_reload()
        messages.success(request, f"已办理：{action}。当前状态：{done.state}。")
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    return redirect("consents")


def _visible(account: Account) -> QuerySet[UtilityConsent]:
    return of_department(UtilityConsent.objects.select_related("grant"), account)


def _row(consent: UtilityConsent, catalog: Catalog, account: Account) -> dict[str, Any]:
    """One request; of a document that was replaced only the digest is left, so nothing of it is shown."""
    is_current = consent.grant_sha256 == consent.grant.sha256
    grant = Grant.model_validate(consent.grant.document)
    asked = utility_uses(grant, catalog).get(consent.department, []) if is_current else []
    return {
        "consent": consent, "grant": grant, "is_current": is_current, "acts": possible(consent, account),
        "department": catalog.departments[consent.department].short, "tables": [_table(u, catalog) for u in asked],
    }  # fmt: skip


def _table(use: Use, catalog: Catalog) -> dict[str, Any]:
    entry = catalog.entries.get(use.resource)
    names = {i.code: i.name for i in entry.items} if entry else {}
    columns = use.table.columns if use.how == PROVIDES else []
    return {
        "resource": entry.name if entry else use.resource, "table": use.table, "how": use.how,
        "columns": [
            {"column": c, "source": names.get(c.source, c.source), "form": form_in_words(c.form)} for c in columns
        ],
    }  # fmt: skip
