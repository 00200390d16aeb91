"""Acts of a public utility on a request for its consent: a clerk handles, the head signs or withdraws.

Lives here: the acts of ``states.CONSENT`` and what stands against them.
Add here: another act of the enterprise.
Stays out: which consents a grant needs (``registry.consents``), the bureau's acts (``registry.actions``).
"""

from __future__ import annotations

from django.db import transaction

from config import clock
from registry import audit, consents, states
from registry.actions import close_at_once
from registry.conditions import demand_another, demand_own
from registry.models import Account, UtilityConsent
from registry.states import RefusedError
from scheme.legal_basis import basis

_PROPOSES = {"拟同意": "同意", "拟不同意": "不同意"}
_SIGNS = {"签发同意": "同意", "签发不同意": "不同意"}
_NEEDS_REASON = ("拟不同意", "退回经办", "撤回同意")


@transaction.atomic
def act_on_consent(pk: int, action: str, *, by: Account, note: str = "") -> UtilityConsent:
    """Do one act; withdrawing a consent closes the grant at once.

    Raises:
        RefusedError: state, role, department or a changed document stands against it, or one person would do both.
    """
    consent = UtilityConsent.objects.select_related("grant").select_for_update(of=("self",)).get(pk=pk)
    demand_own(consent.department, by, "办理其他企业的授权意见", "其他数据", "请由该企业办理。")
    becomes = states.next_state(states.CONSENT, consent.state, action, by)
    _demand_current(consent)
    if action in _NEEDS_REASON and not note.strip():
        raise RefusedError(f"{action}须写明理由。依据：{basis('其他数据')}。")
    _take_part(consent, action, by)
    consent.state, consent.note, consent.at = becomes, note.strip() or consent.note, clock.now()
    consent.save()
    detail = {"grant": consent.grant.grant, "becomes": becomes, "reason": note, "sha256": consent.grant_sha256}
    audit.append(by, f"授权意见：{action}", f"consent:{pk}", detail)
    if action == "撤回同意":
        close_at_once(consent.grant.grant, by=by, reason=f"公用企业撤回同意：{note.strip()}")
    return consent


def possible(consent: UtilityConsent, by: Account) -> list[str]:
    """Return the acts this account may do now on this request."""
    if by.department != consent.department:
        return []
    acts = states.possible(states.CONSENT, consent.state, by)
    return [a for a in acts if _fits(consent, a, by)] if consents.is_current(consent) else []


def _fits(consent: UtilityConsent, action: str, by: Account) -> bool:
    if action in _SIGNS:
        return consent.opinion == _SIGNS[action] and consent.handled_by != by.username
    return action != "退回经办" or bool(consent.opinion)


def _demand_current(consent: UtilityConsent) -> None:
    """An opinion is about one document: what was said of an earlier one has no effect any more."""
    if not consents.is_current(consent):
        raise RefusedError(
            f"授权 {consent.grant} 的文件已变更或授权已取消，本次征求意见已失效。依据：{basis('其他数据')}。"
            "请办理对现行授权文件的征求意见。"
        )


def _take_part(consent: UtilityConsent, action: str, by: Account) -> None:
    """Record who did which part; 经办人 and 签发人 are two persons."""
    if action in _PROPOSES:
        consent.opinion, consent.handled_by, consent.signed_by = _PROPOSES[action], by.username, ""
    elif action in _SIGNS:
        if consent.opinion != _SIGNS[action]:
            said = f"拟{consent.opinion}" if consent.opinion else "尚未提出意见"
            raise RefusedError(f"不能{action}：经办人{said}。依据：{basis('其他数据')}。请先由经办人提出相应意见。")
        demand_another(consent.handled_by, by, "经办人与签发人", "其他数据", "请由企业负责人签发。")
        consent.signed_by = by.username
    elif action == "撤回同意":
        consent.signed_by = by.username
    else:  # 退回经办, 重新办理
        consent.opinion = consent.handled_by = consent.signed_by = ""
