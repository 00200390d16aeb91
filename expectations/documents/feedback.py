"""数据质量整改情况反馈单: what a department did about a notice.

Lives here: its content.
Add here: a field of the form.
Stays out: writing and signing it (``expectations.orders.letters``).
"""

from __future__ import annotations

from expectations.documents import letter_form
from expectations.documents.as_dispatched import Stated, as_dispatched, counts_at
from expectations.documents.content import Document, Field, lines, share
from expectations.models import Letter, Order

KIND = "数据质量整改情况反馈单"


def feedback(letter: Letter) -> Document:
    """Return the letter as a form; before the head signs it, a draft."""
    said, order, stated = letter.content, letter.order, as_dispatched(letter.order)
    batch = said.get("batch") or _redelivered(order, stated)
    return letter_form.document(
        letter, KIND, stated,
        Field("原因分析", lines(f"原因类别：{said['cause']}。", said["analysis"])),
        Field("整改措施", lines(said["measures"])),
        Field("重新汇聚批次", (batch or "尚未重新汇聚",)),
        Field("整改前后对比", _compared(order, stated, batch)),
        Field("未完成部分及计划", lines(said.get("remaining") or "无。")),
    )  # fmt: skip


def _redelivered(order: Order, stated: Stated) -> str:
    batch = order.closing_batch or order.last_batch
    return batch if batch != stated.batch else ""


def _compared(order: Order, stated: Stated, batch: str) -> tuple[str, ...]:
    before = f"整改前（批次{stated.batch or '—'}）：{_counts(stated.problems, stated.total)}。"
    at = counts_at(order, batch) if batch and batch != stated.batch else None
    if at is None:
        return before, "整改后：以重新汇聚批次的自动复核结果为准。"
    result = "复核通过，问题记录已清零。" if not at[0] else f"较整改前{_moved(stated.problems, at[0])}。"
    return before, f"整改后（批次{batch}）：{_counts(*at)}。{result}"


def _counts(problems: int, total: int) -> str:
    return f"问题记录{problems:,}条，检查记录{total:,}条，占比{share(problems, total)}"


def _moved(before: int, now: int) -> str:
    return "没有变化" if before == now else f"{'减少' if now < before else '增加'}{abs(before - now):,}条"
