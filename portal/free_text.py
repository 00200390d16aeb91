"""Free text of people on its way into orders, letters and the audit chain: no personal numbers.

Lives here: refusing a text in which the desensitization gate's recognizers find a personal number.
Add here: another entity that such a text may not hold.
Stays out: what the public writes to the bureau（数据异议）, data itself (``desensitization.gate``).
"""

from __future__ import annotations

from registry.states import RefusedError
from scheme.legal_basis import basis

NUMBERS = {
    "CN_RESIDENT_ID": "公民身份号码", "CN_RESIDENT_ID_15": "公民身份号码", "CN_RESIDENT_ID_SUSPECT": "疑似公民身份号码",
    "CN_MOBILE": "手机号码", "CN_BANK_CARD": "银行卡号", "CN_TRAVEL_DOCUMENT": "出入境证件号码",
    "CN_OFFICER_ID": "军官证号码", "CN_PROPERTY_CERTIFICATE": "不动产权证号", "CN_PLATE": "号牌号码",
}  # fmt: skip


def demand_no_personal_numbers(*texts: str) -> None:
    """Let texts through that name no person by a number.

    Raises:
        RefusedError: a recognizer found one; the sentence says its kind, never the number.
    """
    import polars as pl

    from desensitization.scan import matches

    found = {match[2] for match, _ in matches(pl.DataFrame({"text": [t for t in texts if t]}, {"text": pl.String}))}
    kinds = sorted({NUMBERS[e] for e in found if e in NUMBERS})
    if kinds:
        raise RefusedError(
            f"未提交：填写的内容含{'、'.join(kinds)}。请改用批次和行号说明，不写具体数据。依据：{basis('安全制度')}。"
        )
