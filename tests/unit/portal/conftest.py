"""Fixtures of the portal's tests: the demo's accounts and grants, one register."""

from __future__ import annotations

import pytest

from config.settings import settings
from registry import demo
from scheme.catalog import CatalogEntry
from scheme.catalog_files import load_catalog
from tests.unit.portal.api import Api, use_one_connection


@pytest.fixture
def prepared(home, db) -> None:
    """The demo's accounts, parties and grants in an empty home."""
    demo.prepare_demo()


@pytest.fixture
def entry() -> CatalogEntry:
    """The register that the clerk of minzheng hands in."""
    return load_catalog(settings().catalog).entry("minzheng.elderly_care_institutions")


@pytest.fixture
def api(prepared, monkeypatch) -> Api:
    """The JSON interface, asked by nobody known; ``tests.unit.portal.api.producer`` asks with a key."""
    use_one_connection(monkeypatch)
    return Api()
