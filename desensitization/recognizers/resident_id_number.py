"""Check digit, province and date of a resident id number（GB 11643-1999, ISO 7064 MOD 11-2）.

Lives here: the rules two recognizers share. District history is not asked: residents keep old codes for life.
"""

from __future__ import annotations

from datetime import date

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
PROVINCES = frozenset(  # GB/T 2260, first two digits; 81–83 permits of HK/MO/TW, 91 abroad
    str(n)
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83), (91, 91))
    for n in range(first, last + 1)
)
SHAPE = (
    r"[1-9]\d{5}[ .\-]?(?:18|19|20)\d{2}[ .\-]?"
    r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[ .\-]?\d{3}[0-9Xx]"
)


def is_plausible(number: str) -> bool:
    """Return whether province and birth date exist."""
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    return number[:2] in PROVINCES


def has_right_check(number: str) -> bool:
    """Return whether the 18th character fits the 17 before it."""
    total = sum(int(d) * w for d, w in zip(number[:17], _WEIGHTS, strict=True))
    return _CHECKS[total % 11] == number[17]
