"""ASGI entry point of the portal: the JSON interface under /api/v1, Django for everything else.

Lives here: Django's application object, which paths go where, what happens when the process starts and ends.
Stays out: routes of pages (``portal.urls``), routes of the interface (``portal.api.app``).
"""

from __future__ import annotations

import gc

from config import django_setup

django_setup()

from asgiref.typing import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, Scope  # noqa: E402
from django.core.asgi import get_asgi_application  # noqa: E402

from portal.api.app import PREFIX, api, close  # noqa: E402


class Portal:
    """Both applications as one."""

    def __init__(self) -> None:
        self._pages: ASGI3Application = get_asgi_application()

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        """Serve one connection."""
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
        elif scope["type"] == "http" and (scope["path"] == PREFIX or scope["path"].startswith(f"{PREFIX}/")):
            await api(scope, receive, send)  # type: ignore[arg-type] - Starlette names the same protocol otherwise
        else:
            await self._pages(scope, receive, send)


async def _lifespan(receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    """Answer the server's start and end; before the end, everything taken in is committed."""
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            _settle()
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await close()
            await send({"type": "lifespan.shutdown.complete"})
            return


def _settle() -> None:
    """Spare the collector of garbage what lives as long as the process: code, settings, schemas.

    An event is a tree of a few hundred objects; at Python's own thresholds the collector walks everything several
    times a second under load.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


application = Portal()
