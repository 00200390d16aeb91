"""Conditions that stand before acts of every kind: one's own department, two persons for two parts.

Lives here: a condition that more than one act has, with its sentence.
Add here: another such condition.
Stays out: which act a state and a role allow (``states``).
"""

from __future__ import annotations

from registry.models import Account
from registry.states import RefusedError
from scheme.legal_basis import basis


def demand_own(department: str, by: Account, act: str, heading: str, next_step: str = "请由数源部门办理。") -> None:
    """Refuse an account of another department; ``act``: what it may not do, with its object.

    Raises:
        RefusedError: the account is not of this department.
    """
    if by.department != department:
        raise RefusedError(f"您的账号无权{act}。依据：{basis(heading)}。{next_step}")


def demand_another(first: str, by: Account, parts: str, heading: str, next_step: str) -> None:
    """Refuse the second part to whoever did the ``first``; ``parts``: how both are called.

    Raises:
        RefusedError: it is the same person.
    """
    if by.username == first:
        raise RefusedError(f"{parts}不得为同一人。依据：{basis(heading)}。{next_step}")
