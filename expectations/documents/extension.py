"""延期整改申请单: a department asks for more time.

Lives here: its content.
Add here: a field of the form.
Stays out: writing, signing and answering it (``expectations.orders.letters``).
"""

from __future__ import annotations

from datetime import date

from expectations.documents import letter_form
from expectations.documents.as_dispatched import as_dispatched
from expectations.documents.content import Document, Field, lines
from expectations.models import Letter
from scheme.chinese_dates import day
from scheme.workdays import count_between

KIND = "延期整改申请单"


def extension(letter: Letter) -> Document:
    """Return the letter as a form; before the head signs it, a draft."""
    said, stated = letter.content, as_dispatched(letter.order)
    until = date.fromisoformat(said["until"])
    more = count_between(stated.deadline.due, until)
    return letter_form.document(
        letter, KIND, stated,
        Field("申请延期至", (f"{day(until)}（延长{more}个工作日）",)),
        Field("理由", lines(said["why"])),
        Field("已完成情况", lines(said["done"])),
        letter_form.answer(letter, "办理意见"),
    )  # fmt: skip
