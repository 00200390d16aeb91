"""文书校验: anyone with a printed document asks whether it was issued; no login, no content, no names."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from registry.printing.verifying import look_up


@require_safe
def verify(request: HttpRequest, code: str = "") -> HttpResponse:
    """Show what is known of a code."""
    asked = (code or request.GET.get("code", "")).strip()[:60]
    found = look_up(asked) if asked else None
    context = {"asked": asked, "found": found}
    return render(request, "portal/verify.html", context, status=404 if asked and found is None else 200)
