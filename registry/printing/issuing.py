"""Issuing a document: a number, the digest of its content, a verification code, and the ledger event that bears them.

Lives here: ``issue``, keeping what was sent, finding both. The same content again is the same document.
Add here: another way of finding one.
Stays out: laying it out (``typeset``), what the public may ask (``verifying``). Only what was sent is kept whole.
"""

from __future__ import annotations

import secrets
from typing import Any

from django.db import transaction

from config import clock
from config.settings import settings
from registry import audit
from registry.models import Account, PrintedDocument
from registry.printing.typeset import Foot
from scheme.canonical import digest
from scheme.chinese_dates import day

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Of a code: no figure or letter that is taken for another."""
LENGTH = 12


@transaction.atomic
def issue(
    kind: str, title: str, content: dict[str, Any], *, on: str, by: Account | None, keep: bool = False
) -> PrintedDocument:
    """Return the issued document with this content; only a new one is recorded, in the ledger of ``on``.

    Args:
        kind: what it is, e.g. 数据质量问题整改通知单.
        title: what anyone with the code reads: no names, no content.
        content: what is printed, without floats.
        on: what it is about, as in the ledger, e.g. ``order:ZG-2026-0001``.
        by: who issues it; None: the system.
        keep: it is sent by the act that issues it: its content is kept, and the ledger, which tells of the act
            already, names the document itself.
    """
    audit.take_turn()
    sha256 = digest(content)
    found = find(kind, content)
    if found:
        return found
    number = _next_number()
    told = f"document:{number}" if keep else on
    event = audit.append(by, f"生成{kind}", told, {"document": number, "sha256": sha256})
    return PrintedDocument.objects.create(
        number=number, kind=kind, title=title, sha256=sha256, code=_new_code(), event_seq=event.seq, made_at=event.at,
        about=on if keep else "", content=content if keep else None,
    )  # fmt: skip


def find(kind: str, content: dict[str, Any]) -> PrintedDocument | None:
    """Return the issued document of a kind with exactly this content, or None."""
    return PrintedDocument.objects.filter(kind=kind, sha256=digest(content)).first()


def kept(kind: str, on: str, since: int = 0) -> dict[str, Any] | None:
    """Return the content of the last document of a kind that was sent about ``on`` after a ledger event, or None."""
    found = PrintedDocument.objects.filter(kind=kind, about=on, content__isnull=False, event_seq__gt=since).last()
    return found.content if found else None


def foot_of(document: PrintedDocument) -> Foot:
    """Return what the page foot bears of an issued document."""
    portal = settings().portal_url.rstrip("/")
    where = f"{portal}/verify/" if portal else "平台登录页“文书校验”"
    return Foot(document.number, document.sha256[:12], written(document.code), day(document.made_on), where)


def written(code: str) -> str:
    """Return a code as it is printed: ``XXXX-XXXX-XXXX``."""
    return "-".join(code[i : i + 4] for i in range(0, len(code), 4))


def _new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def _next_number() -> str:
    prefix = f"WS-{clock.today().year}-"
    last = PrintedDocument.objects.filter(number__startswith=prefix).order_by("-pk").first()
    return f"{prefix}{int(last.number.removeprefix(prefix)) + 1 if last else 1:05d}"
