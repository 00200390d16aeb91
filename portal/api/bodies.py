"""The body of a request: read whole, within limits, unpacked.

Lives here: content type, content encoding, size; every refusal of theirs.
Add here: another encoding of a body.
Stays out: what a body means.
"""

from __future__ import annotations

import asyncio
import zlib

from starlette.types import Receive

from portal.api.errors import ProblemError

MEBIBYTE = 1024 * 1024
MEMBERS = 16  # gzip members of a body: writers that append make a few
_GZIP = 31  # zlib's word for: a gzip header must stand before the data
_PIECE = 64 * 1024  # bytes handed to zlib at a time
Header = dict[bytes, bytes]


class ClientGoneError(Exception):
    """The client closed the connection before its body was complete: nobody waits for an answer."""


async def read_json(headers: Header, receive: Receive, most: int) -> bytes:
    """Return the unpacked body of a JSON request; ``most``: bytes, packed and unpacked.

    Raises:
        ProblemError: 400 empty or badly packed; 413 too large; 415 another type or encoding.
        ClientGoneError: the client is gone.
    """
    encoding = _encoding(headers)
    declared = headers.get(b"content-length", b"")
    if declared.isdigit() and int(declared) > most:
        raise _too_large(most)
    body = await _read(receive, most)
    if encoding == b"gzip":
        body = await _unpacked_beside(body, most)
    if not body.strip():
        raise ProblemError(400, "请求内容为空。请发送 JSON 格式的 OpenLineage 事件。")
    return body


def _encoding(headers: Header) -> bytes:
    kind, *parameters = headers.get(b"content-type", b"").lower().split(b";")
    charset = [p.strip().removeprefix(b"charset=").strip(b'"') for p in parameters if b"charset=" in p]
    if kind.strip() != b"application/json" or charset not in ([], [b"utf-8"], [b"utf8"]):
        raise ProblemError(415, "请求头 Content-Type 应为 application/json，字符编码应为 UTF-8。")
    encoding = headers.get(b"content-encoding", b"identity").strip().lower()
    if encoding not in (b"identity", b"gzip", b"x-gzip", b""):
        raise ProblemError(415, "请求头 Content-Encoding 应为 gzip，或不压缩。", {"Accept-Encoding": "gzip"})
    return encoding.removeprefix(b"x-")


async def _read(receive: Receive, most: int) -> bytes:
    parts: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        parts.append(message.get("body", b""))
        size, more = size + len(parts[-1]), message.get("more_body", False)
        if size > most:
            raise _too_large(most)
    return parts[0] if len(parts) == 1 else b"".join(parts)


async def _unpacked_beside(body: bytes, most: int) -> bytes:
    """Unpack what is small at once, anything else in a thread: others need not wait for it."""
    if len(body) <= MEBIBYTE and most > MEBIBYTE:
        try:
            return _unpacked(body, MEBIBYTE)
        except ProblemError as error:
            if error.status != 413:
                raise
    return await asyncio.to_thread(_unpacked, body, most)


def _unpacked(body: bytes, most: int) -> bytes:
    """Unpack every gzip member, never more than ``most`` bytes together."""
    packed, parts, at, size = memoryview(body), [], 0, 0
    try:
        for _ in range(MEMBERS):
            part, at = _member(packed, at, most - size)
            parts.append(part)
            size += len(part)
            if at == len(packed):
                return b"".join(parts)
    except _FullError:
        raise _too_large(most) from None
    except zlib.error:
        raise ProblemError(400, "内容不是有效的 gzip 格式，无法解压。") from None
    raise ProblemError(400, f"gzip 内容分为 {MEMBERS} 段以上，未解压。请合并为一段后重新发送。")


class _FullError(Exception):
    """There is more in it than may be."""


def _member(packed: memoryview, at: int, most: int) -> tuple[bytes, int]:
    """Return what the member that begins at a place holds, and where it ends; nothing behind it is copied."""
    reader, parts, room = zlib.decompressobj(_GZIP), [], most + 1
    while not reader.eof:
        piece = packed[at : at + _PIECE]
        if not piece:
            raise ProblemError(400, "gzip 内容不完整，无法解压。")
        parts.append(reader.decompress(piece, room))
        at, room = at + len(piece), room - len(parts[-1])
        if not room:
            raise _FullError
    if room == most + 1:
        raise ProblemError(400, "gzip 内容含有空段，未解压。请检查压缩方式后重新发送。")
    return b"".join(parts), at - len(reader.unused_data)


def _too_large(most: int) -> ProblemError:
    return ProblemError(413, f"请求内容超过 {most // MEBIBYTE} MiB 的上限。请分批发送。")
