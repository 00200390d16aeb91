"""Batches that went wrong as a whole since the one before: rows lost, codes recoded, amounts in another unit.

Lives here: the next batch of some registers, each with one such fault, for trials and measurements. Not part of the
demo district's own deliveries.
Add here: another register whose batch drifts.
Stays out: faults of single rows (``planted_…``), finding them (``expectations.drift``).
"""

from __future__ import annotations

import polars as pl

from orchestration.demo import planted_insurance, planted_people
from orchestration.demo.defects import Planter, Truth, constant
from orchestration.demo.registers import Register
from orchestration.demo.world import World


def rows_lost(world: World, truth: Truth) -> pl.DataFrame:
    """基本医保参保信息, of which the export broke off."""
    planter = _again("yibao.medical_insurance", planted_insurance.medical_insurance, world, truth)
    planter.truth.add_whole(planter.resource, "", "rows_lost", "volume_drift")
    return planter.frame.head(len(planter.frame) * 55 // 100)


def recoded(world: World, truth: Truth) -> pl.DataFrame:
    """人口基本信息, in which part of 民族 was recoded by mistake."""
    planter = _again("gongan.resident_population", planted_people.resident_population, world, truth)
    return planter.shift("nation_code", "recoded", "nation_code__category_drift", 0.15, constant("03"),
                         pl.col("nation_code") == "01").frame  # fmt: skip


def other_unit(world: World, truth: Truth) -> pl.DataFrame:
    """职工参保信息, with some bases in 万元."""
    planter = _again("renshe.employee_insurance", planted_insurance.employee_insurance, world, truth)
    return planter.plant("base_yuan", "base_in_ten_thousands", "base_yuan__unit_slip", 0.01,
                         lambda v: (v.cast(pl.Float64) / 10_000).cast(pl.String), pl.col("base_yuan").is_not_null()
                         ).frame  # fmt: skip


DRIFTED: dict[str, Register] = {
    "yibao.medical_insurance": rows_lost,
    "gongan.resident_population": recoded,
    "renshe.employee_insurance": other_unit,
}


def _again(resource: str, register: Register, world: World, truth: Truth) -> Planter:
    """Return the register as it was, its wrong rows left as they are and not recorded again."""
    usual = Truth()
    planter = world.planter(resource, register(world, usual), truth)
    planter.free[usual.table()["row_number"].to_numpy() - 1] = False
    return planter
