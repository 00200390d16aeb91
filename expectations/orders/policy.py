"""Which findings become an order, and by when it must be done: the bureau's dated parameters.

Lives here: reading ``parameters/remediation.yml`` for a severity, a department and a day; deadlines from it.
Add here: another number that the bureau sets for orders.
Stays out: working days (``scheme.workdays``), what happens at a deadline (``clock``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from expectations.parameters import remediation
from scheme.workdays import Deadline, after


@dataclass(frozen=True)
class Policy:
    """Working days and consequence for one severity in one department."""

    forward_days: int
    fix_days: int
    extension_days: int
    overdue: Literal["block", "warn", "none"]


def policy(severity: str, department: str, day: date) -> Policy | None:
    """Return the policy that holds on a day; None: no order is raised（提示）.

    Raises:
        NoParameterError: no parameters hold on this day.
    """
    found = remediation(day)
    base = found["severities"].get(severity)
    if base is None:
        return None
    own: dict[str, Any] = found["departments"].get(department, {}).get(severity, {})
    return Policy(**{**base, **own})


def forward_by(found: Policy, raised: date) -> Deadline:
    """Return by when the bureau dispatches."""
    return after(raised, found.forward_days)


def fix_by(found: Policy, received: date) -> Deadline:
    """Return by when the department has fixed it; the day after receipt is the first counted."""
    return after(received, found.fix_days)


def extension_limit(found: Policy, received: date) -> Deadline:
    """Return the latest day an extension may reach, counted from receipt."""
    return after(received, found.extension_days)


def reply_by(received: date) -> Deadline:
    """Return by when the public gets an answer to an objection."""
    return after(received, int(remediation(received)["objection_reply_days"]))
