"""Planted defects of social and medical insurance.

Lives here: which defects are planted in registers 4, 5 and 6 (demo district §3).
Add here: another of their defects. Stays out: how a register is derived, how it is written to a file.
"""

from __future__ import annotations

import polars as pl

from orchestration.demo import firms, insurance
from orchestration.demo.defects import Truth, constant
from orchestration.demo.planted_firms import deregistered, known_firms
from orchestration.demo.planted_people import as_registered
from orchestration.demo.world import World


def employer_insurance(world: World, truth: Truth) -> pl.DataFrame:
    """用人单位参保缴费."""
    frame, of_town = _without_a_town(world, firms.insurance(world.firms, world.seed, world.as_of))
    planter = world.planter("renshe.employer_insurance", frame, truth)
    months = sorted(frame["month"].unique())
    planter.note("uscc", "town_missing_in_last_month", "Q10",
                 of_town & (pl.col("month") == months[-2]) & pl.col("uscc").is_in(known_firms(world)))  # fmt: skip
    planter.plant("insured_count", "drops_to_zero_and_back", "Q11", 0.0003, constant("0"),
                  (pl.col("month") == months[-6]) & (pl.col("insured_count").cast(pl.Int64) > 0))  # fmt: skip
    planter.plant("uscc", "employer_deregistered", "firm_deregistered", 0.0003, deregistered(world),
                  pl.col("month") == months[-4])  # fmt: skip
    planter.plant("paid_yuan", "overpaid", "overpaid", 0.001, lambda v: (v.cast(pl.Float64) * 2).cast(pl.String),
                  pl.col("paid_yuan") != "0.0")  # fmt: skip
    planter.plant("uscc", "letter_o_for_zero", "uscc__check_digit", 0.0005, lambda v: v.str.replace("0", "O"))
    return planter.frame


def _without_a_town(world: World, frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.Expr]:
    """Leave out the last month of one town; return also which rows are that town's."""
    town = world.firms["town_code"].unique().sort()[3]
    its_firms = world.firms.filter(pl.col("town_code") == town)["uscc"].implode()
    of_town = pl.col("uscc").is_in(its_firms)
    return frame.filter(~(of_town & (pl.col("month") == frame["month"].max()))), of_town


def employee_insurance(world: World, truth: Truth) -> pl.DataFrame:
    """职工参保."""
    planter = world.planter("renshe.employee_insurance", insurance.employees(world), truth)
    in_force = pl.col("status_code") == "参保缴费"
    at_firm = pl.col("uscc").str.starts_with("9")
    pension = in_force & (pl.col("insurance_code") == "110")
    planter.repeat_key("resident_id_number", "two_employers_in_force", "two_employers", max(1, round(60 * world.scale)),
                       also=["person_name"], target=pension & at_firm, source=pension & ~at_firm)  # fmt: skip
    planter.plant("person_name", "name_differs", "Q12", 0.002, lambda v: v.str.head(-1) + "某",
                  pl.col("resident_id_number").is_in(as_registered(world)))  # fmt: skip
    planter.plant("enrolled_on", "under_16", "under_16", 0.001, constant("1999-07-01"),
                  pl.col("resident_id_number").str.slice(6, 4).is_between(pl.lit("1985"), pl.lit("1995")))  # fmt: skip
    planter.plant("uscc", "employer_deregistered", "employer_deregistered", 0.002, deregistered(world),
                  in_force & at_firm)  # fmt: skip
    return planter.frame


def medical_insurance(world: World, truth: Truth) -> pl.DataFrame:
    """基本医疗保险参保."""
    planter = world.planter("yibao.medical_insurance", insurance.medical(world), truth)
    is_dead = pl.col("status_code") == "终止参保"
    by_work = pl.col("scheme_code") == "职工"
    planter.plant("status_code", "dead_but_insured", "insured_after_death", 0.0006, constant("正常参保"), is_dead)
    planter.repeat_key("resident_id_number", "both_schemes", "two_schemes", max(1, round(70 * world.scale)),
                       target=~is_dead & ~by_work, source=~is_dead & by_work)  # fmt: skip
    return planter.frame
