"""Events taken in on past days, for tests of what retention keeps."""

from __future__ import annotations

import datetime as dt

from lineage.events.ingest import ingest_many
from registry.models import Account
from tests.unit.lineage.events import START

CUT = START - dt.timedelta(days=200)


def day(n: int) -> dt.datetime:
    return START - dt.timedelta(days=400 - n)


def bureau() -> Account:
    return Account.objects.get_or_create(username="wang", role="bureau_approver", display_name="王局长")[0]


def receive(monkeypatch, at: dt.datetime, *bodies: bytes) -> list[int]:
    """Take events in as if it were that day."""
    monkeypatch.setenv("SUYUAN_NOW", at.isoformat())
    seqs = [e.seq for e in ingest_many(list(bodies))]
    monkeypatch.setenv("SUYUAN_NOW", START.isoformat())
    return seqs
