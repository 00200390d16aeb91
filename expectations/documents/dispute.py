"""数据质量问题异议说明: a department says that the data are right.

Lives here: its content.
Add here: a field of the form.
Stays out: writing, signing and answering it (``expectations.orders.letters``).
"""

from __future__ import annotations

from expectations.documents import letter_form
from expectations.documents.as_dispatched import as_dispatched
from expectations.documents.content import Document, Field, lines
from expectations.models import Letter

KIND = "数据质量问题异议说明"


def dispute(letter: Letter) -> Document:
    """Return the letter as a form; before the head signs it, a draft."""
    said = letter.content
    return letter_form.document(
        letter, KIND, as_dispatched(letter.order),
        Field("异议事项", lines(said["matter"])),
        Field("依据", lines(said["grounds"])),
        Field("佐证材料", lines(said.get("evidence") or "无。")),
        letter_form.answer(letter, "核实结论"),
    )  # fmt: skip
