"""Every folder of real deliveries lands through its catalog entry: the awkward ones too, and no row is lost."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import polars as pl
import pytest

from config.settings import settings
from orchestration.ingest.deliver import land_waiting
from scheme.catalog_files import load_catalog
from warehouse.declaration import Declaration
from warehouse.inbox import hand_over


def deliver(resource: str, file: Path):
    entry = load_catalog(settings().catalog).entry(resource)
    hand_over(entry, file, Declaration(), "tester")
    return next(iter(land_waiting(entry, "tester")))


def csv_rows(file: Path, encoding: str = "utf-8-sig") -> int:
    with file.open(encoding=encoding, newline="") as opened:
        return sum(1 for _ in csv.reader(opened)) - 1


@pytest.mark.requirement("R015")
@pytest.mark.parametrize(
    ("resource", "file", "encoding"),
    [
        ("waibu.higher_education", "higher_education_list/全国普通高等学校名单_gbk.csv", "gb18030"),
        ("waibu.airport_runways", "aviation_cn/runways_cn.csv", "utf-8"),
        ("waibu.industry_classification", "gb_codes/GB-4754-2017.csv", "utf-8"),
        ("waibu.villages", "admin_divisions_sd/villages_jining.csv", "utf-8"),
        ("waibu.open_catalog", "sd_catalog_entries/public_data_catalog_seed.csv", "utf-8-sig"),
        ("waibu.weather_stations", "weather_stations_cn/stations_sd.csv", "utf-8-sig"),
    ],
)
def test_real_tables_land_whole(home, deliveries, resource, file, encoding):
    batch = deliver(resource, deliveries / file)
    assert (batch.state, batch.refusal) == ("landed", None)
    assert batch.rows_in == batch.rows_landed == csv_rows(deliveries / file, encoding)


def test_one_register_as_table_and_as_nested_lines_gives_the_same_stations(home, deliveries):
    table = deliver("waibu.weather_stations", deliveries / "weather_stations_cn/stations_sd.csv")
    lines = deliver("waibu.weather_stations", deliveries / "weather_stations_cn/stations_cn.jsonl")
    assert lines.rows_landed == 790
    columns = ["station_no", "english_name", "region", "latitude", "longitude", "timezone"]
    both = pl.read_parquet(table.data).select(columns), pl.read_parquet(lines.data).select(columns)
    assert both[0].join(both[1], on=columns, how="anti").is_empty()
    assert "54916" in both[1]["station_no"].to_list()


def test_nested_holidays_carry_the_year_of_their_document_and_an_unpublished_year_is_refused(home, deliveries):
    batch = deliver("waibu.holidays", deliveries / "national_holidays/2024.json")
    days = json.loads((deliveries / "national_holidays/2024.json").read_text("utf-8"))["days"]
    landed = pl.read_parquet(batch.data)
    assert landed["calendar_date"].to_list() == [d["date"] for d in days]
    assert landed["year"].unique().to_list() == ["2024"]
    assert deliver("waibu.holidays", deliveries / "national_holidays/2027.json").state == "refused"


@pytest.mark.requirement("R017")
def test_five_workbooks_in_two_layouts_land_and_leaked_headings_are_set_apart(home, deliveries):
    files = sorted((deliveries / "sd_procurement_intentions").glob("*.xlsx"))
    found = [deliver("waibu.procurement_intentions", f) for f in files]
    assert sorted(b.rows_in for b in found) == [21, 44, 63, 67, 79]
    assert {len(b.columns) for b in found} == {9, 14}
    leaked = [b.quarantine_reasons.get("leaked_heading", 0) for b in found]
    for batch, count in zip(found, leaked, strict=True):
        cells = pl.read_parquet(batch.data)
        assert not cells["project_name"].is_in(["采购需求概况", "项目名称"]).any()
        assert not cells["budget_wan_yuan"].is_in(["拟面向中小企业预留", "金额"]).any()
        assert count == batch.rows_quarantined
    assert sum(leaked) > 0


def test_housing_projects_land_from_inside_their_document(home, deliveries):
    batch = deliver("shizhujian.housing_projects", deliveries / "jining_housing/projects_data.json")
    projects = json.loads((deliveries / "jining_housing/projects_data.json").read_text("utf-8"))["projects"]
    damaged = sum("\ufffd" in json.dumps(p, ensure_ascii=False) for p in projects)
    assert (batch.rows_in, batch.quarantine_reasons) == (636, {"damaged_text": damaged})


@pytest.mark.requirement("R021")
def test_the_two_forms_of_the_vessel_register_reconcile_row_by_row(home, deliveries):
    """Epoch milliseconds of the document are midnights of UTC+8, the table's dates the same days; all else is equal.

    The sending system writes dates before 1582 in the Julian calendar: in its 2nd century one day later.
    """
    import datetime as dt

    folder = deliveries / "sd_ocean_vessels"
    table = pl.read_parquet(deliver("waibu.ocean_vessels", next(folder.glob("*0403.csv"))).data)
    document = pl.read_parquet(deliver("waibu.ocean_vessels", next(folder.glob("*.json"))).data)
    epoch = dt.datetime(1970, 1, 1) + dt.timedelta(hours=8)

    def plain(row: dict[str, str | None]) -> tuple[str | None, ...]:
        built = row["built_on"]
        if built and built.lstrip("-").isdecimal():
            day = (epoch + dt.timedelta(milliseconds=int(built))).date()
            built = str(day + dt.timedelta(days=1) if 100 < day.year < 200 else day)
        numbers = [str(float(row[c])) if row[c] else None for c in ("engine_power_kw", "gross_tonnage")]
        texts = [row[c] for c in ("fishing_method", "owner_name", "fishing_area", "company_name", "vessel_name")]
        return (built[:10] if built else None, *numbers, *texts)

    first, second = ([plain(r) for r in f.sort("_row_number").to_dicts()] for f in (table, document))
    assert len(first) == len(second) == 350
    assert sorted(first, key=str) == sorted(second, key=str)
