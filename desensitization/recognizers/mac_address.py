"""MAC 地址（IEEE 802）.

Lives here: ``MacAddressRecognizer``. Stays out: other identifiers.
"""

from __future__ import annotations

from presidio_analyzer import Pattern

from desensitization.recognizers.chinese import AFTER, BEFORE, ChineseRecognizer


class MacAddressRecognizer(ChineseRecognizer):
    """Finds MAC_ADDRESS."""

    ENTITY = "MAC_ADDRESS"
    PATTERNS = [
        Pattern("MAC", BEFORE + r"(?:[0-9A-Fa-f]{2}[:\-]){5}[0-9A-Fa-f]{2}" + AFTER, 0.6),
    ]
