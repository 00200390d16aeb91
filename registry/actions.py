"""Acts on grants and releases: one function, one transaction, one audit event.

Lives here: what changes when an act is done. ``by`` is the person responsible.
Add here: an act of the scheme.
Stays out: which act is allowed when (``states``), conditions on documents (``scheme.grant_rules``).
"""

from __future__ import annotations

from django.db import transaction

from config import clock
from config.settings import settings
from registry import audit, consents, permits, states
from registry.models import Account, GrantRecord, Party, Release
from registry.states import RefusedError
from scheme.catalog_files import load_catalog
from scheme.grant import Grant
from scheme.grant_rules import grant_problems
from scheme.legal_basis import basis
from scheme.signing import sign
from warehouse import grant_file

CLOSED = ("暂时关闭", "已取消")


@transaction.atomic
def draft_grant(document: Grant, developer: Party, *, by: Account) -> GrantRecord:
    """Record a grant document as a draft.

    Raises:
        RefusedError: the grant id was used before.
    """
    if GrantRecord.objects.filter(grant=document.grant).exists():
        raise RefusedError(f"授权编号 {document.grant} 已使用过，不得重复使用。请另取编号。")
    record = GrantRecord.objects.create(
        grant=document.grant, version=document.version, developer=developer,
        document=document.model_dump(mode="json"), sha256=document.sha256, state="草稿",
    )  # fmt: skip
    audit.append(by, "起草授权", f"grant:{document.grant}", {"sha256": document.sha256})
    return record


@transaction.atomic
def act_on_grant(grant: str, action: str, *, by: Account, reason: str = "") -> GrantRecord:
    """Do one act of ``states.GRANT``; closing takes the published file away as soon as it is recorded.

    Raises:
        RefusedError: state, role, or a condition of the act stands against it.
    """
    record = GrantRecord.objects.select_for_update().get(grant=grant)
    becomes = states.next_state(states.GRANT, record.state, action, by)
    document = Grant.model_validate(record.document)
    if action in ("初审通过", "核准", "签署生效"):
        _demand_sound(document)
    if action in ("核准", "签署生效", "恢复"):
        consents.demand_all(record, action)
    if action in ("退回补正", "暂时关闭", "取消") and not reason.strip():
        raise RefusedError(f"{action}须写明理由。依据：{basis('责任追究')}。")
    if action == "初审通过":
        record.preliminary_by = by.username
    if action == "核准":
        if by.username == record.preliminary_by:
            raise RefusedError(f"初审与终审不得为同一人。依据：{basis('数据申请与审核')}。")
        record.final_by = by.username
    if action == "签署生效":
        record.signed = sign(record.document, "bureau").model_dump(mode="json")
    _settle(record, action, becomes, by=by, reason=reason)
    if action in ("提交初审", "暂时关闭"):
        consents.ask(record, by=by)
    return record


@transaction.atomic
def close_at_once(grant: str, *, by: Account, reason: str) -> None:
    """Close a grant in force because a consent it rests on was withdrawn; in any other state nothing is open."""
    record = GrantRecord.objects.select_for_update().get(grant=grant)
    if record.state == "生效":
        _settle(record, "暂时关闭", "暂时关闭", by=by, reason=reason)


def _settle(record: GrantRecord, action: str, becomes: str, *, by: Account, reason: str) -> None:
    """Record an act on a grant; a closed one loses its published file at once, not with the next run."""
    record.state = becomes
    record.save()
    detail = {"becomes": becomes, "reason": reason, "sha256": record.sha256}
    audit.append(by, action, f"grant:{record.grant}", detail)
    if becomes in CLOSED:
        transaction.on_commit(lambda: grant_file.withdraw(record.grant))


@transaction.atomic
def submit_release(product: str, name: str, form: str, grant: GrantRecord, content_sha256: str) -> Release:
    """Record a product version for review; the same content again is the same release."""
    release, is_new = Release.objects.get_or_create(
        product=product, grant=grant, content_sha256=content_sha256,
        defaults={"name": name, "form": form, "state": "待审核", "made_at": clock.now()},
    )  # fmt: skip
    if is_new:
        audit.append(None, "提请发布审核", f"release:{release.pk}", {"product": product, "sha256": content_sha256})
    return release


@transaction.atomic
def act_on_release(pk: int, action: str, *, by: Account, reason: str = "") -> Release:
    """Do one act of ``states.RELEASE``; two keys, two persons（【数据产品发布管理】）.

    Raises:
        RefusedError: state or role stands against it, or the same person holds both keys.
    """
    release = Release.objects.select_for_update().get(pk=pk)
    becomes = states.next_state(states.RELEASE, release.state, action, by)
    if action in ("不予通过", "下架") and not reason.strip():
        raise RefusedError(f"{action}须写明理由。依据：{basis('数据产品发布管理')}。")
    if action == "安全审核通过":
        release.security_by = by.username
    if action == "发布审核通过":
        release.bureau_by = by.username
    if release.security_by and release.security_by == release.bureau_by:
        raise RefusedError(f"两次审核不得为同一人。依据：{basis('数据产品发布管理')}。")
    release.state = becomes
    release.save()
    audit.append(by, action, f"release:{pk}", {"becomes": becomes, "reason": reason})
    transaction.on_commit(lambda: permits.follow(release.product))
    return release


def _demand_sound(document: Grant) -> None:
    problems = grant_problems(document, clock.today(), load_catalog(settings().catalog))
    if problems:
        raise RefusedError(f"授权 {document.grant} 不予通过：{' '.join(map(str, problems))}")
