"""待办事项: what an account may do now, outside remediation orders.

Lives here: one generator per kind of work, and all of them together.
Add here: another kind of work.
Stays out: orders, letters and objections (``order_tasks``), counting the district (``views.home``).
"""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from portal.order_tasks import order_tasks
from registry import consent_acts, duties, states
from registry.accounts import may
from registry.models import (
    Account,
    CatalogVersion,
    DutyRecord,
    GrantRecord,
    Handover,
    Message,
    Release,
    Role,
    SourceConflict,
    UtilityConsent,
)
from registry.outbox import FAILED

Task = tuple[str, list[str], str]  # what, the acts this account may do, the page's route


def tasks_of(account: Account) -> list[dict[str, str]]:
    """Return what an account may do now: what, which acts, at which address."""
    found = [
        {"what": what, "acts": "、".join(acts), "address": reverse(route)}
        for part in _PARTS
        for what, acts, route in part(account)
        if acts
    ]
    return [{"what": w, "acts": a, "address": address} for w, a, address in order_tasks(account)] + found


def _catalog(account: Account) -> Iterator[Task]:
    if may(account, "catalog_edit"):
        waiting = CatalogVersion.objects.filter(state__in=("编制中", "退回修改", "待审核")).order_by("pk")
        for version in waiting.filter(department=account.department) if account.department else waiting:
            acts = states.possible(states.CATALOG, version.state, account)
            yield f"目录“{version.document['name']}”第{version.number}版（{version.state}）", acts, "catalog_versions"
        for conflict in SourceConflict.objects.filter(state="待裁定").order_by("pk"):
            acts = states.possible(states.SOURCE_CONFLICT, conflict.state, account)
            yield f"数据元“{conflict.element}”的一数一源争议（{conflict.state}）", acts, "source_conflicts"


def _handovers(account: Account) -> Iterator[Task]:
    if may(account, "handover"):
        for handover in Handover.objects.filter(state="待签发", department=account.department).order_by("pk"):
            acts = [a for a in states.possible(states.HANDOVER, handover.state, account) if a != "撤回"]
            yield f"汇聚批次 {handover.file_name}（{handover.state}）", acts, "deliveries"


def _duties(account: Account) -> Iterator[Task]:
    if may(account, "duties"):
        for record in DutyRecord.objects.filter(state="待签发", department=account.department).order_by("pk"):
            acts = [a for a in duties.possible(record, account) if a != "撤回"]
            yield f"工作记录：{record.kind}（{record.state}）", acts, "duties"


def _grants(account: Account) -> Iterator[Task]:
    if may(account, "grants"):
        waiting = GrantRecord.objects.exclude(state="生效").order_by("grant")
        for record in waiting.filter(developer=account.party) if account.role == Role.DEVELOPER else waiting:
            acts = states.possible(states.GRANT, record.state, account)
            yield f"授权 {record.grant}（{record.state}）", acts, "grants"


def _consents(account: Account) -> Iterator[Task]:
    if may(account, "consents"):
        waiting = UtilityConsent.objects.filter(state="待同意", department=account.department).select_related("grant")
        for consent in waiting.order_by("pk"):
            yield (
                f"授权 {consent.grant} 征求公用企业同意（{consent.state}）",
                consent_acts.possible(consent, account),
                "consents",
            )


def _releases(account: Account) -> Iterator[Task]:
    if may(account, "products"):
        for release in Release.objects.exclude(state__in=["已发布", "已下架", "不予通过"]):
            acts = states.possible(states.RELEASE, release.state, account)
            yield f"{release.name}（{release.state}）", acts, "products"


def _failed_notices(account: Account) -> Iterator[Task]:
    count = Message.objects.filter(state=FAILED).count() if may(account, "messages_resend") else 0
    if count:
        yield f"{count}条通知发送失败", states.possible(states.MESSAGE, FAILED, account), "failed_messages"


_PARTS = (_catalog, _handovers, _duties, _grants, _consents, _releases, _failed_notices)
