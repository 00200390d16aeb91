"""Ids of quality rules that nobody writes: those generated from data standards, and those on a delivery.

Lives here: which ids they have, so that no rule of one's own takes one: two rules of one id would read one result.
Add here: the ending of another generated rule.
Stays out: the rules themselves (``expectations.rules``, ``delivery_rules``, ``drift``).
"""

from __future__ import annotations

from collections.abc import Iterable

_ENDINGS = (
    "required", "type", "check_digit", "length", "pattern", "range", "unit_slip", "personal_data", "code", "reference",
    "null_drift", "category_drift",
)  # fmt: skip
_WHOLE = ("key__unique", "not_empty", "q25", "q26", "volume_drift")


def is_generated(rule: str, items: Iterable[str]) -> bool:
    """Whether an id is, in small or capital letters, one that a rule over these items may have without being written.

    Whether the item has that attribute now does not matter: it may get it.
    """
    word = rule.lower()
    return (
        word in _WHOLE or word.startswith("unique__") or word in {f"{i}__{e}".lower() for i in items for e in _ENDINGS}
    )
