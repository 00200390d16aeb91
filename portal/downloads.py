"""Handing out files.

Lives here: a file that fits into memory (reports are some hundred kilobytes), and one that does not, in pieces.
Stays out: who may have it (views).
"""

from __future__ import annotations

import mimetypes
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import IO

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header

_PIECE = 1 << 18


def file_answer(path: Path, *, as_attachment: bool) -> HttpResponse:
    """Return a file's bytes with its type and name."""
    return bytes_answer(path.read_bytes(), path.name, as_attachment=as_attachment)


def bytes_answer(content: bytes, name: str, *, as_attachment: bool = True) -> HttpResponse:
    """Return bytes under a file's name."""
    answer = HttpResponse(content, content_type=mimetypes.guess_type(name)[0] or "application/octet-stream")
    answer["Content-Disposition"] = content_disposition_header(as_attachment, name) or "inline"
    return answer


def large_file_answer(request: HttpRequest, path: Path) -> StreamingHttpResponse:
    """Return a file in pieces, to be saved under its name; it may be removed as soon as this has returned."""
    size, file = path.stat().st_size, path.open("rb")
    pieces = _pieces_later(file) if isinstance(request, ASGIRequest) else _pieces(file)
    answer = StreamingHttpResponse(
        pieces, content_type=mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    )
    answer["Content-Disposition"] = content_disposition_header(True, path.name) or "attachment"
    answer["Content-Length"] = str(size)
    return answer


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece


async def _pieces_later(file: IO[bytes]) -> AsyncIterator[bytes]:
    """Under ASGI: a plain iterator would be read whole into memory first."""
    with file:
        while piece := await sync_to_async(file.read)(_PIECE):
            yield piece
