"""The detail of an act in words.

Lives here: key of an audit event's detail → Chinese, and its value as text.
Add here: the word of a key.
Stays out: the acts (``registry.audit``). A key without a word is shown as it is.
"""

from __future__ import annotations

from typing import Any

_WORDS = {
    "becomes": "状态变为", "reason": "理由", "purpose": "查询目的", "question": "查询事项", "column": "数据项",
    "at": "时点",
    "as_of": "截至", "as_of_seq": "日志序号", "known_seq": "已知至", "is_complete": "结果完整", "rows": "条数",
    "file": "格式", "sha256": "摘要值", "since": "起", "until": "止", "action": "事项", "on": "对象", "text": "内容",
    "node": "数据集", "recorded": "原内容标识", "rebuilt": "重建内容标识", "is_same": "一致", "inputs": "所用数据集",
    "event": "登记事件", "grant": "授权", "product": "产品", "resource": "资源", "department": "部门", "note": "说明",
    "number": "编号", "first": "首行", "last": "末行", "up": "向来源层数", "down": "向去向层数", "document": "文书",
    "resent": "重新发送", "days": "天数", "is_open": "通过", "cells": "核验单元格", "tables": "表",
    "interface": "接口", "call": "调用", "outcome": "查询结果", "count": "项数", "hits": "项数", "limit": "每页项数",
    "offset": "起始位置", "after": "起", "before": "止", "period": "时段", "state": "状态", "sort": "排序",
    "filter": "类别", "depth": "层数", "key": "密钥",
}  # fmt: skip
_QUESTIONS = {
    "graph": "血缘图", "sources": "来源", "destinations": "去向", "acts": "行为", "responsibility": "责任",
    "impact": "影响", "listing": "数据集清单",
}  # fmt: skip


_OUTCOMES = {"found": "已返回", "unknown": "不存在或无权查看", "unreadable": "无法识别", "refused": "无权查询"}


def in_words(detail: dict[str, Any]) -> str:
    """Return ``键：值；…`` of what is not empty."""
    told = {_WORDS.get(k, k): _value(k, v) for k, v in detail.items() if v not in ("", None, [], {})}
    return "；".join(f"{word}：{value}" for word, value in told.items())


def _value(key: str, value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if key == "question":
        return _QUESTIONS.get(value, str(value)) if isinstance(value, str) else str(value)
    if key == "outcome":
        return _OUTCOMES.get(value, str(value)) if isinstance(value, str) else str(value)
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)
