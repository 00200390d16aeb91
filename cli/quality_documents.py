"""`suyuan quality report` and `notice`: documents as files.

Lives here: the two commands. Stays out: what documents say (``expectations.documents``).
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.output import refuse

if TYPE_CHECKING:
    from expectations.documents.rendering import Form
    from scheme.catalog import Catalog


class Forms(StrEnum):
    """Forms of a report."""

    html = "html"
    pdf = "pdf"
    xlsx = "xlsx"
    all = "all"


def report(
    output: Annotated[Path, typer.Option("-o", "--output", help="folder")],
    department: Annotated[str | None, typer.Option(help="only this department")] = None,
    month: Annotated[str | None, typer.Option(help="also the district's monthly report, e.g. 2026-09")] = None,
    form: Annotated[Forms, typer.Option("--format", help="form of the files")] = Forms.all,
) -> None:
    """Write the departments' quality reports, and with --month the district's, as HTML, PDF and xlsx."""
    from config import django_setup
    from config.settings import settings
    from scheme.catalog_files import load_catalog

    if output.exists() and not output.is_dir():
        refuse(f"{output} is no folder")
    django_setup()
    from expectations.documents.monthly.period import MonthError
    from orchestration.pipeline.reports import write_reports

    catalog = load_catalog(settings().catalog)
    try:
        for path in write_reports(catalog, _departments(catalog, department), month, output, _forms(form)):
            print(path)
    except MonthError as error:
        refuse(str(error))


def notice(
    order: Annotated[str, typer.Argument(help="number of a remediation order, e.g. ZG-2026-0001")],
    output: Annotated[Path, typer.Option("-o", "--output", help="FILE.pdf, .html or .xlsx")],
) -> None:
    """Write the notice of a remediation order; before it is dispatched a draft without verification code."""
    from config import django_setup

    found: Form | None = next((f for f in _forms(Forms.all) if output.suffix.lower() == f".{f}"), None)
    if found is None:
        refuse(f"{output} must end in .pdf, .html or .xlsx")
    if output.is_dir():
        refuse(f"{output} is a folder: name a file in it")
    django_setup()
    from expectations.documents import rendering
    from expectations.documents.notice import notice as notice_of
    from expectations.models import Order
    from lineage.graph.impact import affected

    known = Order.objects.filter(number=order).first()
    if known is None:
        refuse(f"{order[:30]} is no remediation order: see suyuan quality orders")
    document = notice_of(known, affected)
    rendering.write(document, output, found, rendering.issued(document, None))
    print(f"{output}{'  draft: not dispatched yet' if document.is_draft else ''}")


def _departments(catalog: Catalog, only: str | None) -> list[str]:
    """Return the departments that have resources, in the catalog's order."""
    from orchestration.pipeline.reports import reporting_departments

    known = reporting_departments(catalog)
    if only and only not in catalog.departments:
        refuse(f"{only} is no department of the catalog")
    if only and only not in known:
        refuse(f"{only} has no resources in the catalog")
    return [only] if only else known


def _forms(form: Forms) -> tuple[Form, ...]:
    each: tuple[Form, ...] = ("html", "pdf", "xlsx")
    return each if form is Forms.all else tuple(f for f in each if f == form.value)
