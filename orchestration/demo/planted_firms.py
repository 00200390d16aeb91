"""Planted defects of the registers of firms.

Lives here: which defects are planted in business registration, abnormal operation, tax and debtors (demo district §3).
Add here: another of their defects. Stays out: how a register is derived, how it is written to a file.
"""

from __future__ import annotations

import datetime as dt

import polars as pl

from orchestration.demo import benefits, firms, licences, people
from orchestration.demo.defects import Change, Truth, constant, wrong_check
from orchestration.demo.world import World


def enterprise_registration(world: World, truth: Truth) -> pl.DataFrame:
    """经营主体登记."""
    planter = world.planter("shichang.enterprise_registration", world.firms, truth)
    active = pl.col("status_code").is_in(["存续", "在业"])  # other registers are wrong about the deregistered ones
    single = active & (pl.col("type_code") == "个体工商户")
    planter.plant("uscc", "wrong_check_character", "Q13", 0.002, wrong_check, active)
    planter.plant("industry_code", "leading_zero_lost", "Q14", 0.01, lambda v: v.str.slice(1),
                  pl.col("industry_code").str.starts_with("0"))  # fmt: skip
    planter.plant("name", "old_place_name", "old_place_name", 0.004,
                  lambda v: v.str.replace("济宁市兖州区", "兖州市"))  # fmt: skip
    planter.plant("name", "name_is_a_person", "name_is_a_person", 0.003,
                  lambda v: people.names(world.random(20), len(v)), single)  # fmt: skip
    if world.as_of >= dt.date(2026, 9, 1):  # this batch alone: the one before has yuan
        planter.plant("registered_capital_yuan", "capital_in_ten_thousands", "Q15", 0.002,
                      lambda v: (v.cast(pl.Float64) / 10_000).cast(pl.String),
                      (pl.col("type_code") == "企业法人") & active)  # fmt: skip
    planter.repeat_key("uscc", "twice_after_moving_in", "registered_twice", max(1, round(6 * world.scale)),
                       target=single, source=single)  # fmt: skip
    if world.as_of >= dt.date(2026, 9, 1):
        planter.shift("phone", "phones_left_empty", "phone__null_drift", 0.08, constant(None))
    return planter.frame


def known_firms(world: World) -> pl.Series:
    """Return the codes that register 8 holds unharmed, as one list for ``is_in``."""
    codes = enterprise_registration(world, Truth())["uscc"]
    return codes.filter(codes.is_in(world.firms["uscc"].implode())).unique().implode()


def deregistered(world: World) -> Change:
    """Return a change that gives the codes of deregistered firms, one after the other."""
    codes = world.deregistered["uscc"]
    return lambda values: codes.gather([i % len(codes) for i in range(len(values))])


def abnormal_operation(world: World, truth: Truth) -> pl.DataFrame:
    """经营异常名录."""
    frame = firms.abnormal(world.firms, world.seed, world.scale, world.as_of)
    gone = world.deregistered.filter(pl.col("approved_on") < dt.date(2024, 3, 1))["uscc"]
    return (
        world.planter("shichang.abnormal_operation", frame, truth)
        .plant("removed_on", "removed_before_listed", "removed_before_listed", 0.01, constant("2015-01-01"),
               pl.col("removed_on").is_not_null())
        .plant("uscc", "unknown_entity", "Q16", 0.01, constant("91370898MA00000001"))
        .plant("uscc", "listed_after_deregistration", "listed_after_deregistration", 0.01,
               lambda v: gone.gather([i % len(gone) for i in range(len(v))]), pl.col("listed_on") > "2024-06-01")
        .frame
    )  # fmt: skip


def tax_credit_rating(world: World, truth: Truth) -> pl.DataFrame:
    """纳税缴费信用评价."""
    planter = world.planter("shuiwu.tax_credit_rating", firms.tax_credit(world.firms, world.seed), truth)
    planter.run("year", "two_levels_in_a_year", "two_levels_a_year", "uscc", 2, 0.0005, lambda v: v,
                pl.col("level_code") != pl.col("level_code").shift(-1))  # fmt: skip
    return planter.plant("level_code", "level_e", "Q18", 0.001, constant("E")).frame


def major_tax_violation(world: World, truth: Truth) -> pl.DataFrame:
    """重大税收违法失信主体."""
    planter = world.planter("shuiwu.major_tax_violation", licences.tax_violations(world), truth)
    return planter.plant("removed_on", "removed_before_published", "removed_before_published", 0.07,
                         constant("2015-01-01"), pl.col("removed_on").is_not_null()).frame  # fmt: skip


def dishonest_debtors(world: World, truth: Truth) -> pl.DataFrame:
    """失信被执行人."""
    frame = benefits.debtors(world.people, world.firms, world.seed, world.scale)
    return (
        world.planter("fayuan.dishonest_debtors", frame, truth)
        .plant("resident_id_number", "masked_at_source", "Q19", 0.006,
               lambda v: v.str.slice(0, 6) + "********" + v.str.slice(14),
               pl.col("resident_id_number").is_not_null())
        .plant("obligation", "third_person_in_text", "Q27", 0.004,
               lambda v: v + "，由担保人（身份证37079619700101301X，手机15411112222）连带清偿")
        .plant("case_no", "half_width_brackets", "half_width_brackets", 0.008,
               lambda v: v.str.replace_many(["（", "）"], ["(", ")"]))
        .frame
    )  # fmt: skip
