"""State tables of grants and releases: (state, action) → who may, and what it becomes.

Lives here: the tables, as data that a non-programmer can read. A pair that is not in a table is refused.
Add here: a state, an action, another document's table.
Stays out: doing it (``actions``).
"""

from __future__ import annotations

from dataclasses import dataclass

from registry.models import Account, Role
from scheme.catalog import CatalogEntry
from scheme.catalog_coherence import Problem


class RefusedError(ValueError):
    """An act is refused; the sentence says what, why, on which basis and what to do next."""


class SourceConflictError(RefusedError):
    """An entry claims a data element that has its source already; ``entry`` could refer to it instead."""

    def __init__(self, sentence: str, entry: CatalogEntry, claims: list[Problem]) -> None:
        super().__init__(sentence)
        self.entry, self.claims = entry, claims


@dataclass(frozen=True)
class Step:
    """One permitted act."""

    roles: tuple[str, ...]
    becomes: str


PRIMARY, APPROVER, HANDLER = Role.PRIMARY_REVIEWER, Role.BUREAU_APPROVER, Role.BUREAU_HANDLER
GRANT: dict[tuple[str, str], Step] = {
    ("草稿", "提交初审"): Step((Role.DEVELOPER,), "初审中"),
    ("退回补正", "提交初审"): Step((Role.DEVELOPER,), "初审中"),
    ("初审中", "退回补正"): Step((PRIMARY,), "退回补正"),
    ("初审中", "初审通过"): Step((PRIMARY,), "终审中"),
    ("终审中", "退回补正"): Step((APPROVER,), "退回补正"),
    ("终审中", "核准"): Step((APPROVER,), "已核准待签署"),
    ("已核准待签署", "签署生效"): Step((HANDLER,), "生效"),
    ("生效", "暂时关闭"): Step((APPROVER, Role.INDUSTRY_AUTHORITY), "暂时关闭"),
    ("暂时关闭", "恢复"): Step((APPROVER,), "生效"),
    ("生效", "取消"): Step((APPROVER,), "已取消"),
    ("暂时关闭", "取消"): Step((APPROVER,), "已取消"),
}
RELEASE: dict[tuple[str, str], Step] = {
    ("待审核", "安全审核通过"): Step((Role.SECURITY_AUTHORITY,), "待区大数据主管部门审核"),
    ("待审核", "发布审核通过"): Step((APPROVER,), "待安全主管部门审核"),
    ("待安全主管部门审核", "安全审核通过"): Step((Role.SECURITY_AUTHORITY,), "已发布"),
    ("待区大数据主管部门审核", "发布审核通过"): Step((APPROVER,), "已发布"),
    ("待审核", "不予通过"): Step((Role.SECURITY_AUTHORITY, APPROVER), "不予通过"),
    ("待安全主管部门审核", "不予通过"): Step((Role.SECURITY_AUTHORITY,), "不予通过"),
    ("待区大数据主管部门审核", "不予通过"): Step((APPROVER,), "不予通过"),
    ("已发布", "下架"): Step((APPROVER, Role.SECURITY_AUTHORITY), "已下架"),
}


HANDOVER: dict[tuple[str, str], Step] = {
    ("待签发", "签发"): Step((Role.DEPARTMENT_HEAD,), "已交付"),
    ("待签发", "退回"): Step((Role.DEPARTMENT_HEAD,), "已退回"),
    ("待签发", "撤回"): Step((Role.DATA_CLERK,), "已撤回"),
}
DUTY: dict[tuple[str, str], Step] = {  # 数源部门工作记录
    ("", "登记"): Step((Role.DATA_CLERK,), "待签发"),
    ("待签发", "签发"): Step((Role.DEPARTMENT_HEAD,), "已签发"),
    ("待签发", "退回"): Step((Role.DEPARTMENT_HEAD,), "已退回"),
    ("待签发", "撤回"): Step((Role.DATA_CLERK,), "已撤回"),
}
CONSENT: dict[tuple[str, str], Step] = {  # 公用企业对一份授权文件的意见
    ("待同意", "拟同意"): Step((Role.DATA_CLERK,), "待同意"),
    ("待同意", "拟不同意"): Step((Role.DATA_CLERK,), "待同意"),
    ("待同意", "签发同意"): Step((Role.DEPARTMENT_HEAD,), "已同意"),
    ("待同意", "签发不同意"): Step((Role.DEPARTMENT_HEAD,), "不同意"),
    ("待同意", "退回经办"): Step((Role.DEPARTMENT_HEAD,), "待同意"),
    ("已同意", "撤回同意"): Step((Role.DEPARTMENT_HEAD,), "已撤回"),
    ("不同意", "重新办理"): Step((Role.DATA_CLERK,), "待同意"),
    ("已撤回", "重新办理"): Step((Role.DATA_CLERK,), "待同意"),
}
CATALOG: dict[tuple[str, str], Step] = {
    ("编制中", "提交"): Step((Role.DEPARTMENT_HEAD,), "待审核"),
    ("退回修改", "提交"): Step((Role.DEPARTMENT_HEAD,), "待审核"),
    ("待审核", "审核通过"): Step((APPROVER,), "已发布"),
    ("待审核", "退回修改"): Step((APPROVER,), "退回修改"),
    ("已发布", "停用"): Step((APPROVER,), "已停用"),
    ("已停用", "恢复使用"): Step((APPROVER,), "已发布"),
}
SOURCE_CONFLICT: dict[tuple[str, str], Step] = {("待裁定", "裁定"): Step((APPROVER,), "已裁定")}
MESSAGE: dict[tuple[str, str], Step] = {  # 通知
    ("发送失败", "重新发送"): Step((HANDLER, Role.DATA_ENGINEER), "待发送"),
}


def next_state(table: dict[tuple[str, str], Step], state: str, action: str, by: Account) -> str:
    """Return the state an act leads to.

    Raises:
        RefusedError: the state does not allow it, or the account's role does not.
    """
    step = table.get((state, action))
    if step is None:
        allowed = "、".join(a for s, a in table if s == state) or "无"
        raise RefusedError(f"当前状态为“{state}”，不能{action}。可办理：{allowed}。")
    if by.role not in step.roles:
        who = "、".join(str(Role(r).label) for r in step.roles)
        raise RefusedError(f"{by} 无权{action}；该事项由{who}办理。依据：第五条（【职责分工】）。")
    return step.becomes


def possible(table: dict[tuple[str, str], Step], state: str, by: Account) -> list[str]:
    """Return the acts this account may do in this state."""
    return [a for (s, a), step in table.items() if s == state and by.role in step.roles]
