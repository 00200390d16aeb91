"""Printed documents by their number（WS-2026-00001）: what they are about, for who may read them.

Lives here: number of a document → data sets it is about, or its own page; who may read which kind.
Add here: another kind of document that is issued with a number.
Stays out: issuing and printing (``registry.printing``), the search itself (``lineage.graph.search``).

A document that the reader may not read is not found: that it is there is already an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.urls import reverse

from config.settings import settings
from expectations.orders.reading import visible
from lineage.access import viewer
from lineage.graph.search_records import Question, RecordHit
from portal.views.documents import is_between, reads_monthly
from registry.accounts import departments_of
from registry.models import Account, AuditEvent, PrintedDocument
from scheme.catalog_files import load_catalog
from scheme.names import delivery_name, staging_name

SEARCHED = "文书编号（限您可查看的文书）"
_SHORTEST, _MOST = 4, 40  # characters of a number that is looked for; documents told
_KIND = "文书"


def readable_by(account: Account) -> Callable[[Question], Iterator[RecordHit]]:
    """Return the search for the documents that an account may read."""

    def by_number(question: Question) -> Iterator[RecordHit]:
        if len(question.text) < _SHORTEST:
            return
        found = PrintedDocument.objects.filter(number__icontains=question.text).order_by("-pk")
        for document in found[:_MOST]:
            yield from _about(document, account)

    return by_number


def _about(document: PrintedDocument, account: Account) -> Iterator[RecordHit]:
    on, why = _object(document), f"文书 {document.number}《{document.title}》"
    kind, _, key = on.partition(":")
    match kind:
        case "order":
            yield from _of_order(key, why, document.title, account)
        case "department":
            yield from _of_department(key, why, document.title, account)
        case "report":
            if reads_monthly(account):
                yield RecordHit(_KIND, "", why, document.title, reverse("monthly_report", args=[key]))
        case _:
            who = viewer(account)
            if who.sees_all and who.sees_sql and who.sees_files:  # as who may take the evidence it belongs to
                yield RecordHit(_KIND, on, why)


def _object(document: PrintedDocument) -> str:
    """What a document is about, as the ledger tells; the ledger of one that was sent names the document itself."""
    event = AuditEvent.objects.filter(seq=document.event_seq).first()
    return document.about or (event.object if event else "")


def _of_order(number: str, why: str, title: str, account: Account) -> Iterator[RecordHit]:
    order = visible(account).filter(number=number).first()
    if order is None or not is_between(order, account):
        return
    yield RecordHit(_KIND, "", why, title, reverse("order", args=[number]))
    yield RecordHit(_KIND, order.dataset, f"{why}，整改单 {number}")


def _of_department(code: str, why: str, title: str, account: Account) -> Iterator[RecordHit]:
    catalog = load_catalog(settings().catalog)
    if code not in departments_of(account, list(catalog.departments)):
        return
    yield RecordHit(_KIND, "", why, title, reverse("department_report", args=[code]))
    for entry in catalog.entries.values():
        if entry.department == code:
            yield RecordHit(_KIND, str(delivery_name(entry.department, entry.resource)), why)
            yield RecordHit(_KIND, str(staging_name(entry.department, entry.stem)), why)
