"""The catalog is whole; every problem of a broken one is reported; documents say the truth."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from pathlib import Path

import pytest
import yaml

from scheme.catalog import CatalogEntry
from scheme.catalog_files import CatalogError, load_catalog
from scheme.legal_basis import HEADINGS, basis

ROOT = Path(__file__).resolve().parents[3]


def test_the_catalog_is_good_and_every_item_is_graded():
    catalog = load_catalog(ROOT / "catalog")
    assert len([e for e in catalog.entries.values() if e.synthetic]) >= 8
    assert len({e.department for e in catalog.entries.values() if catalog.departments[e.department].counts}) >= 6
    assert all(e.grade for e in catalog.entries.values())
    captain = catalog.entry("waibu.ocean_vessels").item("captain_name")
    assert captain.personal and captain.grade == 3  # graded although it never holds a value


def test_the_editor_schema_is_up_to_date():
    assert json.loads((ROOT / "catalog" / "schema.json").read_text()) == CatalogEntry.model_json_schema()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"key": ["nobody"]}, "key names no item"),
        ({"resource": "other"}, "file and content must agree"),
        ({"unknown_field": 1}, "unknown_field"),
        ({"items": []}, "items"),
        ({"sharing": "随便"}, "sharing"),
        ({"department": "nobody"}, "file and content must agree"),
        *(
            ({"name": name}, "name: String should match pattern")
            for name in ("../../x", "养老\\机构", "养老\n机构", "a\x7f")
        ),
        *(
            ({"items": [{"code": "a", "name": name}], "key": ["a"], "rules": []}, "name: String should match pattern")
            for name in ("编\n号", "编\t号", "")
        ),
    ],
)
def test_every_problem_is_named_with_file_and_field(tmp_path, change, words):
    (tmp_path / "minzheng").mkdir()
    (tmp_path / "departments.yml").write_text((ROOT / "catalog" / "departments.yml").read_text("utf-8"), "utf-8")
    document = yaml.safe_load((ROOT / "catalog/minzheng/elderly_care_institutions.yml").read_text("utf-8"))
    (tmp_path / "minzheng" / "elderly_care_institutions.yml").write_text(
        yaml.safe_dump(document | change, allow_unicode=True), "utf-8"
    )
    with pytest.raises(CatalogError) as error:
        load_catalog(tmp_path)
    assert any("elderly_care_institutions" in p and words in p for p in error.value.problems)


@pytest.mark.requirement("R019")
def test_a_second_department_cannot_claim_an_item_that_has_its_source(tmp_path):
    shutil.copytree(ROOT / "catalog", tmp_path / "catalog")
    place = tmp_path / "catalog" / "minzheng" / "elderly_care_institutions.yml"
    document = yaml.safe_load(place.read_text("utf-8"))
    document["items"][1]["source_of"] = "法人名称"
    place.write_text(yaml.safe_dump(document, allow_unicode=True), "utf-8")
    with pytest.raises(CatalogError) as error:
        load_catalog(tmp_path / "catalog")
    assert [p for p in error.value.problems if "法人名称 has its source already" in p] == error.value.problems
    document["items"][1] |= {"source_of": None, "references": "shichang.enterprise_registration.name"}
    place.write_text(yaml.safe_dump(document, allow_unicode=True), "utf-8")
    assert load_catalog(tmp_path / "catalog").entries


def test_articles_are_counted_as_the_scheme_orders_them():
    assert len(HEADINGS) == 36
    assert basis("数据治理") == "第八条（【数据治理】）"
    assert basis("数据产品发布管理") == "第十九条（【数据产品发布管理】）"
    assert basis("实施日期") == "第三十六条（【实施日期】）"


def test_every_dependency_says_why_it_is_there():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    listed = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    names = {re.match(r"[A-Za-z0-9-]+", d).group(0) for d in listed}
    documented = set(re.findall(r"^\| ([a-z0-9-]+) \| .{5,} \|$", (ROOT / "docs/dependencies.md").read_text(), re.M))
    assert names == documented


def test_the_requirements_page_is_made_from_the_marks():
    import sys

    sys.path.insert(0, str(ROOT / "scripts"))
    import requirements

    rows = yaml.safe_load((ROOT / "scheme" / "requirements.yml").read_text("utf-8"))
    tests = requirements.marked_tests(ROOT / "tests")
    assert len(rows) == 155 and set(tests) <= {r["row"] for r in rows}
    assert (ROOT / "docs" / "requirements.md").read_text("utf-8") == requirements.document(rows, tests)
