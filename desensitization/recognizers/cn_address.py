"""住址到门牌号: a road or village with a house number.

Lives here: ``AddressRecognizer``. Stays out: other identifiers.
"""

from __future__ import annotations

from presidio_analyzer import Pattern

from desensitization.recognizers.chinese import ChineseRecognizer


class AddressRecognizer(ChineseRecognizer):
    """Finds CN_ADDRESS."""

    ENTITY = "CN_ADDRESS"
    PATTERNS = [
        Pattern(
            "house number",
            r"[\u4e00-\u9fa5]{2,20}(?:路|街|巷|道|村|庄|社区|小区|居委会|村委会|花园|家园)[\u4e00-\u9fa50-9A-Za-z\-]{0,16}?\d{1,5}(?:号楼|号|栋|幢|单元|室)",
            0.5,
        ),
    ]
