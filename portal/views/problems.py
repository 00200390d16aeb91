"""问题数据清单: the problem rows of one rule, page by page and in full.

In full cells stand only in the department's own page and file; every other reader sees references and masked cells.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from config import clock
from config.settings import settings
from expectations import findings, problem_rows, problem_values
from expectations.orders.reading import visible
from expectations.orders.states import CLOSED
from expectations.rules import Rule, rules_of
from portal.access import account_of, refused, requires
from portal.downloads import large_file_answer
from registry import audit
from registry.accounts import departments_of
from scheme.catalog import CatalogEntry, Dimension, Severity
from scheme.catalog_files import load_catalog
from scheme.protocols import RuleOutcome
from warehouse import paths
from warehouse.versions import Version

_A_PAGE = 50


@dataclass(frozen=True)
class Found:
    """A failed rule of a resource's last judged version."""

    entry: CatalogEntry
    version: Version
    rule: Rule
    outcome: RuleOutcome


@requires("quality")
def show(request: HttpRequest, code: str, resource: str, rule: str) -> HttpResponse:
    """List the problem rows of a rule, fifty a page."""
    found = _find(request, code, resource, rule)
    if isinstance(found, HttpResponse):
        return found
    total = problem_rows.problem_counts(found.version, found.entry).get(rule, 0)
    pages = max(1, -(-total // _A_PAGE))
    number = min(max(1, _number(request.GET.get("page"))), pages)
    refs = problem_rows.problem_page(found.version, found.entry, rule, _A_PAGE, (number - 1) * _A_PAGE)
    own = account_of(request).department == code
    items = found.entry.items if own else problem_values.concerned(found.entry, found.rule)
    context = {
        "found": found, "own": own, "items": items, "total": total, "number": number, "pages": pages,
        "rows": problem_values.cells(found.entry, refs, items, masked=not own),
        "concerned": {i.code for i in problem_values.concerned(found.entry, found.rule)},
        "dimension": Dimension(found.outcome.dimension).chinese,
        "severity": Severity(found.outcome.severity).chinese,
        "order": visible(account_of(request)).exclude(state__in=CLOSED).filter(
            dataset=found.version.dataset, rule=rule).first(),
        "department": load_catalog(settings().catalog).departments[code],
    }  # fmt: skip
    detail = {"rule": rule, "page": number, "masked": not own}
    audit.append(account_of(request), "查看问题数据", f"resource:{found.entry.id}", detail)
    return render(request, "portal/problem_rows.html", context)


@requires("quality")
def download(request: HttpRequest, code: str, resource: str, rule: str) -> HttpResponseBase:
    """Download all problem rows of a rule as CSV; cells only for the department itself."""
    found = _find(request, code, resource, rule)
    if isinstance(found, HttpResponse):
        return found
    own = account_of(request).department == code
    items = found.entry.items if own else []
    paths.spill().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=paths.spill()) as folder:
        path = Path(folder) / f"{found.entry.name}_{rule}_问题数据清单_{clock.today():%Y%m%d}.csv"
        rows = problem_values.write_full_list(found.version, found.entry, rule, path, items)
        detail = {"rule": rule, "rows": rows, "with_cells": own}
        audit.append(account_of(request), "下载问题数据清单", f"resource:{found.entry.id}", detail)
        return large_file_answer(request, path)


def _find(request: HttpRequest, code: str, resource: str, rule: str) -> Found | HttpResponse:
    """Return the failed rule, or the page that says why there is none for this account."""
    catalog = load_catalog(settings().catalog)
    if code not in departments_of(account_of(request), list(catalog.departments)):
        return refused(request, "您的账号无权查看该部门的问题数据。", "数据治理", "请查看本部门的数据质量。")
    entry = catalog.entries.get(f"{code}.{resource}")
    version = findings.of_last_delivery(entry) if entry else None
    outcomes = findings.of_version(version) if version else []
    outcome = next((o for o in outcomes if o.rule == rule and o.state == "failed"), None)
    stated = next((r for r in rules_of(entry) if r.rule == rule), None) if entry else None
    if entry is None or version is None or outcome is None or stated is None:
        what = "该规则在最近一次检查中没有可逐条列出的问题数据。"
        return refused(request, what, "数据治理", "请返回数据质量页查看最近一次检查结果。", status=404)
    return Found(entry, version, stated, outcome)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else 1
