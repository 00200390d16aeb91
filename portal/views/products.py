"""数据产品: releases, their two-key review, the report itself once it is out, and making one again to compare."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST

from lineage.access import viewer
from lineage.answers.asked import QuestionError
from portal.access import account_of, refused, requires
from portal.downloads import file_answer
from portal.quality_effects import warned_products
from portal.rebuilding import rebuild as compare
from registry import audit, states
from registry.actions import act_on_release
from registry.models import Release, Role
from registry.states import RefusedError
from warehouse import paths

REVIEWERS = {Role.SECURITY_AUTHORITY, Role.BUREAU_APPROVER}
FILES = {"html": "report.html", "xlsx": "report.xlsx"}


@requires("products")
def index(request: HttpRequest) -> HttpResponse:
    """List product versions with the acts this account may do, and with a warning where data are overdue."""
    warned = warned_products()
    rows = [
        {"release": r, "acts": states.possible(states.RELEASE, r.state, account_of(request)),
         "files": _may_read(request, r), "warned": warned.get((r.grant.grant, r.product), [])}
        for r in _visible(request)
    ]  # fmt: skip
    may_rebuild = viewer(account_of(request)).may("rebuild")
    return render(request, "portal/products.html", {"rows": rows, "may_rebuild": may_rebuild})


@require_POST
@requires("products")
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Do one act of the review."""
    if not _visible(request).filter(pk=pk).exists():
        return refused(
            request, "没有该数据产品，或您的账号无权办理。", "数据产品发布管理", "请返回数据产品列表。", status=404
        )
    try:
        action = request.POST.get("action", "")
        release = act_on_release(pk, action, by=account_of(request), reason=request.POST.get("reason", ""))
        messages.success(request, f"已办理：{action}。当前状态：{release.state}。")
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    return redirect("products")


@requires("products")
@xframe_options_sameorigin
def file(request: HttpRequest, pk: int, kind: str) -> HttpResponseBase:
    """Hand out a report: to its reviewers before, to those entitled after the release."""
    release = _visible(request).filter(pk=pk).first()
    if release is None or kind not in FILES or not _may_read(request, release):
        return refused(request, "该数据产品尚未发布，或您的账号无权查看。", "数据产品发布管理", "请等待两道审核完成。")
    path = paths.products() / release.product / release.content_sha256[:16] / FILES[kind]
    if not path.is_file():
        return refused(
            request, "该版本的文件已不在库中。", "数据产品发布管理", "请联系一级运营主体重新制作。", status=404
        )
    audit.append(account_of(request), "查看数据产品", f"release:{pk}", {"file": kind})
    response = file_answer(path, as_attachment=kind == "xlsx")
    if kind == "html":  # the report carries its own inline style and nothing else
        response._csp_update = {"style-src": ["'self'", "'unsafe-inline'"]}
    return response


@require_POST
@requires("products")
def rebuild(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a release again from its recorded versions and show the comparison; nothing is published."""
    release = _visible(request).filter(pk=pk).first()
    if release is None or not viewer(account_of(request)).may("rebuild"):
        return refused(
            request, "没有该数据产品，或您的账号无权重建核对。", "数据产品发布管理", "请返回数据产品列表。", status=403
        )
    try:
        found = compare(release.grant.grant, release.product, release.content_sha256, by=account_of(request))
    except QuestionError as refusal:
        messages.error(request, f"未能重建：{refusal.sentence}")
        return redirect("products")
    return render(request, "portal/rebuild.html", {"release": release, "found": found})


def _visible(request: HttpRequest) -> QuerySet[Release]:
    found = Release.objects.select_related("grant").order_by("-made_at", "product")
    if account_of(request).role == Role.DEVELOPER:
        return found.filter(grant__developer=account_of(request).party)
    return found


def _may_read(request: HttpRequest, release: Release) -> bool:
    if release.form != "数据报告":
        return False
    return release.state == "已发布" or account_of(request).role in REVIEWERS
