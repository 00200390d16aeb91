"""Answers as JSON-ready data.

Lives here: records → plain objects, times as ISO 8601.
Add here: nothing that knows which answer it is.
Stays out: pages, reasons in Chinese (``lineage.answers.reasons``).
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import date, datetime
from typing import Any


def document(answer: Any) -> Any:
    """Return an answer as objects, arrays, texts and numbers."""
    if is_dataclass(answer) and not isinstance(answer, type):
        return {f.name: document(getattr(answer, f.name)) for f in fields(answer)}
    if isinstance(answer, datetime):
        return answer.isoformat(timespec="seconds")
    if isinstance(answer, date):
        return answer.isoformat()
    if isinstance(answer, dict):
        return {str(key): document(value) for key, value in answer.items()}
    if isinstance(answer, (list, tuple, set, frozenset)):
        return [document(each) for each in answer]
    return answer
