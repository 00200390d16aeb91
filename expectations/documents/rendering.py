"""A document as page, PDF and workbook.

Lives here: content → HTML fragment, self-contained HTML file, PDF, xlsx.
Add here: another form in which documents are handed out.
Stays out: what they say, who may have them.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Literal

from django.template.loader import render_to_string

from expectations.documents import workbook
from expectations.documents.content import Document
from registry.models import Account
from registry.printing import issuing, typeset
from registry.printing.typeset import Foot

Form = Literal["html", "pdf", "xlsx"]
FORMS: tuple[Form, ...] = ("html", "pdf", "xlsx")


def page(document: Document, foot: Foot | None = None) -> str:
    """Return the document as an HTML fragment; what it says is escaped."""
    shape = "form" if document.is_form else "report"
    found = foot or issued_foot(document)
    return render_to_string(f"expectations/documents/{shape}.html", {"d": document.content, "foot": found})


def issued_foot(document: Document) -> Foot:
    """Return the foot under which this very content was issued, an empty one if it was not."""
    found = None if document.is_draft else issuing.find(document.kind, document.content)
    return issuing.foot_of(found) if found else Foot()


def issued(document: Document, by: Account | None) -> Foot:
    """Issue a document, once for the same content, and return its foot; a draft is not issued."""
    if document.is_draft:
        return Foot()
    return issuing.foot_of(
        issuing.issue(document.kind, document.named, document.content, on=document.about, by=by)
    )  # fmt: skip


def html_file(document: Document, foot: Foot) -> bytes:
    """Return a self-contained HTML file."""
    style = files("expectations").joinpath("static/expectations/document.css").read_text("utf-8")
    body = page(document, foot)
    return render_to_string(
        "expectations/documents/file.html", {"title": document.named, "style": style, "body": body}
    ).encode()


def pdf_file(document: Document, foot: Foot) -> bytes:
    """Return the PDF in the layout of GB/T 9704-2012."""
    shape = "form" if document.is_form else "report"
    source = files("expectations.documents").joinpath(f"{shape}.typ").read_text("utf-8")
    return typeset.pdf(source, document.content, foot)


def write(document: Document, path: Path, form: Form, foot: Foot) -> None:
    """Write a document as a file; the old file stays until the new one is whole."""
    from warehouse import atomic

    if form == "xlsx":
        workbook.write(document, path, foot)
    else:
        atomic.write_bytes(path, (pdf_file if form == "pdf" else html_file)(document, foot))
