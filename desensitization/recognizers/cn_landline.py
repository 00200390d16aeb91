"""固定电话号码: area code and 7 or 8 digits.

Lives here: ``LandlineRecognizer``. Stays out: other identifiers.
"""

from __future__ import annotations

from presidio_analyzer import Pattern

from desensitization.recognizers.chinese import AFTER, BEFORE, ChineseRecognizer


class LandlineRecognizer(ChineseRecognizer):
    """Finds CN_LANDLINE."""

    ENTITY = "CN_LANDLINE"
    PATTERNS = [
        Pattern("with hyphen", BEFORE + r"0(?:10|2\d|[3-9]\d{2})[ \-)）]\d{7,8}(?:[ \-转]\d{1,6})?" + AFTER, 0.6),
        Pattern("area code of Jining", BEFORE + r"0537\d{7}" + AFTER, 0.6),
    ]
