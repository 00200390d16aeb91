"""Facts of a delivery in the words that pages, terminal and paper share.

Lives here: encoding, who received it, version of the catalog entry, whether a version is in force, masking → Chinese.
Add here: another recorded code that is printed in more than one place.
Stays out: reasons of incompleteness (``lineage.answers.reasons``), details of acts (``portal.act_words``).
"""

from __future__ import annotations

_RECEIVERS = {"suyuan": "平台自动接收", "portal": "门户办理接收", "command line": "命令行接收"}
_ENCODINGS = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8（带 BOM）", "gb18030": "GB18030", "gbk": "GBK"}
MASKING = {True: "已脱敏", False: "未脱敏", None: "脱敏情况不明"}
IN_FORCE = {True: "已转为现行版本", False: "未转为现行版本，沿用上一版本"}


def receiver(code: str) -> str:
    """Return how a delivery was received; a name that was given in its place stands as it is."""
    return _RECEIVERS.get(code, code) or "未登记"


def encoding(code: str) -> str:
    """Return the encoding of a delivered text file; a format without one says so."""
    return _ENCODINGS.get(code.lower(), code.upper()) or "不适用"


def schema_version(number: int | None) -> str:
    """Return the version of the catalog entry by which a delivery was read."""
    return f"第{number}版" if number else "未登记"
