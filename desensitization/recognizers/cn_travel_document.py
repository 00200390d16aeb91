"""护照、港澳台通行证号码 behind a cue word; the bare forms look like order numbers.

Lives here: ``TravelDocumentRecognizer``. Stays out: other identifiers.
"""

from __future__ import annotations

from presidio_analyzer import Pattern

from desensitization.recognizers.chinese import AFTER, ChineseRecognizer


class TravelDocumentRecognizer(ChineseRecognizer):
    """Finds CN_TRAVEL_DOCUMENT."""

    ENTITY = "CN_TRAVEL_DOCUMENT"
    PATTERNS = [
        Pattern("passport", r"(?:护照|通行证)(?:号码|号)?[ :：为是]*[A-Z]{1,2}\d{7,8}" + AFTER, 0.6),
    ]
