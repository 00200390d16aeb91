"""IPv4 and IPv6 addresses.

Lives here: ``IpAddressRecognizer``. Stays out: other identifiers.
"""

from __future__ import annotations

from presidio_analyzer import Pattern

from desensitization.recognizers.chinese import AFTER, BEFORE, ChineseRecognizer


class IpAddressRecognizer(ChineseRecognizer):
    """Finds IP_ADDRESS."""

    ENTITY = "IP_ADDRESS"
    PATTERNS = [
        Pattern("IPv4", BEFORE + r"(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)" + AFTER, 0.5),
        Pattern("IPv6", BEFORE + r"(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}" + AFTER, 0.6),
    ]
