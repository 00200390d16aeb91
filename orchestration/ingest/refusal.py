"""Refusing a delivery: what, why, what to do next.

Lives here: the one error a reader raises for a file it must not land.
Stays out: rows that go to quarantine (``warehouse.landing``): they do not refuse the file.
"""

from __future__ import annotations


class DeliveryRefusedError(ValueError):
    """The file cannot be landed; carries no cell of it."""

    def __init__(self, reason: str, next_step: str) -> None:
        super().__init__(f"{reason} {next_step}")
        self.reason = reason
        self.next_step = next_step
