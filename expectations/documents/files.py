"""Documents as files in a folder.

Lives here: names of files, writing the forms that are asked for.
Add here: another document that is written to a folder.
Stays out: who asks (``cli``), who may have one (``portal``).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

from config import clock
from expectations.documents import rendering
from expectations.documents.content import Document
from expectations.documents.rendering import Form
from registry.models import Account

_NOT_IN_NAMES = '/\\:*?"<>|'
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
_MOST_BYTES = 200  # of 255 that a file system takes


def as_file_name(stem: str, ending: str) -> str:
    """Return a name that is one file's on every system: no path, no control characters, not too long."""
    plain = "".join("_" if c in _NOT_IN_NAMES or unicodedata.category(c) in _UNSEEN else c for c in stem)
    short = plain.encode()[:_MOST_BYTES].decode(errors="ignore").strip(" .")
    return f"{short or '_'}.{ending}"


def file_name(document: Document, form: Form) -> str:
    """Return the name under which a document is saved: title and number, or title and day."""
    mark = document.number or f"{clock.today():%Y%m%d}"
    return as_file_name(f"{document.title}_{mark}", form)


def write_all(document: Document, folder: Path, forms: Iterable[Form], by: Account | None = None) -> Iterator[Path]:
    """Issue a document, write it in each form and yield the paths.

    Raises:
        OSError: the folder cannot be written.
    """
    foot = rendering.issued(document, by)
    for form in forms:
        path = folder / file_name(document, form)
        rendering.write(document, path, form, foot)
        yield path
