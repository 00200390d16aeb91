"""Integrated bases: each value knows its source department, and departments' differing copies are listed."""

from __future__ import annotations

import json

import polars as pl
import pytest
import yaml

from tests.district import ROOT

BASES = ["person", "enterprise", "place", "real_estate"]


def rows(district, table: str) -> pl.DataFrame:
    code = (
        "from warehouse import versions; from scheme.names import integrated_name;"
        f"print(versions.promoted(integrated_name('{table}')).path)"
    )
    return pl.read_parquet(district.python(code).stdout.strip())


@pytest.mark.requirement("R020")
@pytest.mark.parametrize("table", BASES)
def test_the_declared_source_of_each_value_is_the_one_its_lineage_shows(district, table):
    document = yaml.safe_load((ROOT / "dbt_project" / "models" / "integrated" / f"{table}.yml").read_text("utf-8"))
    columns = next(m for m in document["models"] if m["name"] == table)["columns"]
    declared = {c["name"]: c["meta"]["source_department"] for c in columns if "meta" in c}
    assert {c["name"] for c in columns if not c["name"].startswith("_")} - set(declared) == {
        "valid_from_date", "recorded_at",
    }  # fmt: skip
    code = f"""
from config import django_setup; django_setup()
import json
from lineage.trace import trace
found = {{}}
for column in {sorted(declared)}:
    names = [n.name for n in trace("platform.integrated.{table}", column=column).nodes]
    found[column] = [n for n in names if n.startswith(("delivery.", "platform.reference."))]
print(json.dumps(found))
"""
    done = district.python(code)
    assert done.returncode == 0, done.stderr
    for column, names in json.loads(done.stdout).items():
        assert names, column
        wanted = "platform.reference." if declared[column] == "reference" else f"delivery.{declared[column]}."
        assert any(n.startswith(wanted) for n in names), (column, names)


@pytest.mark.requirement("R015")
def test_copies_that_differ_from_their_source_are_listed_by_row_and_hold_no_value(district):
    planted = pl.read_parquet(district.home / "demo" / "20260924" / "truth.parquet")
    listed = rows(district, "value_conflict")
    names = listed.filter(pl.col("copy_resource") == "renshe.employee_insurance")
    wrong = planted.filter((pl.col("resource") == "renshe.employee_insurance") & (pl.col("kind") == "name_differs"))
    assert set(names["copy_row_number"]) == set(wrong["row_number"]) != set()
    assert names["source_resource"].unique().to_list() == ["gongan.resident_population"]
    assert not any("value" in c or c == "person_name" for c in listed.columns)


def test_the_integrated_value_is_the_declared_sources_not_the_copys(district):
    people = rows(district, "person")
    names = rows(district, "value_conflict").filter(pl.col("data_element") == "姓名")
    both = names.join(people, left_on="source_row_number", right_on="_row_number")
    assert len(both) == len(names) > 0 and both["person_name"].null_count() == 0


def test_places_and_real_estate_stand_beside_persons_and_firms(district):
    place, estate = rows(district, "place"), rows(district, "real_estate")
    assert place["address_code"].n_unique() == len(place) and estate["unit_number"].n_unique() == len(estate)
    aliases = {"九州路", "兖颜公路", "建设大街"}
    assert not set(place["road_name"]) & aliases
    assert place["town_name"].null_count() < len(place) * 0.02
    assert (estate["owner_count"] >= 1).all()
