"""军官证、士兵证号码（convention, no public checksum）.

Lives here: ``OfficerIdRecognizer``. Stays out: other identifiers.
"""

from __future__ import annotations

from presidio_analyzer import Pattern

from desensitization.recognizers.chinese import AFTER, BEFORE, ChineseRecognizer


class OfficerIdRecognizer(ChineseRecognizer):
    """Finds CN_OFFICER_ID."""

    ENTITY = "CN_OFFICER_ID"
    PATTERNS = [
        Pattern("officer", BEFORE + r"(?:军|兵|士|文|武|警)[官字]?字?第?\d{6,8}号?" + AFTER, 0.4),
    ]
