"""Recognising a file by its content, never by its name.

Lives here: format and encoding of delivered bytes, and error bodies that pretend to be data.
Add here: the signature of another format.
Stays out: reading rows.

Encodings: UTF-8 with or without byte order mark, else GB18030 (GB 18030-2022, covers GBK and GB 2312), both
strict. A file whose first part is UTF-8 with Chinese text is never tried as GB18030: one broken byte would
turn it into other, wrong characters.
"""

from __future__ import annotations

import codecs
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from orchestration.ingest import archive
from warehouse.refusal import DeliveryRefusedError

Format = Literal["csv", "xlsx", "xls", "json", "parquet", "zip"]
_HEAD = 64 * 1024
_BLOCK = 1 << 20


@dataclass(frozen=True)
class Kind:
    """What a file is."""

    format: Format
    encoding: Literal["utf-8", "utf-8-sig", "gb18030"] | None


def recognise(path: Path) -> Kind:
    """Return format and encoding.

    Raises:
        DeliveryRefusedError: empty, an error body, an unsupported format, or undecodable bytes.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head.strip():
        raise DeliveryRefusedError("empty_file")
    if head.startswith(b"PAR1"):
        return Kind("parquet", None)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return Kind("xlsx" if archive.is_workbook(path) else "zip", None)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return Kind("xls", None)
    if head.startswith((b"%PDF", b"Rar!", b"\x1f\x8b", b"7z\xbc\xaf")):
        raise DeliveryRefusedError("unsupported")
    encoding = _encoding(path, head)
    text = head.decode(encoding, "ignore").lstrip()
    _no_error_body(text, path)
    return Kind("json" if text[:1] in ("[", "{") else "csv", encoding)


def _encoding(path: Path, head: bytes) -> Literal["utf-8", "utf-8-sig", "gb18030"]:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise DeliveryRefusedError("utf16")
    if head.startswith(codecs.BOM_UTF8):
        _strict(path, "utf-8-sig")
        return "utf-8-sig"
    try:
        _strict(path, "utf-8")
        return "utf-8"
    except DeliveryRefusedError:
        if not _opens_as_utf8(head):
            return "gb18030"
        raise


def _opens_as_utf8(head: bytes) -> bool:
    """Whether the bytes before the first broken one hold Chinese text in UTF-8."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
        return not head.isascii()
    except UnicodeDecodeError as error:
        return not head[: error.start].isascii()


def _strict(path: Path, encoding: str) -> None:
    """Decode the whole file (GB18030 is decoded strictly when it is read)."""
    decoder = codecs.getincrementaldecoder(encoding)()
    done = 0
    with path.open("rb") as file:
        while True:
            block = file.read(_BLOCK)
            try:
                decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                raise undecodable(encoding, done + error.start) from None
            if not block:
                return
            done += len(block)


def undecodable(encoding: str, offset: int) -> DeliveryRefusedError:
    """Return the refusal of bytes that are not text in the file's encoding."""
    return DeliveryRefusedError("undecodable", offset=offset, encoding=encoding.upper().replace("-SIG", ""))


def _no_error_body(text: str, path: Path) -> None:
    lowered = text[:2000].lower()
    is_page = lowered.startswith(("<!doctype", "<html", "<?xml", "<error"))
    is_message = False
    body: object = None
    if text.startswith("{") and path.stat().st_size < _HEAD:
        try:
            body = json.loads(text)
        except ValueError:
            body = None
        is_message = (
            isinstance(body, dict)
            and not any(isinstance(v, list) for v in body.values())
            and bool({"error", "code", "msg", "message", "status"} & set(body))
        )
    if is_page or is_message:
        raise DeliveryRefusedError("error_body")
