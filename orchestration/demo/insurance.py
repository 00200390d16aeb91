"""Social and medical insurance of persons.

Lives here: who is insured through which employer, and under which medical scheme.
Stays out: what employers paid (``firms``), what is wrong with the registers (``planted_insurance``).
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from orchestration.demo import marks
from orchestration.demo.places import villages
from orchestration.demo.world import World

_AT_FIRMS = 0.31  # the others work for public bodies and social organisations, which register 8 does not hold
_SHARES = {"110": 1.0, "210": 0.9, "410": 0.8}


def employees(world: World) -> pl.DataFrame:
    """Return one row a person and insurance: 14 of 100 persons, two or three insurances each."""
    rng = world.random(12)
    staff = _staff(world, rng)
    kinds = pl.DataFrame({"insurance_code": list(_SHARES), "share": list(_SHARES.values())})
    frame = staff.join(kinds, how="cross")
    frame = frame.filter(pl.Series(rng.random(len(frame))) < pl.col("share"))
    left = pl.col("leaves") & (pl.col("left_on") > pl.col("enrolled_on"))
    return frame.select(
        "resident_id_number", "person_name", "uscc", "insurance_code", "enrolled_on",
        ended_on=pl.when(left).then("left_on"),
        status_code=pl.when(left).then(pl.lit("终止参保")).otherwise(pl.lit("参保缴费")),
        base_yuan="base_yuan",
    )  # fmt: skip


def medical(world: World) -> pl.DataFrame:
    """Return the medical insurance of 93 of 100 persons; those who died since January are still listed, as ended."""
    rng = world.random(13)
    listed = pl.col("death_date").is_null() | (pl.col("death_date") >= dt.date(world.as_of.year, 1, 1))
    people = world.people.filter(listed)
    people = people.filter(pl.Series(rng.random(len(people)) < 0.94))
    rows = len(people)
    age_known = people["birth_date"].is_between(dt.date(1964, 1, 1), dt.date(2004, 1, 1)).to_numpy()
    towns = villages().select("village_code", "town_name")
    return people.join(towns, on="village_code", how="left").select(
        "resident_id_number",
        scheme_code=pl.Series(np.where(age_known & (rng.random(rows) < 0.3), "职工", "居民")),
        year=pl.lit(world.as_of.year),
        enrolled_on=pl.max_horizontal(pl.lit(dt.date(world.as_of.year, 1, 1)), "birth_date"),
        status_code=pl.when(pl.col("death_date").is_not_null()).then(pl.lit("终止参保")).otherwise(pl.lit("正常参保")),
        designated_hospital=pl.col("town_name")
        + pl.when(pl.col("town_name").str.ends_with("镇"))
        .then(pl.lit("卫生院（演示）"))
        .otherwise(pl.lit("社区卫生服务中心（演示）")),
    )


def _staff(world: World, rng: np.random.Generator) -> pl.DataFrame:
    of_age = pl.col("birth_date").is_between(dt.date(1966, 10, 1), dt.date(2004, 1, 1))
    adults = world.people.filter(of_age & pl.col("death_date").is_null())
    rows = min(len(adults), world.count(14_000, 200))
    adults = adults[np.sort(rng.choice(len(adults), rows, replace=False)).tolist()]
    earliest = (adults["birth_date"].dt.offset_by("18y")).to_numpy().astype("datetime64[D]")
    enrolled = np.maximum(np.datetime64("2026-08-01") - rng.integers(30, 5000, rows), earliest)
    return adults.select("resident_id_number", "person_name").with_columns(
        uscc=_employers(world, rng, rows),
        enrolled_on=pl.Series(enrolled).cast(pl.Date),
        leaves=pl.Series(rng.random(rows) < 0.08),
        left_on=pl.Series(np.datetime64("2026-08-20") - rng.integers(0, 600, rows)).cast(pl.Date),
        base_yuan=pl.Series(rng.integers(4200, 21_000, rows)),
    )


def _employers(world: World, rng: np.random.Generator, rows: int) -> pl.Series:
    firms = world.in_business.filter(pl.col("type_code") == "企业法人")["uscc"]
    bodies = world.count(400, 12)
    public = marks.usccs(rng.choice([11, 12, 52], bodies), 30_000_000 + np.arange(bodies) * 7)
    at_firm = pl.Series(rng.random(rows) < _AT_FIRMS)
    chosen = pl.DataFrame(
        {
            "at_firm": at_firm,
            "firm": firms.gather(rng.integers(0, len(firms), rows)),
            "public": public.gather(rng.integers(0, bodies, rows)),
        }
    )
    return chosen.select(pl.when("at_firm").then("firm").otherwise("public")).to_series()
