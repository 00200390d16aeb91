"""What all recognizers share: language, boundaries, one entity each.

Lives here: the base class. Stays out: patterns of identifiers.
"""

from __future__ import annotations

from typing import ClassVar

from presidio_analyzer import Pattern, PatternRecognizer

BEFORE = r"(?<![0-9A-Za-z])"
AFTER = r"(?![0-9A-Za-z])"


class ChineseRecognizer(PatternRecognizer):
    """A pattern recognizer for one entity in Chinese text."""

    ENTITY: ClassVar[str]
    PATTERNS: ClassVar[list[Pattern]]

    def __init__(self) -> None:
        super().__init__(
            supported_entity=self.ENTITY, patterns=list(self.PATTERNS), supported_language="zh", context=[]
        )


def digits_of(text: str) -> str:
    """Return the letters and digits of a match, separators left out, in capitals."""
    return "".join(c for c in text if c.isascii() and c.isalnum()).upper()
