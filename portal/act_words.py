"""The detail of an act in words.

Lives here: key of an audit event's detail → Chinese, and its value as text.
Add here: the word of a key or of a question; a test holds every key that the code records to them.
Stays out: the acts (``registry.audit``). A key of an older release without a word is shown as it is.
"""

from __future__ import annotations

from typing import Any

WORDS = {
    "becomes": "状态变为", "reason": "理由", "purpose": "查询目的", "question": "查询事项", "column": "数据项",
    "at": "时点", "as_of": "截至", "as_of_seq": "日志序号", "known_seq": "已知至", "is_complete": "结果完整",
    "complete": "结果完整", "direction": "方向", "hits": "命中数", "datasets": "数据集数", "interface": "途径",
    "os_user": "操作系统登录名", "rows": "条数", "file": "格式", "form": "格式", "sha256": "摘要值", "since": "起",
    "until": "止", "action": "事项", "on": "对象", "about": "对象", "text": "内容", "node": "数据集",
    "recorded": "原内容标识", "rebuilt": "重建内容标识", "is_same": "一致", "inputs": "所用数据集", "event": "血缘记录",
    "events": "血缘记录数", "checkpoint": "检查点", "grant": "授权", "product": "产品", "resource": "资源",
    "department": "部门", "note": "说明", "number": "编号", "first": "首行", "last": "末行", "up": "向来源层数",
    "down": "向去向层数", "document": "文书", "resent": "重新发送", "days": "天数", "is_open": "通过",
    "cells": "核验单元格", "tables": "表数", "batches": "批次数", "batch": "批次", "first_batch": "首个批次",
    "quarantined": "隔离条数", "run": "运行", "step": "环节", "due": "期限", "paused": "期限中止",
    "late": "逾期工作日", "level": "督办级别", "order": "整改单", "subset": "授权子集", "rule": "规则",
    "problems": "问题数", "before": "此前", "letter": "文书序号", "reply_due": "答复期限", "item": "数据项",
    "origin": "来源", "name": "名称", "namespaces": "可写命名空间", "reads_as": "查看账号",
    "outcome": "查询结果", "count": "项数", "limit": "每页项数", "offset": "起始位置", "after": "起", "period": "时段",
    "state": "状态", "sort": "排序", "filter": "类别", "depth": "层数", "method": "请求方式",
    "call": "请求地址", "key": "接入密钥",
    "masked": "已遮盖", "page": "页", "with_cells": "含单元格内容", "kind": "类别", "channel": "通知方式",
    "element": "数据元", "kept": "保留数源", "second": "另一方",
}  # fmt: skip
QUESTIONS = {
    "graph": "血缘图", "search": "查找", "details": "数据集详情", "chains": "来源链和去向链", "trace": "逐级追溯",
    "closure": "来源或去向全集", "sources": "来源", "destinations": "去向", "acts": "行为", "responsibility": "责任",
    "impact": "影响", "evidence": "溯源证据", "listing": "数据集清单",
}  # fmt: skip
_VALUES = {
    "question": QUESTIONS, "interface": {"cli": "命令行", "marquez": "Marquez 兼容接口"},
    "direction": {"upstream": "来源", "downstream": "去向"}, "form": {"pdf": "PDF", "xlsx": "XLSX", "html": "HTML"},
    "origin": {"check": "质量检查", "operation": "运营开发", "objection": "数据异议"},
    "outcome": {"found": "已返回", "unknown": "不存在或无权查看", "unreadable": "无法识别", "refused": "无权查询"},
}  # fmt: skip


def in_words(detail: dict[str, Any]) -> str:
    """Return ``键：值；…`` of what is not empty."""
    told = [(WORDS.get(k, k), _value(k, v)) for k, v in detail.items() if v not in ("", None, [], {})]
    return "；".join(f"{word}：{value}" for word, value in told)


def _value(key: str, value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    words = _VALUES.get(key)
    if words and isinstance(value, str):
        return words.get(value, value)
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)
