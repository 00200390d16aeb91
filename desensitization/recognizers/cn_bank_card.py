"""银行卡号（ISO/IEC 7812, Luhn）, 16 to 19 digits of issuer ranges in use.

Lives here: ``BankCardRecognizer``. Stays out: other identifiers.
"""

from __future__ import annotations

from presidio_analyzer import Pattern

from desensitization.recognizers.chinese import AFTER, BEFORE, ChineseRecognizer, digits_of


class BankCardRecognizer(ChineseRecognizer):
    """Finds CN_BANK_CARD."""

    ENTITY = "CN_BANK_CARD"
    PATTERNS = [
        Pattern(
            "digits",
            BEFORE
            + r"(?:6[0-9]|4\d|5[1-5]|3[57]|9[0-9])\d{2}[ \-]?\d{4}[ \-]?\d{4}[ \-]?\d{4}(?:[ \-]?\d{1,3})?"
            + AFTER,
            0.4,
        ),
    ]

    def validate_result(self, pattern_text: str) -> bool:
        """Keep numbers that pass Luhn."""
        digits = [int(c) for c in reversed(digits_of(pattern_text))]
        doubled = [sum(divmod(2 * d, 10)) for d in digits[1::2]]
        return (sum(digits[::2]) + sum(doubled)) % 10 == 0
