"""Planted defects of addresses, real estate and farm subsidies.

Lives here: which defects are planted in registers 14, 16 and 19 (demo district §3).
Add here: another of their defects. Stays out: how a register is derived, how it is written to a file.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from orchestration.demo import benefits, marks, property
from orchestration.demo.defects import Truth, constant, wrong_check
from orchestration.demo.planted_people import as_registered
from orchestration.demo.world import World


def real_estate_registration(world: World, truth: Truth) -> pl.DataFrame:
    """不动产登记."""
    planter = world.planter("ziran.real_estate_registration", property.real_estate(world), truth)
    sole = pl.col("share") == "100%"
    planter.plant("unit_number", "27_characters", "Q20", 0.001, lambda v: v.str.head(27), sole)
    planter.plant("share", "shares_not_100", "Q21", 0.0005, constant("60%"), pl.col("share") == "50%")
    planter.plant("area_m2", "area_in_mu", "area_in_mu", 0.001,
                  lambda v: (v.cast(pl.Float64) * 0.0015).round(2).cast(pl.String))  # fmt: skip
    planter.plant("owner_name", "owner_name_differs", "owner_name_differs", 0.002, lambda v: v.str.head(-1) + "某",
                  pl.col("owner_id").is_in(as_registered(world)))  # fmt: skip
    return planter.frame


def farm_subsidies(world: World, truth: Truth) -> pl.DataFrame:
    """惠农补贴."""
    planter = world.planter("nongye.farm_subsidies", property.farm_subsidies(world), truth)
    for_land = pl.col("programme_code") == "01"
    villages = (
        planter.frame.filter(for_land)["village_code"].unique().sort().head(min(4, max(1, round(4 * world.scale))))
    )  # villages do not scale
    planter.plant("village_total_yuan", "village_total_differs", "Q23", 1.0,
                  lambda v: (v.cast(pl.Float64) + 500).round(2).cast(pl.String),
                  for_land & pl.col("village_code").is_in(villages.implode()))  # fmt: skip
    dead = world.people.filter(pl.col("death_date") < dt.date(world.as_of.year, 5, 1))["resident_id_number"]
    dead = dead.head(max(1, round(30 * world.scale)))
    planter.plant("resident_id_number", "dead_recipient", "paid_after_death", len(dead) / len(planter.frame),
                  lambda v: dead.gather(list(range(len(v)))), for_land)  # fmt: skip
    planter.plant("bank_card", "card_fails_luhn", "card_invalid", 0.001, wrong_check)
    planter.plant("bank_card", "one_card_for_nine", "card_shared", 9 / len(planter.frame),
                  constant(marks.cards(np.array([98_765_432_101]))[0]), for_land)  # fmt: skip
    return planter.frame


def standard_addresses(world: World, truth: Truth) -> pl.DataFrame:
    """标准地址."""
    planter = world.planter("gongan.standard_addresses", benefits.addresses(world.seed, world.scale), truth)
    planter.plant("plate_no", "plate_missing", "plate_missing", 0.002, constant(None))
    planter.plant("road_name", "alias_road", "road_alias", 0.002, constant("九州路"),
                  pl.col("road_name") == "九州大道")  # fmt: skip
    planter.plant("village_code", "village_renamed", "village_renamed", 0.001, constant("370812999998"))
    return planter.frame
