"""Documents as files in a folder.

Lives here: names of files, writing the forms that are asked for.
Add here: another document that is written to a folder.
Stays out: who asks (``cli``), who may have one (``portal``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from config import clock
from expectations.documents import rendering
from expectations.documents.content import Document
from expectations.documents.rendering import Form
from registry.models import Account

_NOT_IN_NAMES = str.maketrans({c: "_" for c in '/\\:*?"<>|\n\r\t'})


def file_name(document: Document, form: Form) -> str:
    """Return the name under which a document is saved: title and number, or title and day."""
    mark = document.number or f"{clock.today():%Y%m%d}"
    return f"{document.title}_{mark}.{form}".translate(_NOT_IN_NAMES)


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
