"""Control characters of an address, a form or a cookie reach no view and no database.

Lives here: taking them out of what was sent, but for tabs and line breaks; an address with one leads nowhere.
Add here: another way by which text of a browser comes in.
Stays out: what a text may say (``free_text``), files (``uploads``). PostgreSQL takes no NUL, and no person sees any.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.deprecation import MiddlewareMixin

from portal.errors import not_found

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


class Addresses(MiddlewareMixin):
    """Clean path, query and cookies, before anything reads them."""

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        """Return the page of an address that is none, or nothing."""
        if _CONTROL.search(request.path_info):
            return not_found(request, ValueError("control character"))
        if _is_dirty(request.GET):
            request.GET = _cleaned(request.GET)
        for name in [n for n, value in request.COOKIES.items() if _CONTROL.search(n + value)]:
            del request.COOKIES[name]
        return None


class Forms(MiddlewareMixin):
    """Clean what a form sent, after its token was checked: until then nothing of it is read."""

    def process_view(self, request: HttpRequest, view: Callable[..., Any], *arguments: Any) -> None:
        """Clean the form."""
        if request.method == "POST" and _is_dirty(request.POST):
            request.POST = _cleaned(request.POST)


def _is_dirty(sent: QueryDict) -> bool:
    return any(_CONTROL.search(text) for name, values in sent.lists() for text in (name, *values))


def _cleaned(sent: QueryDict) -> QueryDict:
    found = QueryDict(mutable=True, encoding=sent.encoding)
    for name, values in sent.lists():
        for value in values:
            found.appendlist(_CONTROL.sub("", name), _CONTROL.sub("", value))
    found._mutable = False
    return found
