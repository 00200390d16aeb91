"""Planted defects of licences and permits.

Lives here: which defects are planted in registers 10 and 15 (demo district §3).
Add here: another of their defects. Stays out: how a register is derived, how it is written to a file.
"""

from __future__ import annotations

import polars as pl

from orchestration.demo import licences
from orchestration.demo.defects import Truth, constant
from orchestration.demo.planted_firms import deregistered
from orchestration.demo.world import World


def administrative_licences(world: World, truth: Truth) -> pl.DataFrame:
    """行政许可（双公示）."""
    planter = world.planter("shenpi.administrative_licences", licences.administrative_licences(world), truth)
    has_code = pl.col("subject_uscc").is_not_null()
    planter.plant("subject_uscc", "code_blank", "subject_unidentified", 0.004, constant(None), has_code)
    planter.plant("valid_to", "unlimited_as_text", "validity_as_text", 0.003, constant("长期"),
                  pl.col("valid_to") == "2099-12-31")  # fmt: skip
    planter.plant("published_on", "published_late", "Q17", 0.006, _a_month_later)
    planter.swap("subject_uscc", "subject_id_number", "id_in_code", "id_in_uscc", 0.002, ~has_code)
    return planter.frame


def _a_month_later(days: pl.Series) -> pl.Series:
    return days.str.to_date().dt.offset_by("30d").dt.to_string("%Y-%m-%d")


def discharge_permits(world: World, truth: Truth) -> pl.DataFrame:
    """排污许可."""
    planter = world.planter("shengtai.discharge_permits", licences.discharge_permits(world), truth)
    planter.swap("longitude", "latitude", "coordinates_swapped", "Q22", 0.01)
    planter.plant("valid_to", "expired_not_renewed", "permit_expired", 0.02, constant("2026-06-30"))
    planter.plant("uscc", "firm_deregistered", "firm_deregistered", 0.01, deregistered(world))
    return planter.frame
