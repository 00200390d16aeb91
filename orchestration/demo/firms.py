"""Firms, individual businesses and cooperatives.

Lives here: the business entities as they stand on a day, and what hangs on them month by month.
Stays out: what is wrong with the registers (``defects``).
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from orchestration.demo import marks
from orchestration.demo.people import day_number, names
from orchestration.demo.places import villages

_WORDS = [
    "鑫源",
    "华盛",
    "永丰",
    "泰和",
    "宏达",
    "金谷",
    "瑞祥",
    "盛源",
    "恒通",
    "兴隆",
    "东岳",
    "圣泉",
    "泗河",
    "九州",
]
_TRADES = ["机械", "商贸", "纸业", "食品", "建材", "物流", "农业", "科技", "纺织", "化工", "餐饮", "装饰"]
_INDUSTRIES = ["3484", "5199", "2221", "1353", "3039", "5430", "0111", "6513", "1711", "2669", "6210", "5011"]
_KINDS = {
    91: ("企业法人", "有限公司"),
    92: ("个体工商户", "经营部"),
    93: ("农民专业合作社", "农民专业合作社"),
}


def enterprises(scale: float, seed: int, as_of: dt.date, people: pl.DataFrame) -> pl.DataFrame:
    """Return the business entities known on ``as_of``."""
    rng = np.random.default_rng([seed, 2])
    kinds = np.repeat([91, 92, 93], [max(20, int(n * scale)) for n in (6000, 9000, 400)])
    rows = len(kinds)
    trade = rng.integers(0, len(_TRADES), rows)
    places = villages()
    home = rng.integers(0, len(places), rows)
    capital = np.round(np.exp(rng.normal(13.2, 1.6, rows)) / 1000) * 1000
    established = (day_number(dt.date(2026, 8, 1)) - rng.integers(30, 8000, rows)).astype("datetime64[D]")
    status = rng.choice(["存续", "在业", "注销", "吊销", "迁出"], rows, p=[0.7, 0.2, 0.06, 0.03, 0.01])
    closed_in_september = rng.random(rows) < 0.005
    if as_of >= dt.date(2026, 9, 1):
        status = np.where(closed_in_september, "注销", status)
    adults = people.filter(pl.col("birth_date") < dt.date(2000, 1, 1))
    chosen = rng.integers(0, len(adults), rows)
    is_resident = rng.random(rows) < 0.78
    outsiders = _outsiders(rng, rows)
    return pl.DataFrame(
        {
            "uscc": marks.usccs(kinds, 10_000_000 + np.arange(rows) * 7),
            "name": _names(rng, kinds, trade),
            "type_code": [_KINDS[k][0] for k in (91, 92, 93) for _ in range(int((kinds == k).sum()))],
            "industry_code": np.array(_INDUSTRIES)[trade],
            "registered_capital_yuan": pl.Series(np.where(kinds == 92, capital / 20, capital)).round(2),
            "established_on": pl.Series(established).cast(pl.Date),
            "status_code": status,
            "legal_representative": pl.select(
                pl.when(pl.Series(is_resident)).then(adults["person_name"].gather(chosen)).otherwise(names(rng, rows))
            ).to_series(),
            "legal_representative_id": pl.select(
                pl.when(pl.Series(is_resident)).then(adults["resident_id_number"].gather(chosen)).otherwise(outsiders)
            ).to_series(),
            "phone": marks.mobiles(rng.integers(10_000_000, 99_999_999, rows)),
            "address": "兖州区" + places["town_name"].gather(home)
            + pl.Series(rng.integers(1, 300, rows)).cast(pl.String) + "号",
            "town_code": places["town_code"].gather(home),
            "business_scope": np.array([f"{t}产品的销售与服务" for t in _TRADES])[trade],
            "approved_on": pl.Series(np.maximum(established, np.datetime64("2024-01-01"))).cast(pl.Date),
        }
    )  # fmt: skip


def insurance(firms: pl.DataFrame, seed: int, as_of: dt.date) -> pl.DataFrame:
    """Return 24 months of insured staff for 70 % of the firms in business."""
    rng = np.random.default_rng([seed, 3])
    employers = _corporate(firms).filter(pl.Series(rng.random(len(_corporate(firms))) < 0.85))
    size = np.exp(rng.normal(2.1, 1.3, len(employers))).astype(int) + 1
    frame = employers.select("uscc").with_columns(size=pl.Series(size)).join(months(as_of, 24), how="cross")
    rows = len(frame)
    count = np.maximum(1, (frame["size"].to_numpy() * rng.normal(1, 0.05, rows)).round().astype(int))
    base = count * rng.integers(4000, 9000, rows)
    due = np.round(base * 0.24, 2)
    arrears = rng.choice([0, 1, 2, 3, 6], rows, p=[0.93, 0.03, 0.02, 0.01, 0.01])
    return frame.select("uscc", "month").with_columns(
        insured_count=pl.Series(count),
        payment_base_yuan=pl.Series(base),
        due_yuan=pl.Series(due),
        paid_yuan=pl.Series(np.where(arrears > 0, 0, due)),
        arrears_months=pl.Series(arrears),
    )


def tax_credit(firms: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Return the credit level of three years."""
    rng = np.random.default_rng([seed, 4])
    years = pl.DataFrame({"year": [2023, 2024, 2025]})
    frame = _corporate(firms).select("uscc").join(years, how="cross")
    levels = rng.choice(["A", "B", "M", "C", "D"], len(frame), p=[0.15, 0.5, 0.25, 0.06, 0.04])
    return frame.with_columns(
        level_code=pl.Series(levels),
        evaluated_on=pl.date(pl.col("year") + 1, 4, pl.lit(1) + pl.col("year") % 20),
    )


def abnormal(firms: pl.DataFrame, seed: int, scale: float, as_of: dt.date) -> pl.DataFrame:
    """Return entries of the list of abnormal operation; a deregistered firm is on none."""
    rng = np.random.default_rng([seed, 5])
    rows = max(12, int(520 * scale))
    firms = firms.filter(pl.col("status_code") != "注销")
    picked = firms["uscc"].gather(rng.choice(len(firms), rows, replace=False))
    listed = day_number(as_of) - rng.integers(30, 1400, rows)
    removed = listed + rng.integers(20, 500, rows)
    is_removed = (rng.random(rows) < 0.4) & (removed < day_number(as_of))
    return pl.DataFrame(
        {
            "uscc": picked,
            "listed_on": pl.Series(listed.astype("datetime64[D]")).cast(pl.Date),
            "reason_code": rng.integers(1, 5, rows).astype(str),
            "removed_on": pl.select(
                pl.when(pl.Series(is_removed)).then(pl.Series(removed.astype("datetime64[D]")).cast(pl.Date))
            ).to_series(),
            "authority": ["济宁市兖州区市场监督管理局"] * rows,
        }
    )


def electricity(firms: pl.DataFrame, seed: int, scale: float, as_of: dt.date) -> pl.DataFrame:
    """Return 24 months of meters: households, and firms of which 92 % carry their code."""
    rng = np.random.default_rng([seed, 6])
    business = _corporate(firms)
    homes = max(60, int(15000 * scale) - len(business))
    rows = len(business) + homes
    is_business = np.arange(rows) < len(business)
    known = is_business & (rng.random(rows) < 0.92)
    usage = np.where(is_business, np.exp(rng.normal(8, 1.4, rows)), rng.normal(180, 40, rows).clip(10))
    paper = is_business & (np.r_[business["industry_code"].to_numpy(), [""] * homes] == "2221")
    if paper.any():  # one paper mill holds about 90 % of its industry
        usage[np.argmax(paper)] = usage[paper].sum() * 9
    meters = pl.DataFrame(
        {
            "account_no": pl.Series(3_700_000_000 + np.arange(rows)).cast(pl.String),
            "uscc": pl.concat([business["uscc"], pl.Series("uscc", [None] * homes, pl.String)]),
            "known": known,
            "user_type": np.where(~is_business, "居民", np.where(usage > 20000, "大工业", "一般工商业")),
            "industry_code": pl.concat([business["industry_code"], pl.Series("i", [None] * homes, pl.String)]),
            "usage": usage,
            "voltage_code": np.where(usage > 20000, "10kV", np.where(is_business, "380V", "220V")),
        }
    ).with_columns(uscc=pl.when("known").then("uscc"))
    frame = meters.join(months(as_of, 24), how="cross")
    kwh = np.round(frame["usage"].to_numpy() * rng.normal(1, 0.12, len(frame)).clip(0.3), 2)
    return frame.with_columns(kwh=pl.Series(kwh), fee_yuan=pl.Series(np.round(kwh * 0.62, 2))).select(
        "account_no", "month", "uscc", "user_type", "industry_code", "kwh", "fee_yuan", "voltage_code"
    )


def months(as_of: dt.date, count: int) -> pl.DataFrame:
    """Return the ``count`` months before the month of ``as_of`` as yyyymm."""
    last = as_of.year * 12 + as_of.month - 2
    return pl.DataFrame({"month": [f"{m // 12}{m % 12 + 1:02d}" for m in range(last - count + 1, last + 1)]})


def _corporate(firms: pl.DataFrame) -> pl.DataFrame:
    return firms.filter((pl.col("type_code") == "企业法人") & pl.col("status_code").is_in(["存续", "在业"]))


def _names(rng: np.random.Generator, kinds: np.ndarray, trade: np.ndarray) -> pl.Series:
    rows = len(kinds)
    word = rng.choice(_WORDS, (2, rows))
    suffix = np.select([kinds == k for k in _KINDS], [v[1] for v in _KINDS.values()], "")
    serial = pl.Series(np.arange(rows) % 97 + 1).cast(pl.String)
    return (
        "济宁市兖州区" + pl.Series(word[0]) + pl.Series(word[1]) + serial + "号"
        + pl.Series(np.array(_TRADES)[trade]) + pl.Series(suffix)
    )  # fmt: skip


def _outsiders(rng: np.random.Generator, rows: int) -> pl.Series:
    years = rng.integers(1955, 1999, rows)
    dates = years * 10000 + rng.integers(1, 13, rows) * 100 + rng.integers(1, 29, rows)
    return marks.resident_ids(marks.region_of(years), dates, rng.integers(700, 999, rows))
