"""公民身份号码（GB 11643-1999）, also the residence permits of HK/MO/TW with the same rule.

Lives here: ``ResidentIdRecognizer``. Stays out: numbers with a wrong check digit (``cn_resident_id_suspect``).
"""

from __future__ import annotations

from presidio_analyzer import Pattern

from desensitization.recognizers.chinese import AFTER, BEFORE, ChineseRecognizer, digits_of
from desensitization.recognizers.resident_id_number import SHAPE, has_right_check, is_plausible


class ResidentIdRecognizer(ChineseRecognizer):
    """Finds CN_RESIDENT_ID."""

    ENTITY = "CN_RESIDENT_ID"
    PATTERNS = [Pattern("18 characters", BEFORE + SHAPE + AFTER, 0.6)]

    def validate_result(self, pattern_text: str) -> bool:
        """Keep numbers with an existing province and date and the right check digit."""
        number = digits_of(pattern_text)
        return is_plausible(number) and has_right_check(number)
