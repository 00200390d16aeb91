"""Why an answer is not complete, in Chinese: ``lineage.graph.trace`` says it in English for the command line.

Lives here: one pattern a reason.
Add here: the Chinese of another reason.
Stays out: finding the reasons.
"""

from __future__ import annotations

import re

_REASONS = (
    (r"(.+)\.([^.]+) has no recorded source column", r"\1 的数据项 \2 没有来源记录"),
    (r"(.+) has no recorded source", r"\1 没有来源记录"),
    (r"the answer ends after (\d+) nodes, (\d+) steps away", r"到第 \2 层、\1 个节点为止"),
    (r"(\d+) data sets are outside of what this account may see", r"有 \1 个数据集不在您的查看权限内，未列出"),
    (r"events before (.+) were pruned.*", r"\1 以前的事件已按规定清理，更早的时点可能不全"),
)


def in_chinese(reason: str) -> str:
    """Return the Chinese of a reason; one without a pattern stays as it is, never unsaid."""
    for pattern, text in _REASONS:
        found = re.fullmatch(pattern, reason)
        if found:
            return found.expand(text)
    return reason
