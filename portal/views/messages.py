"""消息通知: everyone reads the own notices; what could not be sent is sent again by the bureau."""

from __future__ import annotations

from typing import Literal

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from config.settings import settings
from portal.access import account_of, refused, requires
from registry import outbox, resending
from registry.accounts import may
from registry.models import Message
from registry.states import RefusedError


@requires("messages")
def index(request: HttpRequest) -> HttpResponse:
    """List own notices, unread first; offer the form for one's own address."""
    account = account_of(request)
    page = Paginator(outbox.notices_of(account), 50).get_page(request.GET.get("page"))
    context = {
        "page": page, "by_mail": bool(settings().smtp_host),
        "failed": resending.failed().count() if may(account, "messages_resend") else 0,
    }  # fmt: skip
    return render(request, "portal/messages.html", context)


@require_POST
@requires("messages")
def read(request: HttpRequest) -> HttpResponse:
    """Mark one own notice as read, or all."""
    number = _wanted(request)
    if number is None:
        return _no_such(request)
    count = outbox.mark_read(account_of(request), None if number == "all" else number)
    messages.success(request, f"已将{count}条通知标为已读。")
    return redirect("messages")


@require_POST
@requires("messages")
def email(request: HttpRequest) -> HttpResponse:
    """Take one's own address."""
    try:
        account = resending.state_email(request.POST.get("email", ""), by=account_of(request))
        said = "今后的通知同时发送至该邮箱。" if account.email else "今后的通知仅在本页查看。"
        messages.success(request, f"已保存。{said}")
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    return redirect("messages")


@requires("messages_resend")
def failed(request: HttpRequest) -> HttpResponse:
    """List the notices that were given up."""
    page = Paginator(resending.failed(), 50).get_page(request.GET.get("page"))
    return render(request, "portal/messages_failed.html", {"page": page})


@require_POST
@requires("messages_resend")
def resend(request: HttpRequest) -> HttpResponse:
    """Send a failed notice again, or all of them."""
    account, number = account_of(request), _wanted(request)
    if number is None:
        return _no_such(request)
    try:
        count = resending.resend_all(by=account) if number == "all" else 1
        if number != "all":
            resending.resend(number, by=account)
        messages.success(request, f"已将{count}条通知重新列入待发送。")
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    except Message.DoesNotExist:
        return _no_such(request)
    return redirect("failed_messages")


def _wanted(request: HttpRequest) -> int | Literal["all"] | None:
    """Return the number of a notice, "all", or None for anything else."""
    given = request.POST.get("message", "")
    if given == "all":
        return "all"
    return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else None


def _no_such(request: HttpRequest) -> HttpResponse:
    return refused(request, "没有该通知。", "安全制度", "请返回消息通知页重新选择。", status=404)
