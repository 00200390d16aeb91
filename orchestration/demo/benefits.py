"""Registers about persons beside the population: deaths, allowances, care homes, debtors, addresses.

Lives here: clean registers derived from persons and places. Stays out: defects (``defects``).
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from orchestration.demo import marks
from orchestration.demo.people import names
from orchestration.demo.places import villages


def deaths(people: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Return the deaths of two years, reported within 15 days."""
    rng = np.random.default_rng([seed, 7])
    dead = people.filter(pl.col("death_date").is_not_null())
    rows = len(dead)
    return dead.select(
        "resident_id_number",
        "death_date",
        certificate_no="3708980" + pl.int_range(pl.len()).cast(pl.String).str.zfill(9),
        reported_at=pl.col("death_date").cast(pl.Datetime)
        + pl.duration(
            days=pl.lit(pl.Series(rng.integers(0, 14, rows))), hours=pl.lit(pl.Series(rng.integers(8, 18, rows)))
        ),
    )


def allowance(people: pl.DataFrame, seed: int, scale: float) -> pl.DataFrame:
    """Return persons on subsistence allowance, half of them 60 or older."""
    rng = np.random.default_rng([seed, 8])
    alive = people.filter(pl.col("death_date").is_null())
    old = alive.filter(pl.col("birth_date") < dt.date(1966, 9, 24))
    young = alive.filter(pl.col("birth_date").is_between(dt.date(1966, 9, 25), dt.date(2006, 1, 1)))
    rows = max(40, int(2600 * scale))
    picked = pl.concat(
        [
            old[rng.choice(len(old), rows // 2, replace=False).tolist()],
            young[rng.choice(len(young), rows - rows // 2, replace=False).tolist()],
        ]
    )
    approved = np.datetime64("2026-08-01") - rng.integers(100, 3000, rows)
    ended = rng.random(rows) < 0.06
    return picked.select("resident_id_number", "household_number", "village_code").with_columns(
        category_code=pl.Series(rng.choice(["城市低保", "农村低保", "特困供养"], rows, p=[0.2, 0.7, 0.1])),
        household_members=pl.Series(rng.integers(1, 5, rows)),
        monthly_amount_yuan=pl.Series(np.round(rng.uniform(300, 1100, rows), 2)),
        approved_on=pl.Series(approved).cast(pl.Date),
        ended_on=pl.when(pl.Series(ended)).then(
            pl.Series(np.minimum(approved + rng.integers(30, 800, rows), np.datetime64("2026-08-20"))).cast(pl.Date)
        ),
        bank_card=marks.cards(rng.integers(0, 10**11, rows)),
        remark=pl.Series(rng.choice(["", "", "", "年度复核通过", "已入户核查", "转入本村"], rows)),
    )  # fmt: skip


def care_institutions(seed: int, scale: float) -> pl.DataFrame:
    """Return elderly care institutions."""
    rng = np.random.default_rng([seed, 9])
    rows = max(12, int(46 * min(scale, 1)))
    places = villages()
    home = rng.choice(len(places), rows, replace=False)
    beds = rng.integers(3, 30, rows) * 10
    return pl.DataFrame(
        {
            "institution_code": marks.usccs(np.full(rows, 93), 20_000_000 + np.arange(rows) * 7),
            "name": places["village_name"].gather(home).str.replace("居委会|村委会|社区", "") + "养老服务中心",
            "nature_code": rng.choice(["公办", "公建民营", "民办"], rows),
            "village_code": places["village_code"].gather(home),
            "address": "兖州区" + places["town_name"].gather(home) + places["village_name"].gather(home),
            "bed_count": beds,
            "occupied_beds": (beds * rng.uniform(0.3, 0.95, rows)).astype(int),
            "nursing_beds": (beds * rng.uniform(0.2, 0.6, rows)).astype(int),
            "licence_no": "兖民备" + pl.Series(np.arange(rows) + 1).cast(pl.String).str.zfill(4),
            "licence_valid_to": pl.Series(np.datetime64("2026-12-01") + rng.integers(0, 900, rows)).cast(pl.Date),
            "contact_name": names(rng, rows),
            "contact_phone": marks.mobiles(rng.integers(10_000_000, 99_999_999, rows)),
            "updated_on": [dt.date(2026, 9, 20)] * rows,
        }
    )


def debtors(people: pl.DataFrame, firms: pl.DataFrame, seed: int, scale: float) -> pl.DataFrame:
    """Return dishonest judgment debtors: two of three natural persons, one a firm."""
    rng = np.random.default_rng([seed, 10])
    rows = max(24, int(760 * scale))
    person = rng.random(rows) < 0.66
    who = rng.integers(0, len(people), rows)
    corporate = firms.filter(pl.col("type_code") == "企业法人")
    firm = rng.integers(0, len(corporate), rows)
    published = np.datetime64("2026-09-20") - rng.integers(10, 1500, rows)
    columns = pl.DataFrame(
        {
            "person": person, "person_name": people["person_name"].gather(who),
            "person_id": people["resident_id_number"].gather(who),
            "firm_name": corporate["name"].gather(firm), "firm_uscc": corporate["uscc"].gather(firm),
        }
    )  # fmt: skip
    amounts = pl.Series(rng.integers(2, 900, rows) * 1000).cast(pl.String)
    return columns.select(
        case_no="（2025）鲁0898执" + pl.int_range(pl.len()).cast(pl.String).str.zfill(4) + "号",
        party_type=pl.when("person").then(pl.lit("自然人")).otherwise(pl.lit("法人")),
        party_name=pl.when("person").then("person_name").otherwise("firm_name"),
        resident_id_number=pl.when("person").then("person_id"),
        uscc=pl.when(~pl.col("person")).then("firm_uscc"),
        published_on=pl.Series(published).cast(pl.Date),
        removed_on=pl.when(pl.Series(rng.random(rows) < 0.2)).then(pl.lit(dt.date(2026, 9, 21))),
        obligation="偿还借款本金" + amounts + "元及利息",
    )


def addresses(seed: int, scale: float) -> pl.DataFrame:
    """Return standard addresses: a road and a plate in each village; no persons."""
    rng = np.random.default_rng([seed, 11])
    places = villages()
    rows = max(200, int(48_000 * scale))
    home = np.arange(rows) % len(places)
    return pl.DataFrame(
        {
            "address_code": places["village_code"].gather(home)
            + pl.Series(np.arange(rows)).cast(pl.String).str.zfill(8),
            "village_code": places["village_code"].gather(home),
            "road_name": rng.choice(["建设路", "文化路", "兴隆路", "中御桥路", "九州大道", "龙桥路", "兖颜路"], rows),
            "plate_no": pl.Series(np.arange(rows) // len(places) + 1).cast(pl.String) + "号",
            "building_no": np.where(rng.random(rows) < 0.3, "1号楼", ""),
            "longitude": np.round(116.6 + rng.random(rows) * 0.3, 6),
            "latitude": np.round(35.4 + rng.random(rows) * 0.3, 6),
        }
    )
