"""Files that a department uploads.

Lives here: taking a file in only after it was declared 非涉密, and keeping it under its sha256 until it is signed.
Add here: another condition that must hold before a byte is read.
Stays out: what becomes of it (``registry.handovers``), reading it (``orchestration``).
"""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from warehouse import atomic, paths

DECLARED = "非涉密"


class DeclaredOnlyUploadHandler(FileUploadHandler):
    """Drops every file whose address does not declare it 非涉密: nothing of it reaches memory of ours or the disk."""

    def new_file(self, *arguments: object, **named: object) -> None:
        """Stop before the first byte unless declared."""
        if self.request is None or self.request.GET.get("secrecy") != DECLARED:
            raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Hand the bytes on to the next handler."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the next handler."""


def store(uploaded: UploadedFile) -> Path:
    """Keep an uploaded file under its sha256; return where."""
    folder = paths.upload("x").parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    scratch, digest = folder / f".upload.{secrets.token_hex(4)}", hashlib.sha256()
    try:
        with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            for chunk in uploaded.chunks():
                digest.update(chunk)
                file.write(chunk)
        atomic.sync_file(scratch)
        scratch.replace(paths.upload(digest.hexdigest()))
    finally:
        scratch.unlink(missing_ok=True)
    return paths.upload(digest.hexdigest())
