"""The application under /api/v1: its routers, its description, its errors.

Lives here: which modules take part, one line each; headers that every answer carries.
Add here: the router of another module of this package.
Stays out: what a route answers (its own module), who may ask (``portal.api.who``), pages (``portal.urls``).
"""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter, FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from portal.api import closure, database, description, errors, ingest, questions

PREFIX = "/api/v1"
ROUTERS: tuple[APIRouter, ...] = (
    ingest.router,
    closure.router,
    questions.router,
)  # fmt: skip
_HEADERS = [(b"x-content-type-options", b"nosniff"), (b"cache-control", b"no-store")]


_ENTRANCES = {f"{PREFIX}{path}": entrance for path, entrance in ingest.ENTRANCES.items()}


class Headers:
    """Adds the headers of every answer, and hands events straight to their entrance: no routing, thousands a second."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *_HEADERS]
            await send(message)

        entrance = _ENTRANCES.get(scope["path"]) if scope["method"] == "POST" else None
        await (entrance or self._app)(scope, receive, with_headers)


def build() -> FastAPI:
    """Return the application with every router."""
    made = FastAPI(
        title="数据溯源接口", version="1", openapi_url=f"{PREFIX}/openapi.json", docs_url=None, redoc_url=None,
        redirect_slashes=False,
    )  # fmt: skip
    errors.install(made)
    for router in ROUTERS:
        made.include_router(router, prefix=PREFIX)
    plain = made.openapi

    def openapi() -> dict[str, Any]:
        return description.add_ingest(plain(), PREFIX)

    made.openapi = openapi
    return made


async def close() -> None:
    """Finish what the interface has begun, when the process ends."""
    await asyncio.to_thread(ingest.close)
    await database.close()


api: ASGIApp = Headers(build())
