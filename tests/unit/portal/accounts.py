"""Accounts of the demo as tests use them: a client that is logged in."""

from __future__ import annotations

from django.test import Client

from registry.models import Account


def as_user(name: str) -> Client:
    """Return a client logged in under this name."""
    client = Client()
    client.force_login(Account.objects.get(username=name), backend="django.contrib.auth.backends.ModelBackend")
    return client
