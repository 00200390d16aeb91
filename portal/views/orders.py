"""整改事项: the list of remediation orders, one order's page, acts on one and on several."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from config import clock
from config.settings import settings
from expectations.models import Order
from expectations.orders import acts, reading
from lineage.graph.impact import Impacts, affected
from portal import order_list, order_page
from portal.access import account_of, refused, requires
from portal.free_text import demand_no_personal_numbers
from registry.accounts import may
from registry.states import RefusedError
from scheme.catalog import Catalog
from scheme.catalog_files import load_catalog

PAGE = 50
NOT_THERE = ("没有该整改单，或您的账号无权查看。", "数据治理", "请返回整改事项列表。")


@requires("orders")
def index(request: HttpRequest) -> HttpResponse:
    """List the orders this account may see, the one due next first."""
    catalog, account, today = load_catalog(settings().catalog), account_of(request), clock.today()
    wanted = order_list.Wanted.of(request.GET, account)
    visible = reading.visible(account)
    page = Paginator(order_list.listed(visible, wanted, catalog), PAGE).get_page(request.GET.get("page"))
    rows = [order_list.row(o, account, catalog, today) for o in page]
    context = {
        "page": page, "rows": rows, "wanted": wanted, "query": wanted.query, "states": order_list.STATES,
        "severities": order_list.SEVERITIES, "origins": order_list.ORIGINS,
        "letters": order_list.letters_for(account), "departments": _departments(visible, catalog),
        "overdue": reading.late(visible, today).count(), "may_raise": may(account, "raise_order"),
        "together": sorted({a for r in rows for a in r["together"]}), "ticked": "ticked" in request.GET,
    }  # fmt: skip
    return render(request, "portal/orders.html", context)


@requires("orders")
def show(request: HttpRequest, number: str) -> HttpResponse:
    """Show one order."""
    order = reading.visible(account_of(request)).filter(number=number).first()
    return page(request, order) if order else refused(request, *NOT_THERE, status=404)


def page(request: HttpRequest, order: Order, filled: dict[str, str] | None = None, status: int = 200) -> HttpResponse:
    """Return the page of one order; ``filled``: a letter that was refused, with its kind."""
    context: dict[str, Any] = order_page.context(order, account_of(request), load_catalog(settings().catalog))
    context["forms"] = order_page.letter_forms(order, context["writable"], filled or {})
    return render(request, "portal/order.html", context, status=status)


@require_POST
@requires("orders")
def act(request: HttpRequest, number: str) -> HttpResponse:
    """Do one act on one order."""
    if not reading.visible(account_of(request)).filter(number=number).exists():
        return refused(request, *NOT_THERE, status=404)
    try:
        action, reason = request.POST.get("action", ""), request.POST.get("reason", "")[:300]
        demand_no_personal_numbers(reason)
        order = acts.act_on_order(number, action, by=account_of(request), impact=affected, reason=reason)
        messages.success(request, f"已办理：{action}。当前状态：{order.state}。")
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    return redirect("order", number)


@require_POST
@requires("orders")
def act_together(request: HttpRequest) -> HttpResponse:
    """Do one act on each of the ticked orders, each by itself: a refusal stops no other."""
    account, action = account_of(request), request.POST.get("action", "")
    numbers = list(dict.fromkeys(request.POST.getlist("number")))[:PAGE]
    done, impact = 0, Impacts()
    if action not in order_list.TOGETHER or not numbers:
        messages.error(request, "未办理：请先勾选整改单，再选择拟发或签发。")
        numbers = []
    for number in numbers:
        try:
            reading.visible(account).get(number=number)
            acts.act_on_order(number, action, by=account, impact=impact)
            done += 1
        except Order.DoesNotExist:
            messages.error(request, f"{number[:20]}：没有该整改单，或您的账号无权办理。")
        except RefusedError as refusal:
            messages.error(request, f"{number}：{refusal}")
    if done:
        messages.success(request, f"已{action} {done} 份整改通知单。")
    return redirect(_back(request))


def _back(request: HttpRequest) -> str:
    """The list as it was filtered before; nothing else of what the form says."""
    given = QueryDict(request.POST.get("query", "")).dict()
    query = order_list.Wanted.of(given, account_of(request)).query
    return reverse("orders") + (f"?{query}" if query else "")


def _departments(visible: QuerySet[Order], catalog: Catalog) -> list[tuple[str, str]]:
    """Departments that occur among the visible orders, for the filter."""
    codes = set(visible.order_by().values_list("department", flat=True).distinct())
    return [(d.code, d.short) for d in catalog.departments.values() if d.code in codes]
