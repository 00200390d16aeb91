"""S1 企业经营与参保状态核验（数据核验）: one subject a call, answered 一致 / 不一致 / 无记录.

Lives here: the answer, and the trace each call leaves (never the code asked for: its token).
Add here: an item that may be verified.
Stays out: HTTP (``app``), clients (``clients``).
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import re
from typing import Literal

from config import clock
from config.keys import provisioned_grant_token_key
from dataplane.opening import demand_released, open_grant, read_bundle
from scheme.grant import Grant
from scheme.tokens import token
from warehouse import paths

GRANT, PRODUCT = "S1", "enterprise_status_verification"
ALERT_AFTER = 200  # different subjects one client may ask for in a day
Answer = Literal["一致", "不一致", "无记录"]
_USCC = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}")
ITEMS = {
    "status_code": "SELECT status_code FROM firms WHERE firm_token = ?",
    "insured_band": "SELECT insured_band FROM insurance WHERE firm_token = ? ORDER BY month DESC LIMIT 1",
    "arrears_band": "SELECT arrears_band FROM insurance WHERE firm_token = ? ORDER BY month DESC LIMIT 1",
    "tax_level": "SELECT level_code FROM tax_credit WHERE firm_token = ? ORDER BY year DESC LIMIT 1",
}


class CallRefusedError(ValueError):
    """The call is refused; says what, why, on which basis and what to do next."""


TITLES = {
    "status_code": "登记状态",
    "insured_band": "参保人数分档",
    "arrears_band": "欠缴月数分档",
    "tax_level": "纳税信用级别",
}


def verify(client: str, uscc: str, item: str, value: str, purpose: str, authorization_no: str) -> Answer:
    """Compare one item of one enterprise with what the caller says.

    Raises:
        CallRefusedError: no authorization of the enterprise, unknown item, malformed code, too many subjects.
        GrantRefusedError: the grant may not be used, or this version of the product is not released.
    """
    if not authorization_no.strip() or not purpose.strip():
        raise CallRefusedError(
            "核验被拒绝：未提供被查询企业的授权书编号或用途。依据：第二十二条（【禁止行为】）。请取得企业授权后再查询。"
        )
    if item not in ITEMS:
        raise CallRefusedError(f"核验被拒绝：不支持该核验项。可核验：{'、'.join(ITEMS)}。")
    if not _USCC.fullmatch(uscc):
        raise CallRefusedError("核验被拒绝：统一社会信用代码应为18位。请核对后重试。")
    demand_released(PRODUCT, GRANT, definition(read_bundle(GRANT).grant))
    subject = str(token(uscc, provisioned_grant_token_key(GRANT)))
    _leave_trace(client, subject, item, purpose, authorization_no)
    with open_grant(GRANT) as (_, connection):
        found = connection.execute(ITEMS[item], [subject]).fetchone()
    if found is None or found[0] is None:
        return "无记录"
    return "一致" if found[0] == value else "不一致"


def definition(grant: Grant) -> str:
    """Return the digest of what reviewers release: the questions and the grant they are answered under."""
    return hashlib.sha256(json.dumps([ITEMS, grant.sha256], sort_keys=True).encode()).hexdigest()


def _leave_trace(client: str, subject: str, item: str, purpose: str, authorization_no: str) -> None:
    """Append the call under a lock, and refuse a client that walks through subjects.

    Raises:
        CallRefusedError: more different subjects today than allowed; an alert is kept.
    """
    path = paths.calls() / f"{clock.today().isoformat()}.ndjson"
    path.parent.mkdir(parents=True, exist_ok=True)
    record: dict[str, object] = {
        "at": clock.now().isoformat(), "client": client, "product": PRODUCT, "grant": GRANT, "subject": subject,
        "item": item, "purpose": purpose[:200], "authorization_no": authorization_no[:80],
    }  # fmt: skip
    with path.open("a+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        calls = [json.loads(line) for line in file if line.strip()]
        subjects = {c["subject"] for c in calls if c["client"] == client} | {subject}
        record["refused"] = len(subjects) > ALERT_AFTER
        file.write(json.dumps(record, ensure_ascii=False) + "\n")
    if record["refused"]:
        raise CallRefusedError(
            f"核验被拒绝：当日查询的企业超过{ALERT_AFTER}家，疑似批量获取，已告警。"
            "依据：第二十二条（【禁止行为】）。请联系一级运营主体说明情况。"
        )
