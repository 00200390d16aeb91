"""The seven kinds of activity the scheme covers（【适用范围】）: of each act and each run.

Lives here: which recorded act or step of the pipeline is of which kind, and how many there are of each.
Add here: the kind of a new act or step.
Each run of the pipeline that lands or builds appends acts of its own (``orchestration.pipeline.run_acts``), so each of
the seven kinds stands in the audit chain itself; the runs are counted beside them.
Stays out: the acts themselves (``registry.audit``), runs (``lineage.models.Run``).
"""

from __future__ import annotations

import re

from django.db.models import Count

from config.settings import settings
from lineage.models import Run
from registry.models import AuditEvent
from scheme.names import lineage_namespace

KINDS: tuple[str, ...] = ("汇聚", "加工", "管理", "运营", "安全", "监管", "开发")
OTHER = "管理"
"""Of an act that is not in the tables below: one that this release does no more. A test holds every other to them."""
_ACTS: dict[str, tuple[str, ...]] = {
    "汇聚": ("批次入库", "提交汇聚批次"),
    "加工": ("数据加工",),
    "管理": (
        "质量检查发现问题", "提出数据质量问题", "核定整改期限", "期限恢复计算", "规则未能执行，期限中止计算",
        "整改逾期督办", "部分整改", "问题数变化", "复核未通过", "复核通过办结", "核实办结", "退回整改",
        "问题复发重新办理", "同意延期",
        "不同意延期", "异议成立", "异议不成立", "收到数据异议", "受理数据异议", "查看异议人联系方式", "查看问题数据",
        "编制目录", "提请裁定数源", "裁定数源", "登记工作记录", "重新发送通知", "登记电子邮箱", "变更电子邮箱",
        "删除电子邮箱",
    ),
    "运营": (
        "登记授权协议", "初审通过", "签署生效", "征求公用企业同意", "查看数据产品", "暂停供数（数据质量）",
        "数据质量提示", "恢复供数（数据质量）", "数据质量提示解除", "整改单不再暂停供数，另有整改单仍暂停供数",
    ),
    "安全": ("脱敏核验", "安全审核通过", "拒绝修改血缘", "清理溯源日志", "新增接入密钥", "停用接入密钥"),
    "监管": (
        "核准", "退回补正", "暂时关闭", "恢复", "取消", "发布审核通过", "不予通过", "下架", "查询血缘", "导出行为记录",
        "导出溯源证据", "生成数据溯源报告", "重建核对数据产品",
    ),
    "开发": ("起草授权", "提交初审", "提请发布审核"),
}  # fmt: skip
_FORMS: dict[str, str] = {
    "{}汇聚批次": "汇聚", "隔离记录{}": "汇聚", "{}整改通知单": "管理", "{}数据异议": "管理", "拟写{}": "管理",
    "{}工作记录": "管理", "目录{}": "管理", "生成{}": "管理", "下载{}": "管理", "授权意见：{}": "运营",
    "{}整改情况反馈单": "管理", "{}延期整改申请单": "管理", "{}异议说明": "管理",
}  # fmt: skip
"""Acts that are put together: ``{}`` stands for any words."""
_BY_ACTION = {action: kind for kind, actions in _ACTS.items() for action in actions}
_PATTERNS = tuple((re.compile(".+".join(map(re.escape, form.split("{}")))), kind) for form, kind in _FORMS.items())
_BY_JOB: dict[str, str] = {
    "LANDING": "汇聚", "MODEL": "加工", "SEED": "加工", "CHECK": "管理", "PUBLISH": "运营", "PRODUCT": "开发",
}  # fmt: skip


def known_kind(action: str) -> str | None:
    """Return the kind of an act, None if the tables do not have it."""
    if action in _BY_ACTION:
        return _BY_ACTION[action]
    return next((kind for pattern, kind in _PATTERNS if pattern.fullmatch(action)), None)


def kind_of(action: str) -> str:
    """Return the kind of an act; of one that the tables do not have, 管理."""
    return known_kind(action) or OTHER


def counts() -> dict[str, int]:
    """Return kind → number of recorded acts and of runs of the pipeline."""
    found = acts_by_kind()
    of_ours = Run.objects.filter(job__job_type__in=_BY_JOB, job__namespace=lineage_namespace(settings().district))
    for job_type, number in of_ours.values_list("job__job_type").annotate(Count("id")):
        found[_BY_JOB[job_type]] += number
    return found


def acts_by_kind() -> dict[str, int]:
    """Return kind → number of acts in the audit chain alone."""
    found = dict.fromkeys(KINDS, 0)
    for action, number in AuditEvent.objects.order_by().values_list("action").annotate(Count("seq")):
        found[kind_of(action)] += number
    return found
