"""电子邮箱 in ASCII classes, so that Han neighbours do not hide it.

Lives here: ``EmailRecognizer``. Stays out: other identifiers.
"""

from __future__ import annotations

from presidio_analyzer import Pattern

from desensitization.recognizers.chinese import AFTER, BEFORE, ChineseRecognizer


class EmailRecognizer(ChineseRecognizer):
    """Finds EMAIL."""

    ENTITY = "EMAIL"
    PATTERNS = [
        Pattern(
            "address",
            BEFORE + r"[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63})*\.[A-Za-z]{2,24}" + AFTER,
            0.7,
        ),
    ]
