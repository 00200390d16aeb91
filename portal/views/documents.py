"""文书: the documents of orders and the reports, as pages and as files; every download is in the ledger."""

from __future__ import annotations

import tempfile
from pathlib import Path

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from config import clock
from config.settings import settings
from expectations.documents import rendering
from expectations.documents.content import Document
from expectations.documents.department_report import department_report as report_of
from expectations.documents.dispute import dispute
from expectations.documents.extension import extension
from expectations.documents.feedback import feedback
from expectations.documents.files import file_name
from expectations.documents.monthly.period import MonthError
from expectations.documents.monthly.report import monthly_report as monthly_of
from expectations.documents.notice import notice
from expectations.models import Letter, Order
from expectations.orders.reading import visible
from lineage.graph.destinations import data_uses
from lineage.graph.impact import Impacts
from portal.access import account_of, refused, requires
from portal.downloads import large_file_answer
from registry import audit
from registry.accounts import ALL_DEPARTMENTS, departments_of
from registry.models import Account, Role
from scheme.catalog_files import load_catalog

_LETTERS = {"反馈": feedback, "延期": extension, "异议": dispute}
_NO_ORDER = ("没有该整改单，或您的账号无权查看。", "数据治理", "请从整改单列表进入。")
_NO_LETTER = ("没有该文书，或您的账号无权查看。", "数据治理", "请从整改单页面进入。")
_NO_MONTHLY = ("您的账号无权查看全区数据质量月报。", "数据治理", "请查看本部门的数据质量报告。")
_NO_DEPARTMENT = ("您的账号无权查看该部门的数据质量报告。", "数据治理", "请查看本部门的数据质量报告。")


@requires("orders")
def order_document(request: HttpRequest, number: str, kind: str) -> HttpResponseBase:
    """Show or hand out the notice of an order."""
    order = visible(account_of(request)).filter(number=number).first()
    if order is None or not is_between(order, account_of(request)):
        return refused(request, *_NO_ORDER, status=404)
    return _answer(request, notice(order, Impacts()), kind)


@requires("orders")
def letter_document(request: HttpRequest, pk: int, kind: str) -> HttpResponseBase:
    """Show or hand out what a department wrote on an order; unsigned, only the department itself and audit."""
    account = account_of(request)
    found = Letter.objects.filter(pk=pk, order__in=visible(account)).select_related("order").first()
    if found is None or not is_between(found.order, account):
        return refused(request, *_NO_LETTER, status=404)
    reads_drafts = account.role == Role.AUDITOR or account.department == found.order.department
    if not found.signed_by and not reads_drafts:
        return refused(request, *_NO_LETTER, status=404)
    return _answer(request, _LETTERS[found.kind](found), kind)


@requires("quality")
def department_report(request: HttpRequest, code: str, kind: str = "page") -> HttpResponseBase:
    """Show or hand out one department's report."""
    catalog = load_catalog(settings().catalog)
    known = [d for d in catalog.departments if any(e.department == d for e in catalog.entries.values())]
    if code not in departments_of(account_of(request), known):
        return refused(request, *_NO_DEPARTMENT)
    return _answer(request, report_of(code, catalog, data_uses(code)), kind)


@requires("quality")
def monthly_report(request: HttpRequest, month: str, kind: str = "page") -> HttpResponseBase:
    """Show or hand out the district's report of a month; it is the bureau's, with every department in it."""
    if not reads_monthly(account_of(request)):
        return refused(request, *_NO_MONTHLY)
    try:
        document = monthly_of(month, load_catalog(settings().catalog), Impacts())
    except MonthError as error:
        return refused(request, error.chinese, "数据治理", "请返回数据质量页重新选择月份。", status=404)
    return _answer(request, document, kind)


def is_between(order: Order, account: Account) -> bool:
    """Whether an account belongs to one of the two that write to each other, or audits them.

    Who raised a problem from outside follows the order's page; the notice names other developers' grants.
    """
    return account.role in ALL_DEPARTMENTS or (bool(order.department) and account.department == order.department)


def reads_monthly(account: Account) -> bool:
    """Whether an account may read the district's monthly report."""
    return account.role in (*ALL_DEPARTMENTS, Role.INDUSTRY_AUTHORITY)


def months(count: int = 2) -> list[str]:
    """Return the last months of which a report can be made, newest first."""
    today = clock.today()
    start = today.year * 12 + today.month - 1
    return [f"{(start - n) // 12}-{(start - n) % 12 + 1:02d}" for n in range(count)]


def _answer(request: HttpRequest, document: Document, kind: str) -> HttpResponseBase:
    if kind == "page":
        context = {"document": document, "body": rendering.page(document), "base": request.path.rstrip("/")}
        return render(request, "portal/document.html", context)
    return _file(request, document, "pdf" if kind == "pdf" else "xlsx")


def _file(request: HttpRequest, document: Document, form: rendering.Form) -> HttpResponseBase:
    """Issue the document and hand the file out piece by piece: a long list does not fit into memory."""
    account = account_of(request)
    foot = rendering.issued(document, account)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / file_name(document, form)
        rendering.write(document, path, form, foot)
        detail = {"form": form, "about": document.about}
        audit.append(account, f"下载{document.kind}", f"document:{foot.number or '拟稿'}", detail)
        return large_file_answer(request, path)
