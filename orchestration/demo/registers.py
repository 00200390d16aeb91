"""Every register of the demo with its defects, as text cells under catalog item codes.

Lives here: which defects are planted where (demo district §3).
Add here: a register, with its planted defects.
Stays out: how a register is derived, how it is written to a file.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import polars as pl

from orchestration.demo import benefits, firms, people
from orchestration.demo.defects import Planter, Truth, constant, full_width, old_number, wrong_check

Register = Callable[["World", Truth], pl.DataFrame]


class World:
    """The persons and firms all registers agree on."""

    def __init__(self, rows: int, seed: int, as_of: dt.date) -> None:
        self.seed, self.as_of, self.scale = seed, as_of, rows / 100_000
        self.people = people.population(rows, seed, as_of)
        self.firms = firms.enterprises(self.scale, seed, as_of, self.people)
        self.dead = self.people.filter(pl.col("death_date").is_not_null())["resident_id_number"].implode()

    def planter(self, resource: str, frame: pl.DataFrame, truth: Truth) -> Planter:
        """Start planting into a register, all cells as text."""
        text = frame.with_columns(
            pl.col(pl.Datetime).dt.strftime("%Y-%m-%d %H:%M:%S"), pl.col(pl.Date).dt.strftime("%Y-%m-%d")
        ).with_columns(pl.all().cast(pl.String))
        return Planter(resource, text, truth, self.seed)


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


def death_records(world: World, truth: Truth) -> pl.DataFrame:
    """死亡医学信息."""
    planter = world.planter("weijian.death_records", benefits.deaths(world.people, world.seed), truth)
    planter.plant("death_date", "death_before_birth", "death_before_birth", 0.002, constant("1901-01-01"))
    planter.plant("reported_at", "reported_late", "reported_late", 0.01, constant("2026-09-23 09:00:00"),
                  pl.col("death_date") < "2026-08-01")  # fmt: skip
    return planter.frame


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
        .frame
    )


def enterprise_registration(world: World, truth: Truth) -> pl.DataFrame:
    """经营主体登记."""
    return (
        world.planter("shichang.enterprise_registration", world.firms, truth)
        .plant("uscc", "wrong_check_character", "Q13", 0.002, wrong_check)
        .plant("industry_code", "leading_zero_lost", "Q14", 0.01, lambda v: v.str.slice(1),
               pl.col("industry_code").str.starts_with("0"))
        .plant("name", "old_place_name", "old_place_name", 0.004, lambda v: v.str.replace("济宁市兖州区", "兖州市"))
        .frame
    )  # fmt: skip


def employer_insurance(world: World, truth: Truth) -> pl.DataFrame:
    """用人单位参保缴费."""
    frame = firms.insurance(world.firms, world.seed, world.as_of)
    return (
        world.planter("renshe.employer_insurance", frame, truth)
        .plant("paid_yuan", "overpaid", "overpaid", 0.001, lambda v: (v.cast(pl.Float64) * 2).cast(pl.String),
               pl.col("paid_yuan") != "0.0")
        .plant("uscc", "letter_o_for_zero", "uscc__check_digit", 0.0005, lambda v: v.str.replace("0", "O"))
        .frame
    )  # fmt: skip


def abnormal_operation(world: World, truth: Truth) -> pl.DataFrame:
    """经营异常名录."""
    frame = firms.abnormal(world.firms, world.seed, world.scale, world.as_of)
    return (
        world.planter("shichang.abnormal_operation", frame, truth)
        .plant("removed_on", "removed_before_listed", "removed_before_listed", 0.01, constant("2015-01-01"),
               pl.col("removed_on").is_not_null())
        .plant("uscc", "unknown_entity", "Q16", 0.01, constant("91370898MA00000001"))
        .frame
    )  # fmt: skip


def tax_credit_rating(world: World, truth: Truth) -> pl.DataFrame:
    """纳税缴费信用评价."""
    planter = world.planter("shuiwu.tax_credit_rating", firms.tax_credit(world.firms, world.seed), truth)
    return planter.plant("level_code", "level_e", "Q18", 0.001, constant("E")).frame


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
        .frame
    )  # fmt: skip


def electricity_monthly(world: World, truth: Truth) -> pl.DataFrame:
    """用电月度信息."""
    frame = firms.electricity(world.firms, world.seed, world.scale, world.as_of)
    planter = world.planter("gongdian.electricity_monthly", frame, truth)
    return planter.plant("kwh", "negative_reading", "Q24", 0.0005, lambda v: "-" + v).frame


def standard_addresses(world: World, truth: Truth) -> pl.DataFrame:
    """标准地址."""
    planter = world.planter("gongan.standard_addresses", benefits.addresses(world.seed, world.scale), truth)
    return planter.plant("plate_no", "plate_missing", "plate_missing", 0.002, constant(None)).frame


REGISTERS: dict[str, Register] = {
    "gongan.resident_population": resident_population,
    "gongan.standard_addresses": standard_addresses,
    "minzheng.elderly_care_institutions": elderly_care_institutions,
    "minzheng.subsistence_allowance": subsistence_allowance,
    "weijian.death_records": death_records,
    "renshe.employer_insurance": employer_insurance,
    "shichang.enterprise_registration": enterprise_registration,
    "shichang.abnormal_operation": abnormal_operation,
    "shuiwu.tax_credit_rating": tax_credit_rating,
    "fayuan.dishonest_debtors": dishonest_debtors,
    "gongdian.electricity_monthly": electricity_monthly,
}
