"""The demo's parties, accounts and grants, made by the same acts that people do.

Lives here: ``prepare_demo``. Add here: a demo procedure.
Stays out: the acts (``registry.actions``), synthetic registers (``orchestration.demo``).
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from importlib.resources import as_file, files

from django.db import transaction

from config.settings import settings
from registry import audit
from registry.actions import act_on_grant, draft_grant
from registry.consent_acts import act_on_consent
from registry.models import Account, Agreement, GrantRecord, Party, Role, UtilityConsent
from scheme.grant import Grant
from scheme.grant_files import load_grant

PARTIES = [
    ("bureau", "区大数据主管部门（演示）", "实施机构"),
    ("primary", "济宁市兖州区数据运营有限公司（演示）", "一级运营主体"),
    ("dev-s1", "济宁诚鉴企业征信有限公司（演示）", "二级开发主体"),
    ("dev-s2", "兖州颐和养老服务中心（演示）", "二级开发主体"),
    ("security", "区委网信办（演示）", "安全主管部门"),
    ("audit", "区审计局（演示）", "审计"),
    ("minzheng", "济宁市兖州区民政局", "数源部门"),
    ("gongdian", "国网山东省电力公司济宁市兖州区供电公司", "公用企业"),
]
ACCOUNTS = [  # user name, role, party, department, display name
    ("bureau_approver", Role.BUREAU_APPROVER, "bureau", "", "区大数据主管部门审核人（演示）"),
    ("bureau_handler", Role.BUREAU_HANDLER, "bureau", "", "区大数据主管部门承办人（演示）"),
    ("engineer", Role.DATA_ENGINEER, "bureau", "", "区大数据主管部门数据工程师（演示）"),
    ("primary_reviewer", Role.PRIMARY_REVIEWER, "primary", "", "一级运营主体初审人（演示）"),
    ("service_engineer", Role.SERVICE_ENGINEER, "primary", "", "数据要素服务平台工程师（演示）"),
    ("minzheng_clerk", Role.DATA_CLERK, "minzheng", "minzheng", "区民政局数据专员（演示）"),
    ("minzheng_head", Role.DEPARTMENT_HEAD, "minzheng", "minzheng", "区民政局负责人（演示）"),
    ("gongdian_clerk", Role.DATA_CLERK, "gongdian", "gongdian", "区供电公司数据专员（演示）"),
    ("gongdian_head", Role.DEPARTMENT_HEAD, "gongdian", "gongdian", "区供电公司负责人（演示）"),
    ("developer_s1", Role.DEVELOPER, "dev-s1", "", "S1 二级开发主体（演示）"),
    ("developer_s2", Role.DEVELOPER, "dev-s2", "", "S2 二级开发主体（演示）"),
    ("security", Role.SECURITY_AUTHORITY, "security", "", "安全主管部门（演示）"),
    ("auditor", Role.AUDITOR, "audit", "", "审计人员（演示）"),
    ("industry", Role.INDUSTRY_AUTHORITY, "minzheng", "", "行业主管部门（演示）"),
]
GRANTS = [("grant_s1.yml", "dev-s1", "developer_s1"), ("grant_s2.yml", "dev-s2", "developer_s2")]


@dataclass(frozen=True)
class DemoAccounts:
    """Accounts made, all with one password of this installation."""

    names: list[tuple[str, str]]
    password: str


def prepare_demo() -> DemoAccounts:
    """Make parties, accounts, agreements and the grants S1 and S2, through every step; twice changes nothing."""
    password = demo_password()
    parties = {}
    for code, name, kind in PARTIES:
        parties[code], _ = Party.objects.get_or_create(code=code, defaults={"name": name, "kind": kind})
    for username, role, party, department, display in ACCOUNTS:
        _account(username, role, parties[party], department, display, password)
    for file, developer, author in GRANTS:
        document = read_grant(file)
        if not GrantRecord.objects.filter(grant=document.grant).exists():
            _walk(document, parties, parties[developer], author)
    return DemoAccounts([(name, display) for name, _, _, _, display in ACCOUNTS], password)


def read_grant(file: str) -> Grant:
    """Return a demo grant document."""
    with as_file(files("registry.demo").joinpath(file)) as path:
        return load_grant(path)


def demo_password() -> str:
    """Return the demo's password, made once for an installation and kept beside its keys (0600)."""
    path = settings().keys_path / "demo_password"
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(12))
    return path.read_text().strip()


def _account(username: str, role: Role, party: Party, department: str, display: str, password: str) -> None:
    account, is_new = Account.objects.get_or_create(
        username=username,
        defaults={"role": role, "party": party, "department": department, "display_name": display},
    )
    if is_new:
        account.set_password(password)
        account.save()


@transaction.atomic
def _walk(document: Grant, parties: dict[str, Party], developer: Party, author: str) -> None:
    """Take a grant from draft to in force, each step by the person whose step it is."""
    for term, kind, grantor, grantee in (
        (document.operation_agreement, "operation", parties["bureau"], parties["primary"]),
        (document.development_agreement, "development", parties["primary"], developer),
    ):
        Agreement.objects.get_or_create(
            number=term.number,
            defaults={
                "kind": kind,
                "grantor": grantor,
                "grantee": grantee,
                "start": term.start,
                "end": term.end,
            },
        )
    who = {a.username: a for a in Account.objects.all()}
    draft_grant(document, developer, by=who[author])
    act_on_grant(document.grant, "提交初审", by=who[author])
    for consent in UtilityConsent.objects.filter(grant__grant=document.grant):
        act_on_consent(consent.pk, "拟同意", by=who[f"{consent.department}_clerk"])
        act_on_consent(consent.pk, "签发同意", by=who[f"{consent.department}_head"])
    for action, name in (
        ("初审通过", "primary_reviewer"), ("核准", "bureau_approver"), ("签署生效", "bureau_handler"),
    ):  # fmt: skip
        act_on_grant(document.grant, action, by=who[name])
    audit.append(who["bureau_handler"], "登记授权协议", f"agreement:{document.development_agreement.number}")
