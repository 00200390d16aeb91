"""Paths whose segments hold percent-encoded slashes.

Lives here: giving the router the path as it was sent, so that ``%2F`` does not part a segment; decoding one segment.
Add here: another address whose segments are free text.
Stays out: the routes.

A server hands the decoded path over; a namespace such as ``suyuan://yanzhou`` sent as one segment would be three.
"""

from __future__ import annotations

from urllib.parse import quote, unquote

from starlette.types import ASGIApp, Receive, Scope, Send

_FREE = ("namespaces", "sources", "jobs", "tags")


class EncodedPaths:
    """Keeps the segments of some addresses under a prefix percent-encoded."""

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self._app = app
        self._starts = tuple(f"{prefix}/{name}/" for name in _FREE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http" and scope["path"].startswith(self._starts):
            raw = scope.get("raw_path")
            sent = raw.partition(b"?")[0].decode("utf-8", "replace") if raw else quote(scope["path"])
            scope = {**scope, "path": sent}
        await self._app(scope, receive, send)


def decoded(segment: str) -> str:
    """Return the text of one segment of such a path."""
    return unquote(segment)
