"""Towns and villages of the district, from the reference seed.

Lives here: reading ``division`` and drawing places. Stays out: synthetic addresses of persons.
"""

from __future__ import annotations

from functools import cache

import polars as pl

from config.settings import PROJECT_ROOT


@cache
def villages() -> pl.DataFrame:
    """Return village_code, village_name, town_code, town_name."""
    division = pl.read_csv(PROJECT_ROOT / "dbt_project" / "seeds" / "division.csv", infer_schema=False)
    towns = division.filter(pl.col("level") == "town").select(town_code="code", town_name="name")
    found = division.filter(pl.col("level") == "village").join(towns, left_on="parent_code", right_on="town_code")
    return found.select(village_code="code", village_name="name", town_code="parent_code", town_name="town_name").sort(
        "village_code"
    )
