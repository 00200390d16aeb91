"""Who may open a page: deny by default.

Lives here: the one decorator every view wears.
Stays out: the table of permissions (``registry.accounts``).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from registry.accounts import may
from registry.models import Account
from scheme.legal_basis import basis

View = Callable[..., HttpResponseBase]


def account_of(request: HttpRequest) -> Account:
    """Return the account of a request that a guard has let in."""
    return cast(Account, request.user)


def requires(permission: str) -> Callable[[View], View]:
    """Let an account in that holds the permission; everyone else reads why not and what to do."""

    def decorate(view: View) -> View:
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponseBase:
            if not may(request.user, permission):
                return refused(request, "您的账号无权查看本页。", "安全制度", "如确需办理，请联系区大数据主管部门。")
            return view(request, *arguments, **named)

        guarded.permission = permission
        return guarded

    return decorate


def refused(request: HttpRequest, what: str, heading: str, next_step: str, status: int = 403) -> HttpResponse:
    """Return the page of a refusal: what, on which basis, what to do next."""
    context = {"what": what, "basis": basis(heading), "next_step": next_step}
    return render(request, "portal/refused.html", context, status=status)
