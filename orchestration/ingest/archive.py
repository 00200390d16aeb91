"""Zip archives, and workbooks, which are zip archives too.

Lives here: taking the one file out of a delivered archive, and refusing archives that grow beyond bounds. Names
inside an archive are never used as paths. What counts is what really comes out, not what the archive says.
Stays out: other archives (refused by ``sniff``).
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from warehouse.refusal import DeliveryRefusedError

LARGEST = 8 << 30
"""Bytes that may come out of one archive."""
RATIO = 250
"""Times its own size; deflate can do 1,032. Text registers stay below 30, archives under 1 MiB may do more."""
_SMALL = 256 << 20
_BLOCK = 1 << 20
_NESTED = (b"PK\x03\x04", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")


def is_workbook(path: Path) -> bool:
    """Whether a zip archive is an .xlsx workbook.

    Raises:
        DeliveryRefusedError: damaged, or it grows beyond bounds.
    """
    with _opened(path) as archive:
        names = set(archive.namelist())
        is_one = "[Content_Types].xml" in names and any(n.startswith("xl/") for n in names)
        if is_one:
            for member in archive.infolist():
                _drain(_blocks(archive, member, path.stat().st_size))
        return is_one


def unpacked(path: Path, scratch: Path) -> Path:
    """Return the one file of an archive, unpacked into ``scratch`` under a name of ours.

    Raises:
        DeliveryRefusedError: not exactly one file, encrypted, damaged, nested, or it grows beyond bounds.
    """
    with _opened(path) as archive:
        members = [m for m in archive.infolist() if not _is_chaff(m)]
        if len(members) != 1:
            raise DeliveryRefusedError("zip_many", count=len(members))
        target = scratch / "unpacked"
        with target.open("wb") as out:
            for block in _blocks(archive, members[0], path.stat().st_size):
                out.write(block)
    _demand_no_archive(target)
    return target


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError):
        raise DeliveryRefusedError("zip_damaged") from None


def _is_chaff(member: zipfile.ZipInfo) -> bool:
    name = member.filename.rsplit("/", 1)[-1]
    return member.is_dir() or member.filename.startswith("__MACOSX/") or name in ("Thumbs.db", "desktop.ini")


def _blocks(archive: zipfile.ZipFile, member: zipfile.ZipInfo, size: int) -> Iterator[bytes]:
    bound = min(LARGEST, max(size * RATIO, _SMALL))
    if member.flag_bits & 1:
        raise DeliveryRefusedError("zip_encrypted")
    if member.file_size > bound:
        raise _bomb()
    try:
        with archive.open(member) as file:
            done = 0
            while block := file.read(_BLOCK):
                done += len(block)
                if done > bound:
                    raise _bomb()
                yield block
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError):
        raise DeliveryRefusedError("zip_damaged") from None


def _drain(blocks: Iterator[bytes]) -> None:
    for _ in blocks:
        pass


def _bomb() -> DeliveryRefusedError:
    return DeliveryRefusedError("zip_bomb", limit_gib=LARGEST >> 30, ratio=RATIO)


def _demand_no_archive(path: Path) -> None:
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith(_NESTED) and not (head.startswith(b"PK") and is_workbook(path)):
        raise DeliveryRefusedError("zip_nested")
