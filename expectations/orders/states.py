"""State tables of remediation orders, letters and objections: (state, action) → who may, and what it becomes.

Lives here: the tables, and what an account may do with an order now.
Add here: a state or an action.
Stays out: doing it (``acts``, ``letters``, ``objections``), what a judgement does by itself (``follow``).
"""

from __future__ import annotations

from registry.models import Role
from registry.states import Step

CLERK, HEAD = Role.DATA_CLERK, Role.DEPARTMENT_HEAD
HANDLER, APPROVER = Role.BUREAU_HANDLER, Role.BUREAU_APPROVER

CLOSED: tuple[str, ...] = ("已办结", "异议成立", "已撤销")
OPEN: tuple[str, ...] = ("待发出", "待签发", "待签收", "整改中", "待复核", "异议核实中")
WITH_DEPARTMENT: tuple[str, ...] = ("待签收", "整改中", "待复核")
"""States in which the department's time runs."""

ORDER: dict[tuple[str, str], Step] = {
    ("待发出", "拟发"): Step((HANDLER,), "待签发"),
    ("待发出", "撤销"): Step((APPROVER,), "已撤销"),
    ("待签发", "签发"): Step((APPROVER,), "待签收"),
    ("待签发", "退回"): Step((APPROVER,), "待发出"),
    ("待签收", "签收"): Step((CLERK, HEAD), "整改中"),
    ("待复核", "核实办结"): Step((HANDLER,), "已办结"),
    ("待复核", "退回整改"): Step((HANDLER,), "整改中"),
    **{(state, "撤销"): Step((APPROVER,), "已撤销") for state in ("待签收", "整改中", "待复核")},
}
LETTER: dict[tuple[str, str], Step] = {  # 反馈单、延期整改申请单、异议说明
    ("", "拟稿"): Step((CLERK,), "待签发"),
    ("待签发", "签发"): Step((HEAD,), "已签发"),
    ("待签发", "退回"): Step((HEAD,), "已退回"),
    ("待签发", "撤回"): Step((CLERK,), "已撤回"),
    ("已签发", "同意延期"): Step((APPROVER,), "同意延期"),
    ("已签发", "不同意延期"): Step((APPROVER,), "不同意延期"),
    ("已签发", "异议成立"): Step((APPROVER,), "异议成立"),
    ("已签发", "异议不成立"): Step((APPROVER,), "异议不成立"),
}
EXPIRED = "已失效"
"""State of a letter whose order was closed, or began anew, before it was dealt with."""
ANSWERS: dict[str, tuple[str, ...]] = {
    "反馈": (), "延期": ("同意延期", "不同意延期"), "异议": ("异议成立", "异议不成立"),
}  # fmt: skip
WRITABLE: dict[str, tuple[str, ...]] = {
    "反馈": ("整改中",), "延期": ("整改中", "待复核"), "异议": ("待签收", "整改中", "待复核"),
}  # fmt: skip
"""Kind of letter → states of the order in which it may be written."""

ANSWERABLE: dict[str, tuple[str, ...]] = {"延期": ("整改中", "待复核"), "异议": ("异议核实中",)}
"""Kind of letter → states of the order in which the bureau may answer it."""

OBJECTION: dict[tuple[str, str], Step] = {
    ("待受理", "受理"): Step((HANDLER,), "办理中"),
    ("待受理", "不予受理"): Step((HANDLER,), "不予受理"),
    ("办理中", "答复"): Step((HANDLER,), "已答复"),
}
