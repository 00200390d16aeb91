"""手机号码（YD/T 1-series numbering plan）, with +86, separators, or as a spreadsheet's float.

Lives here: ``MobileRecognizer``. Stays out: other identifiers.
"""

from __future__ import annotations

from presidio_analyzer import Pattern

from desensitization.recognizers.chinese import AFTER, BEFORE, ChineseRecognizer


class MobileRecognizer(ChineseRecognizer):
    """Finds CN_MOBILE."""

    ENTITY = "CN_MOBILE"
    PATTERNS = [
        Pattern(
            "11 digits",
            BEFORE + r"(?:(?:\+|00)?86[ \-]?)?1[3-9]\d[ .\-]?\d{4}[ .\-]?\d{4}(?:\.0)?" + AFTER,
            0.7,
        ),
        Pattern("E notation", BEFORE + r"1\.[3-9]\d{4,9}E\+?10" + AFTER, 0.5),
    ]
