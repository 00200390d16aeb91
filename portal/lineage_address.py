"""The address of a state of the graph page: everything a reader set is in the query string.

Lives here: query string → ``Wanted``, with one clear line for what can not be read.
Add here: another setting; the same name stands in ``static/portal/lineage_address.js``.
Stays out: what is shown (``lineage.graph.picture``).
"""

from __future__ import annotations

from datetime import datetime

from django.http import QueryDict

from config import clock
from lineage.graph.folds import FOLDS
from lineage.graph.picture import Wanted

_HOPS = 30
_NAMES = 200
_LENGTH = 400
_FIELDS = {
    "hops_up": "来源层数", "hops_down": "去向层数", "up": "继续展开来源的数据集", "down": "继续展开去向的数据集",
    "open": "打开的折叠组",
}  # fmt: skip


class AddressError(ValueError):
    """Part of the address can not be read; the text says which, in Chinese."""


def wanted(start: str, query: QueryDict) -> Wanted:
    """Return what an address asks for.

    Raises:
        AddressError: a number, moment, name or fold that can not be read.
    """
    fold = query.get("fold", "")
    if fold not in ("", "none", *FOLDS):
        known = "、".join(f"{text}（{key}）" for key, text in {**FOLDS, "none": "不折叠"}.items())
        raise AddressError(f"折叠方式应为以下之一：{known}")
    return Wanted(
        start, _hops(query, "hops_up"), _hops(query, "hops_down"), _names(query, "up"), _names(query, "down"),
        fold, _names(query, "open"), moment(query), query.get("column", "")[:_LENGTH] or None,
        query.get("columns") == "1", query.get("mode") == "impact",
    )  # fmt: skip


def moment(query: QueryDict) -> datetime | None:
    """Return the moment asked for, None for now; without a time zone it is Chinese time.

    Raises:
        AddressError: not a moment of ISO 8601.
    """
    text = query.get("at", "")
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text.replace(" ", "+"))  # a plus sign that was not escaped
        return at.astimezone(clock.SHANGHAI) if at.tzinfo else at.replace(tzinfo=clock.SHANGHAI)
    except (ValueError, OverflowError):
        raise AddressError("时点应写作日期或日期和时间，例如 2026-09-24T09:30:00+08:00") from None


def _hops(query: QueryDict, side: str) -> int:
    text = query.get(side, "1")
    if not (text.isascii() and text.isdigit() and len(text) <= 2 and int(text) <= _HOPS):
        raise AddressError(f"{_FIELDS[side]}应为 0 至 {_HOPS} 的整数")
    return int(text)


def _names(query: QueryDict, side: str) -> tuple[str, ...]:
    found = query.getlist(side)
    if len(found) > _NAMES:
        raise AddressError(f"{_FIELDS[side]}最多 {_NAMES} 个")
    return tuple(name[:_LENGTH] for name in found)
