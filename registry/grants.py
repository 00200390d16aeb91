"""Grants in force: signed, unchanged, within their terms, not suspended. Everything else is no.

Lives here: reading grants for the pipeline, and why one is not in force.
Stays out: changing them (``actions``).
"""

from __future__ import annotations

from datetime import date

from pydantic import ValidationError

from config.keys import KeyFileError
from registry.models import GrantRecord
from scheme.grant import Grant
from scheme.signing import SignatureRefusedError, SignedDocument, verify


def active_grants(today: date) -> list[Grant]:
    """Return the grants that may be used today, by id."""
    return [g for g, problems in _judged(today) if g is not None and not problems]


def refused_grants(today: date) -> dict[str, list[str]]:
    """Return signed grants that may not be used today, with reasons in Chinese."""
    found = {}
    for record in GrantRecord.objects.order_by("grant"):
        problems = _problems(record, today)
        if problems:
            found[record.grant] = problems
    return found


def _judged(today: date) -> list[tuple[Grant | None, list[str]]]:
    found: list[tuple[Grant | None, list[str]]] = []
    for record in GrantRecord.objects.filter(state="生效").order_by("grant"):
        problems = _problems(record, today)
        found.append((None if problems else Grant.model_validate(record.document), problems))
    return found


def _problems(record: GrantRecord, today: date) -> list[str]:
    if record.state != "生效":
        return [f"状态为“{record.state}”"]
    if not record.signed:
        return ["未签署"]
    try:
        document = verify(SignedDocument.model_validate(record.signed), "bureau")
        grant = Grant.model_validate(document)
    except (SignatureRefusedError, KeyFileError, ValidationError):
        return ["签名不符或授权文件不合规"]
    if document != record.document or grant.sha256 != record.sha256 or grant.grant != record.grant:
        return ["登记内容与签署内容不一致"]
    if not grant.in_force(today):
        return [f"不在授权期限内（{grant.valid_from}至{grant.valid_to}）"]
    return []
