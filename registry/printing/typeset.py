"""Data → PDF in the layout of GB/T 9704-2012.

Lives here: calling typst with a document's shape (typst source of a room) and its content as data.
Add here: another thing that every page bears.
Stays out: the layout itself (``official.typ``), shapes and words of documents (the rooms).

Content reaches typst as JSON and is never part of the source: ``#read("...")`` in a reason prints as it stands. The
canonical JSON is attached to the PDF as ``content.json``; its sha256 is the digest of which each page foot bears the
first 12 digits. The same content and foot give the same bytes.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from importlib.resources import as_file, files
from typing import Any

from registry.printing.fonts import faces
from scheme.canonical import canonical_json

_FROZEN = 1_741_046_400  # creation time of every file: the document's date stands in its text


@dataclass(frozen=True)
class Foot:
    """What each page foot bears; empty for a draft.

    ``made_on``: the day it was issued, as it is written; ``where``: the page on which the code is verified.
    """

    number: str = ""
    digest: str = ""
    code: str = ""
    made_on: str = ""
    where: str = ""


def pdf(shape: str, content: dict[str, Any], foot: Foot) -> bytes:
    """Return the PDF of a document.

    Args:
        shape: typst source that lays out ``content`` with the functions of ``official.typ``.
        content: the document, without floats; ``title``, ``is_demo`` and ``is_draft`` are read by the layout.
        foot: number, digest and code of the issued document.

    Raises:
        FontFolderError: ``SUYUAN_FONTS`` is no folder.
    """
    import typst

    found = faces()
    data = {
        "content": canonical_json(content).decode(), "foot": json.dumps(asdict(foot)),
        "faces": json.dumps(found.families),
    }  # fmt: skip
    with as_file(files("registry.printing")) as folder:
        source = (folder / "official.typ").read_text("utf-8") + "\n" + shape
        compiled: Any = typst.compile  # its stub wants every path in the type of the source
        return compiled(source.encode(), root=str(folder), font_paths=found.fonts, sys_inputs=data, timestamp=_FROZEN)
