"""The navigation, and who sees which part.

Lives here: one row per part: route, title, permission. Stays out: the pages.
"""

from __future__ import annotations

from typing import Any

from registry.accounts import may

PARTS = [
    ("catalog", "资源目录", "catalog"),
    ("catalog_versions", "目录编制", "catalog_edit"),
    ("source_conflicts", "数源争议", "catalog_edit"),
    ("deliveries", "数据汇聚", "handover"),
    ("duties", "工作记录", "duties"),
    ("coverage", "汇聚情况", "quality"),
    ("quality", "数据质量", "quality"),
    ("orders", "整改事项", "orders"),
    ("objections", "数据异议", "objections"),
    ("lineage", "数据血缘（过程追溯）", "lineage"),
    ("refused_events", "未接收事件", "lineage_refused"),
    ("grants", "数据授权", "grants"),
    ("consents", "授权意见", "consents"),
    ("products", "数据产品", "products"),
    ("destinations", "数据去向", "destinations"),
    ("acts", "行为记录", "lineage"),
    ("messages", "消息通知", "messages"),
    ("audit", "审计记录", "audit"),
]


def visible(account: Any) -> list[tuple[str, str]]:
    """Return (route, title) of the parts an account may open."""
    return [(route, title) for route, title, permission in PARTS if may(account, permission)]
