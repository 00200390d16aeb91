"""Planted defects of the registers of persons.

Lives here: which defects are planted in population, deaths, allowances and care homes (demo district §3).
Add here: another of their defects. Stays out: how a register is derived, how it is written to a file.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from orchestration.demo import benefits, marks
from orchestration.demo.defects import Truth, constant, full_width, old_number, wrong_check
from orchestration.demo.world import World


def resident_population(world: World, truth: Truth) -> pl.DataFrame:
    """人口基本信息."""
    is_dead = pl.col("death_date").is_not_null()
    frame = world.people.with_columns(
        residence_status=pl.when(is_dead).then(pl.lit("死亡")).otherwise(pl.lit("在册")),
        updated_at=pl.col("updated_on").cast(pl.Datetime),
    )
    planter = world.planter("gongan.resident_population", frame, truth)
    planter.plant("residence_status", "dead_but_registered", "Q04", 0.015 * world.dead.list.len()[0] / len(frame),
                  constant("在册"), pl.col("death_date").is_not_null())  # fmt: skip
    alive = pl.col("death_date").is_null()
    planter.plant("resident_id_number", "old_15_digits", "Q01", 0.004, old_number, alive)
    planter.plant("resident_id_number", "lower_case_x", "", 0.006, lambda v: v.str.to_lowercase(),
                  alive & pl.col("resident_id_number").str.ends_with("X"))  # fmt: skip
    planter.plant("resident_id_number", "full_width", "", 0.002, full_width, alive)
    planter.plant("resident_id_number", "wrong_check_digit", "Q01", 0.001, wrong_check, alive)
    planter.plant("birth_date", "birth_date_differs", "Q03", 0.0015, constant("1931-02-03"), alive)
    planter.plant("village_code", "village_abolished", "Q05", 0.003, constant("370812999999"), alive)
    planter.plant("address", "mobile_in_address", "Q27", 0.0005, lambda v: v + "电话15412345678", alive)
    planter.plant("address", "address_too_short", "Q06", 0.001, constant("兖州"), alive)
    planter.repeat_key("resident_id_number", "two_persons_one_number", "Q02", max(1, round(12 * world.scale)))
    return planter.frame


def as_registered(world: World) -> pl.Series:
    """Return the numbers that register 1 holds unharmed, as one list for ``is_in``."""
    numbers = resident_population(world, Truth())["resident_id_number"]
    return numbers.filter(numbers.is_in(world.people["resident_id_number"].implode())).unique().implode()


def death_records(world: World, truth: Truth) -> pl.DataFrame:
    """死亡医学信息."""
    frame = benefits.deaths(world.people, world.seed)
    strangers = _strangers(frame, max(1, round(8 * world.scale)))
    planter = world.planter("weijian.death_records", pl.concat([frame, strangers]), truth)
    planter.note("resident_id_number", "not_in_population", "resident_id_number__reference",
                 pl.col("certificate_no").str.starts_with("37089809"))  # fmt: skip
    planter.plant("death_date", "death_before_birth", "death_before_birth", 0.002, constant("1901-01-01"))
    planter.plant("reported_at", "reported_late", "reported_late", 0.01, constant("2026-09-23 09:00:00"),
                  pl.col("death_date") < "2026-08-01")  # fmt: skip
    return planter.frame


def _strangers(deaths: pl.DataFrame, rows: int) -> pl.DataFrame:
    """Return deaths of persons who are in no register of the district."""
    dates = 19480101 + np.arange(rows) % 28
    numbers = marks.resident_ids(marks.region_of(dates // 10000), dates, 900 + np.arange(rows) // 28)
    return deaths.head(rows).with_columns(
        resident_id_number=numbers, certificate_no="37089809" + pl.int_range(pl.len()).cast(pl.String).str.zfill(8)
    )


def subsistence_allowance(world: World, truth: Truth) -> pl.DataFrame:
    """最低生活保障对象."""
    frame = benefits.allowance(world.people, world.seed, world.scale)
    planter = world.planter("minzheng.subsistence_allowance", frame, truth)
    dead = world.people.filter(pl.col("death_date").is_not_null() & (pl.col("death_date") > dt.date(2025, 9, 1)))[
        "resident_id_number"
    ].head(max(1, round(9 * world.scale)))
    in_force = pl.col("ended_on").is_null()
    planter.plant("resident_id_number", "dead_recipient", "Q09", len(dead) / len(frame),
                  lambda v: dead.gather(list(range(len(v)))), in_force)  # fmt: skip
    planter.plant("ended_on", "ended_before_approved", "Q08", 0.003, constant("2001-01-01"), ~in_force)
    planter.plant("monthly_amount_yuan", "zero_amount", "zero_amount", 0.002, constant("0.00"), in_force)
    planter.plant("remark", "id_and_mobile_in_remark", "Q27", 0.003,
                  lambda v: ["联系其子王某，身份证37089719870505201X，电话15487654321"] * len(v))  # fmt: skip
    planter.repeat_key("resident_id_number", "two_categories", "twice_allowed", max(1, round(5 * world.scale)))
    return planter.frame


def elderly_care_institutions(world: World, truth: Truth) -> pl.DataFrame:
    """养老机构信息."""
    planter = world.planter(
        "minzheng.elderly_care_institutions", benefits.care_institutions(world.seed, world.scale), truth
    )
    return (
        planter.plant("occupied_beds", "more_than_beds", "Q07", 0.03, constant("4999"))
        .plant("nursing_beds", "nursing_over_total", "nursing_over_total", 0.02, constant("4999"))
        .plant("licence_valid_to", "licence_expired", "licence_expired", 0.06, constant("2025-12-31"))
        .plant("contact_phone", "phone_with_extension", "phone_with_extension", 0.05, lambda v: v + "转8012")
        .plant("address", "address_in_two_forms", "address_form", 0.05, lambda v: v.str.strip_prefix("兖州区"))
        .frame
    )
