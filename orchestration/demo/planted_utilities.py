"""Planted defects of electricity and water.

Lives here: which defects are planted in registers 17 and 18 (demo district §3).
Add here: another of their defects. Stays out: how a register is derived, how it is written to a file.
"""

from __future__ import annotations

import polars as pl

from orchestration.demo import firms, utilities
from orchestration.demo.defects import Truth
from orchestration.demo.planted_firms import deregistered
from orchestration.demo.world import World


def electricity_monthly(world: World, truth: Truth) -> pl.DataFrame:
    """用电月度信息."""
    frame = firms.electricity(world.firms, world.seed, world.scale, world.as_of)
    planter = world.planter("gongdian.electricity_monthly", frame, truth)
    planter.run("kwh", "estimated_three_months", "estimated_reading", "account_no", 3, 0.0002, lambda v: v)
    planter.run("month", "meter_change", "two_readings_a_month", "account_no", 2, 0.0001, lambda v: v)
    planter.plant("kwh", "negative_reading", "Q24", 0.0005, lambda v: "-" + v)
    planter.plant("uscc", "firm_deregistered", "firm_deregistered", 0.0002, deregistered(world),
                  pl.col("uscc").is_not_null())  # fmt: skip
    return planter.frame


def water_monthly(world: World, truth: Truth) -> pl.DataFrame:
    """用水月度信息."""
    planter = world.planter("gongshui.water_monthly", utilities.water(world), truth)
    planter.run("m3", "zero_four_periods", "zero_four_periods", "account_no", 4, 0.0005, lambda v: ["0.0"] * len(v),
                pl.col("user_type") == "居民")  # fmt: skip
    planter.plant("m3", "meter_rollover", "meter_rollover", 0.0002,
                  lambda v: (v.cast(pl.Float64) - 99_999).round(2).cast(pl.String))  # fmt: skip
    planter.plant("m3", "unit_in_value", "unit_in_value", 0.0003, lambda v: v + "吨")
    return planter.frame
