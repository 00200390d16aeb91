"""反馈单、延期整改申请单、异议说明: the department writes and signs on an order's page, the bureau answers there."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from expectations.models import Letter
from expectations.orders import letters, reading
from portal.access import account_of, refused, requires
from portal.free_text import demand_no_personal_numbers
from portal.order_page import LETTER_TITLES, Reader
from portal.views.orders import NOT_THERE, page
from registry.states import RefusedError

_LONGEST = 1000


@require_POST
@requires("orders")
def write(request: HttpRequest, number: str) -> HttpResponse:
    """Take a letter of the department's clerk; a refused one comes back as it was filled in."""
    account, kind = account_of(request), request.POST.get("kind", "")
    order = reading.visible(account).filter(number=number).first()
    if order is None:
        return refused(request, *NOT_THERE, status=404)
    content = {name: _plain(request.POST.get(name, "")) for name in letters.FIELDS.get(kind, {})}
    try:
        _demand_short(content)
        demand_no_personal_numbers(*content.values())
        letters.draft(number, kind, content, by=account)
        messages.success(request, f"已拟写{LETTER_TITLES[kind]}，等待部门负责人签发。")
    except RefusedError as refusal:
        messages.error(request, str(refusal))
        return page(request, order, content | {"kind": kind}, status=422)
    return redirect("order", number)


@require_POST
@requires("orders")
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign, return, withdraw or answer a letter."""
    letter = _visible(request, pk)
    if letter is None:
        return refused(request, *NOT_THERE, status=404)
    try:
        action, reason = request.POST.get("action", ""), request.POST.get("reason", "")[:300]
        demand_no_personal_numbers(reason)
        done = letters.act_on_letter(pk, action, by=account_of(request), reason=reason)
        messages.success(request, f"已办理：{action}。{LETTER_TITLES[done.kind]}当前状态：{done.state}。")
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    return redirect("order", letter.order.number)


def _visible(request: HttpRequest, pk: int) -> Letter | None:
    account = account_of(request)
    letter = Letter.objects.select_related("order").filter(pk=pk, order__in=reading.visible(account)).first()
    return letter if letter and Reader.of(account, letter.order).is_inside else None


def _demand_short(content: dict[str, str]) -> None:
    if any(len(text) > _LONGEST for text in content.values()):
        raise RefusedError(f"未提交：每项内容不超过{_LONGEST}字。")


def _plain(text: str) -> str:
    """Text as a person counts it: one character for each line's end."""
    return text.replace("\r\n", "\n").strip()
