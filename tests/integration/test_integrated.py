"""Integrated bases: each value knows its source department, and departments' differing copies are listed."""

from __future__ import annotations

import json

import polars as pl
import pytest

from scheme.catalog_files import load_catalog
from scheme.integrated import integrated_sources
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
def test_the_declared_sources_of_each_value_are_those_its_lineage_shows(district, table):
    declared = integrated_sources()[table]
    code = f"""
from config import django_setup; django_setup()
import json
from lineage.graph.trace import trace
found = {{}}
for column in {sorted(declared)}:
    nodes = trace("platform.integrated.{table}", column=column).nodes
    found[column] = [[n.name, c] for n in nodes for c in n.columns]
print(json.dumps(found))
"""
    done = district.python(code)
    assert done.returncode == 0, done.stderr
    for column, nodes in json.loads(done.stdout).items():
        staged = {f"{n.split('_', 1)[1].replace('__', '.')}.{c}" for n, c in nodes if n.startswith("platform.staging.")}
        seeds = {f"seed.{n.split('.')[-1]}.{c}" for n, c in nodes if n.startswith("platform.reference.")}
        catalog = load_catalog(ROOT / "catalog")
        resources = {f"{e.department}.{e.stem}": e.id for e in catalog.entries.values()}
        shown = {f"{resources[s.rpartition('.')[0]]}.{s.rpartition('.')[2]}" for s in staged} | seeds
        assert set(declared[column]) <= shown, (column, shown)


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
    names = rows(district, "value_conflict").filter(pl.col("copy_resource") == "renshe.employee_insurance")
    folder = district.home / "demo" / "20260924"
    declared = pl.read_csv(next((folder / "gongan/resident_population").glob("*.csv")), infer_schema=False)
    copied = pl.read_csv(next((folder / "renshe/employee_insurance").glob("*.csv")), infer_schema=False)["姓名"]
    integrated = dict(people.select("resident_id_number", "person_name").rows())
    assert len(names) > 0
    for ours, theirs in names.select("source_row_number", "copy_row_number").rows():
        number, name = declared.row(ours - 1, named=True)["公民身份号码"], declared["姓名"][ours - 1]
        assert integrated[number.upper()] == name != copied[theirs - 1]


def test_places_and_real_estate_stand_beside_persons_and_firms(district):
    place, estate = rows(district, "place"), rows(district, "real_estate")
    assert place["address_code"].n_unique() == len(place) and estate["unit_number"].n_unique() == len(estate)
    aliases = {"九州路", "兖颜公路", "建设大街"}
    assert not set(place["road_name"]) & aliases
    assert place["town_name"].null_count() < len(place) * 0.02
    assert (estate["owner_count"] >= 1).all()
