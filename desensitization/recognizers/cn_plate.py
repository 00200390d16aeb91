"""机动车号牌（GA 36）, also new-energy plates.

Lives here: ``PlateRecognizer``. Stays out: other identifiers.
"""

from __future__ import annotations

from presidio_analyzer import Pattern

from desensitization.recognizers.chinese import AFTER, BEFORE, ChineseRecognizer

_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_LETTER, _MARK = "[A-HJ-NP-Z]", "[A-HJ-NP-Z0-9]"
SHAPE = (
    rf"[{_PROVINCES}]{_LETTER}[ ·.]?"
    rf"(?:{_MARK}{{4}}[A-HJ-NP-Z0-9挂学警港澳]|[DF]{_MARK}\d{{4}}|\d{{5}}[DF])"
)


class PlateRecognizer(ChineseRecognizer):
    """Finds CN_PLATE."""

    ENTITY = "CN_PLATE"
    PATTERNS = [Pattern("plate", BEFORE + SHAPE + AFTER, 0.6)]
