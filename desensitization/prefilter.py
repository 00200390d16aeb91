"""Which cells can hold a match at all: a filter derived mechanically from each recognizer's patterns.

Lives here: Python pattern → Rust pattern that matches whenever the original does (it may match more). Presidio
itself decides afterwards, so a wider filter costs time and a narrower one would lose findings: never written by
hand. A permanent test compares with Presidio on every cell.
Stays out: scanning (``scan``).
"""

from __future__ import annotations

import re
from functools import cache

from desensitization.recognizers.chinese import AFTER, BEFORE, ChineseRecognizer
from desensitization.recognizers.registry import recognizers

_OTHER_LOOKAROUND = re.compile(r"\(\?<?[=!][^()]*\)")
# Python's \d and, with IGNORECASE, its letters reach beyond ASCII: such cells are always candidates.
WIDE = r"[^\x00-\x7F\p{Han}\p{P}]"


def widened(pattern: str) -> str:
    """Return a Rust regex that matches every text the Python pattern matches."""
    text = pattern.removeprefix(BEFORE)
    head = r"(?:\A|[^0-9A-Za-z])" if text != pattern else ""
    core = text.removesuffix(AFTER)
    tail = r"(?:\z|[^0-9A-Za-z])" if core != text else ""
    core = _OTHER_LOOKAROUND.sub("", core).replace(r"\d", "[0-9]")
    core = re.sub(r"\\u([0-9a-fA-F]{4})", r"\\x{\1}", core)
    return f"(?is){head}{core}{tail}"


@cache
def filters() -> tuple[tuple[ChineseRecognizer, str], ...]:
    """Return each recognizer with the union of its widened patterns."""
    return tuple((r, "|".join(f"(?:{widened(p.regex)})" for p in r.patterns)) for r in recognizers())
