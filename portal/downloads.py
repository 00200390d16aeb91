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
    content_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    answer = HttpResponse(path.read_bytes(), content_type=content_type)
    answer["Content-Disposition"] = content_disposition_header(as_attachment, path.name) or "inline"
    return answer
