"""Allotting 资源代码: never twice, also counting drafts under way and withdrawn entries.

Lives here: every code ever given, and the next one of a department.
Add here: another place where a code may have been given.
Stays out: how codes are numbered (``scheme.catalog_codes``).
"""

from __future__ import annotations

from config.settings import settings
from registry import audit
from registry.models import CatalogVersion
from scheme.catalog_codes import next_code
from scheme.catalog_files import load_catalog


def allot(department: str) -> str:
    """Return a new code; call inside the transaction that keeps it: two at once wait for each other."""
    audit.take_turn()
    catalog = load_catalog(settings().catalog)
    drafted = CatalogVersion.objects.values_list("department", "document__code")
    given = [(e.department, e.code) for e in catalog.entries.values()] + [(d, c) for d, c in drafted if c]
    return next_code(catalog.departments[department], given)
