"""Pages for what is not there and what broke: one clear line, never a traceback.

Lives here: Django's error handlers. Stays out: refusals (``portal.access``).
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    return _page("页面不存在。请检查地址，或从首页重新进入。", 404)


def broken(request: HttpRequest) -> HttpResponse:
    """500."""
    return _page("系统出现故障，已记录。请稍后再试；仍不成功请联系区大数据主管部门。", 500)


def expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: a form without the token of its page."""
    return _page("页面已过期，或浏览器未允许 Cookie，内容未提交。请返回上一页，刷新后重新提交。", 403)


def _page(what: str, status: int) -> HttpResponse:
    return HttpResponse(render_to_string("portal/error.html", {"what": what}), status=status)
