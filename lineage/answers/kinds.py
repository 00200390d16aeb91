"""The seven kinds of activity the scheme covers（【适用范围】）: of each act and each run.

Lives here: which recorded act or step of the pipeline is of which kind, and how many there are of each.
Add here: the kind of a new act or step.
Stays out: the acts themselves (``registry.audit``), runs (``lineage.models.Run``).
"""

from __future__ import annotations

from django.db.models import Count, Value
from django.db.models.functions import StrIndex, Substr

from config.settings import settings
from lineage.models import Run
from registry.models import AuditEvent
from scheme.names import lineage_namespace

KINDS: tuple[str, ...] = ("汇聚", "加工", "管理", "运营", "安全", "监管", "开发")
OTHER = "管理"
_BY_ACTION: dict[str, str] = {
    "脱敏核验": "安全", "安全审核通过": "安全", "起草授权": "开发", "提交初审": "开发", "提请发布审核": "开发",
    "核准": "监管", "退回补正": "监管", "暂时关闭": "监管", "恢复": "监管", "取消": "监管", "发布审核通过": "监管",
    "不予通过": "监管", "下架": "监管", "查询血缘": "监管", "导出行为记录": "监管", "重建核对数据产品": "监管",
}  # fmt: skip
_BY_OBJECT: dict[str, str] = {
    "handover": "汇聚", "batch": "汇聚", "agreement": "运营", "grant": "运营", "consent": "运营", "release": "运营",
}  # fmt: skip
_BY_JOB: dict[str, str] = {
    "LANDING": "汇聚", "MODEL": "加工", "SEED": "加工", "CHECK": "管理", "PUBLISH": "运营", "PRODUCT": "开发",
}  # fmt: skip


def kind_of(action: str, on: str) -> str:
    """Return the kind of an act by what was done, else by what it was done to."""
    return _BY_ACTION.get(action) or _BY_OBJECT.get(on.partition(":")[0], OTHER)


def counts() -> dict[str, int]:
    """Return kind → number of recorded acts and of runs of the pipeline."""
    found = dict.fromkeys(KINDS, 0)
    prefixed = AuditEvent.objects.annotate(prefix=Substr("object", 1, StrIndex("object", Value(":"))))
    for action, prefix, number in prefixed.order_by().values_list("action", "prefix").annotate(Count("seq")):
        found[kind_of(action, prefix)] += number
    of_ours = Run.objects.filter(job__job_type__in=_BY_JOB, job__namespace=lineage_namespace(settings().district))
    for job_type, number in of_ours.values_list("job__job_type").annotate(Count("id")):
        found[_BY_JOB[job_type]] += number
    return found
