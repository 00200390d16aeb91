"""Quality reports as files: of the departments, and of the district for a month.

Lives here: gathering what the documents are made of, writing them, telling their readers.
Add here: another periodic report.
Stays out: what they say (``expectations.documents``), when they are written (``orchestration.defs.quality_clock``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from config import clock
from scheme.catalog import Catalog
from warehouse import paths

if TYPE_CHECKING:
    from expectations.documents.rendering import Form

FORMS: tuple[Form, ...] = ("html", "pdf", "xlsx")


def write_reports(
    catalog: Catalog, departments: Sequence[str], month: str | None, folder: Path, forms: Sequence[Form] = FORMS
) -> Iterator[Path]:
    """Issue and write the reports of departments, and of the district for ``month`` (``2026-09``); yield the paths.

    Raises:
        MonthError: not a month, or one that has not begun; nothing is written.
        OSError: the folder cannot be written.
    """
    from expectations.documents.department_report import department_report
    from expectations.documents.files import write_all
    from expectations.documents.monthly.report import monthly_report
    from lineage.graph.destinations import data_uses
    from lineage.graph.impact import Impacts

    monthly = [monthly_report(month, catalog, Impacts())] if month else []
    for code in departments:
        yield from write_all(department_report(code, catalog, data_uses(code)), folder, forms)
    for document in monthly:
        yield from write_all(document, folder, forms)


def reporting_departments(catalog: Catalog) -> list[str]:
    """Return the departments that have resources, in the catalog's order."""
    with_entries = {e.department for e in catalog.entries.values()}
    return [d for d in catalog.departments if d in with_entries]


def write_last_month(catalog: Catalog) -> list[Path]:
    """Write last month's reports of the district's own departments under SUYUAN_HOME and tell who reads them."""
    from expectations.orders import notices

    first = clock.today().replace(day=1)
    month = f"{first - timedelta(days=1):%Y-%m}"
    own = [d for d in reporting_departments(catalog) if catalog.departments[d].counts]
    written = list(write_reports(catalog, own, month, paths.reports(month)))
    for code in own:
        notices.report_ready(catalog.departments[code].short, code, month)
    notices.monthly_ready(month)
    return written
