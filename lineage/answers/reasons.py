"""Why an answer is not complete, in Chinese.

Lives here: one pattern a reason that ``lineage.graph.trace`` gives.
Add here: the Chinese of a new reason.
Stays out: when a reason holds (``lineage.graph.trace``). A reason without a pattern is shown as it is, never dropped.
"""

from __future__ import annotations

import re

_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (
            r"the answer ends after (\d+) nodes, (\d+) steps away",
            r"结果过多，只列出前 \1 个节点（\2 层以内），其余未列出",
        ),
        (r"(\d+) data sets are outside of what this account may see", r"另有 \1 个数据集不在您的查看范围内"),
        (r"events before (\S+) were pruned: .*", r"\1 之前的事件内容已按留存期限清理，更早的结果可能不全"),
        (r"(\S+) has no recorded source column", r"\1 没有登记来源数据项"),
        (r"(\S+) has no recorded source", r"\1 没有登记来源"),
    )
)


def in_chinese(reason: str) -> str:
    """Return a reason in Chinese."""
    for pattern, words in _PATTERNS:
        found = pattern.fullmatch(reason)
        if found:
            return found.expand(words)
    return reason
