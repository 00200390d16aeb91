"""What authorities decided about persons and firms.

Lives here: administrative licences, discharge permits, published tax violations.
Stays out: what is wrong with the registers (``planted_licences``).
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from orchestration.demo.world import World

_ITEMS = ["A01", "A02", "A03", "A04", "A05", "A06"]
_NATURES = ["偷税", "虚开增值税专用发票", "骗取出口退税", "逃避追缴欠税"]
_FACTORY_INDUSTRIES = ["3484", "2221", "1353", "3039", "1711", "2669"]


def administrative_licences(world: World) -> pl.DataFrame:
    """Return licences of firms and, three of ten, of natural persons; published within four days."""
    rng = world.random(15)
    rows = world.count(11_000, 150)
    firms = world.in_business
    adults = world.people.filter((pl.col("birth_date") < dt.date(2000, 1, 1)) & pl.col("death_date").is_null())
    firm, person = rng.integers(0, len(firms), rows), rng.integers(0, len(adults), rows)
    decided = pl.Series(np.datetime64("2026-09-10") - rng.integers(0, 1600, rows)).cast(pl.Date)
    years = pl.Series(rng.choice([3, 5], rows)).cast(pl.String)
    frame = pl.DataFrame(
        {
            "is_person": rng.random(rows) < 0.3, "decided_on": decided, "years": years,
            "is_unlimited": rng.random(rows) < 0.1,
            "firm_name": firms["name"].gather(firm), "firm_uscc": firms["uscc"].gather(firm),
            "person_name": adults["person_name"].gather(person),
            "person_id": adults["resident_id_number"].gather(person),
        }
    )  # fmt: skip
    is_person = pl.col("is_person")
    expiry = pl.col("decided_on").dt.offset_by(pl.col("years") + "y")
    return frame.select(
        decision_no="兖审批许〔" + pl.col("decided_on").dt.year().cast(pl.String) + "〕"
        + pl.int_range(1, pl.len() + 1).cast(pl.String).str.zfill(5) + "号",
        subject_name=pl.when(is_person).then("person_name").otherwise("firm_name"),
        subject_uscc=pl.when(~is_person).then("firm_uscc"),
        subject_id_number=pl.when(is_person).then("person_id"),
        item_code=pl.Series(rng.choice(_ITEMS, rows)),
        decided_on="decided_on",
        valid_from="decided_on",
        valid_to=pl.when("is_unlimited").then(pl.lit(dt.date(2099, 12, 31))).otherwise(expiry),
        authority=pl.lit("济宁市兖州区行政审批服务局"),
        published_on=pl.col("decided_on") + pl.duration(days=pl.lit(pl.Series(rng.integers(0, 5, rows)))),
    )  # fmt: skip


def discharge_permits(world: World) -> pl.DataFrame:
    """Return the permits of factories in business."""
    rng = world.random(17)
    corporate = (pl.col("type_code") == "企业法人") & pl.col("industry_code").is_in(_FACTORY_INDUSTRIES)
    factories = world.in_business.filter(corporate)
    rows = min(len(factories), world.count(230, 24))
    factories = factories[np.sort(rng.choice(len(factories), rows, replace=False)).tolist()]
    valid_from = np.datetime64("2026-08-01") - rng.integers(20, 1500, rows)
    return factories.select("uscc", "industry_code").with_columns(
        permit_no=pl.col("uscc") + "001P",
        management_code=pl.Series(rng.choice(["重点", "简化", "登记"], rows, p=[0.2, 0.3, 0.5])),
        valid_from=pl.Series(valid_from).cast(pl.Date),
        valid_to=pl.Series(valid_from).cast(pl.Date).dt.offset_by("5y"),
        longitude=pl.Series(np.round(116.6 + rng.random(rows) * 0.3, 6)),
        latitude=pl.Series(np.round(35.4 + rng.random(rows) * 0.3, 6)),
        updated_on=pl.lit(world.as_of),
    )


def tax_violations(world: World) -> pl.DataFrame:
    """Return firms whose major violation of tax law was published."""
    rng = world.random(18)
    rows = world.count(14, 8)
    corporate = world.firms.filter(pl.col("type_code") == "企业法人")
    picked = corporate[np.sort(rng.choice(len(corporate), rows, replace=False)).tolist()]
    published = pl.Series(np.datetime64("2026-08-20") - rng.integers(10, 1000, rows)).cast(pl.Date)
    return picked.select(
        case_no="兖税稽公〔2025〕" + pl.int_range(1, pl.len() + 1).cast(pl.String) + "号",
        party_name="name",
        uscc="uscc",
        nature=pl.Series(rng.choice(_NATURES, rows)),
        published_on=published,
        removed_on=pl.when(pl.int_range(pl.len()) % 3 == 0).then(pl.lit(dt.date(2026, 8, 31))),
    )
