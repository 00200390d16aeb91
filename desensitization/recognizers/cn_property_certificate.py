"""不动产权证书号（convention, no public checksum）.

Lives here: ``PropertyCertificateRecognizer``. Stays out: other identifiers.
"""

from __future__ import annotations

from presidio_analyzer import Pattern

from desensitization.recognizers.chinese import AFTER, BEFORE, ChineseRecognizer


class PropertyCertificateRecognizer(ChineseRecognizer):
    """Finds CN_PROPERTY_CERTIFICATE."""

    ENTITY = "CN_PROPERTY_CERTIFICATE"
    PATTERNS = [
        Pattern(
            "certificate",
            BEFORE + r"[\u4e00-\u9fa5][(（]20\d{2}[)）][\u4e00-\u9fa5]{2,10}不动产权第\d{5,9}号" + AFTER,
            0.6,
        ),
    ]
