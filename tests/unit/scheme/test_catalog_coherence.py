"""What stands between entries: grades do not fall along a reference, personal items have a floor, names are once."""

from __future__ import annotations

from pathlib import Path

import pytest

from scheme.catalog import Catalog, CatalogEntry
from scheme.catalog_coherence import coherence
from scheme.catalog_files import load_catalog

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def catalog() -> Catalog:
    return load_catalog(ROOT / "catalog")


def changed(entry: CatalogEntry, code: str, **values) -> CatalogEntry:
    items = [i.model_copy(update=values) if i.code == code else i for i in entry.items]
    return entry.model_copy(update={"items": items})


def said(catalog: Catalog, entry: CatalogEntry) -> list[str]:
    return [p.chinese for p in coherence(catalog.entries | {entry.id: entry})]


def test_the_catalog_itself_is_coherent(catalog):
    assert coherence(catalog.entries) == []


@pytest.mark.parametrize(
    ("entry", "item", "values", "words"),
    [
        (
            "weijian.death_records",
            "resident_id_number",
            {"grade": 3},
            "低于所引用“人口基本信息”的“公民身份号码”要求",
        ),
        ("weijian.death_records", "death_date", {"grade": 2}, "低于健康生理信息要求的3级"),
        ("minzheng.subsistence_allowance", "bank_card", {"grade": 2}, "低于个人财产信息要求的3级"),
        ("minzheng.subsistence_allowance", "household_number", {"grade": 2}, "低于身份鉴别信息要求的3级"),
        ("minzheng.subsistence_allowance", "village_code", {"grade": 1}, "低于个人信息要求的2级"),
        ("gongan.resident_population", "resident_id_number", {"grade": None}, ""),
    ],
)
def test_a_grade_below_its_floor_is_one_sentence(catalog, entry, item, values, words):
    problems = said(catalog, changed(catalog.entry(entry), item, **values))
    assert [words in p for p in problems] == ([True] if words else [])


def test_raising_the_source_shows_every_register_that_copies_it(catalog):
    source = changed(catalog.entry("shichang.enterprise_registration"), "uscc", grade=2)
    copies = [
        f"{e.id}.{i.code}" for e in catalog.entries.values() for i in e.items
        if i.references == f"{source.id}.uscc" and i.grade == 1
    ]  # fmt: skip
    assert "shichang.abnormal_operation.uscc" in copies
    assert [p.where for p in coherence(catalog.entries | {source.id: source})] == copies


def test_a_code_and_a_table_belong_to_one_entry(catalog):
    entry = catalog.entry("gongan.standard_addresses")
    again = entry.model_copy(update={"resource": "resident"})  # the table stem of gongan.resident_population
    assert ["已由" in p for p in said(catalog, again)] == [True, True]
