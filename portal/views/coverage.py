"""汇聚情况: what the catalog lists against what arrived, resource by resource."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from config import clock
from config.settings import settings
from portal.access import account_of, requires
from registry.accounts import departments_of
from scheme.catalog_files import load_catalog
from warehouse.coverage import ledger, summary


@requires("quality")
def index(request: HttpRequest) -> HttpResponse:
    """Show the ledger: all of the district, or the account's own department."""
    catalog = load_catalog(settings().catalog)
    mine = set(departments_of(account_of(request), list(catalog.departments)))
    rows = [r for r in ledger(catalog, clock.today()) if r.entry.department in mine]
    context = {"own": [r for r in rows if r.counts], "foreign": [r for r in rows if not r.counts]}
    return render(request, "portal/coverage.html", context | {"summary": summary(rows)})
