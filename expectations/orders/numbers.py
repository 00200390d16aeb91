"""Numbers of orders and objections: a kind, the year, a count without gaps.

Lives here: taking the next one inside the caller's transaction, in the audit chain's turn.
Stays out: numbers of official letters（发文字号）, which the office gives.
"""

from __future__ import annotations

from config import clock
from expectations.models import Objection, Order
from registry import audit


def next_number(kind: str) -> str:
    """Return the next number of a kind: ZG 整改单, YY 数据异议; e.g. ``ZG-2026-0012``."""
    audit.take_turn()
    model = Order if kind == "ZG" else Objection
    prefix = f"{kind}-{clock.today().year}-"
    taken = model.objects.filter(number__startswith=prefix).order_by("-pk").values_list("number", flat=True).first()
    return f"{prefix}{int(taken.rpartition('-')[2]) + 1 if taken else 1:04d}"
