"""统一社会信用代码（GB 32100-2015）, weights 3^i mod 31. Public for firms; a 92 code relates to a person.

Lives here: ``UsccRecognizer``. Stays out: other identifiers.
"""

from __future__ import annotations

from presidio_analyzer import Pattern

from desensitization.recognizers.chinese import AFTER, BEFORE, ChineseRecognizer

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


class UsccRecognizer(ChineseRecognizer):
    """Finds CN_USCC."""

    ENTITY = "CN_USCC"
    PATTERNS = [
        Pattern("18 characters", BEFORE + r"[159ANY][1-9][0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}" + AFTER, 0.4),
    ]

    def validate_result(self, pattern_text: str) -> bool:
        """Keep codes with the right check character."""
        code = pattern_text.upper()
        if any(c not in ALPHABET for c in code):
            return False
        total = sum(ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(code[:17]))
        return (31 - total % 31) % 31 == ALPHABET.index(code[17])
