"""Handing out a small file.

Lives here: one answer for a file that fits into memory (reports are some hundred kilobytes).
Stays out: who may have it (views).
"""

from __future__ import annotations

import mimetypes
from pathlib import Path

from django.http import HttpResponse
from django.utils.http import content_disposition_header


def file_answer(path: Path, *, as_attachment: bool) -> HttpResponse:
    """Return a file's bytes with its type and name."""
    return bytes_answer(path.read_bytes(), path.name, as_attachment=as_attachment)


def bytes_answer(content: bytes, name: str, *, as_attachment: bool = True) -> HttpResponse:
    """Return bytes under a file's name."""
    answer = HttpResponse(content, content_type=mimetypes.guess_type(name)[0] or "application/octet-stream")
    answer["Content-Disposition"] = content_disposition_header(as_attachment, name) or "inline"
    return answer
