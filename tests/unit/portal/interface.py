"""Asking the JSON interface in a test: in this thread, inside the test's own transaction."""

from __future__ import annotations

import sys
from typing import Any

import httpx
import pytest
from asgiref.sync import async_to_sync, sync_to_async

from portal.api.app import api
from tests.unit.portal.accounts import as_user


def in_this_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let routes use the test's connection instead of threads with connections of their own."""

    async def here(function: Any, *given: Any, **named: Any) -> Any:
        return await sync_to_async(function, thread_sensitive=True)(*given, **named)

    for name, module in list(sys.modules.items()):
        if name.startswith("portal.api") and hasattr(module, "in_database"):
            monkeypatch.setattr(module, "in_database", here)


def get(user: str | None, path: str, **query: Any) -> httpx.Response:
    """Ask as an account of the demo, or as nobody."""
    cookies = {"sessionid": as_user(user).cookies["sessionid"].value} if user else {}

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=api, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://portal", cookies=cookies) as client:
            return await client.get(f"/api/v1/{path}", params=query)

    return async_to_sync(ask)()
