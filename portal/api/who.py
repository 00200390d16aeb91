"""Who asks: a person by the portal's session, a producer by its key; deny by default.

Lives here: recognising the caller of a request and holding it to a permission.
Add here: another way to prove who one is.
Stays out: what a role may do (``registry.accounts``), keys themselves (``lineage.events.keys``).

A browser sends its cookie with every request, also one that another site made it send: a session therefore counts
for reading only. Writing takes a key.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from django.conf import settings as django_settings
from django.contrib import auth
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from fastapi import Request

from lineage.events import keys
from lineage.models import ProducerKey
from portal.api.database import in_database
from portal.api.errors import ProblemError
from registry.accounts import may
from registry.models import Account

READING = ("GET", "HEAD")
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="suyuan"'}


@dataclass(frozen=True)
class Caller:
    """Who asks: the account whose view is read with, and the key if it was one."""

    account: Account | None
    key: ProducerKey | None = None


@dataclass(frozen=True)
class Asking:
    """Who reads: the account whose view it is, and the id of the key that reads with it, if a key does."""

    account: Account
    key: str = ""


def requires(permission: str) -> Callable[[Request], Awaitable[Asking]]:
    """Return the dependency of a route that lets accounts with a permission read.

    Raises (when called):
        ProblemError: 401 nobody known asks; 403 the account holds no such permission, or the key may not read.
    """

    async def reader(request: Request) -> Asking:
        asking = await in_database(caller, request)
        if asking.account is None or not may(asking.account, permission):
            raise ProblemError(403, "您的账号或密钥无权查询该内容。如确需办理，请联系区大数据主管部门。")
        return Asking(asking.account, asking.key.key_id if asking.key else "")

    return reader


def caller(request: Request) -> Caller:
    """Return who asks; uses the database.

    Raises:
        ProblemError: 401: no key and no session, a key that is unknown or revoked, a session that is over.
    """
    sent = request.headers.get("authorization")
    if sent is not None:
        key = keys.recognise(bearer(sent))
        if key is None:
            raise unknown()
        return Caller(Account.objects.filter(username=key.reads_as, is_active=True).first(), key)
    account = _account(request) if request.method in READING else None
    if account is None:
        raise unknown()
    return Caller(account)


def bearer(authorization: str) -> str:
    """Return the secret of an Authorization header, or nothing."""
    scheme, _, secret = authorization.partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else ""


def unknown() -> ProblemError:
    """Return the refusal of a caller that nobody knows."""
    return ProblemError(401, "未登录，或密钥无效、已停用。请登录，或在请求头 Authorization 中提供密钥。", _CHALLENGE)


def _account(request: Request) -> Account | None:
    """Return the account of the portal's session, as Django's own middleware finds it."""
    asking = HttpRequest()
    asking.session = SessionStore(request.cookies.get(django_settings.SESSION_COOKIE_NAME))
    found = auth.get_user(asking)
    return found if isinstance(found, Account) and found.is_active else None
