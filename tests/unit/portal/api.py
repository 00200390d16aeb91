"""The JSON interface as tests ask it: the real ASGI application, on the connection of the test."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import httpx
import pytest
from asgiref.sync import async_to_sync, sync_to_async

from lineage.events.keys import create
from lineage.events.receiving import Item
from lineage.events.storing import Outcome, store
from registry.models import Account
from tests.unit.portal.accounts import as_user


class Api:
    """Sends requests; ``headers`` go with each."""

    def __init__(self, headers: dict[str, str] | None = None) -> None:
        self.headers = headers or {}

    def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Send one request and return the answer."""
        from portal.asgi import application

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(application)  # type: ignore[arg-type]
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
                return await client.request(method, path, **options)

        options["headers"] = self.headers | options.get("headers", {})
        return async_to_sync(ask)()

    def get(self, path: str, **options: Any) -> httpx.Response:
        """GET."""
        return self.send("GET", path, **options)

    def post(self, path: str, body: bytes, **headers: str) -> httpx.Response:
        """POST JSON bytes; underscores in the names of headers are hyphens."""
        named = {"Content-Type": "application/json"} | {k.replace("_", "-"): v for k, v in headers.items()}
        return self.send("POST", path, content=body, headers=named)


def use_one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the interface use the database in the test's thread, where the test's transaction is."""

    async def here(call: Callable[[], Any]) -> Any:
        return await sync_to_async(call)()

    async def stored(items: Sequence[Item]) -> list[Outcome]:
        return await sync_to_async(store)(items) if items else []

    monkeypatch.setattr("portal.api.database._in_thread", here)
    monkeypatch.setattr("portal.api.ingest.submit", stored)


def producer(namespaces: Sequence[str] = (), reads_as: str = "") -> Api:
    """Return the interface as a producer with a new key uses it; the bureau gives the views of others."""
    by = Account.objects.get(username="bureau_approver" if reads_as else "engineer")
    made = create("数据开发商", by, namespaces, reads_as)
    return Api({"Authorization": f"Bearer {made.secret}"})


def signed_in(user: str) -> Api:
    """Return the interface as an account's browser uses it: by the portal's session."""
    return Api({"Cookie": f"sessionid={as_user(user).cookies['sessionid'].value}"})


def get(user: str | None, path: str, **query: Any) -> httpx.Response:
    """GET under ``/api/v1/`` as an account of the demo, or as nobody; the fixture ``api`` must be in use."""
    return (signed_in(user) if user else Api()).get(f"/api/v1/{path}", params=query)
