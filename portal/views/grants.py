"""数据授权: the list, one grant with its tables and columns, and the acts on it."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from config import clock
from config.settings import settings
from portal.access import account_of, refused, requires
from portal.code_location import ask_reload
from portal.quality_effects import ended_of, problems_of, stopped_grants
from registry import states
from registry.actions import act_on_grant
from registry.grants import refused_grants
from registry.models import GrantRecord, Role
from registry.states import RefusedError
from scheme.catalog_files import load_catalog
from scheme.grant import Grant
from scheme.granted_forms import FORMS


@requires("grants")
def index(request: HttpRequest) -> HttpResponse:
    """List the grants this account may see, with why one is not in force."""
    why, stopped = refused_grants(clock.today()), stopped_grants()
    rows = [
        {"record": r, "why": "；".join(why.get(r.grant, [])), "stopped": stopped.get(r.grant, [])}
        for r in _visible(request)
    ]
    return render(request, "portal/grants.html", {"rows": rows})


@requires("grants")
def show(request: HttpRequest, grant: str) -> HttpResponse:
    """Show one grant: who, what for, which columns in which form, what was struck out."""
    record = _visible(request).filter(grant=grant).first()
    if record is None:
        return refused(
            request, "没有该授权，或您的账号无权查看。", "数据的授权开发", "请返回数据授权列表。", status=404
        )
    problems = problems_of(grant)
    context = {
        "record": record,
        "grant": Grant.model_validate(record.document),
        "forms": FORMS,
        "acts": states.possible(states.GRANT, record.state, account_of(request)),
        "why": refused_grants(clock.today()).get(grant, []),
        "problems": problems,
        "ended": ended_of(grant),
        "stopped": [p.order for p in problems if p.effect == "暂停供数"],
        "consents": record.consents.filter(grant_sha256=record.sha256).order_by("department"),
        "departments": {d.code: d.short for d in load_catalog(settings().catalog).departments.values()},
    }
    return render(request, "portal/grant.html", context)


@require_POST
@requires("grants")
def act(request: HttpRequest, grant: str) -> HttpResponse:
    """Do one act; a refusal is shown as it is worded."""
    before = _visible(request).filter(grant=grant).values_list("state", flat=True).first()
    if before is None:
        return refused(
            request, "没有该授权，或您的账号无权办理。", "数据的授权开发", "请返回数据授权列表。", status=404
        )
    try:
        action = request.POST.get("action", "")
        record = act_on_grant(grant, action, by=account_of(request), reason=request.POST.get("reason", ""))
        if "生效" in (before, record.state):
            ask_reload()
        messages.success(request, f"已办理：{action}。当前状态：{record.state}。")
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    return redirect("grant", grant=grant)


def _visible(request: HttpRequest) -> QuerySet[GrantRecord]:
    """A developer sees its own grants only."""
    found = GrantRecord.objects.select_related("developer").order_by("grant")
    if account_of(request).role == Role.DEVELOPER:
        return found.filter(developer=account_of(request).party)
    return found
