"""Copies of a data element: declared in the catalog, checked there, compared by dbt."""

from __future__ import annotations

import json
import re

import pytest

from config.settings import settings
from scheme import copies
from scheme.catalog import CatalogEntry
from scheme.catalog_coherence import coherence
from scheme.catalog_files import load_catalog


@pytest.fixture
def entries() -> dict[str, CatalogEntry]:
    return dict(load_catalog(settings().catalog).entries)


def changed(entries: dict[str, CatalogEntry], **changes: object) -> list[str]:
    """The problems when the copied name of 职工参保 is declared otherwise."""
    entry = entries["renshe.employee_insurance"]
    items = [i.model_copy(update=changes) if i.code == "person_name" else i for i in entry.items]
    return [p.chinese for p in coherence({**entries, entry.id: entry.model_copy(update={"items": items})})]


def test_the_catalogs_own_copies_are_sound_and_rendered_for_dbt(entries):
    assert coherence(entries) == []
    listed = json.loads(re.search(r"return\((.*)\) }}", copies.macro(entries), re.S).group(1))
    assert {c["source_schema"] for c in listed} == {"history"} and len(listed) == len(copies.copies(entries)) > 5


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"copy_of": "gongan.resident_population.nothing"}, "该信息项不存在"),
        ({"copy_of": "renshe.employer_insurance.month"}, "不是单一信息项"),
        ({"copy_of": "gongan.resident_population.birth_date"}, "数据类型不同"),
        ({"copied_by": None}, "未指明"),
        ({"grade": 2}, "就高从严"),
    ],
)
def test_a_wrong_copy_is_a_problem_of_the_catalog(entries, changes, words):
    assert any(words in p for p in changed(entries, **changes))
