"""Limits by client address: each client its own count, a new one every day, no address kept."""

from __future__ import annotations

import pytest

from registry.address_limits import take
from registry.models import AddressCount

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def prepared(home) -> None:
    """Keys in an empty home."""


def test_each_client_has_its_own_count_and_purpose():
    assert [take("objection", "203.0.113.7", 3) for _ in range(5)] == [True, True, True, False, False]
    assert take("objection", "203.0.113.8", 3) and take("other", "203.0.113.7", 3)
    assert not take("objection", "::ffff:203.0.113.7", 3)  # the same one
    assert [take("objection", f"2001:db8:0:1::{n:x}", 2) for n in (1, 2, 3)] == [True, True, False]
    assert take("objection", "2001:db8:0:2::1", 2)
    assert take("objection", "no address", 1) and not take("objection", "other text", 1)


def test_nothing_leads_to_an_address_and_past_days_are_removed(monkeypatch):
    monkeypatch.setenv("SUYUAN_NOW", "2026-09-24T09:00:00")
    assert take("objection", "203.0.113.7", 1) and not take("objection", "203.0.113.7", 1)
    first = AddressCount.objects.get()
    assert "203" not in f"{first.purpose}{first}" and len(first.digest) == 64
    monkeypatch.setenv("SUYUAN_NOW", "2026-09-25T00:00:01")
    assert take("objection", "203.0.113.7", 1)
    second = AddressCount.objects.get()  # yesterday's is gone
    assert second.digest != first.digest and second.count == 1
