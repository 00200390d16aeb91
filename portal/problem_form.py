"""A problem as a form: which item or rule, in which words, on what evidence.

Lives here: what the form offers for a resource, form → arguments of ``raise_order``.
Add here: a field of the form.
Stays out: whether the problem is taken（``expectations.orders.raising``）, layout (templates).
Evidence is a document's name and row references: nothing is uploaded, no data value is written down.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from expectations.rules import rules_of
from portal.free_text import demand_no_personal_numbers
from registry.states import RefusedError
from scheme.catalog import CatalogEntry, Dimension, Severity
from warehouse import batches

SEVERITIES = [(s.value, s.chinese) for s in (Severity.critical, Severity.warning)]
DIMENSIONS = [(d.value, d.chinese) for d in Dimension]
FIELDS = {"item": 63, "rule": 80, "meaning": 500, "dimension": 20, "severity": 10}
_EVIDENCE = {"document": 200, "batch": 60, "rows": 200}
_ROWS = re.compile(r"\d{1,9}(?:[-—–~至]\d{1,9})?(?:[、，, ]+\d{1,9}(?:[-—–~至]\d{1,9})?)*")


def offered(entry: CatalogEntry, filled: Mapping[str, str]) -> dict[str, Any]:
    """Return what the form shows for a resource, with what was filled in."""
    return {
        "entry": entry, "items": entry.items, "rules": rules_of(entry), "severities": SEVERITIES,
        "dimensions": DIMENSIONS, "landed": batches.landed(entry.department, entry.resource)[::-1][:20],
        "filled": {"severity": "warning"} | {name: filled.get(name, "") for name in (*FIELDS, *_EVIDENCE) if filled},
    }  # fmt: skip


def problem_of(given: Mapping[str, str]) -> dict[str, str]:
    """Return item, rule, meaning, dimension and severity as given.

    Raises:
        RefusedError: a text is too long or holds a personal number.
    """
    found = {name: given.get(name, "").strip() for name in FIELDS}
    _demand_short(found["meaning"], FIELDS["meaning"], "问题描述")
    demand_no_personal_numbers(found["meaning"])
    return found


def evidence_of(given: Mapping[str, str], entry: CatalogEntry) -> str:
    """Return evidence as one line: the document's name, the batch, the row numbers.

    Raises:
        RefusedError: no such batch, row numbers that are none, a text with a personal number.
    """
    document, batch, rows = (given.get(name, "").strip() for name in _EVIDENCE)
    _demand_short(document, _EVIDENCE["document"], "佐证材料名称")
    demand_no_personal_numbers(document, rows)
    if batch and batch not in {b.batch_id for b in batches.landed(entry.department, entry.resource)}:
        raise RefusedError("未提交：该资源没有所选批次。")
    if rows and (len(rows) > _EVIDENCE["rows"] or not _ROWS.fullmatch(rows)):
        raise RefusedError("未提交：行号应为数字，用顿号分隔，例如12、15-18，合计不超过200字。")
    if rows and not batch:
        raise RefusedError("未提交：填写行号时请选择批次。")
    said = (("佐证材料：", document), ("批次 ", batch), ("行号 ", rows))
    return "；".join(f"{title}{text}" for title, text in said if text)


def _demand_short(text: str, most: int, title: str) -> None:
    if len(text) > most:
        raise RefusedError(f"未提交：{title}不超过{most}字。")
