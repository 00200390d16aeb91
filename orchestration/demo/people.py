"""Persons and households.

Lives here: the population as it stands on a day: who was born, moved and died until then.
Stays out: what is wrong with the register (``defects``), other registers (``benefits``).
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from orchestration.demo import marks
from orchestration.demo.places import villages

SURNAMES = "王李张刘陈杨赵黄周吴徐孙朱马胡郭林何高梁郑罗宋谢唐韩曹许邓萧冯曾程蔡彭潘袁于董余苏叶吕魏蒋田杜丁沈姜"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华玉兰秀珍建国志红文斌宇浩婷雪梅子涵欣怡俊熙"
_EPOCH = dt.date(1970, 1, 1)


def day_number(day: dt.date) -> int:
    """Days since 1970-01-01."""
    return (day - _EPOCH).days


def population(rows: int, seed: int, as_of: dt.date) -> pl.DataFrame:
    """Return the persons known on ``as_of``: one row each, clean, with ``death_date`` where it came."""
    people = _everyone(rows, seed)
    day = pl.lit(as_of)
    people = people.filter(pl.col("birth_date") <= day)
    return people.with_columns(
        village_code=pl.when(pl.col("moved_on") <= day).then("new_village").otherwise("village_code"),
        death_date=pl.when(pl.col("death_date") <= day).then("death_date"),
        updated_on=pl.when(pl.col("moved_on") <= day).then("moved_on").otherwise("registered_on"),
    ).drop("new_village", "moved_on", "registered_on")


def _everyone(rows: int, seed: int) -> pl.DataFrame:
    rng = np.random.default_rng([seed, 1])
    household, place, relation = _households(rows, rng)
    last = day_number(dt.date(2026, 9, 24))
    ages = np.abs(rng.normal(43, 23, rows))
    ages = np.where(ages > 99.9, rng.uniform(60, 99.9, rows), ages)
    ages = np.where((relation == 2) & (ages < 24), rng.uniform(24, 60, rows), ages)
    births = (last - (ages * 365.25).astype(np.int64)).astype("datetime64[D]")
    newborn = rng.random(rows) < 0.0005  # since the August delivery
    births = np.where(newborn, (last - rng.integers(2, 28, rows)).astype("datetime64[D]"), births)
    sex = rng.integers(1, 3, rows)
    ids = _ids(births, sex)
    died = rng.random(rows) < 0.016 * np.clip((ages - 40) / 30, 0.05, 3)
    deaths = (last - rng.integers(0, 730, rows)).astype("datetime64[D]")
    places = villages()
    home = place[household]
    moved = rng.random(household.max() + 1)[household] < 0.01
    new_home = (home + 1 + rng.integers(0, len(places) - 1, household.max() + 1)[household]) % len(places)
    numbers = rng.integers(1, 400, household.max() + 1)[household]
    return pl.DataFrame(
        {
            "resident_id_number": ids,
            "person_name": _names(rng, rows),
            "sex_code": sex.astype(str),
            "birth_date": births,
            "nation_code": np.where(rng.random(rows) < 0.985, "01", "03"),
            "household_number": pl.Series(3708980000000000 + household).cast(pl.String),
            "relation_code": np.select([relation == 2, relation == 10], ["02", "10"], "20"),
            "village_code": places["village_code"].gather(home),
            "town_code": places["town_code"].gather(home),
            "address": "山东省济宁市兖州区" + places["town_name"].gather(home) + places["village_name"].gather(home)
            + pl.Series(numbers).cast(pl.String) + "号",
            "death_date": pl.Series(deaths).cast(pl.Date),
            "died": died & (deaths > births),
            "new_village": places["village_code"].gather(new_home),
            "moved": moved,
            "registered_on": (last - rng.integers(60, 3000, rows)).astype("datetime64[D]"),
        }
    ).with_columns(
        pl.col("birth_date", "registered_on").cast(pl.Date),
        death_date=pl.when("died").then("death_date"),
        moved_on=pl.when("moved").then(pl.lit(dt.date(2026, 9, 5))),
    ).drop("died", "moved")  # fmt: skip


def _households(rows: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    sizes = rng.choice([1, 2, 3, 4, 5, 6], rows, p=[0.18, 0.27, 0.25, 0.18, 0.08, 0.04])
    household = np.repeat(np.arange(rows), sizes)[:rows]
    first = np.r_[True, household[1:] != household[:-1]]
    second = np.r_[False, first[:-1]] & ~first
    place = rng.integers(0, len(villages()), household.max() + 1)
    return household, place, np.select([first, second], [2, 10], 20)


def _ids(births: np.ndarray, sex: np.ndarray) -> pl.Series:
    frame = pl.DataFrame({"day": births, "sex": sex}).with_columns(pl.col("day").cast(pl.Date))
    sequence = frame.select(pl.int_range(pl.len()).over("day", "sex")).to_series().to_numpy()
    if sequence.max(initial=0) >= 500:
        raise ValueError("more than 500 births of one sex on a day: the three digits of the number do not suffice")
    dates = frame["day"].dt.strftime("%Y%m%d").cast(pl.Int64).to_numpy()
    return marks.resident_ids(marks.region_of(dates // 10000), dates, sequence * 2 + sex % 2)


def _names(rng: np.random.Generator, rows: int) -> pl.Series:
    weights = 1 / np.arange(3, len(SURNAMES) + 3)
    surname = rng.choice(list(SURNAMES), rows, p=weights / weights.sum())
    given = rng.choice(list(GIVEN), (2, rows))
    second = np.where(rng.random(rows) < 0.75, given[1], "")
    return pl.Series(surname) + pl.Series(given[0]) + pl.Series(second)


def names(rng: np.random.Generator, rows: int) -> pl.Series:
    """Return invented personal names."""
    return _names(rng, rows)
