"""A resident id number typed with one wrong digit: for a person to look at, never silently dropped.

Lives here: ``ResidentIdSuspectRecognizer``. Stays out: right numbers (``cn_resident_id``).
"""

from __future__ import annotations

from presidio_analyzer import Pattern

from desensitization.recognizers.chinese import AFTER, BEFORE, ChineseRecognizer, digits_of
from desensitization.recognizers.resident_id_number import SHAPE, has_right_check, is_plausible


class ResidentIdSuspectRecognizer(ChineseRecognizer):
    """Finds CN_RESIDENT_ID_SUSPECT."""

    ENTITY = "CN_RESIDENT_ID_SUSPECT"
    PATTERNS = [Pattern("18 characters, wrong check digit", BEFORE + SHAPE + AFTER, 0.35)]

    def invalidate_result(self, pattern_text: str) -> bool:
        """Drop what is no number of a person, and what the other recognizer finds."""
        number = digits_of(pattern_text)
        return not is_plausible(number) or has_right_check(number)
