"""Use of water.

Lives here: the two-monthly water register of households and firms.
Stays out: electricity (``firms``), what is wrong with the register (``planted_utilities``).
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from orchestration.demo.places import villages
from orchestration.demo.world import World

_FEE = {"居民": 2.95, "非居民": 4.4, "特种": 12.5}


def water(world: World) -> pl.DataFrame:
    """Return 12 periods of two months of each meter; nobody's meter of a home says whose it is."""
    rng = world.random(19)
    meters = _meters(world, rng)
    frame = meters.join(periods(world.as_of, 12), how="cross")
    m3 = np.round(frame["usage"].to_numpy() * rng.normal(1, 0.15, len(frame)).clip(0.3), 2)
    fee = frame["user_type"].replace_strict(_FEE, return_dtype=pl.Float64).to_numpy()
    return frame.with_columns(m3=pl.Series(m3), fee_yuan=pl.Series(np.round(m3 * fee, 2))).select(
        "account_no", "period", "uscc", "user_type", "village_code", "m3", "fee_yuan"
    )


def periods(as_of: dt.date, count: int) -> pl.DataFrame:
    """Return the last ``count`` periods that ended before the month of ``as_of``, as yyyymm of their last month."""
    last = (as_of.year * 12 + as_of.month - 1) // 2 * 2  # months counted from 1; a period ends in an even month
    months = range(last - 2 * (count - 1), last + 1, 2)
    return pl.DataFrame({"period": [f"{(m - 1) // 12}{(m - 1) % 12 + 1:02d}" for m in months]})


def _meters(world: World, rng: np.random.Generator) -> pl.DataFrame:
    firms = world.in_business.filter(pl.col("type_code") == "企业法人")["uscc"]
    firms = firms.gather(np.sort(rng.choice(len(firms), int(len(firms) * 0.8), replace=False)))
    rows = max(len(firms) + 60, int(32_000 * world.scale))
    places = villages()["village_code"]
    is_firm = np.arange(rows) < len(firms)
    user = np.where(~is_firm, "居民", np.where(rng.random(rows) < 0.97, "非居民", "特种"))
    return pl.DataFrame(
        {
            "account_no": pl.Series(8_900_000_000 + np.arange(rows)).cast(pl.String),
            "uscc": pl.concat([firms, pl.Series("uscc", [None] * (rows - len(firms)), pl.String)]),
            "user_type": user,
            "village_code": places.gather(rng.integers(0, len(places), rows)),
            "usage": np.where(is_firm, np.exp(rng.normal(5, 1.3, rows)), rng.normal(18, 6, rows).clip(3)),
        }
    )
