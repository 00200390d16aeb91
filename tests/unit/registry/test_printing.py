"""Issuing and verifying: the same content is the same document, a changed one is none, the ledger decides."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.db import connection

from registry import audit
from registry.models import AuditEvent, PrintedDocument
from registry.printing import issuing, verifying
from registry.printing.fonts import FontFolderError, faces

CONTENT = {"title": "通知单", "number": "ZG-2026-0001", "fields": [{"label": "问题", "lines": ["甲"]}]}


@pytest.fixture(autouse=True)
def fresh(home, db) -> None:
    cache.clear()


def issued(content=CONTENT) -> PrintedDocument:
    return issuing.issue("整改通知单", "整改通知单（ZG-2026-0001）", content, on="order:ZG-2026-0001", by=None)


def without_triggers(table: str) -> None:
    """Whoever can change the database file can also drop its triggers."""
    with connection.cursor() as cursor:
        for word in ("update", "delete", "next"):
            cursor.execute(f"DROP TRIGGER {table}_{'no_' if word != 'next' else ''}{word}")


def test_the_same_content_is_the_same_document_and_one_event():
    first, again = issued(), issued(dict(reversed(CONTENT.items())))
    assert first.pk == again.pk and AuditEvent.objects.count() == 1
    event = AuditEvent.objects.get()
    assert (event.seq, event.object) == (first.event_seq, "order:ZG-2026-0001")
    assert event.detail == {"document": "WS-2026-00001", "sha256": first.sha256}


def test_changed_content_is_another_document_and_the_old_digest_does_not_fit():
    first = issued()
    changed = CONTENT | {"fields": [{"label": "问题", "lines": ["乙"]}]}
    assert issuing.find("整改通知单", changed) is None
    second = issued(changed)
    assert second.number == "WS-2026-00002" and {second.sha256, second.code}.isdisjoint({first.sha256, first.code})


def test_a_code_is_looked_up_as_people_type_it():
    document = issued()
    printed = issuing.written(document.code)
    assert len(document.code) == 12 and printed.count("-") == 2
    wide = "".join(chr(ord(c) + 0xFEE0) if c.isascii() and c.isalnum() else c for c in printed.lower())
    for typed in (document.code, printed, f" {printed.lower()} ", wide):
        found = verifying.look_up(typed)
        assert found and found.document == document and found.is_sound and found.ledger.is_whole
    for wrong in ("", "ABCD", "2" * 12, document.code[:-1], f"{document.code}2", "%' OR 1=1 --"):
        assert verifying.look_up(wrong) is None


def test_a_document_whose_digest_was_changed_does_not_verify():
    document = issued()
    PrintedDocument.objects.update(sha256="0" * 64)
    found = verifying.look_up(document.code)
    assert found and not found.is_sound


def test_a_document_moved_to_another_event_does_not_verify():
    document = issued()
    other = audit.append(None, "别的", "order:x")
    PrintedDocument.objects.update(event_seq=other.seq)
    found = verifying.look_up(document.code)
    assert found and not found.is_sound


def test_a_ledger_that_was_touched_is_said_to_be_so():
    document = issued()
    audit.append(None, "别的", "order:x", {"a": "b"})
    without_triggers("registry_auditevent")
    AuditEvent.objects.filter(seq=2).update(detail={"a": "c"})
    found = verifying.look_up(document.code)
    assert found and found.is_sound and not found.ledger.is_whole
    AuditEvent.objects.filter(seq=1).update(detail={"document": document.number, "sha256": "1" * 64})
    assert not verifying.look_up(document.code).is_sound  # type: ignore[union-attr]


def test_one_walk_over_the_ledger_answers_for_a_while_but_only_for_what_it_reached(monkeypatch):
    walks = []
    real = audit.verify
    monkeypatch.setattr(audit, "verify", lambda: walks.append(1) or real())
    first = issued()
    for _ in range(3):
        assert verifying.look_up(first.code)
    assert len(walks) == 1
    second = issued(CONTENT | {"number": "2"})
    found = verifying.look_up(second.code)
    assert found and found.ledger.events >= second.event_seq and len(walks) == 2


def test_fonts_of_a_folder_that_is_not_there_are_one_line(monkeypatch, tmp_path):
    monkeypatch.setenv("SUYUAN_FONTS", str(tmp_path / "nowhere"))
    with pytest.raises(FontFolderError, match="SUYUAN_FONTS is no folder"):
        faces()


def test_the_fallback_needs_no_installed_font():
    found = faces()
    assert {families[-1] for families in found.families.values()} == {"Noto Serif SC", "Noto Sans SC"}
