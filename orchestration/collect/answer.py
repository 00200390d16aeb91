"""One answer of an interface: asked for with patience, read with a limit.

Lives here: retries of what may pass (connection errors, 429, 5xx), redirects within the same host, size limit.
Add here: another answer that means "again later".
Stays out: what the answer says (``page``), how many are asked for (``http``).
"""

from __future__ import annotations

import time

import httpx

from orchestration.collect.connection import HttpConnection
from orchestration.collect.error import CollectError

TRIES = 5
FIRST_WAIT = 1.0
LONGEST_WAIT = 30.0
LARGEST = 64 << 20
_LONGEST_ANSWER = 300.0
_REDIRECTS = 3


class _AgainError(Exception):
    """This may pass: ask again, not before ``after`` seconds."""

    def __init__(self, what: str, after: float = 0) -> None:
        self.what, self.after = what, after


def client(secret: HttpConnection) -> httpx.Client:
    """Return a client of one interface; proxies and other settings of the environment are not used."""
    headers = {"Accept": "application/json", "Accept-Encoding": "identity", **secret.headers}
    return httpx.Client(headers=headers, timeout=httpx.Timeout(30), trust_env=False)


def get(link: httpx.Client, url: httpx.URL, where: str) -> tuple[bytes, str | None]:
    """Return the answer's bytes and the character set that it names.

    Raises:
        CollectError: it cannot be had, or must not be taken.
    """
    said, wait = "", FIRST_WAIT
    for attempt in range(TRIES):
        try:
            return _send(link, link.build_request("GET", url), where)
        except _AgainError as again:
            said, after = again.what, again.after
        except httpx.RequestError:
            said, after = "cannot be reached or broke off", 0.0
        if attempt < TRIES - 1:
            time.sleep(min(LONGEST_WAIT, max(wait, after)))
            wait *= 2
    raise CollectError(where, f"the interface {said}, {TRIES} times", "check its address and try again later") from None


def _send(link: httpx.Client, request: httpx.Request, where: str) -> tuple[bytes, str | None]:
    for _ in range(_REDIRECTS + 1):
        response = link.send(request, stream=True)
        try:
            if not response.is_redirect:
                _demand_good(response, where)
                return _content(response, where), response.charset_encoding
            request = _followed(request, response, where)
        finally:
            response.close()
    raise CollectError(where, "the interface redirects in a circle", "correct base_url or delivery.origin.path")


def _followed(request: httpx.Request, response: httpx.Response, where: str) -> httpx.Request:
    following = response.next_request
    if following is None or _host(following.url) != _host(request.url):
        raise CollectError(where, "the interface redirects to another host", "write the right base_url into its file")
    return following


def _host(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _demand_good(response: httpx.Response, where: str) -> None:
    status = response.status_code
    if status == 429 or status >= 500:
        after = response.headers.get("Retry-After", "")
        raise _AgainError(f"answers {status}", float(after) if after.isascii() and after.isdigit() else 0)
    if status in (401, 403):
        raise CollectError(where, f"the interface refuses the token ({status})", "write the right one into its file")
    if status != 200:
        raise CollectError(where, f"the interface answers {status}", "correct base_url or delivery.origin.path")


def _content(response: httpx.Response, where: str) -> bytes:
    content, started = bytearray(), time.monotonic()
    for block in response.iter_bytes(1 << 16):
        content += block
        if len(content) > LARGEST:
            raise CollectError(where, f"an answer exceeds {LARGEST >> 20} MB", "lower delivery.origin.rows_a_page")
        if time.monotonic() - started > _LONGEST_ANSWER:
            raise _AgainError("takes longer than five minutes for an answer")
    return bytes(content)
