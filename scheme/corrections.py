"""The form of the 整改工作簿: what writer and reader agree on.

Lives here: the sheet's name, its fixed columns and the words of 处理方式.
Stays out: writing (``expectations.corrections``), reading (``orchestration.ingest.corrections``).
"""

from __future__ import annotations

SHEET = "整改记录"
FIXED = ("批次", "行号", "问题", "处理方式")
CORRECT, DELETE, KEEP = "更正", "删除", "属实"
ACTIONS = (CORRECT, DELETE, KEEP)
"""更正: take the cells of this row; 删除: the row leaves the register; 属实: the row stays as delivered."""
