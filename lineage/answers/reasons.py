"""Why an answer is not complete, in Chinese.

Lives here: one pattern a reason that ``lineage.graph.trace``, ``lineage.graph.gaps`` or an answer gives.
Add here: the Chinese of a new reason.
Stays out: when a reason holds (``lineage.graph.trace``). A reason without a pattern is shown as it is, never dropped.
"""

from __future__ import annotations

import re
from typing import Any

_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (
            r"the answer ends after (\d+) nodes, (\d+) steps away",
            r"结果过多，只列出前 \1 个节点（\2 层以内），其余未列出",
        ),
        (r"(\d+) data sets are outside of what this account may see", r"另有 \1 个数据集不在您的查看范围内"),
        (r"events before (\S+) were pruned: .*", r"\1 之前的血缘记录内容已按留存期限清理，更早的结果可能不全"),
        (r"the columns of (.+) are not recorded: .*", r"\1 没有登记数据项对应关系，可能与所查数据项有关"),
        (r"(\d+) more data sets have no recorded columns", r"另有 \1 个数据集没有登记数据项对应关系"),
        (r"(.+) has (\d+) older batches that are not listed", r"\1 另有 \2 个更早的批次未列出"),
        (r"(\d+) more columns have no recorded source column", r"另有 \1 个数据项没有登记来源数据项"),
        (r"(.+) has no recorded source column", r"\1 没有登记来源数据项"),
        (r"(.+) has no recorded source", r"\1 没有登记来源"),
    )
)


def all_in_chinese(document: dict[str, Any]) -> dict[str, Any]:
    """Return an answer's document with every reason of its standings in Chinese, however deep they lie."""
    return {key: _translated(key, value) for key, value in document.items()}


def _translated(key: str, value: Any) -> Any:
    if key == "incomplete_because":
        return [in_chinese(reason) for reason in value]
    return all_in_chinese(value) if isinstance(value, dict) and key in ("standing", "found") else value


def in_chinese(reason: str) -> str:
    """Return a reason in Chinese."""
    for pattern, words in _PATTERNS:
        found = pattern.fullmatch(reason)
        if found:
            return found.expand(words)
    return reason
