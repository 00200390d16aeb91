"""What stands against signing a grant: agreements, evidence, consent, grades, struck-out items."""

from __future__ import annotations

import datetime as dt

import pytest

from config.settings import settings
from registry import demo
from scheme.catalog import Catalog
from scheme.catalog_files import load_catalog
from scheme.grant_rules import grant_problems

TODAY = dt.date(2026, 9, 24)


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog(settings().catalog)


def problems(grant, catalog) -> str:
    return " ".join(map(str, grant_problems(grant, TODAY, catalog)))


@pytest.mark.parametrize("file", ["grant_s1.yml", "grant_s2.yml"])
def test_nothing_stands_against_the_demo_grants(file, catalog):
    assert problems(demo.read_grant(file), catalog) == ""


@pytest.mark.requirement("R126")
def test_an_ungraded_item_cannot_be_authorized(catalog):
    entry = catalog.entry("minzheng.elderly_care_institutions")
    items = [i.model_copy(update={"grade": None}) if i.code == "bed_count" else i for i in entry.items]
    ungraded = entry.model_copy(update={"items": items})
    changed = catalog.model_copy(update={"entries": catalog.entries | {entry.id: ungraded}})
    found = problems(demo.read_grant("grant_s2.yml"), changed)
    assert "“核定床位”未定级，不得授权" in found and "第二十四条（【安全制度】）" in found


@pytest.mark.requirement("R126")
def test_a_bases_column_made_of_an_ungraded_item_cannot_be_authorized_nor_selected_by(catalog):
    """S1 selects its firms by their size, which is made of another department's count of staff."""
    entry = catalog.entry("renshe.employer_insurance")
    items = [i.model_copy(update={"grade": None}) if i.code == "insured_count" else i for i in entry.items]
    ungraded = entry.model_copy(update={"items": items})
    changed = catalog.model_copy(update={"entries": catalog.entries | {entry.id: ungraded}})
    assert "“经营主体登记”的信息项“规模”未定级，不得授权" in problems(demo.read_grant("grant_s1.yml"), changed)


@pytest.mark.requirement("R031")
def test_an_agreement_of_more_than_three_years_or_a_grant_outside_it_is_refused(catalog):
    grant = demo.read_grant("grant_s1.yml")
    term = grant.operation_agreement.model_copy(update={"end": dt.date(2028, 6, 2)})
    assert "期限超过三年" in problems(grant.model_copy(update={"operation_agreement": term}), catalog)
    late = grant.model_copy(update={"valid_to": dt.date(2030, 1, 1)})
    assert problems(late, catalog).count("授权期限不在") == 2


@pytest.mark.requirement("R152")
def test_a_utility_register_needs_the_enterprise_consent(catalog):
    grant = demo.read_grant("grant_s1.yml")
    found = problems(grant.model_copy(update={"utility_consents": []}), catalog)
    assert "未附企业同意" in found and "第三十四条（【其他数据】）" in found


def test_a_resource_out_of_the_catalog_or_not_for_authorization_is_refused(catalog):
    grant = demo.read_grant("grant_s2.yml")
    entry = catalog.entry("minzheng.elderly_care_institutions")
    closed = entry.model_copy(update={"operation": "不授权"})
    assert "不得授权运营" in problems(
        grant, catalog.model_copy(update={"entries": catalog.entries | {entry.id: closed}})
    )
    without = {k: v for k, v in catalog.entries.items() if k != entry.id}
    assert "不在公共数据资源目录内" in problems(grant, catalog.model_copy(update={"entries": without}))
