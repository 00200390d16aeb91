"""Refusing a delivery: what, why, what to do next.

Lives here: the one error for a file that must not land, worded in English for the command line and in Chinese for
the department (``refusals.yml``).
Add here: nothing; a new reason is a row of ``refusals.yml``.
Stays out: rows that go to quarantine (``warehouse.landing``): they do not refuse the file.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml


class DeliveryRefusedError(ValueError):
    """The file cannot be landed; carries no cell of it. ``kind``: a row of ``refusals.yml``."""

    def __init__(self, kind: str, **facts: Any) -> None:
        words = _wording()[kind]
        self.kind = kind
        self.reason, self.next_step = (words[part].format(**facts) for part in ("reason", "next_step"))
        self.reason_zh, self.next_step_zh = (words[part].format(**facts) for part in ("reason_zh", "next_step_zh"))
        super().__init__(f"{self.reason} {self.next_step}")


@cache
def _wording() -> dict[str, dict[str, str]]:
    return yaml.safe_load(files("warehouse").joinpath("refusals.yml").read_text("utf-8"))
