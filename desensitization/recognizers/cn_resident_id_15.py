"""居民身份证号码, 15 digits, before 1999; no check digit.

Lives here: ``OldResidentIdRecognizer``. Stays out: other identifiers.
"""

from __future__ import annotations

from presidio_analyzer import Pattern

from desensitization.recognizers.chinese import AFTER, BEFORE, ChineseRecognizer
from desensitization.recognizers.resident_id_number import is_plausible


class OldResidentIdRecognizer(ChineseRecognizer):
    """Finds CN_RESIDENT_ID_15."""

    ENTITY = "CN_RESIDENT_ID_15"
    PATTERNS = [
        Pattern("15 digits", BEFORE + r"[1-9]\d{5}\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}" + AFTER, 0.4),
    ]

    def invalidate_result(self, pattern_text: str) -> bool:
        """Drop numbers of no province or no date."""
        return not is_plausible(f"{pattern_text[:6]}19{pattern_text[6:]}")
