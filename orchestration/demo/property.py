"""What persons own and are paid for their land.

Lives here: real estate with its owners and co-owners, farm subsidies of rural households.
Stays out: what is wrong with the registers (``planted_property``).
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from orchestration.demo import marks
from orchestration.demo.world import World

_SHARES = {1: ["100%"], 2: ["50%", "50%"], 3: ["40%", "30%", "30%"]}
_MODELS = ["东方红LX1204拖拉机", "雷沃4LZ-9收割机", "大华2BYFZ-4播种机", "丰诺3WP-600植保机"]


def real_estate(world: World) -> pl.DataFrame:
    """Return one row an owner: most units have one, some two or three."""
    rng = world.random(14)
    owners = world.people.filter((pl.col("birth_date") < dt.date(2006, 1, 1)) & pl.col("death_date").is_null())
    units = _units(rng, world.count(51_000, 400))
    frame = _one_row_an_owner(units)
    who = rng.choice(len(owners), len(frame), replace=len(frame) > len(owners))
    return frame.with_columns(
        owner_name=owners["person_name"].gather(who),
        owner_id=owners["resident_id_number"].gather(who),
        address=owners["address"].gather(who),
        certificate_no="鲁（" + pl.col("registered_on").dt.year().cast(pl.String) + "）兖州区不动产权第"
        + pl.int_range(pl.len()).cast(pl.String).str.zfill(7) + "号",
    ).with_columns(pl.col("address").first().over("unit_number"))  # fmt: skip


def _one_row_an_owner(units: pl.DataFrame) -> pl.DataFrame:
    frame = units.with_columns(nth=pl.int_ranges("owners")).explode("nth")
    shares = [(n, i, share) for n, each in _SHARES.items() for i, share in enumerate(each)]
    table = pl.DataFrame(shares, schema={"owners": pl.Int64, "nth": pl.Int64, "share": pl.String}, orient="row")
    return frame.join(table, on=["owners", "nth"], how="left", maintain_order="left")


def _units(rng: np.random.Generator, rows: int) -> pl.DataFrame:
    number = pl.Series(np.arange(rows))
    block = (number // 40).cast(pl.String).str.zfill(5)
    return pl.DataFrame(
        {
            "unit_number": "370898" + (number // 40 % 12 + 1).cast(pl.String).str.zfill(3) + "001GB"
            + block + "F" + (number % 40 // 8 + 1).cast(pl.String).str.zfill(4)
            + (number % 8 + 1).cast(pl.String).str.zfill(4),
            "owners": rng.choice([1, 2, 3], rows, p=[0.82, 0.16, 0.02]),
            "use_code": rng.choice(["10", "20", "30", "60", "80"], rows, p=[0.86, 0.02, 0.08, 0.02, 0.02]),
            "area_m2": np.round(rng.normal(108, 30, rows).clip(32), 2),
            "registered_on": pl.Series(np.datetime64("2026-09-20") - rng.integers(5, 3800, rows)).cast(pl.Date),
            "is_mortgaged": np.where(rng.random(rows) < 0.22, "是", "否"),
            "is_sealed": np.where(rng.random(rows) < 0.006, "是", "否"),
        }
    )  # fmt: skip


def farm_subsidies(world: World) -> pl.DataFrame:
    """Return the subsidies of rural households: for their land in May, for machines in June."""
    rng = world.random(16)
    rural = pl.col("village_code").str.slice(6, 1) == "1"  # towns are numbered from 101, sub-districts from 001
    head = (pl.col("relation_code") == "02") & pl.col("death_date").is_null() & rural
    heads = world.people.filter(head)
    heads = heads.select("resident_id_number", "village_code").with_columns(
        bank_card=marks.cards(10**10 + np.arange(len(heads)) * 13)
    )
    land = heads[np.sort(rng.choice(len(heads), min(len(heads), world.count(19_000, 200)), replace=False)).tolist()]
    machines = land[np.sort(rng.choice(len(land), max(12, len(land) // 10), replace=False)).tolist()]
    year = str(world.as_of.year)
    area = np.round(rng.normal(6, 2.5, len(land)).clip(0.5), 2)
    of_land = land.with_columns(
        programme_code=pl.lit("01"), batch_no=pl.lit(year + "05"), area_mu=pl.Series(area),
        machine_model=pl.lit(None, pl.String), amount_yuan=pl.Series(np.round(area * 137, 2)),
    )  # fmt: skip
    of_machines = machines.with_columns(
        programme_code=pl.lit("02"), batch_no=pl.lit(year + "06"), area_mu=pl.lit(None, pl.Float64),
        machine_model=pl.Series(rng.choice(_MODELS, len(machines))),
        amount_yuan=pl.Series(rng.integers(15, 400, len(machines)) * 100.0),
    )  # fmt: skip
    total = pl.col("amount_yuan").sum().over("village_code", "programme_code", "batch_no").round(2)
    return pl.concat([of_land, of_machines]).with_columns(village_total_yuan=total)
